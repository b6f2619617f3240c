/* entry.h - what STATUS lists: an entry for each migration of the bundle and for each row that is
 * none of its. L1, pure.
 *
 * The list follows a plan: a row is given to the plan first, which says what it is, and then taken
 * in here. Its memory is in proportion to the ledger.
 */
#ifndef EMBARK_ENTRY_H
#define EMBARK_ENTRY_H

#include "plan.h"

typedef struct embark__entries {
  const embark_allocator *alloc;
  embark_entry *items; /* the bundle's, in its order; behind them the strangers, in the ledger's */
  size_t count;
  size_t capacity;
  struct embark__texts *texts; /* what the items point to and the bundle has not */
} embark__entries;

/* What the table of unfinished migrations says of one. Texts are borrowed for the call. */
typedef struct embark__unfinished {
  const char *tag;
  uint32_t statement;
  int32_t backend_pid;
  const char *started_at;
  const char *changed_by;
  int is_known; /* what became of the statement */
} embark__unfinished;

/* A list of the bundle's migrations, with nothing known of them. Returns EMBARK_OK or
 * EMBARK_E_MEMORY; in either case embark__entries_free() is due. */
int embark__entries_init(embark__entries *e, const embark_bundle *bundle,
                         const embark_allocator *alloc) EMBARK_CHECKED;

/* Take in the row that the plan has just taken in. Returns EMBARK_OK or EMBARK_E_MEMORY. */
int embark__entries_row(embark__entries *e, const embark__plan *plan,
                        const embark__row *row) EMBARK_CHECKED;

/* All rows are in: say of each entry what state it is in, and of what is pending what it may hurt.
 */
void embark__entries_settle(embark__entries *e, const embark__plan *plan,
                            const embark__situation *now);

/* After that: a migration is begun and not finished. Counts only for what the ledger has not.
 * Returns EMBARK_OK or EMBARK_E_MEMORY. */
int embark__entries_unfinished(embark__entries *e, const embark__unfinished *row) EMBARK_CHECKED;

/* Give back all memory. Accepts a list of zeros. */
void embark__entries_free(embark__entries *e);

#endif
