/* transaction.c - the frame of a migration. Knows PostgreSQL's settings of a transaction; knows
 * nothing of ledgers. */
#include "transaction.h"

#include <inttypes.h>
#include <stdio.h>

#include "session.h"
#include "sql.h"

#define SET_LOCAL(name, value) "pg_catalog.set_config('" name "', " value ", true)"
#define SET(name, value)       "pg_catalog.set_config('" name "', " value ", false)"

int embark__transaction_send_begin(embark__pipeline *p)
{
  /* Said in full, since the session's defaults may be read only or serializable. READ COMMITTED
   * also lets the guard see what was committed between the start of the transaction and the lock.
   */
  return embark__pipeline_send(p, "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", 0, NULL);
}

static const char *milliseconds(char *out, size_t size, int64_t ms)
{
  snprintf(out, size, "%" PRId64, ms == EMBARK_NO_TIMEOUT ? 0 : ms);
  return out;
}

int embark__transaction_send_arm(embark__pipeline *p, embark__buf *scratch,
                                 const embark__arms *arms)
{
  /* The guard against stale plans is a statement of its own behind this one: this one's snapshot is
   * older than the lock it takes. */
  /* clang-format off */
#define LOCAL(name, value) "%.set_config('" name "', " value ", true)"
  static const char sql[] =
      LOCAL("lock_timeout", "$1") ", " LOCAL("statement_timeout", "$2") ", "
      LOCAL("synchronous_commit", "$3") ", " LOCAL("client_encoding", "'UTF8'") ", "
      LOCAL("standard_conforming_strings", "'on'") ", "
      LOCAL("idle_in_transaction_session_timeout", "'0'") ", "
      SET_TRANSACTION_TIMEOUT("true") ", CASE WHEN $4" INT8 " IS NULL THEN 0"
      " WHEN %.pg_try_advisory_xact_lock($4" INT8 ") THEN 0 ELSE %Ranother session is migrating;"
      " this one waits and looks again, nothing is wrong'))) END";
#undef LOCAL
  /* clang-format on */
  char lock_timeout[24], statement_timeout[24], key[24];
  snprintf(key, sizeof key, "%" PRId64, arms->lock_key);
  const char *values[] = {
      milliseconds(lock_timeout, sizeof lock_timeout, arms->lock_timeout_ms),
      milliseconds(statement_timeout, sizeof statement_timeout, arms->statement_timeout_ms),
      arms->synchronous_commit, arms->takes_lock ? key : NULL};
  embark__buf_clear(scratch);
  embark__sql_put(scratch, "SELECT ", NULL, NULL);
  if (arms->notes_session) {
    embark__sql_put(scratch, SESSION_NOTES, NULL, NULL);
  }
  embark__sql_put(scratch, sql, NULL, NULL);
  const char *text = embark__buf_text(scratch);
  return text == NULL ? -1 : embark__pipeline_send(p, text, 4, values);
}

int embark__transaction_send_outside(embark__pipeline *p, const embark__arms *arms, int is_pooled)
{
  /* clang-format off */
#define SPEECH                                                                                     \
  "SELECT " SET("client_encoding", "'UTF8'") ", " SET("standard_conforming_strings", "'on'")
  static const char sql_pooled[] = SPEECH;
  static const char sql[] =
      SPEECH ", " SET("lock_timeout", "$1") ", " SET("statement_timeout", "$2") ", "
      SET("default_transaction_isolation", "'read committed'") ", "
      SET("default_transaction_read_only", "'off'") ", "
      SET("default_transaction_deferrable", "'off'") ", "
      SET("idle_in_transaction_session_timeout", "'0'") ", " SET_TRANSACTION_TIMEOUT("false");
#undef SPEECH
  /* clang-format on */
  char lock_timeout[24], statement_timeout[24];
  const char *values[] = {
      milliseconds(lock_timeout, sizeof lock_timeout, arms->lock_timeout_ms),
      milliseconds(statement_timeout, sizeof statement_timeout, arms->statement_timeout_ms)};
  if (is_pooled) {
    return embark__pipeline_send(p, sql_pooled, 0, NULL);
  }
  return embark__pipeline_send(p, sql, 2, values);
}

int embark__transaction_send_commit(embark__pipeline *p)
{
  return embark__pipeline_send(p, "COMMIT", 0, NULL);
}

int embark__transaction_send_rollback(embark__pipeline *p)
{
  return embark__pipeline_send(p, "ROLLBACK", 0, NULL);
}

int embark__transaction_send_flush(embark__pipeline *p, const char *synchronous_commit)
{
  /* A commit waits for the disk only when its transaction wrote to the log; a message nobody reads
   * is the least it can write, and needs no right to anything. */
  const char *values[] = {synchronous_commit};
  return embark__pipeline_send(
      p,
      "SELECT " SET_LOCAL("synchronous_commit",
                          "$1") ", "
                                "pg_catalog.pg_logical_emit_message(true, 'embark', '')",
      1, values);
}
