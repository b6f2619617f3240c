/* crash.c - signals to processes of a server. Knows nothing of migrations. */
#include "crash.h"

#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <check.h>

#include "db.h"
#include "server.h"

static server own;

void crash_make(void)
{
  if (own.dir[0] != '\0') {
    return;
  }
  server_make(&own, "durable");
  server_take_over(&own);
  server_start(&own);
  db_make();
  server_end(&own, SIGINT);
}

void crash_remove(void)
{
  server_remove(&own);
}

void crash_start(void)
{
  server_start(&own);
}

/* It may wait for the stopped log writer, if it is asked to end. */
void crash_end(void)
{
  if (own.pid != 0) {
    server_kill(&own);
  }
}

void crash_all(void)
{
  server_kill(&own);
}

void crash_reap(void)
{
  server_end(&own, SIGKILL);
}

void crash_shut_down(void)
{
  server_end(&own, SIGQUIT);
}

void crash_session(void)
{
  ck_assert_int_eq(kill(PQbackendPID(db_conn), SIGKILL), 0);
}

/* Whether a process that was sent SIGSTOP has stopped. */
static int is_stopped(pid_t pid)
{
  char path[64], state = '?';
  snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
  FILE *f = fopen(path, "r");
  if (f != NULL && fscanf(f, "%*d (%*[^)]) %c", &state) != 1) {
    state = '?';
  }
  if (f != NULL) {
    fclose(f);
  }
  return state == 'T';
}

/* Stopped while it writes, it would keep the lock that every commit needs: it is let go on until it
 * is caught asleep. */
void crash_hold_log_writer(void)
{
  static const char writers[] = "FROM pg_stat_activity WHERE backend_type = 'walwriter'";
  pid_t writer = atoi(db_value(db_watch, "SELECT pid %s", writers));
  ck_assert_int_gt(writer, 1);
  for (;;) {
    ck_assert_int_eq(kill(writer, SIGSTOP), 0);
    while (!is_stopped(writer)) {
      sched_yield();
    }
    if (strcmp(db_value(db_watch, "SELECT wait_event %s", writers), "WalWriterMain") == 0) {
      return;
    }
    ck_assert_int_eq(kill(writer, SIGCONT), 0);
  }
}

void crash_come_back(void)
{
  if (own.pid == 0) {
    server_start(&own);
  }
  for (int tries = 0; tries < 6000 && PQstatus(db_watch) == CONNECTION_OK; tries++) {
    PQclear(PQexec(db_watch, "SELECT pg_sleep(0.01)")); /* until it has heard of the crash */
  }
  server_await(&own);
  db_reconnect_both();
}
