/* run_failure.c - errors while a plan is applied: somebody else was first, a lock was not to be
 * had, or the migration is wrong. Knows SQLSTATEs and the places they come from. */
#include "run_failure.h"

#include <inttypes.h>

#include "answer.h"
#include "bundle.h"
#include "error.h"
#include "sql.h"
#include "sys.h"

#define FIRST_RETRY_MS   50
#define LONGEST_RETRY_MS 2000
#define STALE_AT_ONCE    3   /* outdated plans in a row that are made anew at once */
#define STALE_LIMIT      100 /* and in all: far more than any number of starters brings about */

static int is_lock_trouble(const PGresult *res)
{
  return embark__answer_has_sqlstate(res, LOCK_NOT_AVAILABLE) ||
         embark__answer_has_sqlstate(res, DEADLOCK) ||
         embark__answer_has_sqlstate(res, NOT_SERIALIZABLE);
}

/* Somebody else made what we were about to make. */
static int is_duplicate(const PGresult *res)
{
  return embark__answer_has_sqlstate(res, DUPLICATE_TABLE) ||
         embark__answer_has_sqlstate(res, DUPLICATE_SCHEMA) ||
         embark__answer_has_sqlstate(res, UNIQUE_VIOLATION);
}

/* --- errors that end the run ----------------------------------------------------------------- */

/* Say which statement, and where in the file the server found the fault. */
static void set_statement(embark_run *run, const PGresult *res)
{
  const embark__message *at = &run->received.at;
  const embark_migration *m = embark__cursor_migration(&run->received);
  embark_error *err = &run->error;
  if (at->kind != MSG_STATEMENT && at->kind != MSG_COPY) {
    return;
  }
  const embark_statement *s = &run->bundle->statements[at->statement];
  size_t position = embark__answer_position(res);
  err->statement = at->statement - m->first_statement + 1;
  embark__bundle_position(run->bundle, s, position, &err->line, &err->column);
  if (position == 0) {
    err->column = 0;
  }
}

static void set_message(embark_run *run, int code, const char *verb)
{
  const embark__message *at = &run->received.at;
  const embark_migration *m = embark__cursor_migration(&run->received);
  if (at->kind == MSG_STATEMENT || at->kind == MSG_COPY) {
    embark__error_set(&run->error, code, "migration \"%s\" %s at statement %" PRIu32, m->tag, verb,
                      at->statement - m->first_statement + 1);
  } else if (at->kind == MSG_RECORD) {
    embark__error_set(&run->error, code, "migration \"%s\" %s when its ledger row was written",
                      m->tag, verb);
  } else {
    embark__error_set(&run->error, code, "migration \"%s\" %s at its end", m->tag, verb);
  }
  embark__error_place(&run->error, m);
}

static void fail_migration(embark_run *run, const PGresult *res)
{
  set_message(run, EMBARK_E_SQL, "failed");
  set_statement(run, res);
  embark__answer_describe(&run->error, res);
  int ends_transaction = embark__answer_has_sqlstate(res, INVALID_TERMINATION);
  embark__error_hint(&run->error,
                     "The migration was rolled back; earlier migrations of this run stay "
                     "applied. %s",
                     ends_transaction
                         ? "Its code commits or rolls back, which it cannot inside the "
                           "transaction of a migration; run it by hand."
                         : "Mend the file, bundle it, and run again.");
  run->trouble = TROUBLE_FATAL;
}

static void fail_for_locks(embark_run *run, const PGresult *res)
{
  if (embark__cursor_migration(&run->received) == NULL) {
    embark__error_set(&run->error, EMBARK_E_LOCK_TIMEOUT, "the ledger could not be locked");
  } else {
    set_message(run, EMBARK_E_LOCK_TIMEOUT, "did not get its locks");
    set_statement(run, res);
  }
  embark__answer_describe(&run->error, res);
  embark__error_hint(
      &run->error,
      "The migration was rolled back, %" PRIu32 " times; earlier ones stay applied. "
      "pg_blocking_pids() and pg_stat_activity show who is in the way; run again when it "
      "is gone, or with a longer lock_timeout_ms.",
      run->retries);
  run->trouble = TROUBLE_FATAL;
}

static void fail_for_rights(embark_run *run, const PGresult *res, const char *what)
{
  embark__error_set(&run->error, EMBARK_E_PERMISSION, "the ledger %s.%s may not be %s",
                    run->ledger.schema, run->ledger.table, what);
  embark__answer_describe(&run->error, res);
  embark__error_hint(&run->error,
                     "Have it created beforehand (docs/ledger.md has the SQL) and grant the "
                     "role USAGE on its schema and SELECT, INSERT and UPDATE on it.");
  run->trouble = TROUBLE_FATAL;
}

/* A Drizzle ledger numbers its rows by a sequence, which a restored dump may have left behind. */
static void fail_for_sequence(embark_run *run, const PGresult *res)
{
  embark__error_set(&run->error, EMBARK_E_LEDGER, "the ledger's next id is taken already");
  embark__answer_describe(&run->error, res);
  embark__error_hint(&run->error,
                     "Its sequence is behind its rows: SELECT setval(pg_get_serial_sequence("
                     "'%s.%s', 'id'), (SELECT max(id) FROM %s.%s));",
                     run->ledger.schema, run->ledger.table, run->ledger.schema, run->ledger.table);
  run->trouble = TROUBLE_FATAL;
}

/* What the ledger holds would not be what was done, so nothing is done. */
static void fail_for_row(embark_run *run, const PGresult *res)
{
  set_message(run, EMBARK_E_LEDGER, "was rolled back");
  embark__answer_describe(&run->error, res);
  embark__error_hint(&run->error,
                     "A trigger, a rule or a policy on %s.%s keeps or changes its rows: remove it, "
                     "and run again.",
                     run->ledger.schema, run->ledger.table);
  run->trouble = TROUBLE_FATAL;
}

/* libpq itself failed, nearly always for want of memory: what the server did meanwhile is not known
 * here, only to the ledger. */
static void fail_here(embark_run *run, const PGresult *res)
{
  embark__error_set(&run->error, EMBARK_E_MEMORY, "an answer of the server could not be taken in");
  embark__answer_describe(&run->error, res);
  embark__error_hint(&run->error, "Run again: the ledger tells what is applied.");
  run->dirty = 1;
  run->trouble = TROUBLE_FATAL;
}

void embark__failure_undue(embark_run *run)
{
  const embark_migration *m = embark__cursor_migration(&run->received);
  embark__error_set(&run->error, EMBARK_E_SERVER, "the server did not answer as PostgreSQL does");
  if (m != NULL) {
    embark__error_place(&run->error, m);
  }
  embark__error_hint(&run->error, "Look at the pooler or proxy in front of it. Run again on a "
                                  "connection without: the ledger tells what is applied.");
  run->dirty = 1;
  run->trouble = TROUBLE_FATAL;
}

void embark__failure_cancelled(embark_run *run)
{
  const embark_migration *m = embark__cursor_migration(&run->received);
  embark__error_set(&run->error, EMBARK_E_CANCELLED, "the run was cancelled");
  if (m != NULL) {
    embark__error_place(&run->error, m);
    embark__error_detail(&run->error, "Migration \"%s\" was rolled back or not begun.", m->tag);
  }
  embark__error_hint(&run->error, "What was applied before stays; run again to go on from there.");
  run->trouble = TROUBLE_FATAL;
}

/* --- classification -------------------------------------------------------------------------- */

static void classify_create(embark_run *run, const PGresult *res)
{
  if (is_duplicate(res)) {
    run->trouble = TROUBLE_STALE;
  } else if (embark__answer_has_sqlstate(res, NOT_PERMITTED)) {
    fail_for_rights(run, res, "created");
  } else {
    embark__run_query_failed(run, res, "to create the ledger");
  }
}

static void classify_guard(embark_run *run, const PGresult *res)
{
  if (embark__answer_has_sqlstate(res, RAISED_BY_US) ||
      embark__answer_has_sqlstate(res, UNDEFINED_TABLE)) {
    run->trouble = TROUBLE_STALE;
  } else {
    embark__run_query_failed(run, res, "to look at the ledger under the lock");
  }
}

static void classify_record(embark_run *run, const PGresult *res)
{
  if (embark__answer_has_sqlstate(res, NOT_PERMITTED)) {
    fail_for_rights(run, res, "written");
  } else if (embark__answer_has_sqlstate(res, RAISED_BY_US)) {
    fail_for_row(run, res);
  } else if (!embark__answer_has_sqlstate(res, UNIQUE_VIOLATION)) {
    fail_migration(run, res);
  } else if (run->bundle->ledger != EMBARK_LEDGER_NATIVE) {
    fail_for_sequence(run, res);
  } else {
    run->trouble = TROUBLE_STALE;
  }
}

/* A lock was not to be had: once more from the start, or no more. */
static void classify_locks(embark_run *run, const PGresult *res)
{
  const embark_migration *m = embark__cursor_migration(&run->received);
  if (run->retries >= run->opt.retries) {
    fail_for_locks(run, res);
    return;
  }
  run->retries++;
  run->trouble = TROUBLE_RETRY;
  embark__events_tell(&run->events,
                      (embark_event){.type = EMBARK_EVENT_RETRY,
                                     .step = m != NULL ? run->received.at.step + 1 : 0,
                                     .steps = run->plan.step_count,
                                     .tag = m != NULL ? m->tag : NULL,
                                     .sqlstate = embark__answer_sqlstate(res),
                                     .message = embark__answer_message(res)});
}

static void classify_by_place(embark_run *run, const PGresult *res)
{
  switch (run->received.at.kind) {
  case MSG_BEGIN:
    embark__run_query_failed(run, res, "to begin a transaction");
    break;
  case MSG_ARM:
    if (embark__answer_has_sqlstate(res, RAISED_BY_US)) {
      run->trouble = TROUBLE_BUSY;
    } else {
      embark__run_query_failed(run, res, "to take the migration lock");
    }
    break;
  case MSG_CREATE_SCHEMA:
  case MSG_CREATE_TABLE:
  case MSG_CREATE_INDEX:
    classify_create(run, res);
    break;
  case MSG_GUARD:
    classify_guard(run, res);
    break;
  case MSG_RECORD:
    classify_record(run, res);
    break;
  case MSG_RESTAMP:
    if (embark__answer_has_sqlstate(res, NOT_PERMITTED)) {
      fail_for_rights(run, res, "updated");
    } else {
      fail_migration(run, res);
    }
    break;
  case MSG_COMMIT:
    if (embark__cursor_migration(&run->received) == NULL) {
      classify_create(run, res);
    } else {
      fail_migration(run, res);
    }
    break;
  case MSG_STATEMENT:
  case MSG_COPY:
  case MSG_ROLE:
  case MSG_SETTINGS:
  case MSG_REARM:
    fail_migration(run, res);
    break;
  case MSG_END:
    embark__run_query_failed(run, res, "what was not asked of it");
    break;
  }
}

void embark__failure_classify(embark_run *run, const PGresult *res)
{
  if (embark__run_is_cancelled(run) && embark__answer_has_sqlstate(res, QUERY_CANCELED)) {
    embark__failure_cancelled(run);
  } else if (embark__answer_sqlstate(res)[0] == '\0' && PQstatus(run->conn) == CONNECTION_OK) {
    fail_here(run, res);
  } else if (is_lock_trouble(res)) {
    classify_locks(run, res);
  } else {
    classify_by_place(run, res);
  }
}

/* --- what follows ---------------------------------------------------------------------------- */

run_state embark__failure_next(embark_run *run)
{
  run->again = run->trouble == TROUBLE_FATAL ? TROUBLE_NONE : run->trouble;
  return run->again != TROUBLE_NONE ? RUN_SETTLE : embark__run_conclude(run);
}

static run_state retry_later(embark_run *run)
{
  uint32_t doublings = run->retries < 7 ? run->retries - 1 : 6;
  int64_t step = (int64_t)FIRST_RETRY_MS << doublings;
  if (step > LONGEST_RETRY_MS) {
    step = LONGEST_RETRY_MS;
  }
  int64_t wait = step / 2 + (int64_t)(embark__sys_jitter(run) % (uint32_t)(step / 2 + 1));
  run->wake_ms = embark__sys_now_ms() + wait;
  return RUN_WAIT;
}

run_state embark__failure_again(embark_run *run)
{
  if (run->again == TROUBLE_RETRY) {
    return retry_later(run);
  }
  if (run->again == TROUBLE_BUSY) {
    return embark__run_wait(run);
  }
  if (run->stale > STALE_LIMIT) {
    embark__error_set(&run->error, EMBARK_E_LEDGER, "the ledger is never as it was a moment ago");
    embark__error_hint(&run->error,
                       "See whether something else writes to %s.%s: a trigger, a rule, or "
                       "another program.",
                       run->ledger.schema, run->ledger.table);
    return embark__run_conclude(run);
  }
  if (run->stale > STALE_AT_ONCE) {
    run->wake_ms = embark__sys_now_ms() + FIRST_RETRY_MS;
    return RUN_WAIT;
  }
  return RUN_CHECK;
}
