/* progress.h - how far migrations without a transaction have come: all SQL that touches that table,
 * and what is asked of the catalog when one of them was interrupted. L2. docs/ledger.md has the
 * table itself.
 */
#ifndef EMBARK_PROGRESS_H
#define EMBARK_PROGRESS_H

#include "buf.h"
#include "entry.h"
#include "pipeline.h"
#include "resume.h"

#define PROGRESS_TABLE "progress"

typedef struct embark__progress_table {
  const embark_bundle *bundle;
  const char *schema;        /* borrowed, unquoted: of a native ledger its own, else Embark's */
  const char *ledger_schema; /* borrowed, unquoted */
  const char *ledger_table;
  embark__buf ledger; /* embark__progress_owner(), once it was asked for */
  embark__buf sql;    /* the statement in the making */
} embark__progress_table;

/* An index by the name that a statement gives it. */
typedef struct embark__index_facts {
  int exists;
  int is_valid;
  int is_new;       /* it was not there before the statement */
  embark__buf name; /* quoted and qualified */
} embark__index_facts;

void embark__progress_init(embark__progress_table *t, const embark_bundle *bundle,
                           const char *ledger_schema, const char *ledger_table,
                           const embark_allocator *alloc);
void embark__progress_free(embark__progress_table *t);

/* Whose progress it is: the ledger's quoted, qualified name. NULL when memory is gone. */
const char *embark__progress_owner(embark__progress_table *t);

/* Queue a statement; all return 0, or -1 when memory or the connection is gone. */

int embark__progress_send_create_schema(embark__progress_table *t, embark__pipeline *p);
int embark__progress_send_create_table(embark__progress_table *t, embark__pipeline *p);

/* Append what makes the table where there is the ledger, a statement a line. */
void embark__progress_put_sql(const embark__progress_table *t, embark__buf *out);

/* The rows of migrations that are not finished; `tag` NULL: of all. That of one is locked: a
 * session that is gone may be about to commit it. Where somebody has it, that fails at once. */
int embark__progress_send_read(embark__progress_table *t, embark__pipeline *p, const char *tag);

/* Statement `statement` (index into the bundle's) of `m` is about to run, failed, or is done. */
int embark__progress_send_note(embark__progress_table *t, embark__pipeline *p,
                               const embark_migration *m, embark__progress_state state,
                               uint32_t statement, const char *version);

/* The note's answer has one row with the version it made of the row, or none where the row is not
 * what `version` was: another run has been there. */
void embark__progress_version(const PGresult *res, int row, int column,
                              embark__progress_mark version);

/* All of it is applied. */
int embark__progress_send_finish(embark__progress_table *t, embark__pipeline *p,
                                 const embark_migration *m);

/* Somebody says what became of the statement, where that one is "running": DONE or AGAIN. Returns
 * rows: tag, statement. */
int embark__progress_send_settle(embark__progress_table *t, embark__pipeline *p,
                                 const embark_migration *m, uint32_t statement,
                                 embark__progress_state verdict);

/* Which sessions are at work on this statement: pid, who, and how far an index has come. */
int embark__progress_send_orphans(embark__progress_table *t, embark__pipeline *p,
                                  const char *statement);

/* What the catalog has of the index that an INDEX or a DROP statement names. */
int embark__progress_send_index(embark__progress_table *t, embark__pipeline *p,
                                const embark_migration *m, const embark_statement *s);

/* Take in row `row` of the read's answer. `done` is borrowed from it, *tag too. */
void embark__progress_row(const PGresult *res, int row, const char **tag, embark__progress *out);

/* The same row, as STATUS shows it; borrowed too. For a read of all alone. */
void embark__progress_unfinished(const PGresult *res, int row, embark__unfinished *out);

/* Take in the answer about an index: no row says that there is none. */
int embark__progress_index(const PGresult *res, embark__index_facts *out);

#endif
