/* run_apply.c - the state APPLY: the sequence of the plan, sent and answered in one pipeline. What
 * an error in it means is decided in run_failure.c. */
#include <string.h>

#include "answer.h"
#include "audit.h"
#include "bundle.h"
#include "run.h"
#include "run_failure.h"
#include "run_outside.h"
#include "sql.h"
#include "transaction.h"

/* How much is queued before the socket must have taken it: enough to keep the server busy, little
 * enough to bound the memory. */
#define QUEUE_BYTES 65536

static unsigned what_is_missing(const embark_run *run)
{
  unsigned makes = 0;
  if (!run->has_ledger) {
    makes |= MAKES_LEDGER | (run->survey.has_schema ? 0 : MAKES_SCHEMA);
  }
  if (!run->audit.has_ledger) {
    makes |= MAKES_AUDIT;
  }
  /* The ledger's schema, made a moment before, may be that of the audits, too. */
  if (!run->audit.has_schema &&
      ((makes & MAKES_SCHEMA) == 0 || strcmp(run->progress.schema, run->ledger.schema) != 0)) {
    makes |= MAKES_AUDIT_SCHEMA;
  }
  return makes;
}

run_state embark__apply_start(embark_run *run)
{
  run->outside.is_first_look = 0;
  embark__cursor_start(&run->sent, &run->plan, what_is_missing(run));
  run->received = run->sent;
  run->stale++;
  run->cancel_ms = 0;
  embark__events_tell(&run->events, &(embark_event){.type = EMBARK_EVENT_PLANNED,
                                                    .steps = run->plan.step_count,
                                                    .hazards = run->plan.hazards});
  return RUN_APPLY;
}

/* --- sending --------------------------------------------------------------------------------- */

static int is_last_step(const embark_run *run)
{
  return run->sent.at.step + 1 == run->plan.step_count;
}

static int64_t first_set(int64_t by_directive, int64_t by_option)
{
  return by_directive != 0 ? by_directive : by_option;
}

static int send_arm(embark_run *run)
{
  const embark_migration *m = run->plan.at_once ? NULL : embark__cursor_migration(&run->sent);
  embark__arms arms = {!run->keeper.holds, run->lock.key, run->opt.lock_timeout_ms,
                       EMBARK_NO_TIMEOUT,  "off",         0};
  if (m != NULL) {
    arms.lock_timeout_ms = first_set(m->lock_timeout_ms, arms.lock_timeout_ms);
    arms.statement_timeout_ms = first_set(m->statement_timeout_ms, run->opt.statement_timeout_ms);
    arms.notes_session = run->pooled && (m->flags & EMBARK_MIGRATION_SETTINGS) != 0;
  }
  if (run->plan.at_once || (m != NULL && is_last_step(run))) {
    arms.synchronous_commit = run->session.synchronous_commit; /* makes all before it last, too */
  }
  return embark__transaction_send_arm(&run->pipe, &run->ledger.sql, &arms);
}

static int send_statement(embark_run *run)
{
  const embark_statement *s = &run->bundle->statements[run->sent.at.statement];
  return embark__pipeline_send(&run->pipe, embark__bundle_text(run->bundle, s), 0, NULL);
}

/* Whether what is in the ledger is changed, and not added to. */
static int changes_rows(const embark_run *run)
{
  return run->op == EMBARK_REVERT || run->op == EMBARK_ACCEPT;
}

static int send_guard(embark_run *run, uint32_t migration)
{
  return changes_rows(run)
             ? embark__ledger_send_hold(&run->ledger, &run->pipe, &run->plan, migration)
             : embark__ledger_send_guard(&run->ledger, &run->pipe, migration);
}

static int send_record(embark_run *run, const embark__message *m)
{
  return changes_rows(run)
             ? embark__ledger_send_change(&run->ledger, &run->pipe, &run->plan, m->migration)
             : embark__ledger_send_record(&run->ledger, &run->pipe, m->migration,
                                          run->plan.steps[m->step].adopt);
}

static int send_message(embark_run *run)
{
  const embark__message *m = &run->sent.at;
  switch (m->kind) {
  case MSG_BEGIN:
    return embark__transaction_send_begin(&run->pipe);
  case MSG_ARM:
  case MSG_REARM:
    return send_arm(run);
  case MSG_CREATE_SCHEMA:
  case MSG_CREATE_TABLE:
  case MSG_CREATE_INDEX:
    return embark__ledger_send_create(&run->ledger, &run->pipe, m->kind);
  case MSG_GUARD:
    return send_guard(run, m->migration);
  case MSG_STATEMENT:
    return send_statement(run);
  case MSG_ROLE:
    return embark__session_send_role(&run->session, &run->pipe);
  case MSG_RECORD:
    return send_record(run, m);
  case MSG_AUDIT_SCHEMA:
    return embark__sql_send_create_schema(&run->pipe, &run->ledger.sql, run->progress.schema);
  case MSG_AUDIT_TABLE:
    return embark__audit_send_table(&run->pipe, &run->ledger.sql, run->progress.schema);
  case MSG_AUDIT:
    return embark__audit_send(&run->pipe, &run->ledger.sql, run->progress.schema, &run->plan,
                              m->migration, embark__progress_owner(&run->progress),
                              run->opt.reason);
  case MSG_PROGRESS:
    return embark__progress_send_finish(&run->progress, &run->pipe,
                                        embark__cursor_migration(&run->sent));
  case MSG_RESTAMP:
    return embark__ledger_send_restamp(&run->ledger, &run->pipe, m->migration);
  case MSG_SETTINGS:
    return embark__session_send_settings(&run->session, &run->pipe);
  case MSG_COMMIT:
    return embark__transaction_send_commit(&run->pipe);
  case MSG_COPY:
  case MSG_OUTSIDE:
  case MSG_RELEASE:
  case MSG_END:
    break; /* none goes through the pipeline */
  }
  return 0;
}

/* Whether this conversation has no more to say: the plan is through, what is next does not go
 * through a pipeline, or it is no use. */
static int is_said(const embark_run *run)
{
  embark__message_kind next = run->sent.at.kind;
  return next == MSG_END || next == MSG_COPY || next == MSG_OUTSIDE || next == MSG_RELEASE ||
         run->trouble != TROUBLE_NONE || embark__run_is_cancelled(run);
}

static int queue_some(embark_run *run)
{
  while (!is_said(run) && run->pipe.unflushed < QUEUE_BYTES) {
    embark__message_kind kind = run->sent.at.kind;
    if (send_message(run) != 0) {
      return -1;
    }
    /* Where somebody listens, the server must not hold back what there is to hear. */
    int listens = run->events.fn != NULL || run->opt.answer_timeout_ms != EMBARK_NO_TIMEOUT;
    int worth_hearing = kind == MSG_GUARD || kind == MSG_STATEMENT || kind == MSG_COMMIT;
    if (listens && worth_hearing && embark__pipeline_hurry(&run->pipe) != 0) {
      return -1;
    }
    embark__cursor_next(&run->sent);
  }
  if (is_said(run)) {
    embark__pipeline_sync(&run->pipe);
  }
  return 0;
}

int embark__apply_feed(embark_run *run)
{
  if (run->pipe.synced || !run->pipe.open || embark__pipeline_flush(&run->pipe) != 1) {
    return 0;
  }
  if (queue_some(run) != 0) {
    embark__run_refused(run);
    embark__pipeline_sync(&run->pipe);
  }
  return 1;
}

/* --- answers --------------------------------------------------------------------------------- */

static void tell(embark_run *run, embark_event_type type, uint32_t step)
{
  const embark_migration *m = embark__plan_script(&run->plan, step);
  embark_event event = {.type = type,
                        .step = step + 1,
                        .steps = run->plan.step_count,
                        .statements = m->statement_count,
                        .tag = m->tag};
  if (type == EMBARK_EVENT_STATEMENT) {
    event.statement = embark__bundle_number(m, run->received.at.statement);
  } else if (type == EMBARK_EVENT_STARTED) {
    event.hazards = run->plan.steps[step].hazards;
  }
  embark__events_tell(&run->events, &event);
}

static void applied(embark_run *run, uint32_t step)
{
  run->plan.steps[step].applied = 1;
  run->applied++;
  tell(run, EMBARK_EVENT_APPLIED, step);
}

static void committed(embark_run *run)
{
  uint32_t step = run->received.at.step;
  run->has_ledger = 1;
  run->dirty = step + 1 != run->plan.step_count; /* the last one waited for the disk */
  run->stale = 0;
  run->retries = 0;
  if (step == run->plan.step_count) {
    return; /* the ledger itself */
  }
  if (!run->plan.at_once) {
    applied(run, step);
    return;
  }
  for (uint32_t i = 0; i < run->plan.step_count; i++) {
    applied(run, i); /* all at once */
  }
}

/* What success hangs on must be said, and not just go without an error. */
static int is_due(const embark_run *run, const PGresult *res)
{
  switch ((int)run->received.at.kind) {
  case MSG_ARM:
  case MSG_GUARD:
  case MSG_RECORD:
    return embark__answer_has_tag(res, "SELECT 1");
  case MSG_AUDIT:
    return embark__answer_has_tag(res, "INSERT 0 1");
  case MSG_COMMIT:
    return embark__answer_has_tag(res, "COMMIT");
  default:
    return 1;
  }
}

static void succeeded(embark_run *run)
{
  if (run->received.at.kind == MSG_GUARD) {
    run->lock.since_ms = 0; /* this run has the lock: a later wait is another one */
    run->touched |= !run->plan.at_once;
    if (!run->plan.at_once && !embark__is_outside(embark__cursor_migration(&run->received))) {
      tell(run, EMBARK_EVENT_STARTED, run->received.at.step);
    }
  } else if (run->received.at.kind == MSG_STATEMENT || run->received.at.kind == MSG_COPY) {
    tell(run, EMBARK_EVENT_STATEMENT, run->received.at.step);
  } else if (run->received.at.kind == MSG_COMMIT) {
    committed(run);
  }
  embark__cursor_next(&run->received);
}

void embark__apply_answer(embark_run *run, const PGresult *res)
{
  if (run->trouble != TROUBLE_NONE) {
    /* What follows the first error was skipped by the server; only where the error was libpq's own,
     * for want of memory, something may have gone through all the same. */
    run->dirty |= !embark__answer_is_error(res);
    return;
  }
  if (embark__answer_is_error(res)) {
    embark__failure_classify(run, res);
  } else if (!is_due(run, res)) {
    embark__failure_undue(run);
  } else {
    succeeded(run);
  }
}

run_state embark__apply_next(embark_run *run)
{
  if (run->trouble != TROUBLE_NONE) {
    return embark__failure_next(run);
  }
  if (run->received.at.kind == MSG_END) {
    return embark__run_conclude(run);
  }
  if (embark__run_is_cancelled(run) && run->received.at.kind != MSG_RELEASE) {
    embark__failure_cancelled(run);
    return embark__run_conclude(run);
  }
  if (run->received.at.kind == MSG_RELEASE) {
    return RUN_RELEASE;
  }
  return run->received.at.kind == MSG_OUTSIDE ? embark__connect_begin(run) : RUN_COPY;
}
