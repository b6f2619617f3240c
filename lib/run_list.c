/* run_list.c - the op STATUS, from the survey on, and its state LIST: which migrations are under
 * way. Knows that what is not to be read is not an error here. */
#include "answer.h"
#include "bundle.h"
#include "run.h"
#include "run_failure.h"
#include "sql.h"

enum { ANSWER_SURVEY, ANSWER_PROGRESS };

run_state embark__list_begin(embark_run *run)
{
  run->has_ledger = run->trouble != TROUBLE_NO_LEDGER;
  if (run->trouble != TROUBLE_NONE && run->has_ledger) {
    return embark__run_conclude(run);
  }
  embark__situation now = embark__run_situation(run);
  if (embark__bundle_validate(run->bundle, &run->error) != EMBARK_OK ||
      embark__plan_decide(&run->plan, &now, &run->error) != EMBARK_OK) {
    return embark__run_conclude(run);
  }
  run->ahead = run->plan.ahead;
  embark__entries_settle(&run->entries, &run->plan, &now);
  return run->survey.has_progress ? RUN_LIST : embark__run_conclude(run);
}

int embark__list_queue(embark_run *run)
{
  if (embark__survey_send(&run->pipe, &run->ledger.sql, run->progress.schema, PROGRESS_TABLE,
                          run->progress.schema) != 0) {
    return -1;
  }
  return embark__progress_send_read(&run->progress, &run->pipe, NULL);
}

void embark__list_row(embark_run *run, const PGresult *res)
{
  for (int i = 0; run->answered == ANSWER_PROGRESS && i < PQntuples(res); i++) {
    embark__unfinished row;
    embark__progress_unfinished(res, i, &row);
    if (embark__entries_unfinished(&run->entries, &row) != EMBARK_OK) {
      embark__run_refused(run);
      return;
    }
  }
}

/* Who may read the ledger alone is shown what is in it: the others are pending, to that role. */
static int is_hidden(const PGresult *res)
{
  return embark__answer_has_sqlstate(res, NOT_PERMITTED) ||
         embark__answer_has_sqlstate(res, UNDEFINED_TABLE) ||
         embark__answer_has_sqlstate(res, INVALID_SCHEMA);
}

void embark__list_answer(embark_run *run, const PGresult *res)
{
  if (!embark__run_is_first_error(run, res)) {
    return;
  }
  if (run->answered == ANSWER_SURVEY) {
    embark__survey_failed(run, res, run->progress.schema, PROGRESS_TABLE);
  } else if (!is_hidden(res)) {
    embark__failure_of_progress(run, res, "read");
  }
}

run_state embark__list_next(embark_run *run)
{
  return embark__run_conclude(run);
}
