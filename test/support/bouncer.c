/* bouncer.c - PgBouncer. Knows test/wire/bouncer, which runs it; knows nothing of Embark. */
#include "bouncer.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <check.h>

#include "db.h"
#include "keep.h"

static pid_t pid;
static char dir[512];

/* Beside the throwaway cluster, so that it is deleted with that whatever happens to us. */
static void choose_place(void)
{
  const char *beside = getenv("EMBARK_PGDATA");
  ck_assert_msg(beside != NULL, "run me with scripts/throwaway-postgres");
  snprintf(dir, sizeof dir, "%.*s/bouncer.%ld", (int)(strrchr(beside, '/') - beside), beside,
           (long)getpid());
}

const char *bouncer_address(void)
{
  return keep_printf("host=%s port=%s", dir, getenv("PGPORT"));
}

void bouncer_kill(void)
{
  if (pid > 0) {
    kill(pid, SIGKILL);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    pid = 0;
  }
}

static PGconn *console(void)
{
  return PQconnectdb(
      keep_printf("%s dbname=pgbouncer user=%s connect_timeout=60", bouncer_address(), db_user()));
}

void bouncer_start(const char *mode, int size, const char *setting)
{
  bouncer_kill();
  choose_place();
  const char *count = keep_printf("%d", size);
  pid = fork();
  ck_assert_int_ge(pid, 0);
  if (pid == 0) {
    execl("test/wire/bouncer", "bouncer", dir, db_user(), mode, count, setting, (char *)NULL);
    _exit(127);
  }
  for (int tries = 0; tries < 6000; tries++) {
    PGconn *conn = console();
    int is_up = PQstatus(conn) == CONNECTION_OK;
    PQfinish(conn);
    if (is_up) {
      return;
    }
    ck_assert_msg(waitpid(pid, NULL, WNOHANG) == 0, "PgBouncer ended; see %s.log", dir);
    poll(NULL, 0, 10);
  }
  ck_abort_msg("PgBouncer does not answer; see %s.log", dir);
}

PGconn *bouncer_connect(void)
{
  return db_connect(bouncer_address());
}

void bouncer_command(const char *command)
{
  PGconn *conn = console();
  PGresult *res = PQexec(conn, command);
  ck_assert_msg(PQresultStatus(res) == PGRES_COMMAND_OK, "%s: %s", command, PQerrorMessage(conn));
  PQclear(res);
  PQfinish(conn);
}

/* All settings but those that tell apart who connected, and those that appear when something loads
 * PL/pgSQL. */
static const char *session(PGconn *conn)
{
  return db_rows(conn, "SELECT name, setting FROM pg_settings"
                       " WHERE name <> 'application_name' AND name !~ '^plpgsql'"
                       " UNION ALL SELECT 'user', session_user || ' as ' || current_user"
                       " UNION ALL SELECT 'role', current_setting('role')"
                       " UNION ALL SELECT 'prepared', name FROM pg_prepared_statements"
                       " ORDER BY 1, 2");
}

void bouncer_expect_clean(int size)
{
  PGconn **conns = keep_zeros((size_t)size * sizeof *conns);
  PGconn *fresh = PQconnectdb(keep_printf("dbname=%s user=%s", db_name(), db_user()));
  db_exec(fresh, "BEGIN");
  const char *expected = session(fresh);
  PQfinish(fresh);
  /* One behind the other they might all be given the same server connection. */
  for (int i = 0; i < size; i++) {
    conns[i] =
        PQconnectdb(keep_printf("%s dbname=%s user=%s", bouncer_address(), db_name(), db_user()));
    ck_assert_msg(PQstatus(conns[i]) == CONNECTION_OK, "%s", PQerrorMessage(conns[i]));
    db_exec(conns[i], "BEGIN");
    db_expect_same(expected, session(conns[i]));
  }
  for (int i = 0; i < size; i++) {
    db_exec(conns[i], "COMMIT");
    PQfinish(conns[i]);
  }
  db_expect_rows("0", "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
                      " AND database = (SELECT oid FROM pg_database"
                      " WHERE datname = current_database())");
}
