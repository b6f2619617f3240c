/* run_keeper.c - the states CONNECT, LOCK, PING and RELEASE: the second connection that holds the
 * lock. Knows when the run cannot do without it and what to say then. */
#include <string.h>

#include "answer.h"
#include "error.h"
#include "run_failure.h"
#include "run_outside.h"
#include "sql.h"
#include "sys.h"

/* How long it may take, where the host's connection has no connect_timeout, until the keeper is
 * connected, has its transaction, and the host's connection still answers beside it. A pool of one
 * never lets it come to that. */
#define KEEPER_MS 15000

static void refuse_keeper(embark_run *run, const char *why)
{
  embark_error *err = &run->error;
  run->trouble = TROUBLE_FATAL;
  run->outside.deadline_ms = 0;
  if (err->code == EMBARK_OK) {
    embark__error_set(err, EMBARK_E_KEEPER,
                      "there is no second connection to be had, which a migration without a "
                      "transaction needs");
    embark__error_reason(err, why);
    embark__error_hint(err,
                       "Nothing of it was run. It holds the migration lock while the statements "
                       "run: leave room for one more in max_connections, in the role's CONNECTION "
                       "LIMIT, or in the pool; or set keeper_conninfo to lead past the pooler.");
  }
}

run_state embark__connect_begin(embark_run *run)
{
  int is_there = run->keeper.conn != NULL;
  if (!is_there &&
      embark__keeper_start(&run->keeper, run->conn, run->opt.keeper_conninfo, run->alloc) != 0) {
    embark__error_memory(&run->error);
    return embark__run_conclude(run);
  }
  int64_t limit = run->keeper.timeout_s > 0 ? run->keeper.timeout_s * 1000 : KEEPER_MS;
  run->outside.deadline_ms = embark__sys_now_ms() + limit;
  return is_there ? RUN_LOCK : RUN_CONNECT;
}

run_state embark__connect_next(embark_run *run)
{
  if (embark__run_is_cancelled(run)) {
    return embark__run_stop(run);
  }
  if (embark__sys_now_ms() >= run->outside.deadline_ms) {
    refuse_keeper(run, "Connecting took too long.");
    return embark__run_conclude(run);
  }
  switch (embark__keeper_dial(&run->keeper)) {
  case DIAL_READ:
  case DIAL_WRITE:
    return RUN_CONNECT;
  case DIAL_DONE:
    return RUN_LOCK;
  case DIAL_FAILED:
    break;
  }
  refuse_keeper(run, embark__keeper_reason(&run->keeper));
  return embark__run_conclude(run);
}

run_state embark__keeper_overdue(embark_run *run)
{
  if (run->state == RUN_PING || run->state == RUN_RELEASE) {
    embark__copy_text(run->keeper.pipe.reason, sizeof run->keeper.pipe.reason,
                      "It did not answer.");
    return embark__keeper_lost(run);
  }
  /* Without the keeper's transaction the pool has its connection back, and answers us. */
  int is_of_host = run->state == RUN_PROBE;
  embark__keeper_close(&run->keeper);
  refuse_keeper(run, "While a second transaction is open, the first connection gets no answer: "
                     "they seem to share one connection of a pooler.");
  return is_of_host ? RUN_PROBE : embark__run_conclude(run);
}

run_state embark__keeper_lost(embark_run *run)
{
  char reason[256];
  embark__copy_text(reason, sizeof reason, run->keeper.pipe.reason);
  run_state was = run->state;
  int is_used = run->keeper.is_used;
  run->outside.deadline_ms = 0;
  embark__keeper_close(&run->keeper);
  if (run->error.code != EMBARK_OK) { /* memory, which may say nothing of the statement */
    return was == RUN_PING ? embark__outside_advance(run) : embark__run_conclude(run);
  }
  if (was == RUN_LOCK && is_used) {
    return embark__connect_begin(run); /* it was idle, for longer than somebody liked */
  }
  if (was == RUN_LOCK) {
    refuse_keeper(run, reason);
    return embark__run_conclude(run);
  }
  if (was == RUN_RELEASE) {
    return embark__release_next(run); /* it has let go, in its own way */
  }
  embark__error_set(&run->error, EMBARK_E_CONNECTION,
                    "the second connection, which held the migration lock, is lost");
  embark__error_place(&run->error, embark__outside_migration(run));
  embark__error_reason(&run->error, reason);
  embark__error_hint(&run->error, "Run again: the statements that are done are noted, and the next "
                                  "run goes on behind them.");
  return embark__outside_advance(run);
}

/* Each of these conversations is one message. */
static int say(embark_run *run, int status)
{
  run->outside.is_said = 1;
  if (status != 0 && PQstatus(run->keeper.conn) != CONNECTION_BAD) {
    embark__run_refused(run);
  }
  return status == 0;
}

run_state embark__keeper_ping(embark_run *run)
{
  run->outside.deadline_ms = embark__sys_now_ms() + KEEPER_MS;
  return RUN_PING;
}

int embark__lock_feed(embark_run *run)
{
  return !run->outside.is_said &&
         say(run, embark__keeper_send_lock(&run->keeper, run->lock.key, &run->progress.sql));
}

int embark__ping_feed(embark_run *run)
{
  return !run->outside.is_said && say(run, embark__keeper_send_ping(&run->keeper));
}

int embark__release_feed(embark_run *run)
{
  if (run->outside.is_said) {
    return 0;
  }
  run->outside.deadline_ms = embark__sys_now_ms() + KEEPER_MS;
  return say(run, embark__keeper_send_release(&run->keeper));
}

void embark__lock_row(embark_run *run, const PGresult *res)
{
  run->keeper.pid = (int32_t)embark__answer_int(res, 0, KEEPER_PID);
}

void embark__lock_answer(embark_run *run, const PGresult *res)
{
  if (!embark__answer_is_error(res) || run->trouble != TROUBLE_NONE) {
    return;
  }
  if (embark__answer_has_sqlstate(res, RAISED_BY_US)) {
    run->trouble = TROUBLE_BUSY;
  } else if (run->keeper.pipe.reason[0] == '\0') { /* else it hangs up: embark__keeper_lost() */
    refuse_keeper(run, PQresultErrorMessage(res));
  }
}

run_state embark__lock_next(embark_run *run)
{
  if (run->trouble == TROUBLE_BUSY) {
    run->again = TROUBLE_BUSY;
    return embark__failure_again(run);
  }
  if (run->trouble != TROUBLE_NONE) {
    return embark__run_conclude(run);
  }
  if (embark__run_is_cancelled(run)) {
    return embark__run_stop(run);
  }
  if (run->outside.is_first_look || !run->outside.place.has_progress ||
      run->opt.keeper_conninfo != NULL) {
    return RUN_PROBE;
  }
  run->outside.deadline_ms = 0;
  return RUN_LOOK;
}

int embark__keeper_is_elsewhere(embark_run *run)
{
  int32_t holder = run->lock.holder_pid;
  if (!run->keeper.holds || run->opt.keeper_conninfo == NULL ||
      (holder != 0 && holder == run->keeper.pid)) {
    return 0;
  }
  embark__error_set(&run->error, EMBARK_E_KEEPER, "the second connection reached another database");
  embark__error_detail(&run->error,
                       "The lock that it took cannot be seen from the first connection.");
  embark__error_hint(&run->error, "Nothing of it was run. Let keeper_conninfo lead to the database "
                                  "that the connection itself leads to.");
  return 1;
}

/* To PING and RELEASE: an error means that the server is about to hang up. */
void embark__keeper_answer(embark_run *run, const PGresult *res)
{
  if (embark__answer_is_error(res) && run->trouble == TROUBLE_NONE) {
    embark__copy_text(run->keeper.pipe.reason, sizeof run->keeper.pipe.reason,
                      PQresultErrorMessage(res));
    run->trouble = TROUBLE_FATAL;
  }
}

run_state embark__ping_next(embark_run *run)
{
  run->outside.deadline_ms = 0;
  if (run->trouble != TROUBLE_NONE) {
    return embark__keeper_lost(run);
  }
  return embark__outside_after_ping(run);
}

run_state embark__release_next(embark_run *run)
{
  if (run->error.code != EMBARK_OK) {
    return embark__run_conclude(run);
  }
  if (run->outside.is_first_look) {
    return embark__run_is_cancelled(run) ? embark__run_stop(run) : embark__apply_start(run);
  }
  embark__cursor_next(&run->sent);
  embark__cursor_next(&run->received);
  return RUN_APPLY;
}
