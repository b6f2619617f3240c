/* run.c - the machine: one table of states, one loop that drives whichever conversation is on.
 * Knows when to wait and when one is over; what is said in it is the states' own business. */
#include "run.h"

#include <string.h>

#include "answer.h"
#include "error.h"
#include "pooler.h"
#include "run_outside.h"
#include "sql.h"
#include "sys.h"

/* Which conversations begin with their first message, outside of pipeline mode; and with whom. */
enum { HOST, HOST_ALONE, KEEPER_ALONE };

typedef struct state_row {
  int with;
  int (*queue)(embark_run *run); /* all that is to be sent; the sync follows */
  int (*feed)(embark_run *run);  /* or: some of it; 1 as long as there is more */
  void (*row)(embark_run *run, const PGresult *res);    /* rows have come */
  void (*answer)(embark_run *run, const PGresult *res); /* a statement is answered */
  run_state (*next)(embark_run *run);                   /* all is answered */
} state_row;

/* Where a state has no answer function of its own, an error in it is fatal. */
/* clang-format off */
static const state_row states[RUN_STATES] = {
  [RUN_CHECK] =     {HOST,         embark__check_queue, NULL,
                    embark__check_row, embark__check_answer, embark__check_next},
  [RUN_SURVEY] =    {HOST,         embark__survey_queue, NULL,
                    embark__survey_row, embark__survey_answer, embark__survey_next},
  [RUN_LIST] =      {HOST,         embark__list_queue, NULL,
                    embark__list_row, embark__list_answer, embark__list_next},
  [RUN_LOCK] =      {KEEPER_ALONE, NULL, embark__lock_feed,
                    embark__lock_row, embark__lock_answer, embark__lock_next},
  [RUN_PROBE] =     {HOST,         embark__probe_queue, NULL,
                    embark__probe_row, embark__probe_answer, embark__probe_next},
  [RUN_PREPARE] =   {HOST,         embark__prepare_queue, NULL,
                    NULL, embark__prepare_answer, embark__prepare_next},
  [RUN_LOOK] =      {HOST,         embark__look_queue, NULL,
                    embark__look_row, embark__look_answer, embark__look_next},
  [RUN_ORPHAN] =    {HOST,         embark__orphan_queue, NULL,
                    embark__orphan_row, embark__orphan_answer, embark__orphan_next},
  [RUN_VERDICT] =   {HOST,         embark__verdict_queue, NULL,
                    embark__verdict_row, embark__verdict_answer, embark__verdict_next},
  [RUN_APPLY] =     {HOST,         NULL, embark__apply_feed,
                    NULL, embark__apply_answer, embark__apply_next},
  [RUN_COPY] =      {HOST_ALONE,   NULL, embark__copy_feed,
                    NULL, embark__copy_answer, embark__copy_next},
  [RUN_STATEMENT] = {HOST_ALONE,   NULL, embark__copy_feed,
                    NULL, embark__statement_answer, embark__statement_next},
  [RUN_INDEX] =     {HOST,         embark__index_queue, NULL,
                    embark__index_row, embark__index_answer, embark__index_next},
  [RUN_MEND] =      {HOST_ALONE,   NULL, embark__mend_feed,
                    NULL, embark__mend_answer, embark__mend_next},
  [RUN_NOTE] =      {HOST,         embark__note_queue, NULL,
                    embark__note_row, embark__note_answer, embark__note_next},
  [RUN_PING] =      {KEEPER_ALONE, NULL, embark__ping_feed,
                    NULL, embark__keeper_answer, embark__ping_next},
  [RUN_RELEASE] =   {KEEPER_ALONE, NULL, embark__release_feed,
                    NULL, embark__keeper_answer, embark__release_next},
  [RUN_SETTLE] =    {HOST,         embark__settle_queue, NULL,
                    NULL, embark__settle_answer, embark__settle_next},
  [RUN_BLAME] =     {HOST,         embark__blame_queue, NULL,
                    embark__blame_row, embark__blame_answer, embark__blame_next},
  [RUN_RESTORE] =   {HOST,         embark__restore_queue, NULL,
                    NULL, NULL, embark__restore_next},
};
/* clang-format on */

/* --- the drive ------------------------------------------------------------------------------- */

/* That it only reads is then the server's word, too: whatever code of others a question may come to
 * run, it can change nothing. */
int embark__run_only_reads(const embark_run *run)
{
  return run->op == EMBARK_PLAN || run->op == EMBARK_VERIFY || run->op == EMBARK_STATUS ||
         (run->opt.flags & EMBARK_DRY_RUN) != 0;
}

/* Names and tags are UTF-8, and so must the conversation be. The settings last for the pipeline's
 * implicit transaction. SETTLE and NOTE may begin inside a failed one; the one says nothing but
 * ASCII, the other sees to it itself. */
static int send_preamble(embark_run *run)
{
  static const char utf8[] = "SELECT %c'client_encoding', 'UTF8', true)";
  static const char read_only[] = "SELECT %c'client_encoding', 'UTF8', true),"
                                  " %c'transaction_read_only', 'on', true)";
  int may = run->state != RUN_SETTLE && run->state != RUN_NOTE;
  run->preamble = may && (embark__run_only_reads(run) || strcmp(run->encoding, "UTF8") != 0);
  if (!run->preamble) {
    return 0;
  }
  return embark__sql_send(&run->pipe, &run->ledger.sql,
                          embark__run_only_reads(run) ? read_only : utf8, 0, NULL);
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
  run->outside.is_said = 0;
  run->heard_ms = embark__sys_now_ms();
  if (row->next == NULL || row->with != HOST) {
    return; /* no conversation, or one that begins outside pipeline mode */
  }
  if (embark__pipeline_open(&run->pipe) != 0) {
    embark__run_refused(run);
    return;
  }
  if (row->queue == NULL) {
    return;
  }
  if (send_preamble(run) != 0 || row->queue(run) != 0) {
    embark__run_refused(run);
  }
  embark__pipeline_sync(&run->pipe);
}

embark__pipeline *embark__run_line(embark_run *run)
{
  return states[run->state].with == KEEPER_ALONE ? &run->keeper.pipe : &run->pipe;
}

static void take(embark_run *run, const PGresult *res)
{
  const state_row *row = &states[run->state];
  if (embark__cancelling_is_stray(run, res)) {
    run->struck = 1;
    run->strikes++;
    return;
  }
  if (embark__answer_is_farewell(res) && embark__run_line(run) == &run->pipe &&
      run->error.code == EMBARK_OK) {
    run->trouble = TROUBLE_FATAL;
    embark__answer_lost(&run->error,
                        embark__run_lost_reason(run)); /* not the fault of what it answers */
    return;
  }
  if (run->preamble) {
    run->preamble = PQresultStatus(res) == PGRES_SINGLE_TUPLE;
    if (embark__answer_is_error(res)) { /* all that follows is skipped: it must not look answered */
      embark__run_query_failed(run, res, "to set up a transaction");
    }
    return;
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

/* A server's last words have a SQLSTATE of 57P.., a pooler's one of 08... */
static int is_farewell(const char *sqlstate)
{
  return sqlstate[0] == '\0' || strncmp(sqlstate, "57P", 3) == 0 || strncmp(sqlstate, "08", 2) == 0;
}

/* The connection went away in the middle of a conversation. A failure of the migration's own that
 * was heard of before says more than that; a farewell does not. */
static void lose(embark_run *run)
{
  embark__pipeline_give_up(&run->pipe, embark__run_lost_reason(run));
  embark__run_doubt(run);
  if (embark__pooler_forbids_transactions(&run->error, embark__run_lost_reason(run))) {
    run->pooled = 0; /* the error has said so */
  } else if (run->error.code == EMBARK_OK || is_farewell(run->error.sqlstate)) {
    const embark_migration *m = NULL;
    if (run->state == RUN_APPLY || run->state == RUN_COPY) {
      m = embark__cursor_migration(&run->received);
    } else if (run->state >= RUN_STATEMENT && run->state <= RUN_NOTE) {
      m = embark__outside_migration(run);
    }
    embark__answer_lost(&run->error, embark__run_lost_reason(run));
    if (m != NULL) {
      embark__error_place(&run->error, m);
    }
    if (run->state >= RUN_STATEMENT && run->state <= RUN_NOTE) {
      embark__error_hint(&run->error,
                         "Connect anew and run again: the next run finds out what became"
                         " of the statement, and goes on from there or asks.");
    }
  }
  run->state = embark__run_finish(run);
}

/* Until when this state may last; 0: as long as it likes. Only what is asked of the keeper has a
 * limit. */
static int64_t deadline(const embark_run *run)
{
  int has_one = run->state == RUN_CONNECT || run->state == RUN_LOCK || run->state == RUN_PROBE ||
                run->state == RUN_PING || run->state == RUN_RELEASE;
  return has_one ? run->outside.deadline_ms : 0;
}

static int is_overdue(const embark_run *run)
{
  return deadline(run) != 0 && embark__sys_now_ms() >= deadline(run);
}

static void hang_up(embark_run *run)
{
  if (embark__run_line(run) == &run->keeper.pipe) {
    enter(run, embark__keeper_lost(run));
  } else {
    lose(run);
  }
}

/* Go on with the conversation. Returns 1 when it is over and the state has changed, 0 to wait. */
static int converse(embark_run *run)
{
  const state_row *row = &states[run->state];
  for (;;) {
    PGresult *res = NULL;
    embark__cancelling_press(run);
    if (is_overdue(run)) {
      run_state next = embark__keeper_overdue(run);
      if (next != run->state) {
        enter(run, next);
        return 1;
      }
    }
    int fed = row->feed != NULL && row->feed(run) != 0;
    switch (embark__pipeline_next(embark__run_line(run), &res)) {
    case GOT_RESULT:
      take(run, res);
      PQclear(res);
      break;
    case GOT_NOTHING:
      /* The socket may have taken all only now: no event of it would bring the next piece. Or the
       * end was found in sending, and there is no socket to wait for any more. */
      if (!fed && (row->feed == NULL || row->feed(run) == 0) && embark_run_socket(run) >= 0) {
        return 0;
      }
      break;
    case GOT_END:
      enter(run, run->struck ? embark__cancelling_struck(run) : row->next(run));
      return 1;
    case GOT_LOST:
      hang_up(run);
      return 1;
    }
  }
}

/* The time in WAIT is over, or cut short. */
static void wake(embark_run *run)
{
  enter(run, embark__run_is_cancelled(run) ? embark__run_stop(run) : RUN_CHECK);
}

/* Go on connecting the keeper. Returns 1 when the state has changed, 0 to wait. */
static int connect_on(embark_run *run)
{
  run_state next = embark__connect_next(run);
  if (next == RUN_CONNECT) {
    return 0;
  }
  enter(run, next);
  return 1;
}

static void start(embark_run *run)
{
  if (run->bundle->migration_count == 0 && run->op != EMBARK_STATUS) {
    run->state = embark__run_finish(run); /* nothing can be pending */
  } else {
    enter(run, run->op == EMBARK_MIGRATE || run->op == EMBARK_PLAN ? RUN_CHECK : RUN_SURVEY);
  }
}

embark_poll embark_run_poll(embark_run *run)
{
  while (run->state != RUN_DONE && run->state != RUN_FAILED) {
    if (run->state == RUN_START) {
      start(run);
    } else if (run->state == RUN_CONNECT) {
      if (!connect_on(run)) {
        return run->keeper.dial == DIAL_WRITE ? EMBARK_POLL_WRITE : EMBARK_POLL_READ;
      }
    } else if (run->state != RUN_WAIT) {
      embark__silence_listen(run);
      if (!converse(run)) {
        if (!embark__silence_ends(run)) {
          return embark__run_line(run)->more_to_send ? EMBARK_POLL_WRITE : EMBARK_POLL_READ;
        }
        hang_up(run);
      }
    } else if (embark__run_is_cancelled(run) || embark__sys_now_ms() >= run->wake_ms) {
      wake(run);
    } else {
      return EMBARK_POLL_TIMER;
    }
  }
  if (embark__silence_holds(run)) {
    return EMBARK_POLL_TIMER;
  }
  return run->state == RUN_DONE ? EMBARK_POLL_DONE : EMBARK_POLL_FAILED;
}

int embark_run_socket(const embark_run *run)
{
  int is_keeper = run->state == RUN_CONNECT || states[run->state].with == KEEPER_ALONE;
  return PQsocket(is_keeper ? run->keeper.conn : run->conn);
}

/* `due`, or `other`, which is 0 when there is none. */
static int64_t earlier(int64_t due, int64_t other)
{
  return other != 0 && other < due ? other : due;
}

int64_t embark_run_timeout_ms(const embark_run *run)
{
  int64_t due = INT64_MAX;
  if (run->state == RUN_DONE || run->state == RUN_FAILED) {
    due = run->held_ms != 0 ? run->wake_ms : INT64_MAX; /* the request may end before we wait */
  } else if (run->state == RUN_WAIT) {
    due = embark__run_is_cancelled(run) ? 0 : run->wake_ms;
  } else if (run->state == RUN_CONNECT) {
    due = embark__run_is_cancelled(run) ? 0 : run->outside.deadline_ms;
  } else if (run->state != RUN_START) {
    due = earlier(embark__silence_due(run), deadline(run));
    due = embark__cancelling(run) && run->cancel_ms < due ? run->cancel_ms : due;
  }
  if (due == INT64_MAX) {
    return -1;
  }
  int64_t left = due - embark__sys_now_ms();
  return left > 0 ? left : 0;
}
