/* run_cancel.c - stopping a run: requests that reach the server when they like, and what it means
 * when they hit something else than they were meant for. */
#include "answer.h"
#include "run.h"
#include "sql.h"
#include "sys.h"

#define CANCEL_EVERY_MS 100 /* a request that arrives between two statements has no effect */

/* More than cancel requests can do: then it is the session's own statement_timeout. */
#define STRIKES_LIMIT 100

int embark__run_is_cancelled(const embark_run *run)
{
  return run->events.stop || atomic_load(&run->cancelled);
}

/* What a run before this one left is dropped before anything else: that is not cleaning up, and may
 * wait for long. */
static int mends_of_old(const embark_run *run)
{
  return run->state == RUN_MEND && run->outside.purpose == FOR_RESUME;
}

/* A cancel request reaches the server when it likes, also when what it was meant for is over. */
int embark__cancel_is_stray(const embark_run *run, const PGresult *res)
{
  return run->state != RUN_APPLY && run->state != RUN_COPY && run->state != RUN_STATEMENT &&
         run->state != RUN_LOCK && embark__run_is_cancelled(run) && run->strikes < STRIKES_LIMIT &&
         embark__answer_has_sqlstate(res, QUERY_CANCELED);
}

/* Whether something may be under way that shall stop: a migration, or a question of ours that waits
 * for a lock on the ledger. What cleans up is let finish. */
int embark__cancel_is_due(const embark_run *run)
{
  return (run->state <= RUN_STATEMENT || mends_of_old(run)) && embark__run_is_cancelled(run);
}

/* Ask the server to stop what it does, again and again until it has. */
void embark__cancel_press(embark_run *run)
{
  int64_t now = embark__sys_now_ms();
  if (!embark__cancel_is_due(run)) {
    return;
  }
  if (run->cancel_ms == 0 && run->state < RUN_APPLY) {
    run->cancel_ms = now + CANCEL_EVERY_MS; /* a question may well be answered by then */
  }
  if (now >= run->cancel_ms) {
    char ignored[128]; /* a request that fails is made again; nothing better can be done about it */
    PQcancel(run->cancel, ignored, (int)sizeof ignored);
    run->cancel_ms = now + CANCEL_EVERY_MS;
  }
}

/* A question was cut short, which is what was wanted; or what cleans up was, and is said again. */
run_state embark__cancel_struck(embark_run *run)
{
  int is_question = run->state <= RUN_VERDICT;
  int is_of_block = run->state == RUN_NOTE && run->outside.in_block; /* which is rolled back now */
  return is_question || is_of_block || mends_of_old(run) ? embark__run_stop(run) : run->state;
}

void embark_run_cancel(embark_run *run)
{
  char ignored[128]; /* the poll loop repeats the request until it is heard */
  atomic_store(&run->cancelled, 1);
  if (run->cancel != NULL) {
    PQcancel(run->cancel, ignored, (int)sizeof ignored);
  }
}
