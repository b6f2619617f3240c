/* run_end.c - how a run ends: what is still to be done when its outcome is settled, and the errors
 * that any state may meet. */
#include "answer.h"
#include "error.h"
#include "pooler.h"
#include "run.h"
#include "sql.h"

const char *embark__run_lost_reason(const embark_run *run)
{
  return run->pipe.reason[0] != '\0' ? run->pipe.reason : PQerrorMessage(run->conn);
}

int embark__run_is_first_error(const embark_run *run, const PGresult *res)
{
  return embark__answer_is_error(res) && !embark__answer_is_skipped(res) &&
         run->trouble == TROUBLE_NONE;
}

void embark__run_refused(embark_run *run)
{
  run->trouble = TROUBLE_FATAL;
  if (run->error.code != EMBARK_OK) {
    return;
  }
  if (PQstatus(run->conn) == CONNECTION_BAD) {
    embark__answer_lost(&run->error, embark__run_lost_reason(run));
  } else {
    embark__error_memory(&run->error);
  }
}

void embark__run_query_failed(embark_run *run, const PGresult *res, const char *what)
{
  run->trouble = TROUBLE_FATAL;
  if (run->error.code != EMBARK_OK) {
    return;
  }
  if (PQstatus(run->conn) == CONNECTION_BAD) {
    embark__answer_lost(&run->error, embark__run_lost_reason(run));
  } else if (embark__answer_is_libpqs(res)) {
    embark__answer_not_taken(&run->error);
  } else if (embark__answer_has_sqlstate(res, READ_ONLY)) {
    embark__error_set(&run->error, EMBARK_E_READ_ONLY, "the server takes no writes");
    embark__error_hint(&run->error, "Migrate through a connection to the primary.");
  } else if (embark__answer_has_sqlstate(res, QUERY_CANCELED) ||
             embark__answer_has_sqlstate(res, LOCK_NOT_AVAILABLE)) {
    embark__error_set(&run->error, EMBARK_E_SERVER, "the server gave up when asked %s", what);
    embark__error_hint(&run->error, "A timeout that the role has (see ALTER ROLE) or a "
                                    "pg_cancel_backend() ended it; run again, with more time.");
  } else {
    embark__error_set(&run->error, EMBARK_E_SERVER, "the server refused %s", what);
    embark__error_hint(&run->error,
                       "Look for its message in the documentation of the server, or of the "
                       "pooler in front of it.");
  }
  embark__answer_describe(&run->error, res);
}

const char *embark__run_past(const embark_run *run)
{
  static const char words[][9] = {"reverted", "adopted", "accepted", "applied"};
  return run->op < EMBARK_REVERT ? "applied" : words[run->op - EMBARK_REVERT];
}

const char *embark__run_deed(const embark_run *run)
{
  return run->op == EMBARK_REVERT ? "revert" : "migration";
}

/* --- from state to state --------------------------------------------------------------------- */

run_state embark__run_finish(embark_run *run)
{
  embark__pipeline_detach(&run->pipe);
  embark__notices_detach(&run->notices);
  embark__keeper_close(&run->keeper);
  if (PQstatus(run->conn) == CONNECTION_OK && PQpipelineStatus(run->conn) != PQ_PIPELINE_OFF &&
      run->error.code != EMBARK_E_CONNECTION) {
    embark__answer_lost(&run->error, "the server's answers did not match what it was asked");
  }
  if (run->error.code != EMBARK_OK) {
    if (run->pooled) {
      embark__pooler_explain(&run->error);
    }
    return RUN_FAILED;
  }
  embark__events_tell(
      &run->events,
      &(embark_event){.type = EMBARK_EVENT_DONE, .steps = run->applied, .ahead = run->ahead});
  return RUN_DONE;
}

run_state embark__run_conclude(embark_run *run)
{
  run->again = TROUBLE_NONE; /* whatever an attempt before this outcome had wished for */
  if (PQstatus(run->conn) == CONNECTION_BAD) {
    return embark__run_finish(run);
  }
  if (run->dirty || PQtransactionStatus(run->conn) != PQTRANS_IDLE) {
    return RUN_SETTLE;
  }
  if (run->keeper.holds) {
    return RUN_RELEASE;
  }
  if (run->to_blame) {
    return RUN_BLAME;
  }
  return run->touched ? RUN_RESTORE : embark__run_finish(run);
}

run_state embark__run_stop(embark_run *run)
{
  embark__error_set(&run->error, EMBARK_E_CANCELLED, "the run was cancelled");
  embark__error_hint(&run->error, "What was %s before stays; run again to go on from there.",
                     embark__run_past(run));
  return embark__run_conclude(run);
}
