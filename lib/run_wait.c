/* run_wait.c - waiting for another migrator: how long, and what the hook is told meanwhile. */
#include "error.h"
#include "run.h"
#include "sys.h"

#define TELL_EVERY_MS 1000 /* how often the hook hears that the run still waits */

static void tell_wait(embark_run *run, int64_t now)
{
  if (run->told_ms != 0 && now - run->told_ms < TELL_EVERY_MS) {
    return;
  }
  run->told_ms = now;
  embark__events_tell(&run->events, &(embark_event){.type = EMBARK_EVENT_LOCK_WAIT,
                                                    .holder_pid = run->lock.holder_pid,
                                                    .done = run->lock.done,
                                                    .total = run->lock.total,
                                                    .message = run->lock.holder});
}

static run_state give_up_waiting(embark_run *run)
{
  embark_error *err = &run->error;
  embark__error_set(err, EMBARK_E_LOCKED, "another session is migrating this database");
  if (run->outside.orphan_pid != 0) {
    embark__error_detail(err, "A statement of a run whose client is gone is not done yet: %s.",
                         run->lock.holder);
  } else if (run->lock.holder_pid != 0) {
    embark__error_detail(err, "The migration lock is held by %s.", run->lock.holder);
  } else {
    embark__error_detail(err, "Whoever held the migration lock had let go of it by the last look.");
  }
  embark__error_hint(err, "Run again when it is done; or, if it hangs, end it with "
                          "pg_terminate_backend(). lock_wait_ms sets how long to wait.");
  return embark__run_conclude(run);
}

run_state embark__run_wait(embark_run *run)
{
  int64_t now = embark__sys_now_ms();
  int64_t wait = embark__lock_next_wait(&run->lock, now);
  if (wait < 0) {
    return give_up_waiting(run);
  }
  tell_wait(run, now);
  run->wake_ms = now + wait;
  return RUN_WAIT;
}
