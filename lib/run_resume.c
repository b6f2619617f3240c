/* run_resume.c - the states LOOK, ORPHAN and VERDICT: how far a migration without a
 * transaction has come, and whether it can be taken up. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "error.h"
#include "run_failure.h"
#include "run_outside.h"
#include "sql.h"
#include "transaction.h"

/* --- LOOK ------------------------------------------------------------------------------------ */

enum { LOOK_READ_FIRST = 1, LOOK_READ = 2, LOOK_GUARD = 3 };

int embark__look_queue(embark_run *run)
{
  embark__outside *o = &run->outside;
  o->seen = (embark__resume){0, 0};
  o->version[0] = '\0';
  o->version_after[0] = '\0';
  o->armed = 0;
  o->has_failed = 0;
  if (!o->is_first_look) {
    o->migration = run->received.at.migration;
  }
  const embark_migration *m = &run->bundle->migrations[o->migration];
  if (o->is_first_look) {
    return embark__session_send_borrow(&run->session, &run->pipe) != 0
               ? -1
               : embark__progress_send_read(&run->progress, &run->pipe, NULL);
  }
  /* The row is taken before the guard looks: what was committed with it is in the ledger then. */
  if (embark__transaction_send_begin(&run->pipe) != 0 ||
      embark__session_send_borrow(&run->session, &run->pipe) != 0 ||
      embark__progress_send_read(&run->progress, &run->pipe, m->tag) != 0 ||
      embark__ledger_send_guard(&run->ledger, &run->pipe, o->migration) != 0) {
    return -1;
  }
  return embark__transaction_send_commit(&run->pipe);
}

/* The pending migration of this tag; NULL where there is none. */
static const embark_migration *pending(const embark_run *run, const char *tag)
{
  for (uint32_t i = 0; tag != NULL && i < run->bundle->migration_count; i++) {
    const embark_migration *m = &run->bundle->migrations[i];
    if (strcmp(m->tag, tag) == 0) {
      return embark__plan_is_pending(&run->plan, i) ? m : NULL;
    }
  }
  return NULL;
}

static void look_at(embark_run *run, const char *tag, const embark__progress *progress)
{
  embark__outside *o = &run->outside;
  embark__resume seen;
  const embark_migration *m = pending(run, tag);
  if (m == NULL || o->seen.is_doubtful) {
    return; /* none of ours; or one that is in the way has been found already */
  }
  if (run->op == EMBARK_REVERT) {
    embark__failure_unfinished(run, m);
    return;
  }
  if (embark__resume_decide(m, progress, &seen, &run->error) != EMBARK_OK) {
    run->trouble = TROUBLE_FATAL;
    return;
  }
  if (!o->is_first_look || seen.is_doubtful) {
    o->seen = seen;
    memcpy(o->version, progress->version, sizeof o->version);
    o->migration = (uint32_t)(m - run->bundle->migrations);
    o->statement = m->first_statement + seen.next;
  }
}

void embark__look_row(embark_run *run, const PGresult *res)
{
  uint32_t ours = run->outside.is_first_look ? LOOK_READ_FIRST : LOOK_READ;
  for (int i = 0; run->answered == ours && i < PQntuples(res) && run->trouble == TROUBLE_NONE;
       i++) {
    embark__progress progress;
    const char *tag;
    embark__progress_row(res, i, &tag, &progress);
    look_at(run, tag, &progress);
  }
}

void embark__look_answer(embark_run *run, const PGresult *res)
{
  if (!embark__run_is_first_error(run, res)) {
    return;
  }
  if (!run->outside.is_first_look && run->answered == LOOK_GUARD &&
      (embark__answer_has_sqlstate(res, RAISED_BY_US) ||
       embark__answer_has_sqlstate(res, UNDEFINED_TABLE))) {
    run->trouble = TROUBLE_STALE;
  } else if (!run->outside.is_first_look && run->answered == LOOK_READ &&
             embark__answer_has_sqlstate(res, LOCK_NOT_AVAILABLE)) {
    run->trouble = TROUBLE_BUSY; /* the commit of a run whose client is gone is not through */
  } else {
    embark__failure_of_progress(run, res, "read");
  }
}

/* The look has found nothing in the way. */
static run_state looked(embark_run *run)
{
  if (!run->outside.is_first_look) {
    return embark__outside_begin(run);
  }
  return run->keeper.holds ? RUN_RELEASE : embark__apply_start(run);
}

static run_state nothing_to_settle(embark_run *run)
{
  embark__error_set(&run->error, EMBARK_E_ARGUMENT, "no migration is interrupted");
  embark__error_hint(&run->error, "There is nothing to say of it: run as usual.");
  return embark__run_conclude(run);
}

run_state embark__look_next(embark_run *run)
{
  embark__outside *o = &run->outside;
  if (run->trouble != TROUBLE_NONE) {
    return embark__failure_next(run);
  }
  if (embark__run_is_cancelled(run)) {
    return embark__run_stop(run);
  }
  if (!o->is_first_look) {
    o->statement = embark__outside_migration(run)->first_statement + o->seen.next;
    o->base = o->statement;
  }
  if (o->seen.is_doubtful) {
    return RUN_ORPHAN;
  }
  int settles = run->op == EMBARK_RESUME_DONE || run->op == EMBARK_RESUME_AGAIN;
  return settles ? nothing_to_settle(run) : looked(run);
}

/* --- ORPHAN ---------------------------------------------------------------------------------- */

int embark__orphan_queue(embark_run *run)
{
  run->outside.orphan_pid = 0;
  return embark__progress_send_orphans(&run->progress, &run->pipe, embark__outside_text(run));
}

void embark__orphan_row(embark_run *run, const PGresult *res)
{
  const char *who = embark__answer_text(res, 0, 1);
  run->outside.orphan_pid = (int32_t)embark__answer_int(res, 0, 0);
  run->lock.holder_pid = run->outside.orphan_pid;
  embark__copy_text(run->lock.holder, sizeof run->lock.holder, who);
  run->lock.done = embark__answer_int(res, 0, 2);
  run->lock.total = embark__answer_int(res, 0, 3);
}

void embark__orphan_answer(embark_run *run, const PGresult *res)
{
  if (embark__run_is_first_error(run, res)) {
    embark__run_query_failed(run, res, "to say who runs the interrupted statement");
  }
}

static run_state await_orphan(embark_run *run)
{
  if (run->op == EMBARK_MIGRATE) {
    run->again = TROUBLE_BUSY;
    return embark__failure_again(run);
  }
  embark__error_set(&run->error, EMBARK_E_LOCKED, "the interrupted statement is still running");
  embark__error_detail(&run->error, "In the server, %s, though its client is gone.",
                       run->lock.holder);
  embark__error_hint(&run->error,
                     "Wait until it is done, or end it with pg_cancel_backend(%" PRId32
                     "); then say what became of it.",
                     run->outside.orphan_pid);
  return embark__run_conclude(run);
}

run_state embark__orphan_next(embark_run *run)
{
  embark__outside *o = &run->outside;
  uint32_t flags = embark__outside_statement(run)->flags;
  uint32_t by_catalog = EMBARK_STATEMENT_INDEX | EMBARK_STATEMENT_DROP;
  if (run->trouble != TROUBLE_NONE) {
    return embark__run_conclude(run);
  }
  if (o->orphan_pid != 0) {
    return await_orphan(run);
  }
  if (run->op != EMBARK_MIGRATE) {
    return RUN_VERDICT;
  }
  if ((flags & (by_catalog | EMBARK_STATEMENT_REPEAT)) == 0) {
    embark__failure_interrupted(run);
    return embark__run_conclude(run);
  }
  return looked(run);
}

/* --- VERDICT --------------------------------------------------------------------------------- */

enum { VERDICT_BEGIN, VERDICT_ARM, VERDICT_SETTLE };

int embark__verdict_queue(embark_run *run)
{
  embark__arms arms = {1,
                       run->lock.key,
                       run->opt.lock_timeout_ms,
                       EMBARK_NO_TIMEOUT,
                       run->session.synchronous_commit,
                       0};
  if (embark__transaction_send_begin(&run->pipe) != 0 ||
      embark__transaction_send_arm(&run->pipe, &run->ledger.sql, &arms) != 0 ||
      embark__progress_send_settle(
          &run->progress, &run->pipe, embark__outside_migration(run), run->outside.statement,
          run->op == EMBARK_RESUME_DONE ? PROGRESS_DONE : PROGRESS_AGAIN) != 0) {
    return -1;
  }
  return embark__transaction_send_commit(&run->pipe);
}

/* A row comes back: it was in doubt until now. */
void embark__verdict_row(embark_run *run, const PGresult *res)
{
  (void)res;
  if (run->answered == VERDICT_SETTLE) {
    run->outside.seen.is_doubtful = 0;
  }
}

void embark__verdict_answer(embark_run *run, const PGresult *res)
{
  if (!embark__run_is_first_error(run, res)) {
    return;
  }
  if (embark__answer_has_sqlstate(res, RAISED_BY_US)) {
    run->trouble = TROUBLE_FATAL;
    embark__error_set(&run->error, EMBARK_E_LOCKED, "another session is migrating this database");
    embark__error_hint(&run->error, "Wait until it is done: it may take the migration up itself.");
  } else {
    embark__failure_of_progress(run, res, "written");
  }
}

run_state embark__verdict_next(embark_run *run)
{
  if (run->trouble == TROUBLE_NONE && run->outside.seen.is_doubtful) {
    return nothing_to_settle(run); /* somebody else was faster */
  }
  return embark__run_conclude(run);
}
