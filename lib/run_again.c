/* run_again.c - trying again: at once, after a while, or no more. */
#include "error.h"
#include "run_failure.h"
#include "sys.h"

#define FIRST_RETRY_MS   50
#define LONGEST_RETRY_MS 2000
#define STALE_AT_ONCE    3   /* outdated plans in a row that are made anew at once */
#define STALE_LIMIT      100 /* and in all: far more than any number of starters brings about */

run_state embark__failure_next(embark_run *run)
{
  run->again = run->trouble == TROUBLE_FATAL ? TROUBLE_NONE : run->trouble;
  return run->again != TROUBLE_NONE ? RUN_SETTLE : embark__run_conclude(run);
}

static run_state retry_later(embark_run *run)
{
  uint32_t doublings = run->retries < 7 ? run->retries - 1 : 6;
  int64_t step = (int64_t)FIRST_RETRY_MS << doublings;
  if (step > LONGEST_RETRY_MS) {
    step = LONGEST_RETRY_MS;
  }
  int64_t wait = step / 2 + (int64_t)(embark__sys_jitter(run) % (uint32_t)(step / 2 + 1));
  run->wake_ms = embark__sys_now_ms() + wait;
  return RUN_WAIT;
}

run_state embark__failure_again(embark_run *run)
{
  embark__keeper_close(&run->keeper); /* nobody else could work while we wait */
  run->outside.deadline_ms = 0;
  if (run->again == TROUBLE_RETRY) {
    return retry_later(run);
  }
  if (run->again == TROUBLE_BUSY) {
    return embark__run_wait(run);
  }
  if (run->stale > STALE_LIMIT) {
    embark__error_set(&run->error, EMBARK_E_LEDGER, "the ledger is never as it was a moment ago");
    embark__error_hint(&run->error,
                       "See whether something else writes to %s.%s: a trigger, a rule, or "
                       "another program.",
                       run->ledger.schema, run->ledger.table);
    return embark__run_conclude(run);
  }
  if (run->stale > STALE_AT_ONCE) {
    run->wake_ms = embark__sys_now_ms() + FIRST_RETRY_MS;
    return RUN_WAIT;
  }
  return RUN_CHECK;
}
