/* What a process may do around a run: fork, cancel its threads, lose its server without being
 * killed for it, and run a thousand times. */
#define _GNU_SOURCE /* mallinfo2 */
#include <dirent.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drive.h"
#include "keep.h"
#include "record.h"
#include "suite.h"

static made_bundle *two(void)
{
  return bundle_native("0000_a", "create table a (id int);\n", "0001_b",
                       "create table b ();\ninsert into a values (1);\n", NULL);
}

static void expect_once(void)
{
  db_expect_rows("1", "SELECT count(*) FROM a");
  db_expect_rows("2", "SELECT count(*) FROM embark.migrations");
}

/* --- fork ------------------------------------------------------------------------------------- */

static const made_bundle *made;
static pid_t children[64];
static size_t child_count;

/* A child that uses the library on a connection of its own; or nothing, and is gone. */
static void fork_child(int migrates)
{
  ck_assert_uint_lt(child_count, sizeof children / sizeof children[0]);
  pid_t pid = fork();
  ck_assert_int_ge(pid, 0);
  if (pid == 0) {
    if (!migrates) {
      _exit(EMBARK_OK);
    }
    PGconn *own = PQconnectdb(keep_printf("dbname=%s user=%s", db_name(), db_user()));
    _exit(embark_migrate_once(own, &made->bundle, NULL, NULL));
  }
  children[child_count++] = pid;
}

static void expect_children(void)
{
  for (size_t i = 0; i < child_count; i++) {
    int status;
    ck_assert_int_eq(waitpid(children[i], &status, 0), children[i]);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), EMBARK_OK);
  }
}

static int fork_at_every_event(const embark_event *event)
{
  fork_child(event->type == EMBARK_EVENT_STARTED);
  return 0;
}

START_TEST(g10_children_forked_before_during_and_after_a_run_do_not_disturb_it)
{
  made = two();
  fork_child(0);
  drive_options.on_event = record_event;
  record_react = fork_at_every_event;
  drive_ok(made);
  ck_assert_uint_gt(child_count, 5);
  fork_child(1);
  expect_children();
  expect_once();
  drive_ok(made);
}
END_TEST

START_TEST(g10_a_child_forked_before_the_run_migrates_as_well_as_its_parent)
{
  made = two();
  for (int i = 0; i < 8; i++) {
    fork_child(1);
  }
  drive_ok(made);
  expect_children();
  expect_once();
}
END_TEST

/* --- threads that are cancelled --------------------------------------------------------------- */

/* A migration that waits for a table that db_watch has locked. */
static void given_blocked(void)
{
  static const char first[] = "create table a (id int);\ncreate table held ();\n";
  made = bundle_native("0000_a", first, "0001_b",
                       "alter table held add x int;\ninsert into a values (1);\n", NULL);
  drive_given(bundle_native("0000_a", first, NULL));
  drive_options.lock_timeout_ms = EMBARK_NO_TIMEOUT;
  db_exec(db_watch, "BEGIN; LOCK TABLE held");
}

static void wait_until_blocked(void)
{
  db_wait_until(
      "EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'held'::regclass"
      " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))");
}

typedef struct caller {
  pthread_t thread;
  PGconn *conn;
  int once, code;
  embark_error
      err; /* not on the stack of a thread that is cancelled: ASan would not hear of that */
} caller;

static void *call(void *arg)
{
  caller *c = arg;
  c->code = c->once ? embark_migrate_once(c->conn, &made->bundle, &drive_options, &c->err)
                    : embark_migrate(c->conn, &made->bundle, &drive_options, &c->err);
  pthread_testcancel();
  return c;
}

static void start_caller(caller *c, int once)
{
  *c = (caller){.conn = db_connect("application_name=caller"), .once = once, .code = -1};
  ck_assert_int_eq(pthread_create(&c->thread, NULL, call, c), 0);
}

static void expect_ended(caller *c, int was_cancelled)
{
  void *result = NULL;
  ck_assert_int_eq(pthread_join(c->thread, &result), 0);
  ck_assert_int_eq(result == PTHREAD_CANCELED, was_cancelled);
  ck_assert_int_eq(c->code, EMBARK_OK);
  ck_assert_int_eq(PQtransactionStatus(c->conn), PQTRANS_IDLE);
  ck_assert_int_eq(PQisnonblocking(c->conn), 0);
}

START_TEST(g13_a_thread_cancelled_in_a_run_ends_when_the_run_has)
{
  caller c;
  given_blocked();
  start_caller(&c, 0);
  wait_until_blocked();
  ck_assert_int_eq(pthread_cancel(c.thread), 0);
  db_exec(db_watch, "COMMIT");
  expect_ended(&c, 1);
  expect_once();
}
END_TEST

/* Neither the one that runs nor one that waits for it leaves the others waiting. */
START_TEST(g10_threads_cancelled_while_they_migrate_once_hold_up_nobody)
{
  caller runner, waiter, other, late;
  given_blocked();
  embark_once_reset();
  start_caller(&runner, 1);
  wait_until_blocked();
  start_caller(&waiter, 1);
  start_caller(&other, 1);
  ck_assert_int_eq(pthread_cancel(runner.thread), 0);
  ck_assert_int_eq(pthread_cancel(waiter.thread), 0);
  db_exec(db_watch, "COMMIT");
  expect_ended(&runner, 1);
  expect_ended(&waiter, 1);
  expect_ended(&other, 0);
  start_caller(&late, 1);
  expect_ended(&late, 0);
  expect_once();
}
END_TEST

/* --- SIGPIPE ---------------------------------------------------------------------------------- */

static int end_session(const embark_event *event)
{
  if (event->type == EMBARK_EVENT_APPLIED && record_count(EMBARK_EVENT_APPLIED) == 1) {
    db_exec(db_watch, "SELECT pg_terminate_backend(%d)", PQbackendPID(db_conn));
    db_wait_until("NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = %d)",
                  PQbackendPID(db_conn));
  }
  return 0;
}

/* The signal's default action would end this process. Much is still to be sent. */
START_TEST(g13_a_server_that_goes_away_raises_no_sigpipe)
{
  signal(SIGPIPE, SIG_DFL);
  record_react = end_session;
  drive_options.on_event = record_event;
  drive_expect(bundle_tables(EMBARK_LEDGER_NATIVE, 1500), EMBARK_E_CONNECTION);
}
END_TEST

/* --- a thousand runs -------------------------------------------------------------------------- */

static size_t count_entries(const char *path)
{
  size_t count = 0;
  DIR *dir = opendir(path);
  ck_assert_ptr_nonnull(dir);
  while (readdir(dir) != NULL) {
    count++;
  }
  closedir(dir);
  return count;
}

/* Fails, is cancelled, and finds nothing to do; nothing here asks for memory but the library. */
static void run_in_three_ways(const made_bundle *good, const made_bundle *bad)
{
  embark_run *run = NULL;
  embark_error err;
  int code = embark_migrate(db_conn, &bad->bundle, NULL, &err);
  ck_assert_int_eq(code, EMBARK_E_SQL);
  code = embark_migrate(db_conn, &good->bundle, NULL, &err);
  ck_assert_int_eq(code, EMBARK_OK);
  code = embark_run_start(&run, EMBARK_VERIFY, db_conn, &good->bundle, NULL);
  ck_assert_int_eq(code, EMBARK_OK);
  ck_assert_int_ne(embark_run_poll(run), EMBARK_POLL_FAILED);
  embark_run_free(run);
}

START_TEST(g14_a_thousand_runs_take_no_more_memory_and_descriptors_than_a_few)
{
  enum { FEW = 20, RUNS = 1000 };
  const made_bundle *good = bundle_native("0000_a", "create table a ();\n", NULL);
  const made_bundle *bad =
      bundle_native("0000_a", "create table a ();\n", "0001_b", "select 1/0;\n", NULL);
  size_t memory = 0, files = 0;
  drive_given(good);
  for (int i = 0; i < RUNS / 3; i++) {
    run_in_three_ways(good, bad);
    if (i == FEW) {
      memory = mallinfo2().uordblks;
      files = count_entries("/proc/self/fd");
    }
  }
  ck_assert_uint_eq(count_entries("/proc/self/fd"), files);
  ck_assert_uint_le(mallinfo2().uordblks, memory + 16000); /* a block a run is more */
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("process");
  drive_add_single(suite, g10_children_forked_before_during_and_after_a_run_do_not_disturb_it,
                   g10_a_child_forked_before_the_run_migrates_as_well_as_its_parent,
                   g13_a_thread_cancelled_in_a_run_ends_when_the_run_has,
                   g10_threads_cancelled_while_they_migrate_once_hold_up_nobody,
                   g13_a_server_that_goes_away_raises_no_sigpipe,
                   g14_a_thousand_runs_take_no_more_memory_and_descriptors_than_a_few, NULL);
  return suite;
}
