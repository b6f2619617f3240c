/* transaction.c - the frame of a migration. Knows PostgreSQL's settings of a transaction; knows
 * nothing of ledgers. */
#include "transaction.h"

#include <inttypes.h>
#include <stdio.h>

#include "session.h"
#include "sql.h"

#define SET_LOCAL(name, value) "%c'" name "', " value ", true)"
#define SET(name, value)       "%c'" name "', " value ", false)"

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
  static const char sql[] =
      SET_LOCAL("lock_timeout", "$1") ", " SET_LOCAL("statement_timeout", "$2") ", "
      SET_LOCAL("synchronous_commit", "$3") ", " SET_LOCAL("client_encoding", "'UTF8'") ", "
      SET_LOCAL("standard_conforming_strings", "'on'") ", "
      SET_LOCAL("idle_in_transaction_session_timeout", "'0'") ", "
      SET_TRANSACTION_TIMEOUT("true") ", CASE WHEN $4%I IS NULL THEN 0"
      " WHEN %.pg_try_advisory_xact_lock($4%I) THEN 0 ELSE "
      RAISE("another session is migrating; this one waits and looks again, nothing is wrong")
      " END";
  /* clang-format on */
  char lock_timeout[24], statement_timeout[24], key[24];
  snprintf(key, sizeof key, "%" PRId64, arms->lock_key);
  const char *values[] = {
      milliseconds(lock_timeout, sizeof lock_timeout, arms->lock_timeout_ms),
      milliseconds(statement_timeout, sizeof statement_timeout, arms->statement_timeout_ms),
      arms->synchronous_commit, arms->takes_lock ? key : NULL};
  embark__buf_clear(scratch);
  embark__sql_put(scratch, arms->notes_session ? "SELECT " SESSION_NOTES : "SELECT ", NULL, NULL);
  embark__sql_put(scratch, sql, NULL, NULL);
  const char *text = embark__buf_text(scratch);
  return text == NULL ? -1 : embark__pipeline_send(p, text, 4, values);
}

int embark__transaction_send_outside(embark__pipeline *p, embark__buf *scratch,
                                     const embark__arms *arms, int is_pooled)
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
    return embark__sql_send(p, scratch, sql_pooled, 0, NULL);
  }
  return embark__sql_send(p, scratch, sql, 2, values);
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
   * is the least it can write, and needs no right to anything. No short forms: our memory may be
   * gone. */
  static const char sql[] = "SELECT pg_catalog.set_config('synchronous_commit', $1, true),"
                            " pg_catalog.pg_logical_emit_message(true, 'embark', '')";
  const char *values[] = {synchronous_commit};
  return embark__pipeline_send(p, sql, 1, values);
}
