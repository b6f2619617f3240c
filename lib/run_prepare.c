/* run_prepare.c - the states PROBE and PREPARE: before anything runs, is the connection's own way to
 * the server free, and is there a table for the progress. */
#include "answer.h"
#include "error.h"
#include "run_failure.h"
#include "run_outside.h"
#include "transaction.h"

run_state embark__first_look(embark_run *run)
{
  run->outside.is_first_look = 1;
  if (embark__plan_outside(&run->plan)) {
    return embark__connect_begin(run);
  }
  return run->survey.has_progress ? RUN_PROBE : embark__apply_start(run);
}

/* Beside the keeper's open transaction this connection must still get an answer. */
int embark__probe_queue(embark_run *run)
{
  embark__lock_forget_holder(&run->lock);
  if (embark__survey_send(&run->pipe, &run->ledger.sql, run->progress.schema, PROGRESS_TABLE,
                          run->progress.schema) != 0) {
    return -1;
  }
  return run->opt.keeper_conninfo != NULL
             ? embark__lock_send_holder(&run->lock, &run->pipe, &run->ledger.sql)
             : 0;
}

void embark__probe_row(embark_run *run, const PGresult *res)
{
  if (run->answered > 0) {
    embark__lock_holder(&run->lock, res);
  } else {
    embark__survey_read(&run->outside.place, res);
  }
}

void embark__probe_answer(embark_run *run, const PGresult *res)
{
  if (embark__run_is_first_error(run, res)) {
    embark__survey_failed(run, res, run->progress.schema, PROGRESS_TABLE);
  }
}

run_state embark__probe_next(embark_run *run)
{
  run->outside.deadline_ms = 0;
  if (run->trouble != TROUBLE_NONE || run->error.code != EMBARK_OK ||
      embark__keeper_is_elsewhere(run)) {
    return embark__run_conclude(run);
  }
  if (run->outside.place.has_progress) {
    return RUN_LOOK;
  }
  if (!run->keeper.holds) {
    return RUN_SURVEY; /* it was there a moment ago: look at everything anew */
  }
  if (run->outside.place.is_on_path) {
    return embark__run_refuse_path(run, run->progress.schema);
  }
  if (run->outside.is_first_look && !run->has_ledger) {
    return RUN_RELEASE; /* its table comes after the ledger's, or it would look like a stranger */
  }
  return RUN_PREPARE;
}

int embark__prepare_queue(embark_run *run)
{
  if (embark__transaction_send_begin(&run->pipe) != 0 ||
      (!run->outside.place.has_schema &&
       embark__progress_send_create_schema(&run->progress, &run->pipe) != 0) ||
      embark__progress_send_create_table(&run->progress, &run->pipe) != 0) {
    return -1;
  }
  return embark__transaction_send_commit(&run->pipe);
}

void embark__prepare_answer(embark_run *run, const PGresult *res)
{
  if (!embark__run_is_first_error(run, res)) {
    return;
  }
  if (embark__answer_is_duplicate(res)) {
    run->trouble = TROUBLE_STALE; /* a program with another ledger needed it at the same moment */
  } else {
    embark__failure_of_progress(run, res, "created");
  }
}

run_state embark__prepare_next(embark_run *run)
{
  if (run->trouble != TROUBLE_NONE) {
    return embark__failure_next(run);
  }
  run->outside.place.has_progress = 1;
  return run->outside.is_first_look ? RUN_RELEASE : RUN_LOOK;
}
