/* run_failure.c - errors while a plan is applied: somebody else was first, a lock was not to be
 * had, or the migration is wrong. Knows SQLSTATEs and the places they come from. */
#include "run_failure.h"

#include <inttypes.h>
#include <string.h>

#include "answer.h"
#include "audit.h"
#include "bundle.h"
#include "error.h"
#include "sql.h"
#include "sys.h"

/* --- errors that end the run ----------------------------------------------------------------- */

/* Say which statement, and where in the file the server found the fault. */
static void set_statement(embark_run *run, const PGresult *res)
{
  const embark__message *at = &run->received.at;
  if (at->kind == MSG_STATEMENT || at->kind == MSG_COPY) {
    embark__bundle_place(run->bundle, embark__cursor_migration(&run->received), at->statement,
                         embark__answer_position(res), &run->error);
  }
}

static void set_message(embark_run *run, int code, const char *verb)
{
  const embark__message *at = &run->received.at;
  const embark_migration *m = embark__cursor_migration(&run->received);
  const char *way = run->op == EMBARK_REVERT ? "reverting " : "";
  if (at->kind == MSG_STATEMENT || at->kind == MSG_COPY) {
    embark__error_set(&run->error, code, "%smigration \"%s\" %s at statement %" PRIu32, way, m->tag,
                      verb, embark__bundle_number(m, at->statement));
  } else {
    embark__error_set(&run->error, code, "%smigration \"%s\" %s %s", way, m->tag, verb,
                      at->kind == MSG_RECORD ? "when its ledger row was written" : "at its end");
  }
  embark__error_place(&run->error, m);
}

/* Where the file is not to blame, or not in the way one would think. */
static const char *advice(const PGresult *res)
{
  if (embark__answer_has_sqlstate(res, INVALID_TERMINATION)) {
    return "Its code commits or rolls back, which it cannot inside the transaction of a migration; "
           "run it by hand.";
  }
  if (embark__answer_has_sqlstate(res, QUERY_CANCELED)) {
    return "A statement_timeout, or somebody with pg_cancel_backend(), ended the statement, as its "
           "message says; run again.";
  }
  if (strncmp(embark__answer_sqlstate(res), NO_RESOURCES, strlen(NO_RESOURCES)) == 0) {
    return "The server ran out of what its message names; make room, and run again.";
  }
  return "Mend the file, bundle it, and run again.";
}

static void fail_migration(embark_run *run, const PGresult *res)
{
  set_message(run, EMBARK_E_SQL, "failed");
  set_statement(run, res);
  embark__answer_describe(&run->error, res);
  run->trouble = TROUBLE_FATAL;
  if (embark__is_outside(embark__cursor_migration(&run->received))) {
    embark__error_hint(&run->error, "Its statements are done, as are earlier migrations; only its "
                                    "row in the ledger is missing. Run again.");
    return;
  }
  embark__error_hint(&run->error, "The %s was rolled back; earlier %ss of this run stay %s. %s",
                     embark__run_deed(run), embark__run_deed(run), embark__run_past(run),
                     advice(res));
}

static void fail_for_locks(embark_run *run, const PGresult *res)
{
  run->to_blame =
      embark__answer_has_sqlstate(res, LOCK_NOT_AVAILABLE); /* a deadlock is explained */
  if (embark__cursor_migration(&run->received) == NULL) {
    embark__error_set(&run->error, EMBARK_E_LOCK_TIMEOUT, "the ledger could not be locked");
  } else {
    set_message(run, EMBARK_E_LOCK_TIMEOUT, "did not get its locks");
    set_statement(run, res);
  }
  embark__answer_describe(&run->error, res);
  embark__error_hint(
      &run->error,
      "The %s was rolled back, %" PRIu32 " times; earlier ones stay %s. "
      "pg_blocking_pids() and pg_stat_activity show who is in the way while it waits; run again "
      "when that is gone, or with a longer lock_timeout_ms.",
      embark__run_deed(run), run->retries, embark__run_past(run));
  run->trouble = TROUBLE_FATAL;
}

static void fail_for_rights(embark_run *run, const PGresult *res, const char *what)
{
  int is_audit = run->received.at.kind >= MSG_AUDIT_SCHEMA && run->received.at.kind <= MSG_AUDIT;
  embark__error_set(&run->error, EMBARK_E_PERMISSION, "the %s %s.%s may not be %s",
                    is_audit ? "table" : "ledger",
                    is_audit ? run->progress.schema : run->ledger.schema,
                    is_audit ? AUDIT_TABLE : run->ledger.table, what);
  embark__answer_describe(&run->error, res);
  embark__error_hint(&run->error,
                     "Have it created beforehand (docs/ledger.md has the SQL) and grant the "
                     "role USAGE on its schema and %s on it.",
                     is_audit                   ? "INSERT"
                     : run->op == EMBARK_REVERT ? "SELECT, INSERT, UPDATE and DELETE"
                                                : "SELECT, INSERT and UPDATE");
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

void embark__failure_here(embark_run *run, const PGresult *res)
{
  embark__answer_not_taken(&run->error);
  embark__answer_describe(&run->error, res);
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
    embark__error_detail(&run->error, "%s \"%s\" was rolled back or not begun.",
                         run->op == EMBARK_REVERT ? "Reverting migration" : "Migration", m->tag);
  }
  embark__error_hint(&run->error, "What was %s before stays; run again to go on from there.",
                     embark__run_past(run));
  run->trouble = TROUBLE_FATAL;
}

/* --- classification -------------------------------------------------------------------------- */

static void classify_create(embark_run *run, const PGresult *res)
{
  if (embark__answer_is_duplicate(res)) {
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

static void classify_audit(embark_run *run, const PGresult *res)
{
  if (embark__answer_is_duplicate(res)) {
    run->trouble = TROUBLE_STALE; /* a program with another ledger needed it at the same moment */
  } else if (embark__answer_has_sqlstate(res, NOT_PERMITTED)) {
    fail_for_rights(run, res, run->received.at.kind == MSG_AUDIT ? "written" : "created");
  } else {
    embark__run_query_failed(run, res, "to record who does what to the ledger");
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
                      &(embark_event){.type = EMBARK_EVENT_RETRY,
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
  case MSG_AUDIT_SCHEMA:
  case MSG_AUDIT_TABLE:
  case MSG_AUDIT:
    classify_audit(run, res);
    break;
  case MSG_PROGRESS:
    embark__failure_of_progress(run, res, "written");
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
  case MSG_OUTSIDE:
  case MSG_RELEASE:
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
    embark__failure_here(run, res);
  } else if (embark__answer_is_lock_trouble(res)) {
    classify_locks(run, res);
  } else {
    classify_by_place(run, res);
  }
}
