/* run_silence.c - a server that says nothing: how long that is borne, and what is done then. A
 * statement may rightly take hours, so a limit for it is the host's to set; what was cancelled
 * answers soon or never. */
#include <inttypes.h>
#include <stdio.h>

#include "run.h"
#include "sys.h"

#define CANCELLED_MS 10000 /* at most, from the cancel or the last sign of life */
#define LOOK_MS      2     /* how often the end of a cancel request is looked for */
#define COPY_LOOK_MS 1000

/* -1: none. */
static int64_t limit(const embark_run *run)
{
  int64_t ms = run->opt.answer_timeout_ms;
  if (run->stopping && (ms == EMBARK_NO_TIMEOUT || ms > CANCELLED_MS)) {
    return CANCELLED_MS;
  }
  return ms;
}

void embark__silence_listen(embark_run *run)
{
  int stopping = embark__run_is_cancelled(run);
  /* What is sent counts as well: while the server takes data it has nothing to say. */
  if (stopping != run->stopping ||
      (limit(run) >= 0 &&
       embark__sys_ready(embark_run_socket(run), embark__run_line(run)->more_to_send))) {
    run->heard_ms = embark__sys_now_ms();
  }
  run->stopping = stopping;
}

/* A COPY is sent that the server has not asked for the data of, as far as libpq says. */
static int awaits_copy(const embark_run *run)
{
  return !run->pipe.copying && (run->state == RUN_COPY || run->state == RUN_STATEMENT) &&
         (run->bundle->statements[run->sent.at.statement].flags & EMBARK_STATEMENT_COPY) != 0;
}

/* When the silence has lasted too long. */
static int64_t end_of(const embark_run *run)
{
  return limit(run) < 0 ? INT64_MAX : run->heard_ms + limit(run);
}

int64_t embark__silence_due(const embark_run *run)
{
  int64_t end = end_of(run), soon = INT64_MAX;
  if (awaits_copy(run)) {
    /* Where libpq has no memory to note that a COPY begins (getCopyStart), it does as if the server
     * had not said so yet, and tries again when it is asked again. */
    soon = embark__sys_now_ms() + COPY_LOOK_MS;
  }
  return end < soon ? end : soon;
}

int embark__silence_ends(embark_run *run)
{
  char reason[80];
  if (embark__sys_now_ms() < end_of(run)) {
    return 0;
  }
  snprintf(reason, sizeof reason, "The server has said nothing for %" PRId64 " milliseconds.",
           limit(run));
  embark__cancel_send(run->cancel); /* should it be at work all the same, for nobody now */
  embark__pipeline_give_up(embark__run_line(run), reason);
  return 1;
}

/* A cancel request that is under way could still hit what the host sends next. */
static int may_strike(embark_run *run)
{
  if (run->cancel == NULL) {
    return 0;
  }
  embark__cancel_close(run->cancel);
  return embark__cancel_under_way(run->cancel) && PQstatus(run->conn) != CONNECTION_BAD;
}

int embark__silence_holds(embark_run *run)
{
  int64_t now = embark__sys_now_ms();
  int holds = may_strike(run);
  if (holds && run->held_ms != 0 && now - run->held_ms >= CANCELLED_MS) {
    embark__pipeline_give_up(&run->pipe, "A cancel request is under way, and may strike later.");
    holds = 0;
  }
  if (!holds) {
    run->held_ms = 0;
    return 0;
  }
  run->held_ms = run->held_ms != 0 ? run->held_ms : now;
  run->wake_ms = now + LOOK_MS;
  return 1;
}
