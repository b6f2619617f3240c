/* run_settle.c - the states SETTLE and RESTORE: the connection comes back as it was given,
 * and what is said to be applied is on disk. */
#include "answer.h"
#include "error.h"
#include "run.h"
#include "run_failure.h"
#include "transaction.h"

void embark__run_doubt(embark_run *run)
{
  if (run->dirty) {
    embark__error_hint(&run->error,
                       "What was %s before may not outlive a crash of the "
                       "server: the connection was lost, or the server refused to "
                       "write. The ledger tells, and the next run goes on from there.",
                       embark__run_past(run));
  }
}

int embark__settle_queue(embark_run *run)
{
  if (PQtransactionStatus(run->conn) != PQTRANS_IDLE &&
      embark__transaction_send_rollback(&run->pipe) != 0) {
    return -1;
  }
  if (!run->dirty || run->again != TROUBLE_NONE) {
    return 0;
  }
  /* Who wants to be gone does not wait for a standby that may be away for long: a cancel could not
   * even end that wait, since what cleans up is let finish. */
  const char *waits_for = embark__run_is_cancelled(run) ? "local" : run->session.synchronous_commit;
  return embark__transaction_send_flush(&run->pipe, waits_for);
}

void embark__settle_answer(embark_run *run, const PGresult *res)
{
  if (embark__answer_is_error(res) && !embark__answer_is_skipped(res)) {
    embark__run_query_failed(run, res, "to roll back, or to put earlier commits on disk");
  }
}

run_state embark__settle_next(embark_run *run)
{
  if (run->trouble != TROUBLE_NONE) {
    embark__run_doubt(run);
  }
  if (run->trouble != TROUBLE_NONE && PQtransactionStatus(run->conn) != PQTRANS_IDLE) {
    return embark__run_finish(run); /* it could not even be rolled back; the error says why */
  }
  if (run->again != TROUBLE_NONE && run->error.code == EMBARK_OK) {
    /* The next attempt shall find the session as this one did; statements outside leave it else. */
    return run->outside.armed ? RUN_RESTORE : embark__failure_again(run);
  }
  if (run->again == TROUBLE_NONE) {
    run->dirty = 0; /* or it failed, and would again */
  }
  run->again = TROUBLE_NONE;
  return embark__run_conclude(run);
}

int embark__restore_queue(embark_run *run)
{
  run->touched = 0;
  run->outside.armed = 0;
  return embark__session_send_restore(&run->session, &run->pipe);
}

run_state embark__restore_next(embark_run *run)
{
  if (run->again != TROUBLE_NONE && run->error.code == EMBARK_OK) {
    return embark__failure_again(run);
  }
  return embark__run_conclude(run);
}
