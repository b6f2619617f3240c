/* ledger.h - the record of applied migrations: all SQL that touches it. L2. docs/ledger.md has the
 * tables themselves. */
#ifndef EMBARK_LEDGER_H
#define EMBARK_LEDGER_H

#include "buf.h"
#include "pipeline.h"
#include "sequence.h"

typedef struct embark__ledger {
  const embark_bundle *bundle;
  const char *schema; /* borrowed, unquoted */
  const char *table;
  embark__buf sql; /* the statement in the making */
  embark__buf
      newest; /* Drizzle: the newest row that the plan, or what was sent since, accounts for */
} embark__ledger;

/* schema, table: NULL for the bundle's. */
void embark__ledger_init(embark__ledger *l, const embark_bundle *bundle, const char *schema,
                         const char *table, const embark_allocator *alloc);
void embark__ledger_free(embark__ledger *l);

/* Queue a statement; all return 0, or -1 when memory or the connection is gone. */

/* Is everything applied? One row at any length of history (native), one digest (Drizzle). */
int embark__ledger_send_check(embark__ledger *l, embark__pipeline *p);
/* All rows, in the ledger's order; embark__ledger_row() reads each. for_list: with the columns that
 * STATUS shows. */
int embark__ledger_send_read(embark__ledger *l, embark__pipeline *p, int for_list);
/* CREATE_SCHEMA, CREATE_TABLE or CREATE_INDEX. */
int embark__ledger_send_create(embark__ledger *l, embark__pipeline *p, embark__message_kind what);
/* Append all that makes the ledger, a statement a line. */
void embark__ledger_put_sql(const embark__ledger *l, embark__buf *out);
/* Raise unless the ledger is as it must be just before migration `index`. */
int embark__ledger_send_guard(embark__ledger *l, embark__pipeline *p, uint32_t index);
/* Write the row of migration `index`. */
int embark__ledger_send_record(embark__ledger *l, embark__pipeline *p, uint32_t index, int adopted);
/* Raise unless the row that the plan saw of migration `index` is there, and none that is newer than
 * all it saw. */
int embark__ledger_send_hold(embark__ledger *l, embark__pipeline *p, const embark__plan *plan,
                             uint32_t index);
/* REVERT: take that row away; ACCEPT: give it the hash that the migration has now. */
int embark__ledger_send_change(embark__ledger *l, embark__pipeline *p, const embark__plan *plan,
                               uint32_t index);
/* Give migration `index`, applied earlier, its place in the bundle's order as it is now. */
int embark__ledger_send_restamp(embark__ledger *l, embark__pipeline *p, uint32_t index);

/* Take in rows of the check's answer, which may come one by one: *current becomes 1 when one proves
 * that all is applied, *ahead when one is of a migration that is not ours. */
void embark__ledger_proof(const embark__ledger *l, const PGresult *res, int *current, int *ahead);

/* Row `row` of the read's answer, borrowed from it. Returns 0, or -1 when memory is gone. */
int embark__ledger_row(embark__ledger *l, const PGresult *res, int row, embark__row *out);

#endif
