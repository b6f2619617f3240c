/* run.c - the machine: one table of states, one loop that drives whichever conversation is on.
 * Knows when to wait and when a conversation is over; what is said in it is the states' own
 * business. */
#include "run.h"

#include <string.h>

#include "answer.h"
#include "error.h"
#include "sql.h"
#include "sys.h"

#define CANCEL_EVERY_MS 100 /* a request that arrives between two statements has no effect */

/* More than cancel requests can do: then it is the session's own statement_timeout. */
#define STRIKES_LIMIT 100

typedef struct state_row {
  int (*queue)(embark_run *run); /* all that is to be sent; the sync follows */
  int (*feed)(embark_run *run);  /* or: some of it; 1 as long as there is more */
  void (*row)(embark_run *run, const PGresult *res);    /* rows have come */
  void (*answer)(embark_run *run, const PGresult *res); /* a statement is answered */
  run_state (*next)(embark_run *run);                   /* all is answered */
} state_row;

/* Where a state has no answer function of its own, an error in it is fatal. */
/* clang-format off */
static const state_row states[RUN_STATES] = {
  [RUN_CHECK] =   {embark__check_queue,   NULL,               embark__check_row,
                   embark__check_answer,  embark__check_next},
  [RUN_SURVEY] =  {embark__survey_queue,  NULL,               embark__survey_row,
                   embark__survey_answer, embark__survey_next},
  [RUN_APPLY] =   {NULL,                  embark__apply_feed, NULL,
                   embark__apply_answer,  embark__apply_next},
  [RUN_COPY] =    {NULL,                  embark__copy_feed,  NULL,
                   embark__copy_answer,   embark__copy_next},
  [RUN_SETTLE] =  {embark__settle_queue,  NULL,               NULL,
                   embark__settle_answer, embark__settle_next},
  [RUN_RESTORE] = {embark__restore_queue, NULL,               NULL,
                   NULL,                  embark__restore_next},
};
/* clang-format on */

int embark__run_is_cancelled(const embark_run *run)
{
  return run->events.stop || atomic_load(&run->cancelled);
}

static const char *lost_reason(const embark_run *run)
{
  return run->pipe.reason[0] != '\0' ? run->pipe.reason : PQerrorMessage(run->conn);
}

void embark__run_refused(embark_run *run)
{
  run->trouble = TROUBLE_FATAL;
  if (run->error.code != EMBARK_OK) {
    return;
  }
  if (PQstatus(run->conn) == CONNECTION_BAD) {
    embark__answer_lost(&run->error, lost_reason(run));
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
    embark__answer_lost(&run->error, lost_reason(run));
  } else if (embark__answer_has_sqlstate(res, READ_ONLY)) {
    embark__error_set(&run->error, EMBARK_E_READ_ONLY, "the server takes no writes");
    embark__error_hint(&run->error, "Migrate through a connection to the primary.");
  } else {
    embark__error_set(&run->error, EMBARK_E_SERVER, "the server refused %s", what);
    embark__error_hint(&run->error,
                       "Look for its message in the documentation of the server, or of the "
                       "pooler in front of it.");
  }
  embark__answer_describe(&run->error, res);
}

/* --- from state to state --------------------------------------------------------------------- */

run_state embark__run_finish(embark_run *run)
{
  embark__pipeline_detach(&run->pipe);
  embark__notices_detach(&run->notices);
  if (PQstatus(run->conn) == CONNECTION_OK && PQpipelineStatus(run->conn) != PQ_PIPELINE_OFF &&
      run->error.code != EMBARK_E_CONNECTION) {
    embark__answer_lost(&run->error, "the server's answers did not match what it was asked");
  }
  if (run->error.code != EMBARK_OK) {
    return RUN_FAILED;
  }
  embark__events_tell(
      &run->events,
      (embark_event){.type = EMBARK_EVENT_DONE, .steps = run->applied, .ahead = run->ahead});
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
  return run->touched ? RUN_RESTORE : embark__run_finish(run);
}

run_state embark__run_stop(embark_run *run)
{
  embark__error_set(&run->error, EMBARK_E_CANCELLED, "the run was cancelled");
  embark__error_hint(&run->error, "What was applied before stays; run again to go on from there.");
  return embark__run_conclude(run);
}

/* --- the drive ------------------------------------------------------------------------------- */

/* Names and tags are UTF-8, and so must the conversation be. The setting lasts for the pipeline's
 * implicit transaction. SETTLE may begin inside a failed one, and says nothing but ASCII. */
static int speak_utf8(embark_run *run)
{
  run->preamble = run->state != RUN_SETTLE && strcmp(run->encoding, "UTF8") != 0;
  if (!run->preamble) {
    return 0;
  }
  return embark__pipeline_send(
      &run->pipe, "SELECT pg_catalog.set_config('client_encoding', 'UTF8', true)", 0, NULL);
}

/* Begin the conversation of a state: open the pipeline and queue all that is known beforehand. */
static void enter(embark_run *run, run_state state)
{
  const state_row *row = &states[state];
  run->state = state;
  run->trouble = TROUBLE_NONE;
  run->answered = 0;
  run->struck = 0;
  run->preamble = 0;
  if (state == RUN_WAIT || state == RUN_DONE || state == RUN_FAILED || state == RUN_COPY) {
    return; /* no conversation, or one that begins outside pipeline mode */
  }
  if (embark__pipeline_open(&run->pipe) != 0) {
    embark__run_refused(run);
    return;
  }
  if (row->queue == NULL) {
    return;
  }
  if (speak_utf8(run) != 0 || row->queue(run) != 0) {
    embark__run_refused(run);
  }
  embark__pipeline_sync(&run->pipe);
}

/* A cancel request reaches the server when it likes, also when what it was meant for is over. */
static int is_stray_cancel(const embark_run *run, const PGresult *res)
{
  return run->state != RUN_APPLY && run->state != RUN_COPY && embark__run_is_cancelled(run) &&
         run->strikes < STRIKES_LIMIT && embark__answer_has_sqlstate(res, QUERY_CANCELED);
}

static void take(embark_run *run, const PGresult *res)
{
  const state_row *row = &states[run->state];
  if (is_stray_cancel(run, res)) {
    run->struck = 1;
    run->strikes++;
    return;
  }
  if (run->preamble) {
    run->preamble = PQresultStatus(res) == PGRES_SINGLE_TUPLE;
    return; /* where it failed, all that follows does */
  }
  if (PQresultStatus(res) == PGRES_SINGLE_TUPLE || PQresultStatus(res) == PGRES_TUPLES_OK) {
    if (row->row != NULL && PQntuples(res) > 0) {
      row->row(run, res);
    }
    if (PQresultStatus(res) == PGRES_SINGLE_TUPLE) {
      return;
    }
  }
  if (row->answer != NULL) {
    row->answer(run, res);
  } else if (embark__answer_is_error(res) && !embark__answer_is_skipped(res)) {
    embark__run_query_failed(run, res, "to put the session's settings back");
  }
  if (!run->pipe.copying) {
    run->answered++;
  }
}

/* The connection went away in the middle of a conversation. A failure of the migration's own that
 * was heard of before says more than that; the server's farewell does not. */
static void lose(embark_run *run)
{
  int farewell = strncmp(run->error.sqlstate, "57P", 3) == 0 || run->error.sqlstate[0] == '\0';
  if (run->error.code == EMBARK_OK || farewell) {
    const embark_migration *m = NULL;
    if (run->state == RUN_APPLY || run->state == RUN_COPY) {
      m = embark__cursor_migration(&run->received);
    }
    embark__answer_lost(&run->error, lost_reason(run));
    if (m != NULL) {
      embark__error_place(&run->error, m);
    }
  }
  run->state = embark__run_finish(run);
}

/* Whether something may be under way that shall stop: a migration, or a question of ours that waits
 * for a lock on the ledger. What cleans up is let finish. */
static int is_cancelling(const embark_run *run)
{
  return run->state <= RUN_COPY && embark__run_is_cancelled(run);
}

/* Ask the server to stop what it does, again and again until it has. */
static void press_cancel(embark_run *run)
{
  int64_t now = embark__sys_now_ms();
  if (!is_cancelling(run)) {
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
static run_state after_strike(embark_run *run)
{
  int is_question = run->state == RUN_CHECK || run->state == RUN_SURVEY;
  return is_question ? embark__run_stop(run) : run->state;
}

/* Go on with the conversation. Returns 1 when it is over and the state has changed, 0 to wait. */
static int converse(embark_run *run)
{
  const state_row *row = &states[run->state];
  for (;;) {
    PGresult *res = NULL;
    press_cancel(run);
    int fed = row->feed != NULL && row->feed(run) != 0;
    switch (embark__pipeline_next(&run->pipe, &res)) {
    case GOT_RESULT:
      take(run, res);
      PQclear(res);
      break;
    case GOT_NOTHING:
      /* The socket may have taken all only now; then no event of it would bring the next piece. */
      if (!fed && (row->feed == NULL || row->feed(run) == 0)) {
        return 0;
      }
      break;
    case GOT_END:
      enter(run, run->struck ? after_strike(run) : row->next(run));
      return 1;
    case GOT_LOST:
      lose(run);
      return 1;
    }
  }
}

/* The time in WAIT is over, or cut short. */
static void wake(embark_run *run)
{
  enter(run, embark__run_is_cancelled(run) ? embark__run_stop(run) : RUN_CHECK);
}

static void start(embark_run *run)
{
  if (run->bundle->migration_count == 0) {
    run->state = embark__run_finish(run); /* nothing can be pending */
  } else {
    enter(run, run->op == EMBARK_VERIFY ? RUN_SURVEY : RUN_CHECK);
  }
}

embark_poll embark_run_poll(embark_run *run)
{
  while (run->state != RUN_DONE && run->state != RUN_FAILED) {
    if (run->state == RUN_START) {
      start(run);
    } else if (run->state != RUN_WAIT) {
      if (!converse(run)) {
        return run->pipe.more_to_send ? EMBARK_POLL_WRITE : EMBARK_POLL_READ;
      }
    } else if (embark__run_is_cancelled(run) || embark__sys_now_ms() >= run->wake_ms) {
      wake(run);
    } else {
      return EMBARK_POLL_TIMER;
    }
  }
  return run->state == RUN_DONE ? EMBARK_POLL_DONE : EMBARK_POLL_FAILED;
}

int embark_run_socket(const embark_run *run)
{
  return PQsocket(run->conn);
}

int64_t embark_run_timeout_ms(const embark_run *run)
{
  int64_t due;
  if (run->state == RUN_WAIT) {
    due = embark__run_is_cancelled(run) ? 0 : run->wake_ms;
  } else if (is_cancelling(run)) {
    due = run->cancel_ms;
  } else {
    return -1;
  }
  int64_t left = due - embark__sys_now_ms();
  return left > 0 ? left : 0;
}

void embark_run_cancel(embark_run *run)
{
  char ignored[128]; /* the poll loop repeats the request until it is heard */
  atomic_store(&run->cancelled, 1);
  if (run->cancel != NULL) {
    PQcancel(run->cancel, ignored, (int)sizeof ignored);
  }
}
