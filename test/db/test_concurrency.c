/* G1: however many processes start at once, every migration is applied once, and all of them end
 * with success. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crowd.h"
#include "drive.h"
#include "keep.h"
#include "record.h"
#include "suite.h"

#define NATIVE  EMBARK_LEDGER_NATIVE
#define DRIZZLE EMBARK_LEDGER_DRIZZLE

/* Connect, wait until the pipe's other end is closed, migrate. The process ends with the code. */
static void starter(const embark_bundle *bundle, int ready, int start)
{
  char byte = 0;
  embark_error err;
  PGconn *conn = PQconnectdb(keep_printf("dbname=%s user=%s", db_name(), db_user()));
  if (PQstatus(conn) != CONNECTION_OK || write(ready, &byte, 1) != 1 ||
      read(start, &byte, 1) != 0) {
    fprintf(stderr, "%s\n", PQerrorMessage(conn));
    _exit(255);
  }
  int code = embark_migrate(conn, bundle, &drive_options, &err);
  if (code != EMBARK_OK) {
    char text[2048];
    embark_error_format(&err, text, sizeof text);
    fprintf(stderr, "%s: %s\n", embark_code_name(code), text);
  }
  PQfinish(conn);
  _exit(code);
}

/* Start a crowd, at once or each as soon as it can, with one of the bundles each in turn; all must
 * succeed. */
static void start_crowd(const made_bundle *const *bundles, int bundle_count, int at_once)
{
  int ready[2], start[2], failures = 0;
  char bytes[CROWD_SIZE];
  pid_t pids[CROWD_SIZE];
  ck_assert_int_eq(pipe(ready), 0);
  ck_assert_int_eq(pipe(start), 0);
  if (!at_once) {
    close(start[1]);
  }
  for (int i = 0; i < CROWD_SIZE; i++) {
    pids[i] = fork();
    ck_assert_int_ge(pids[i], 0);
    if (pids[i] == 0) {
      close(start[1]);
      starter(&bundles[i % bundle_count]->bundle, ready[1], start[0]);
    }
  }
  close(ready[1]);
  for (size_t got = 0; got < CROWD_SIZE;) {
    ssize_t more = read(ready[0], bytes, CROWD_SIZE - got);
    ck_assert_int_gt(more, 0);
    got += (size_t)more;
  }
  close(start[0]);
  if (at_once) {
    close(start[1]);
  }
  close(ready[0]);
  for (int i = 0; i < CROWD_SIZE; i++) {
    int status = -1;
    ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
    failures += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
  }
  ck_assert_int_eq(failures, 0);
}

static void start_processes(const made_bundle *const *bundles, int bundle_count)
{
  start_crowd(bundles, bundle_count, 1);
}

/* Every other round finds the first migrations applied. */
static void rounds_of_processes(embark_ledger kind)
{
  const made_bundle *whole = crowd_bundle(kind);
  const made_bundle *head = bundle_head(whole, 2);
  for (int round = 0; round < crowd_rounds(); round++) {
    crowd_empty();
    if (round % 2 == 1) {
      drive_given(head);
    }
    start_processes(&whole, 1);
    crowd_expect_once(whole);
  }
}

START_TEST(g1_processes_that_start_at_once_apply_each_migration_once)
{
  rounds_of_processes(NATIVE);
}
END_TEST

START_TEST(g1_processes_that_start_at_once_apply_each_drizzle_migration_once)
{
  rounds_of_processes(DRIZZLE);
}
END_TEST

/* Some find others in the middle of it. None may refuse what another one, which made it all, is
 * about to do. */
START_TEST(g1_processes_that_start_together_may_have_a_history_of_what_is_forbidden)
{
  made_bundle *made = bundle_tables(NATIVE, 300);
  for (uint32_t i = 0; i < made->bundle.statement_count; i++) {
    made->statements[i].hazards = EMBARK_HAZARD_DESTRUCTIVE;
    made->statements[i].made_by = 1;
  }
  made->bundle.forbid = EMBARK_HAZARD_DESTRUCTIVE;
  for (int round = 0; round < 3; round++) {
    const made_bundle *const bundles[] = {made};
    db_empty();
    start_crowd(bundles, 1, 0);
    db_expect_rows("300", "select count(*) from embark.migrations");
  }
}
END_TEST

static void old_and_new(embark_ledger kind)
{
  const made_bundle *whole = crowd_bundle(kind);
  const made_bundle *both[] = {bundle_head(whole, 3), whole};
  for (int round = 0; round < crowd_rounds() / 2; round++) {
    crowd_empty();
    start_processes(both, 2);
    crowd_expect_once(whole);
  }
}

START_TEST(g1_old_and_new_programs_that_start_at_once_all_succeed)
{
  old_and_new(NATIVE);
}
END_TEST

START_TEST(g1_old_and_new_programs_with_a_drizzle_ledger_that_start_at_once_all_succeed)
{
  old_and_new(DRIZZLE);
}
END_TEST

START_TEST(g1_programs_that_share_a_ledger_and_start_at_once_all_succeed)
{
  made_bundle *first =
      bundle_native("0000_a", "create table a ();\n", "0001_b", "create table b ();\n", NULL);
  made_bundle *second =
      bundle_native("0000_c", "create table c ();\n", "0001_d", "create table d ();\n", NULL);
  const made_bundle *both[] = {first, second};
  second->bundle.component = "second";
  for (int round = 0; round < crowd_rounds() / 2; round++) {
    db_exec(db_watch, "drop schema if exists embark cascade; drop table if exists a, b, c, d");
    start_processes(both, 2);
    db_expect_tables("a b c d");
    db_expect_rows("main|2\nsecond|2",
                   "select component, count(*) from embark.migrations group by 1 order by 1");
  }
}
END_TEST

/* The server may still be at what it was sent by a process that is gone. */
static void wait_for_orphan(void)
{
  db_wait_until("(SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND backend_type = 'client backend') = 2");
}

/* Kill one of two at a moment of its own choosing: the other one completes the work. */
START_TEST(g1_a_process_that_is_killed_leaves_its_work_to_the_others)
{
  const made_bundle *whole = crowd_bundle(NATIVE);
  for (int round = 0; round < crowd_rounds(); round++) {
    int ready[2], start[2];
    char byte;
    crowd_empty();
    ck_assert_int_eq(pipe(ready), 0);
    ck_assert_int_eq(pipe(start), 0);
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
      close(start[1]);
      starter(&whole->bundle, ready[1], start[0]);
    }
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    close(start[1]);
    close(start[0]);
    /* Any moment of the first 20 ms will do: each round kills it at another. */
    poll(NULL, 0, round * 20 / crowd_rounds());
    kill(pid, SIGKILL);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    drive_ok(whole);
    wait_for_orphan();
    crowd_expect_once(whole);
    close(ready[0]);
    close(ready[1]);
  }
}
END_TEST

/* --- overtaken ------------------------------------------------------------------------------- */

static const made_bundle *overtaking;

/* Somebody else is quicker: on the first retry the obstacle goes away and all is applied. */
static int overtake(const embark_event *event)
{
  embark_error err;
  if (event->type == EMBARK_EVENT_RETRY) {
    db_exec(db_watch, "rollback");
    ck_assert_int_eq(embark_migrate(db_watch, &overtaking->bundle, NULL, &err), EMBARK_OK);
  }
  return 0;
}

START_TEST(g1_a_run_that_is_overtaken_after_its_first_commit_ends_with_success)
{
  overtaking = bundle_native("0000_obstacle", "create table obstacle ();\n", "0001_a",
                             "create table a ();\n", "0002_b",
                             "alter table obstacle add column b int;\n", NULL);
  drive_given(bundle_head(overtaking, 1));
  db_exec(db_watch, "begin; lock table obstacle");
  drive_options.lock_timeout_ms = 1;
  drive_options.lock_wait_ms = EMBARK_WAIT_FOREVER;
  record_react = overtake;
  drive_ok(overtaking);
  ck_assert_uint_eq(record_count(EMBARK_EVENT_RETRY), 1);
  ck_assert_uint_eq(record_count(EMBARK_EVENT_APPLIED), 1);
  ck_assert_uint_eq(record_count(EMBARK_EVENT_DONE), 1);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("concurrency");
  drive_add_single(suite, g1_processes_that_start_at_once_apply_each_migration_once,
                   g1_processes_that_start_at_once_apply_each_drizzle_migration_once,
                   g1_processes_that_start_together_may_have_a_history_of_what_is_forbidden,
                   g1_old_and_new_programs_that_start_at_once_all_succeed,
                   g1_old_and_new_programs_with_a_drizzle_ledger_that_start_at_once_all_succeed,
                   g1_programs_that_share_a_ledger_and_start_at_once_all_succeed,
                   g1_a_process_that_is_killed_leaves_its_work_to_the_others,
                   g1_a_run_that_is_overtaken_after_its_first_commit_ends_with_success, NULL);
  return suite;
}
