/* directive.h - what a migration says about itself: `-- embark: NAME VALUE` lines at its head, and
 * `-- embark: repeatable` and `allow` above the statement that they are about. */
#ifndef EMBARK_TOOLS_DIRECTIVE_H
#define EMBARK_TOOLS_DIRECTIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "allow.h"
#include "diag.h"
#include "lex.h"
#include "source.h"

/* As in embark_migration: milliseconds; 0 when the file says nothing; -1 for no limit. */
typedef struct directives {
  int64_t lock_timeout_ms;
  int64_t statement_timeout_ms;
  bool no_transaction; /* said at `no_transaction_at` */
  size_t no_transaction_at;
  bool repeatable; /* said of the next statement, at `repeatable_at`; the reader takes it off */
  size_t repeatable_at;
  allow_list allows; /* owned by the script */
} directives;

/* Where a comment stands. */
typedef enum directive_place {
  DIRECTIVE_HEAD,    /* before the first statement */
  DIRECTIVE_BETWEEN, /* behind a statement that is over */
  DIRECTIVE_INSIDE   /* in a statement */
} directive_place;

/* The line comment is a directive that changes what a run does: not for the linter alone. */
bool directive_is_code(const source *src, token comment);

/* Look at a line comment. Comments that are no directive are none of our business, but for the
 * section marks of other tools, whose files would run both ways at once. Returns 0, or -1 with the
 * error in `d`. */
int directive_read(directives *out, const source *src, token comment, directive_place place,
                   diag *d);

/* "5s", "250ms", "10min", "1h" in milliseconds; "0" and "none" are -1. Returns 0, or -1 when it is
 * none of these, or more than PostgreSQL takes (2^31 - 1 ms). */
int directive_duration(int64_t *ms, const char *value, size_t size);

#endif
