/* journal.h - all that was told of a run, for whoever listens from now on. Bounded. */
#ifndef EMBARK_ADMIN_JOURNAL_H
#define EMBARK_ADMIN_JOURNAL_H

#include <embark.h>
#include <stdbool.h>

#include "text.h"

/* From this size on only beginnings and ends of migrations are kept, and from the other on nothing
 * but the result. */
#define JOURNAL_FULL      1048576u
#define JOURNAL_VERY_FULL 16777216u

typedef struct journal {
  text bytes;           /* records, as they are sent */
  int64_t statement_ms; /* when a statement was last told, by the run's clock */
  bool has_statement;
  text held;    /* the last statement, where that came too soon; "" when something followed it */
  bool is_full; /* and that was told */
  const char *tail; /* behind the bytes: what is told where there was no memory for the result */
} journal;

/* Write down an event. What there is no memory for is left out. */
void journal_add(journal *l, const embark_event *event, const embark_migration *m,
                 int64_t duration_us);

/* Whether a statement was held back; and to write it down after all, for none has followed it: the
 * next one takes its time, and it is this one that tells which that is. */
bool journal_has_held(const journal *l);
void journal_tell_held(journal *l);
#define JOURNAL_STATEMENT_MS 100 /* how long it is held back */

/* Write down the end. A document without memory is told as such. */
void journal_end(journal *l, const text *document);

/* How many bytes there are; and at most `size` of them from `at` on. */
size_t journal_size(const journal *l);
size_t journal_read(const journal *l, size_t at, char *buffer, size_t size);

void journal_free(journal *l);

#endif
