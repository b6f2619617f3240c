/* cmd_wait.c - `embark wait`: until the database can be entered, or it is clear that waiting does
 * not help. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "attempt.h"
#include "cli.h"
#include "report.h"

enum { DEFAULT_TIMEOUT_MS = 60000, HOST_MS = 5000, PAUSE_MIN_MS = 100, PAUSE_MAX_MS = 1000 };

typedef struct waiting {
  cli *c;
  database_params params;
  signals heard;
  int64_t start_ms;
  int64_t end_ms; /* -1: none */
  int64_t host_ms;
  uint32_t attempts;
  text reason; /* of the last attempt */
  text told;   /* what people were told last */
} waiting;

static int64_t left_ms(const waiting *w)
{
  if (w->end_ms < 0) {
    return -1;
  }
  int64_t left = w->end_ms - attempt_now_ms();
  return left > 0 ? left : 0;
}

/* The connection's own connect_timeout counts for each attempt, where it has one. */
static int64_t host_limit(const database_params *p)
{
  for (size_t i = 0; p->keywords[i] != NULL; i++) {
    if (strcmp(p->keywords[i], "connect_timeout") == 0) {
      long seconds = strtol(p->values[i], NULL, 10);
      return seconds > 0 && seconds < 86400 ? seconds * 1000 : HOST_MS;
    }
  }
  return HOST_MS;
}

/* A line when there is something new to say. */
static void tell_progress(waiting *w)
{
  size_t line = strcspn(text_string(&w->reason), "\n");
  if (w->told.size == line && strncmp(text_string(&w->told), text_string(&w->reason), line) == 0) {
    return;
  }
  text_free(&w->told);
  text_put(&w->told, text_string(&w->reason), line);
  report_note(w->c, "waiting: %s", text_string(&w->told));
}

/* An attempt that was cut off by the end says less than the one before. */
static attempt_result attempt(waiting *w)
{
  int64_t limit = left_ms(w);
  text reason = {0};
  PQfinish(w->c->conn);
  w->attempts++;
  /* The first one has its time even when nothing is to be waited for. */
  attempt_result result =
      attempt_connect(&w->c->conn, &w->params, w->host_ms,
                      limit == 0 && w->attempts == 1 ? w->host_ms : limit, &w->heard, &reason);
  if (result != ATTEMPT_NOT_YET || left_ms(w) != 0 || w->reason.size == 0) {
    text_free(&w->reason);
    w->reason = reason;
  } else {
    text_free(&reason);
  }
  return result;
}

static attempt_result attempt_until_end(waiting *w)
{
  int64_t pause = PAUSE_MIN_MS;
  for (;;) {
    attempt_result result = attempt(w);
    int64_t left = left_ms(w);
    if (result != ATTEMPT_NOT_YET || left == 0) {
      return result;
    }
    tell_progress(w);
    attempt_pause(left >= 0 && left < pause ? left : pause, &w->heard);
    if (signals_came()) {
      return ATTEMPT_STOPPED;
    }
    pause = pause * 2 < PAUSE_MAX_MS ? pause * 2 : PAUSE_MAX_MS;
  }
}

/* --- the end ---------------------------------------------------------------------------------- */

static void put_numbers(waiting *w)
{
  document *d = &w->c->document;
  document_set(d, "attempts", json_integer(w->attempts));
  document_set(d, "elapsed_ms", json_integer(attempt_now_ms() - w->start_ms));
}

static int tell_ready(waiting *w, const database *db)
{
  cli *c = w->c;
  text out = {0};
  put_numbers(w);
  report_connected(c, db);
  document_set(&c->document, "server_version", json_integer(PQserverVersion(c->conn)));
  if (c->document.root == NULL && !c->flags.quiet) {
    text_printf(&out, "the database accepts connections");
    text_printf(&out, w->attempts == 1 ? "\n" : ", after %" PRIu32 " attempts\n", w->attempts);
  }
  return cli_print(c, &out);
}

static int tell_failure(waiting *w, attempt_result result, const database *db)
{
  embark_error err;
  memset(&err, 0, sizeof err);
  put_numbers(w);
  err.code = result == ATTEMPT_STOPPED ? EMBARK_E_CANCELLED : EMBARK_E_CONNECTION;
  snprintf(err.message, sizeof err.message, "%s",
           result == ATTEMPT_STOPPED   ? "interrupted while waiting for the database"
           : result == ATTEMPT_REFUSED ? "the database does not let us in"
                                       : "the database did not accept a connection in time");
  snprintf(err.detail, sizeof err.detail, "%s", text_string(&w->reason));
  if (result == ATTEMPT_REFUSED && PQconnectionNeedsPassword(w->c->conn)) {
    snprintf(err.hint, sizeof err.hint, REPORT_NEEDS_PASSWORD, db->source);
  } else if (result == ATTEMPT_REFUSED) {
    snprintf(err.hint, sizeof err.hint,
             "Waiting does not change that. The connection was made as %s says.", db->source);
  } else if (result == ATTEMPT_NOT_YET) {
    snprintf(err.hint, sizeof err.hint,
             "The connection was tried as %s says. Wait longer with --timeout.", db->source);
  }
  report_error(w->c, &err);
  return result == ATTEMPT_STOPPED ? EXIT_INTERRUPTED : EXIT_CONNECT;
}

static int64_t end_of(const flags *f, int64_t start_ms)
{
  switch (f->timeout_ms) {
  case 0:
    return start_ms + DEFAULT_TIMEOUT_MS;
  case EMBARK_WAIT_NONE:
    return start_ms;
  case EMBARK_WAIT_FOREVER:
    return -1;
  default:
    return start_ms + f->timeout_ms;
  }
}

int cmd_wait(cli *c)
{
  database db = database_choose(&c->flags);
  waiting w = {.c = c, .start_ms = attempt_now_ms()};
  int status = EXIT_USAGE;
  w.end_ms = end_of(&c->flags, w.start_ms);
  if (database_params_read(&w.params, &db, &c->flags, &c->diag) != 0) {
    report_diag(c);
  } else {
    w.host_ms = host_limit(&w.params);
    signals_take(&w.heard);
    attempt_result result = attempt_until_end(&w);
    signals_give_back(&w.heard);
    status = result == ATTEMPT_CONNECTED ? tell_ready(&w, &db) : tell_failure(&w, result, &db);
  }
  database_params_free(&w.params);
  text_free(&w.reason);
  text_free(&w.told);
  return status;
}
