/* watch.c - pg_stat_progress_create_index, asked twice a second. */
#include "watch.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "database.h"

#define ASK_EVERY_MS 500

/* What a phase counts: its waits the sessions waited for, its scans blocks, its sorting tuples. */
static const char question[] =
    "SELECT phase, CASE WHEN lockers_total OPERATOR(pg_catalog.>) 0 THEN lockers_done"
    " WHEN blocks_total OPERATOR(pg_catalog.>) 0 THEN blocks_done ELSE tuples_done END,"
    " CASE WHEN lockers_total OPERATOR(pg_catalog.>) 0 THEN lockers_total"
    " WHEN blocks_total OPERATOR(pg_catalog.>) 0 THEN blocks_total ELSE tuples_total END"
    " FROM pg_catalog.pg_stat_progress_create_index WHERE pid OPERATOR(pg_catalog.=) $1::int";

void watch_close(watch *w)
{
  bool is_over = w->is_over;
  PQfinish(w->conn);
  *w = (watch){.is_over = is_over};
}

static void give_up(watch *w)
{
  w->is_over = true;
  watch_close(w);
}

/* With the parameters of the run's connection, but to the very server that it came to: no name is
 * looked up, which could take its time. */
static PGconn *connect_beside(const database_params *p, PGconn *of)
{
  static const char *const there[] = {"host", "hostaddr", "port"};
  const char *const place[] = {PQhost(of), PQhostaddr(of), PQport(of)};
  enum { PLACES = sizeof there / sizeof there[0] };
  size_t given = 0;
  while (p->keywords[given] != NULL) {
    given++;
  }
  const char **keywords = alloc_bytes((given + PLACES + 1) * sizeof *keywords);
  const char **values = alloc_bytes((given + PLACES + 1) * sizeof *values);
  for (size_t i = 0; i < given; i++) {
    keywords[i] = p->keywords[i];
    values[i] = p->values[i];
  }
  for (size_t i = 0; i < PLACES; i++) { /* of a word that is given twice, the last one counts */
    keywords[given + i] = there[i];
    values[given + i] = place[i];
  }
  keywords[given + PLACES] = NULL;
  values[given + PLACES] = NULL;
  PGconn *conn = PQconnectStartParams(keywords, values, 0);
  free(keywords);
  free(values);
  return conn;
}

static PGconn *begin(const flags *f, PGconn *of)
{
  database db = database_choose(f);
  database_params p;
  diag ignored = {0};
  PGconn *conn = NULL;
  if (database_params_read(&p, &db, f, &ignored) == 0) {
    conn = connect_beside(&p, of);
  }
  database_params_free(&p);
  diag_free(&ignored);
  return conn;
}

static bool is_ready(const watch *w)
{
  struct pollfd p = {PQsocket(w->conn), POLLIN, 0};
  if (w->wants == PGRES_POLLING_WRITING) {
    p.events = POLLOUT;
  }
  return poll(&p, 1, 0) > 0;
}

static void go_on_connecting(watch *w)
{
  if (!is_ready(w)) {
    return;
  }
  w->wants = PQconnectPoll(w->conn);
  if (w->wants == PGRES_POLLING_OK) {
    w->is_connected = true;
    PQsetnonblocking(w->conn, 1);
  } else if (w->wants == PGRES_POLLING_FAILED) {
    give_up(w);
  }
}

static int64_t number_of(const PGresult *res, int column)
{
  return strtoll(PQgetvalue(res, 0, column), NULL, 10);
}

static void take(watch *w, const PGresult *res)
{
  w->phase[0] = '\0';
  if (PQresultStatus(res) == PGRES_TUPLES_OK && PQntuples(res) == 1) {
    snprintf(w->phase, sizeof w->phase, "%s", PQgetvalue(res, 0, 0));
    w->done = number_of(res, 1);
    w->total = number_of(res, 2);
  } else if (PQresultStatus(res) != PGRES_TUPLES_OK) {
    w->is_over = true;
  }
}

static void go_on_asking(watch *w, PGconn *of, int64_t now_ms)
{
  char pid[16];
  const char *const values[] = {pid};
  if (PQconsumeInput(w->conn) == 0 || PQflush(w->conn) < 0) {
    give_up(w);
    return;
  }
  while (w->is_asked && PQisBusy(w->conn) == 0) {
    PGresult *res = PQgetResult(w->conn);
    w->is_asked = res != NULL;
    if (res != NULL) {
      take(w, res);
      PQclear(res);
    }
  }
  if (!w->is_asked && now_ms - w->asked_ms >= ASK_EVERY_MS) {
    snprintf(pid, sizeof pid, "%d", PQbackendPID(of));
    w->asked_ms = now_ms;
    w->is_asked = PQsendQueryParams(w->conn, question, 1, NULL, values, NULL, NULL, 0) == 1;
    if (!w->is_asked || w->is_over) {
      give_up(w);
    }
  }
}

void watch_poll(watch *w, const flags *f, PGconn *of, int64_t now_ms)
{
  if (w->is_over) {
    return;
  }
  if (w->conn == NULL) {
    w->conn = begin(f, of);
    w->wants = PGRES_POLLING_WRITING;
    if (w->conn == NULL || PQstatus(w->conn) == CONNECTION_BAD) {
      give_up(w);
    }
  } else if (!w->is_connected) {
    go_on_connecting(w);
  } else {
    go_on_asking(w, of, now_ms);
  }
}
