/* run_outside.c - the states STATEMENT and NOTE: the statements of a migration without a
 * transaction, one message each, and what the ledger is told of each. */
#include <inttypes.h>
#include <string.h>

#include "answer.h"
#include "bundle.h"
#include "error.h"
#include "run_failure.h"
#include "run_outside.h"
#include "transaction.h"

const embark_migration *embark__outside_migration(const embark_run *run)
{
  return &run->bundle->migrations[run->outside.migration];
}

const embark_statement *embark__outside_statement(const embark_run *run)
{
  return &run->bundle->statements[run->outside.statement];
}

const char *embark__outside_text(const embark_run *run)
{
  return embark__bundle_text(run->bundle, embark__outside_statement(run));
}

static uint32_t end_of(const embark_migration *m)
{
  return m->first_statement + m->statement_count;
}

/* Whether the file itself has begun a transaction. */
static int is_in_block(const embark_run *run)
{
  return PQtransactionStatus(run->conn) == PQTRANS_INTRANS;
}

static void tell(embark_run *run, embark_event_type type)
{
  const embark_migration *m = embark__outside_migration(run);
  uint32_t number = embark__failure_at(run);
  if (number > m->statement_count) {
    number = m->statement_count; /* it was interrupted behind the last one */
  }
  embark__events_tell(
      &run->events,
      &(embark_event){.type = type,
                      .step = run->received.at.step + 1,
                      .steps = run->plan.step_count,
                      .statement = number,
                      .statements = m->statement_count,
                      .tag = m->tag,
                      .hazards = type == EMBARK_EVENT_STARTED
                                     ? run->plan.steps[run->received.at.step].hazards
                                     : 0,
                      .message = type == EMBARK_EVENT_RESUMED ? "it was interrupted here" : NULL});
}

/* --- from statement to statement ------------------------------------------------------------- */

/* Back to the pipeline, for the ledger's row. */
static run_state finish(embark_run *run)
{
  embark__cursor_next(&run->sent);
  embark__cursor_next(&run->received);
  return RUN_APPLY;
}

static run_state note(embark_run *run, run_purpose purpose)
{
  run->outside.purpose = purpose;
  return RUN_NOTE;
}

run_state embark__outside_begin(embark_run *run)
{
  run->touched = 1;
  run->lock.since_ms = 0; /* this run has the lock: a later wait is another one */
  tell(run, EMBARK_EVENT_STARTED);
  if (run->outside.seen.next > 0 || run->outside.seen.is_doubtful) {
    tell(run, EMBARK_EVENT_RESUMED);
  }
  if (run->outside.seen.is_doubtful && (embark__outside_statement(run)->flags &
                                        (EMBARK_STATEMENT_INDEX | EMBARK_STATEMENT_DROP)) != 0) {
    run->outside.purpose = FOR_RESUME;
    return RUN_INDEX;
  }
  return embark__outside_go_on(run);
}

run_state embark__outside_go_on(embark_run *run)
{
  embark__outside *o = &run->outside;
  if (o->statement == end_of(embark__outside_migration(run))) {
    return finish(run);
  }
  if (embark__run_is_cancelled(run)) {
    return embark__run_stop(run);
  }
  o->is_unknown = 0;
  run->sent.at.statement = o->statement;
  run->received.at.statement = o->statement;
  if (!is_in_block(run)) {
    o->base = o->statement;
  } else if ((embark__outside_statement(run)->flags & EMBARK_STATEMENT_COMMIT) == 0) {
    return RUN_STATEMENT; /* the commit of its transaction decides about it */
  }
  return note(run, FOR_BEGIN);
}

run_state embark__outside_advance(embark_run *run)
{
  embark__outside *o = &run->outside;
  int is_last = o->statement + 1 == end_of(embark__outside_migration(run));
  int is_stopping = run->error.code != EMBARK_OK || embark__run_is_cancelled(run);
  if (is_stopping && is_in_block(run)) {
    return run->error.code != EMBARK_OK ? embark__run_conclude(run) : embark__run_stop(run);
  }
  if (is_last && is_in_block(run)) {
    embark__failure_open_block(run);
    return embark__outside_failed(run);
  }
  return is_last || is_stopping ? note(run, FOR_END) : embark__keeper_ping(run);
}

run_state embark__outside_after_ping(embark_run *run)
{
  run->outside.statement++;
  return embark__outside_go_on(run);
}

/* --- STATEMENT ------------------------------------------------------------------------------- */

void embark__statement_answer(embark_run *run, const PGresult *res)
{
  if (!run->pipe.copying && run->trouble == TROUBLE_NONE && embark__answer_is_error(res)) {
    embark__failure_outside(run, res);
  }
}

/* What was noted in a block holds when that is committed. */
static void take_version(embark_run *run)
{
  embark__outside *o = &run->outside;
  if (!o->has_failed && o->version_after[0] != '\0') {
    memcpy(o->version, o->version_after, sizeof o->version);
  }
  o->version_after[0] = '\0';
}

run_state embark__statement_next(embark_run *run)
{
  int is_index = (embark__outside_statement(run)->flags & EMBARK_STATEMENT_INDEX) != 0;
  run->copy_begun = 0;
  run->outside.has_failed = run->trouble != TROUBLE_NONE;
  take_version(run);
  run->again = run->trouble == TROUBLE_RETRY ? TROUBLE_RETRY : TROUBLE_NONE;
  if (run->outside.is_unknown) {
    return embark__run_conclude(run); /* the progress still says "running", as it should */
  }
  if (!run->outside.has_failed) {
    tell(run, EMBARK_EVENT_STATEMENT);
  }
  if (is_index && !is_in_block(run)) {
    run->outside.purpose = run->outside.has_failed ? FOR_FAILURE : FOR_END;
    return RUN_INDEX;
  }
  return run->outside.has_failed ? embark__outside_failed(run) : embark__outside_advance(run);
}

run_state embark__outside_failed(embark_run *run)
{
  return note(run, FOR_FAILURE);
}

run_state embark__outside_over(embark_run *run)
{
  if (run->again == TROUBLE_NONE || run->error.code != EMBARK_OK) {
    return embark__run_conclude(run);
  }
  return RUN_RESTORE; /* the next attempt shall find the session as this one did */
}

/* --- NOTE ------------------------------------------------------------------------------------ */

static int waits(const embark_run *run, const embark_migration *m)
{
  for (uint32_t i = m->first_statement; i < end_of(m); i++) {
    if ((run->bundle->statements[i].flags & EMBARK_STATEMENT_WAITS) != 0) {
      return 1;
    }
  }
  return 0;
}

/* Settings for its statements. What waits for other transactions by design, and holds up nobody
 * meanwhile, has no use for a lock_timeout unless the file asks for one. */
static int send_arm(embark_run *run)
{
  const embark_migration *m = embark__outside_migration(run);
  embark__arms arms = {.lock_timeout_ms = m->lock_timeout_ms,
                       .statement_timeout_ms = m->statement_timeout_ms};
  if (arms.lock_timeout_ms == 0) {
    arms.lock_timeout_ms = waits(run, m) ? EMBARK_NO_TIMEOUT : run->opt.lock_timeout_ms;
  }
  if (arms.statement_timeout_ms == 0) {
    arms.statement_timeout_ms = run->opt.statement_timeout_ms;
  }
  return embark__transaction_send_outside(&run->pipe, &run->ledger.sql, &arms, run->pooled);
}

/* The session of the run before had settings that statements before this one made. */
static int send_settings_anew(embark_run *run)
{
  const embark_migration *m = embark__outside_migration(run);
  for (uint32_t i = m->first_statement; i < run->outside.statement; i++) {
    const embark_statement *s = &run->bundle->statements[i];
    if ((s->flags & EMBARK_STATEMENT_SESSION) != 0 &&
        embark__pipeline_send(&run->pipe, embark__bundle_text(run->bundle, s), 0, NULL) != 0) {
      return -1;
    }
  }
  return 0;
}

int embark__outside_send_arm(embark_run *run)
{
  return send_arm(run) != 0 ? -1 : send_settings_anew(run);
}

static int send_note(embark_run *run, int in_block)
{
  const embark__outside *o = &run->outside;
  embark__progress_state state = PROGRESS_RUNNING;
  uint32_t statement = o->statement;
  if (o->purpose == FOR_FAILURE) {
    state = PROGRESS_AGAIN;
    statement = o->base;
  } else if (o->purpose == FOR_END || in_block) {
    state = PROGRESS_DONE; /* within the transaction whose commit is next: true together with it */
  }
  return embark__progress_send_note(&run->progress, &run->pipe, embark__outside_migration(run),
                                    state, statement, o->version);
}

int embark__note_queue(embark_run *run)
{
  embark__outside *o = &run->outside;
  int in_block = is_in_block(run) && o->purpose == FOR_BEGIN;
  o->in_block = in_block;
  o->is_noted = 0;
  if (!in_block && PQtransactionStatus(run->conn) != PQTRANS_IDLE &&
      embark__transaction_send_rollback(&run->pipe) != 0) {
    return -1;
  }
  /* The note finds an index by the search_path that the statement will have. */
  if ((!in_block && embark__transaction_send_begin(&run->pipe) != 0) ||
      (!o->armed && embark__outside_send_arm(run) != 0) ||
      embark__session_send_borrow(&run->session, &run->pipe) != 0) {
    return -1;
  }
  o->question = (uint32_t)run->pipe.under_way;
  if (send_note(run, in_block) != 0) {
    return -1;
  }
  return in_block ? 0 : embark__transaction_send_commit(&run->pipe);
}

void embark__note_answer(embark_run *run, const PGresult *res)
{
  if (embark__answer_is_error(res) && !embark__answer_is_skipped(res) &&
      run->trouble == TROUBLE_NONE) {
    embark__failure_of_progress(run, res, "written");
  }
}

void embark__note_row(embark_run *run, const PGresult *res)
{
  if (run->answered == run->outside.question) {
    embark__outside *o = &run->outside;
    embark__progress_version(res, 0, 0, o->in_block ? o->version_after : o->version);
    o->is_noted = 1;
  }
}

/* Another run has taken the migration up, for the keeper is lost: whatever is open here is rolled
 * back, and the next look says how far it has come. */
static run_state overtaken(embark_run *run)
{
  run->trouble = TROUBLE_STALE;
  return embark__failure_next(run);
}

run_state embark__note_next(embark_run *run)
{
  if (run->trouble == TROUBLE_NONE && !run->outside.is_noted && run->error.code == EMBARK_OK) {
    return overtaken(run);
  }
  if (run->trouble != TROUBLE_NONE) {
    return embark__run_conclude(run);
  }
  switch (run->outside.purpose) {
  case FOR_BEGIN:
    run->outside.armed = 1;
    return RUN_STATEMENT;
  case FOR_FAILURE:
    return embark__outside_over(run);
  case FOR_RESUME:
  case FOR_END:
    break;
  }
  if (run->error.code != EMBARK_OK) {
    return embark__run_conclude(run);
  }
  return embark__run_is_cancelled(run) ? embark__run_stop(run)
                                       : embark__keeper_ping(run); /* then: the row */
}
