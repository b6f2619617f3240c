/* G1, G9: crowds behind PgBouncer. Many programs start at once on an empty database, through one
 * pool, while others use that pool; then the pool is as if nobody had migrated. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crowd.h"
#include "drive.h"
#include "keep.h"
#include "bouncer.h"
#include "suite.h"

#define TRAFFIC    2   /* others of each kind */
#define NOT_A_CODE 200 /* what a process ends with when something else than migrating failed */

static int rounds(void)
{
  return getenv("EMBARK_TEST_LONG") != NULL ? 20 : 2;
}

/* --- the migrations -------------------------------------------------------------------------- */

/* Each leaves a row in `effect`, and most change the session, for good or not. */
static made_bundle *bundle(embark_ledger kind)
{
  const char *texts[] = {
      "create table effect (step int, at serial);\ncreate schema other;\n",
      "set search_path to other;\nset lock_timeout = '7s';\n",
      keep_printf("set role %s;\n", db_role("SUPERUSER")),
      "set local work_mem = '123kB';\nset local search_path to other;\n",
      keep_printf("set session authorization %s;\n", db_role("SUPERUSER")),
      "select set_config('timezone', 'Asia/Tokyo', false);\nset statement_timeout to '77s';\n",
      "create temp table gone (a int) on commit drop;\n",
  };
  enum { COUNT = sizeof texts / sizeof texts[0] };
  const char *tags[COUNT];
  for (int i = 0; i < COUNT; i++) {
    tags[i] = keep_printf("%04d_step", i);
    texts[i] = keep_printf("%sinsert into public.effect values (%d);\n", texts[i], i);
  }
  return bundle_make_array(kind, COUNT, tags, texts, NULL);
}

/* The test's database is as new. */
static void empty(void)
{
  crowd_empty();
  db_exec(db_watch, "drop schema if exists other");
}

/* --- the processes --------------------------------------------------------------------------- */

/* Fork a process that does its work between the two: it tells `ready` that it is connected, and
 * `go` is closed when it shall begin, or end. */
typedef struct processes {
  int ready[2], go[2];
  pid_t pids[CROWD_SIZE];
  int size;
} processes;

static processes *processes_start(int size, void (*work)(PGconn *conn, int go, const void *data),
                                  const void *data)
{
  processes *all = keep_zeros(sizeof *all);
  ck_assert_int_eq(pipe(all->ready), 0);
  ck_assert_int_eq(pipe(all->go), 0);
  fflush(NULL);
  for (all->size = 0; all->size < size; all->size++) {
    all->pids[all->size] = fork();
    ck_assert_int_ge(all->pids[all->size], 0);
    if (all->pids[all->size] == 0) {
      close(all->go[1]);
      PGconn *conn =
          PQconnectdb(keep_printf("%s dbname=%s user=%s", bouncer_address(), db_name(), db_user()));
      if (PQstatus(conn) != CONNECTION_OK || write(all->ready[1], "", 1) != 1) {
        fprintf(stderr, "%s\n", PQerrorMessage(conn));
        _exit(NOT_A_CODE);
      }
      work(conn, all->go[0], data);
    }
  }
  close(all->ready[1]);
  close(all->go[0]);
  char byte;
  for (int i = 0; i < size; i++) {
    ck_assert_int_eq(read(all->ready[0], &byte, 1), 1);
  }
  return all;
}

/* Let them go. Each must end with success, or with `status`. */
static void processes_end(processes *all, int status)
{
  int as_expected = 0;
  close(all->go[1]);
  close(all->ready[0]);
  for (int i = 0; i < all->size; i++) {
    int got = -1;
    ck_assert_int_eq(waitpid(all->pids[i], &got, 0), all->pids[i]);
    as_expected += WIFEXITED(got) && (WEXITSTATUS(got) == 0 || WEXITSTATUS(got) == status);
  }
  ck_assert_int_eq(as_expected, all->size);
}

static void wait_for_go(int go)
{
  char byte;
  if (read(go, &byte, 1) != 0) {
    _exit(NOT_A_CODE);
  }
}

static void migrate(PGconn *conn, int go, const void *data)
{
  const made_bundle *made = data;
  embark_error err;
  char text[2048];
  wait_for_go(go);
  int code = embark_migrate(conn, &made->bundle, &drive_options, &err);
  embark_error_format(&err, text, sizeof text);
  int is_said = strstr(text, "the pooler does not allow transactions (statement pooling)\n"
                             "DETAIL:  FATAL:  transaction blocks not allowed") == text &&
                strstr(text, "\nHINT:  Use transaction or session pooling, or ") != NULL;
  if (code != EMBARK_OK && !(code == EMBARK_E_SERVER && is_said)) {
    fprintf(stderr, "%s: %s\n", embark_code_name(code), text);
    code = NOT_A_CODE;
  }
  PQfinish(conn);
  _exit(code);
}

static void run(PGconn *conn, const char *sql, const char *answer)
{
  PGresult *res = PQexec(conn, sql);
  const char *got = PQntuples(res) > 0 ? PQgetvalue(res, 0, 0) : "";
  if (strcmp(got, answer) != 0) {
    fprintf(stderr, "traffic: %s: \"%s\" %s\n", sql, got, PQresultErrorMessage(res));
    _exit(NOT_A_CODE);
  }
  PQclear(res);
}

/* Another program's work, over and over until it is let go. It must find the settings it expects.
 * `data`: whether it uses transactions. */
static void use(PGconn *conn, int go, const void *data)
{
  static const char expected[] =
      "select current_setting('search_path') = '\"$user\", public' and current_user = session_user"
      " and current_setting('lock_timeout') = '0' and current_setting('statement_timeout') = '0'";
  const int *in_transactions = data;
  struct pollfd end = {.fd = go, .events = POLLIN};
  do {
    if (*in_transactions) {
      run(conn, "begin", "");
      run(conn, expected, "t");
      run(conn, "commit", "");
    }
    run(conn, expected, "t");
  } while (poll(&end, 1, 0) == 0);
  PQfinish(conn);
  _exit(0);
}

/* --- rounds ---------------------------------------------------------------------------------- */

/* A crowd of migrators amid traffic. Each must end with success, or with `error`. */
static void migrate_at_once(const made_bundle *made, int error)
{
  static const int never = 0, always = 1;
  empty();
  processes *some = processes_start(TRAFFIC, use, &never);
  processes *others = processes_start(TRAFFIC, use, error == EMBARK_OK ? &always : &never);
  processes *migrators = processes_start(CROWD_SIZE, migrate, made);
  /* In this order: who started later has the pipes of those before. */
  processes_end(migrators, error);
  processes_end(others, 0);
  processes_end(some, 0);
}

static void crowds_succeed(const char *mode, int size)
{
  const made_bundle *kinds[] = {bundle(EMBARK_LEDGER_NATIVE), bundle(EMBARK_LEDGER_DRIZZLE)};
  bouncer_start(mode, size, "");
  for (int round = 0; round < rounds(); round++) {
    const made_bundle *made = kinds[round % 2];
    migrate_at_once(made, EMBARK_OK);
    crowd_expect_once(made);
    bouncer_expect_clean(size);
  }
}

/* Through a pooler that allows no transactions, whoever finds the lock free and everything as
 * planned may get through all the same. */
static void crowds_are_told(int size)
{
  const made_bundle *kinds[] = {bundle(EMBARK_LEDGER_NATIVE), bundle(EMBARK_LEDGER_DRIZZLE)};
  bouncer_start("statement", size, "");
  for (int round = 0; round < rounds(); round++) {
    const made_bundle *made = kinds[round % 2];
    migrate_at_once(made, EMBARK_E_SERVER);
    drive_ok(made);
    crowd_expect_once(made);
    bouncer_command("SET pool_mode = 'transaction'");
    bouncer_expect_clean(size);
    bouncer_command("SET pool_mode = 'statement'");
  }
}

START_TEST(g1_g9_a_crowd_behind_one_shared_server_connection_leaves_no_trace_in_it)
{
  crowds_succeed("transaction", 1);
}
END_TEST

START_TEST(g1_g9_a_crowd_behind_two_shared_server_connections_leaves_no_trace_in_them)
{
  crowds_succeed("transaction", 2);
}
END_TEST

START_TEST(g1_g9_a_crowd_behind_twenty_shared_server_connections_leaves_no_trace_in_them)
{
  crowds_succeed("transaction", 20);
}
END_TEST

START_TEST(g1_g9_a_crowd_behind_session_pooling_leaves_no_trace)
{
  crowds_succeed("session", 20);
}
END_TEST

START_TEST(a_crowd_behind_one_connection_of_statement_pooling_succeeds_or_is_told_of_it)
{
  crowds_are_told(1);
}
END_TEST

START_TEST(a_crowd_behind_two_connections_of_statement_pooling_succeeds_or_is_told_of_it)
{
  crowds_are_told(2);
}
END_TEST

START_TEST(a_crowd_behind_twenty_connections_of_statement_pooling_succeeds_or_is_told_of_it)
{
  crowds_are_told(20);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("pooler");
  drive_add_single(suite, g1_g9_a_crowd_behind_one_shared_server_connection_leaves_no_trace_in_it,
                   g1_g9_a_crowd_behind_two_shared_server_connections_leaves_no_trace_in_them,
                   g1_g9_a_crowd_behind_twenty_shared_server_connections_leaves_no_trace_in_them,
                   g1_g9_a_crowd_behind_session_pooling_leaves_no_trace,
                   a_crowd_behind_one_connection_of_statement_pooling_succeeds_or_is_told_of_it,
                   a_crowd_behind_two_connections_of_statement_pooling_succeeds_or_is_told_of_it,
                   a_crowd_behind_twenty_connections_of_statement_pooling_succeeds_or_is_told_of_it,
                   NULL);
  return suite;
}
