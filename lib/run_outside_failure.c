/* run_outside_failure.c - errors of a migration without a transaction: what they leave behind, and
 * what the next run makes of it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "bundle.h"
#include "error.h"
#include "run_failure.h"
#include "run_outside.h"
#include "sql.h"

void embark__failure_of_progress(embark_run *run, const PGresult *res, const char *what)
{
  embark_error *err = &run->error;
  if (err->code == EMBARK_OK && embark__answer_has_sqlstate(res, NOT_PERMITTED)) {
    embark__error_set(err, EMBARK_E_PERMISSION,
                      "%s.progress, which migrations without a transaction need, may not be %s",
                      run->progress.schema, what);
    embark__answer_describe(err, res);
    embark__error_hint(err,
                       "Have it created beforehand (docs/ledger.md has the SQL) and grant the role "
                       "USAGE on its schema and SELECT, INSERT and UPDATE on it.");
    run->trouble = TROUBLE_FATAL;
  } else {
    embark__run_query_failed(run, res, "to record the progress of a migration");
  }
}

/* --- a statement ----------------------------------------------------------------------------- */

uint32_t embark__failure_at(const embark_run *run)
{
  return embark__bundle_number(embark__outside_migration(run), run->outside.statement);
}

void embark__failure_place(embark_run *run, size_t position)
{
  embark__bundle_place(run->bundle, embark__outside_migration(run), run->outside.statement,
                       position, &run->error);
}

/* What stays of the migration, and where the next run goes on. */
static void hint(embark_run *run, const char *what_next)
{
  const embark_migration *m = embark__outside_migration(run);
  uint32_t base = embark__bundle_number(m, run->outside.base);
  char stays[80] = "";
  if (base == 2) {
    embark__copy_text(stays, sizeof stays,
                      "Statement 1 of it stays done, as do earlier migrations. ");
  } else if (base > 2) {
    snprintf(stays, sizeof stays,
             "Statements 1 to %" PRIu32 " of it stay done, as do earlier migrations. ", base - 1);
  }
  embark__error_hint(&run->error,
                     "The migration has no transaction. %s%s, and run again: the next run goes on "
                     "at statement %" PRIu32 ".",
                     stays, what_next, base);
}

void embark__failure_open_block(embark_run *run)
{
  const embark_migration *m = embark__outside_migration(run);
  embark_error *err = &run->error;
  embark__error_set(err, EMBARK_E_SQL,
                    "migration \"%s\" failed at statement %" PRIu32
                    ": the transaction that it began is not ended",
                    m->tag, embark__failure_at(run));
  embark__failure_place(run, 0);
  embark__error_detail(err, "It was rolled back.");
  hint(run, "Put a COMMIT at its end; bundle it");
}

static void fail(embark_run *run, const PGresult *res, int code, const char *verb,
                 const char *what_next)
{
  const embark_migration *m = embark__outside_migration(run);
  embark__error_set(&run->error, code, "migration \"%s\" %s at statement %" PRIu32, m->tag, verb,
                    embark__failure_at(run));
  embark__failure_place(run, embark__answer_position(res));
  embark__answer_describe(&run->error, res);
  hint(run, what_next);
  run->trouble = TROUBLE_FATAL;
}

void embark__failure_outside(embark_run *run, const PGresult *res)
{
  if (embark__answer_sqlstate(res)[0] == '\0') {
    run->outside.is_unknown = 1;
    embark__failure_here(run, res);
  } else if (embark__run_is_cancelled(run) && embark__answer_has_sqlstate(res, QUERY_CANCELED)) {
    fail(run, res, EMBARK_E_CANCELLED, "was cancelled", "Do so when it suits");
  } else if (!embark__answer_is_lock_trouble(res)) {
    fail(run, res, EMBARK_E_SQL, "failed",
         "Mend the file from there on, or what the server complains of; bundle it");
  } else if (run->retries >= run->opt.retries) {
    run->to_blame = embark__answer_has_sqlstate(res, LOCK_NOT_AVAILABLE);
    fail(run, res, EMBARK_E_LOCK_TIMEOUT, "did not get its locks",
         "Look who is in the way (pg_blocking_pids(), pg_stat_activity)");
  } else {
    run->retries++;
    run->trouble = TROUBLE_RETRY;
    embark__events_tell(&run->events, &(embark_event){.type = EMBARK_EVENT_RETRY,
                                                      .step = run->received.at.step + 1,
                                                      .steps = run->plan.step_count,
                                                      .tag = embark__outside_migration(run)->tag,
                                                      .sqlstate = embark__answer_sqlstate(res),
                                                      .message = embark__answer_message(res)});
  }
}

void embark__failure_to_mend(embark_run *run, const PGresult *res)
{
  embark_error *err = &run->error;
  char before[EMBARK_TEXT_SIZE];
  run->trouble = TROUBLE_FATAL;
  if (err->code == EMBARK_OK) {
    fail(run, res, embark__answer_is_lock_trouble(res) ? EMBARK_E_LOCK_TIMEOUT : EMBARK_E_SQL,
         "cannot be taken up", "See what holds the INVALID index that it left");
    return;
  }
  embark__copy_text(before, sizeof before, err->detail);
  embark__error_detail(err,
                       "%s\nAn INVALID index %s is left, and could not be dropped: %s; the next "
                       "run tries again.",
                       before, run->outside.index.name.text, embark__answer_message(res));
}

/* --- an interrupted statement ---------------------------------------------------------------- */

/* The statement's beginning, on one line. */
static void excerpt(const embark_run *run, char *out, size_t size)
{
  embark__copy_text(out, size, embark__outside_text(run));
  for (char *c = out; *c != '\0'; c++) {
    if ((unsigned char)*c < ' ') {
      *c = ' ';
    }
  }
}

static void put_literal(embark__buf *sql, const char *text)
{
  embark__buf_str(sql, "'");
  for (; *text != '\0'; text++) {
    embark__buf_bytes(sql, text, 1);
    if (*text == '\'') {
      embark__buf_str(sql, "'");
    }
  }
  embark__buf_str(sql, "'");
}

/* What EMBARK_RESUME_DONE and _AGAIN do, as SQL for a person. */
static void put_verdict(embark_run *run, const char *verdict)
{
  const embark_migration *m = embark__outside_migration(run);
  embark__buf *sql = &run->progress.sql;
  embark__buf_str(sql, "UPDATE ");
  embark__buf_identifier(sql, run->progress.schema);
  embark__buf_str(sql, "." PROGRESS_TABLE " SET state = '");
  embark__buf_str(sql, verdict);
  embark__buf_str(sql,
                  "', settled = concat(settled, now(), ' ', session_user, ': ', statement, ' ");
  embark__buf_str(sql, verdict);
  embark__buf_str(sql, "; ') WHERE tag = ");
  put_literal(sql, m->tag);
  embark__buf_str(sql, " AND component = ");
  put_literal(sql, run->bundle->component);
  if (run->bundle->ledger != EMBARK_LEDGER_NATIVE) { /* several may share the schema */
    embark__buf_str(sql, " AND ledger = ");
    put_literal(sql, embark__progress_owner(&run->progress));
  }
  embark__buf_str(sql, " AND state = 'running'");
}

/* Half a command is worse than none: where they do not fit, only the operations are named. */
static void hint_verdicts(embark_run *run)
{
  embark__buf *sql = &run->progress.sql;
  embark__buf_clear(sql);
  embark__buf_str(sql, "See whether it took effect. If so: ");
  put_verdict(run, "done");
  embark__buf_str(sql, "; if not: ");
  put_verdict(run, "again");
  embark__buf_str(sql, "; then run again. EMBARK_RESUME_DONE and EMBARK_RESUME_AGAIN do the same.");
  const char *text = embark__buf_text(sql);
  if (text == NULL || strlen(text) >= EMBARK_TEXT_SIZE) {
    text = "See whether it took effect, say so by EMBARK_RESUME_DONE or EMBARK_RESUME_AGAIN, and "
           "run again.";
  }
  embark__error_hint(&run->error, "%s", text);
}

void embark__failure_interrupted(embark_run *run)
{
  const embark_migration *m = embark__outside_migration(run);
  embark_error *err = &run->error;
  char text[200];
  excerpt(run, text, sizeof text);
  embark__error_set(err, EMBARK_E_INTERRUPTED,
                    "migration \"%s\" was interrupted at statement %" PRIu32
                    ", and what became of it is not known",
                    m->tag, embark__failure_at(run));
  embark__failure_place(run, 0);
  embark__error_detail(err, "The statement: %s", text);
  hint_verdicts(run);
}

void embark__failure_unfinished(embark_run *run, const embark_migration *m)
{
  run->trouble = TROUBLE_FATAL;
  embark__error_set(&run->error, EMBARK_E_INTERRUPTED,
                    "migration \"%s\" is begun, and not finished", m->tag);
  embark__error_place(&run->error, m);
  embark__error_hint(&run->error, "Nothing was reverted. Migrate first, which takes it up or says "
                                  "what is in the way; then revert.");
}
