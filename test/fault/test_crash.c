/* G11: the server crashes. What a success covers, and what an error says stayed applied, is there
 * when it is back; the ledger agrees with the schema, and the next run completes.
 *
 * A commit that does not wait for the disk is lost for certain here: nothing else on the server
 * waits for it, and the process that would write it down later is stopped. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "crash.h"
#include "drive.h"
#include "keep.h"
#include "long_tests.h"
#include "record.h"
#include "steps.h"
#include "strike.h"
#include "suite.h"

/* --- the server ------------------------------------------------------------------------------- */

static void set_up(void)
{
  crash_start();
  db_set_up();
  record_reset();
  drive_options = (embark_options)EMBARK_OPTIONS_INIT;
  drive_through = DRIVE_POLLABLE;
}

static void tear_down(void)
{
  db_tear_down();
  crash_end();
  keep_free_all();
}

/* --- a crash at the n-th event ---------------------------------------------------------------- */

static int applied[STEPS];

/* As drive(), with what the run says of each step in `applied`. */
static int drive_steps(const made_bundle *made)
{
  const embark_step *steps = NULL;
  embark_run *run = drive_start(EMBARK_MIGRATE, made);
  int code = drive_run(run);
  size_t count = embark_run_steps(run, &steps);
  for (size_t i = 0; i < STEPS; i++) {
    applied[i] = i < count && steps[i].applied;
  }
  embark_run_free(run);
  return code;
}

static unsigned applied_count(void)
{
  unsigned count = 0;
  for (size_t i = 0; i < STEPS; i++) {
    count += applied[i] ? 1u : 0u;
  }
  return count;
}

/* Returns 0 when a run has no n-th event. */
static int crash_at(unsigned n, void (*how)(void))
{
  steps_empty();
  db_exec(db_watch, "CHECKPOINT");
  db_reconnect("application_name=under_test");
  if (how == crash_all) {
    crash_hold_log_writer(); /* the other ways out would wait for it */
  }
  strike_at(n, how);
  int code = drive_steps(steps_bundle(STEPS));
  int struck = strike_events() >= n;
  if (struck) {
    crash_come_back();
  }
  unsigned there = steps_applied();
  if (code == EMBARK_OK) {
    ck_assert_uint_eq(there, STEPS);
  } else {
    ck_assert_int_eq(code, EMBARK_E_CONNECTION);
    ck_assert_ptr_null(strstr(drive_error.hint, "stay"));
  }
  steps_complete();
  return struck;
}

/* Every change runs some of the points, a campaign all of them. */
static void crash_everywhere(void (*how)(void), unsigned first)
{
  unsigned stride = (unsigned)long_or_short(1, 16);
  unsigned begin = (unsigned)long_or_short(1, (int)first);
  for (unsigned n = begin; crash_at(n, how); n += stride) {
  }
}

START_TEST(g11_a_run_whose_server_is_killed_at_any_event_is_completed_by_the_next)
{
  crash_everywhere(crash_all, 3);
}
END_TEST

START_TEST(g11_a_run_whose_server_is_shut_down_at_once_at_any_event_is_completed_by_the_next)
{
  crash_everywhere(crash_shut_down, 5);
}
END_TEST

START_TEST(g11_a_run_whose_backend_is_killed_at_any_event_is_completed_by_the_next)
{
  crash_everywhere(crash_session, 7);
}
END_TEST

/* --- what is said is so ----------------------------------------------------------------------- */

START_TEST(g11_a_success_outlives_a_crash_of_the_server)
{
  crash_hold_log_writer();
  ck_assert_int_eq(drive_steps(steps_bundle(STEPS)), EMBARK_OK);
  ck_assert_uint_eq(applied_count(), STEPS);
  crash_all();
  crash_come_back();
  ck_assert_uint_eq(steps_applied(), STEPS);
}
END_TEST

/* The connection lived, so what the run says is applied is on disk. */
static void expect_to_outlive(unsigned count)
{
  ck_assert_uint_eq(applied_count(), count);
  crash_all();
  crash_come_back();
  ck_assert_uint_eq(steps_applied(), count);
  steps_complete();
}

START_TEST(g11_what_a_failed_run_says_is_applied_outlives_a_crash_of_the_server)
{
  crash_hold_log_writer();
  ck_assert_int_eq(drive_steps(steps_bundle((unsigned)_i)), EMBARK_E_SQL);
  ck_assert_ptr_nonnull(strstr(drive_error.hint, "earlier migrations of this run stay applied"));
  expect_to_outlive((unsigned)_i);
}
END_TEST

/* Neither a role without patience nor one without commits that wait changes that. */
static void fail_as(const char *setting)
{
  const char *role = db_role("SUPERUSER");
  db_exec(db_watch, "ALTER ROLE %s SET %s", role, setting);
  db_reconnect(keep_printf("user=%s", role));
  crash_hold_log_writer();
  ck_assert_int_eq(drive_steps(steps_bundle(3)), EMBARK_E_SQL);
  ck_assert_uint_eq(applied_count(), 3);
  crash_all();
  crash_come_back();
  ck_assert_uint_eq(steps_applied(), 3);
}

START_TEST(g11_what_a_failed_run_says_outlives_a_crash_whatever_the_role_waits_for)
{
  fail_as("synchronous_commit = off");
}
END_TEST

START_TEST(g11_what_a_failed_run_says_outlives_a_crash_though_the_role_is_read_only)
{
  fail_as("default_transaction_read_only = on");
}
END_TEST

START_TEST(g11_what_a_run_without_a_lock_says_is_applied_outlives_a_crash_of_the_server)
{
  drive_ok(bundle_head(steps_bundle(STEPS), 1));
  db_exec(db_watch, "CHECKPOINT");
  PGconn *blocker = db_connect("");
  crash_hold_log_writer();
  made_bundle *made = bundle_native("0000_step",
                                    "create table effect (step int);\n"
                                    "create table s0 ();\n"
                                    "insert into effect values (0);\n",
                                    "0001_step",
                                    "create table s1 ();\n"
                                    "insert into effect values (1);\n",
                                    "0002_step", "drop table s0;\n", NULL);
  db_exec(blocker, "BEGIN; SELECT * FROM s0");
  drive_options.lock_timeout_ms = 1;
  drive_options.retries = 1;
  ck_assert_int_eq(drive_steps(made), EMBARK_E_LOCK_TIMEOUT);
  crash_all();
  crash_come_back();
  ck_assert_uint_eq(steps_applied(), 2);
}
END_TEST

static int stop_at(const embark_event *event)
{
  return event->type == EMBARK_EVENT_STATEMENT && event->step == 3;
}

START_TEST(g11_what_a_cancelled_run_says_is_applied_outlives_a_crash_of_the_server)
{
  made_bundle *made = steps_bundle(STEPS);
  crash_hold_log_writer();
  drive_options.on_event = record_event;
  record_react = stop_at;
  int code = drive_steps(made);
  ck_assert(code == EMBARK_E_CANCELLED || code == EMBARK_OK);
  ck_assert_uint_ge(applied_count(), 2);
  expect_to_outlive(applied_count());
}
END_TEST

/* --- what is not said ------------------------------------------------------------------------- */

static int kill_at_second(const embark_event *event)
{
  if (event->type == EMBARK_EVENT_APPLIED && event->step == 2) {
    crash_all();
  }
  return 0;
}

/* The limit: a connection that is lost to a crash may take with it what was committed on it, and
 * the error does not say otherwise. Were it not so, the tests above would prove nothing. */
START_TEST(g11_what_was_committed_on_a_lost_connection_may_be_lost_and_is_not_claimed)
{
  made_bundle *made =
      bundle_native("0000_a", "create table a ();\n", "0001_b", "create table b ();\n", "0002_c",
                    "select pg_advisory_xact_lock(99);\n", NULL);
  db_exec(db_watch, "SELECT pg_advisory_lock(99)");
  crash_hold_log_writer();
  drive_options.lock_timeout_ms = EMBARK_NO_TIMEOUT;
  drive_options.on_event = record_event;
  record_react = kill_at_second;
  ck_assert_int_eq(drive_steps(made), EMBARK_E_CONNECTION);
  drive_expect_error("the connection to the database is lost", NULL,
                     "Connect anew and run again: the ledger tells what is applied, and the next "
                     "run goes on from there.");
  crash_come_back();
  db_expect_tables("");
  record_react = NULL;
  drive_ok(made);
  db_expect_tables("a b");
}
END_TEST

/* The same where an error of the migration was heard of before the connection went. */
static int kill_when_failed(const embark_event *event)
{
  if (event->type == EMBARK_EVENT_NOTICE) {
    db_wait_until("EXISTS (SELECT FROM pg_stat_activity WHERE pid = %d"
                  " AND state = 'idle in transaction (aborted)')",
                  PQbackendPID(db_conn));
    crash_all();
  }
  return 0;
}

START_TEST(g11_a_failed_migration_whose_connection_is_lost_before_the_end_claims_nothing)
{
  made_bundle *made = bundle_native("0000_a", "create table a ();\n", "0001_b",
                                    "do $$ begin raise notice 'now'; perform 1/0; end $$;\n", NULL);
  crash_hold_log_writer();
  drive_options.on_event = record_event;
  record_react = kill_when_failed;
  ck_assert_int_eq(drive_steps(made), EMBARK_E_SQL);
  ck_assert_ptr_nonnull(strstr(drive_error.hint, "may not outlive a crash of the server"));
  crash_come_back();
  db_expect_tables("");
}
END_TEST

/* --- while others wait ------------------------------------------------------------------------ */

#define WAITERS 3

/* They wait for the migration lock, which the session of `db_watch` has. */
static void poll_to_the_wait(embark_run **runs, PGconn **conns, const made_bundle *made)
{
  drive_options.has_lock_key = 1;
  drive_options.lock_key = 7;
  drive_options.lock_wait_ms = EMBARK_WAIT_FOREVER;
  db_exec(db_watch, "SELECT pg_advisory_lock(7)");
  for (int i = 0; i < WAITERS; i++) {
    conns[i] = db_connect("application_name=waiter");
    ck_assert_int_eq(
        embark_run_start(&runs[i], EMBARK_MIGRATE, conns[i], &made->bundle, &drive_options),
        EMBARK_OK);
    while (drive_step(runs[i]) != EMBARK_POLL_TIMER) {
    }
  }
}

START_TEST(g11_callers_that_wait_while_the_server_restarts_are_told_and_their_next_call_succeeds)
{
  made_bundle *made = steps_bundle(STEPS);
  PGconn *conns[WAITERS];
  embark_run *runs[WAITERS];
  poll_to_the_wait(runs, conns, made);
  crash_shut_down();
  crash_come_back();
  for (int i = 0; i < WAITERS; i++) {
    ck_assert_int_eq(drive_run(runs[i]), EMBARK_E_CONNECTION);
    ck_assert_int_eq(PQstatus(conns[i]), CONNECTION_BAD);
    embark_run_free(runs[i]);
    ck_assert_int_eq(drive_unasked(db_connect(""), &made->bundle), EMBARK_OK);
  }
  ck_assert_uint_eq(steps_applied(), STEPS);
}
END_TEST

/* --- at any moment ---------------------------------------------------------------------------- */

static pid_t kill_in(unsigned microseconds)
{
  pid_t child = fork();
  if (child == 0) {
    struct timespec pause = {0, (long)microseconds * 1000};
    nanosleep(&pause, NULL);
    crash_all();
    _exit(0);
  }
  return child;
}

START_TEST(g11_a_run_whose_server_is_killed_at_any_moment_is_completed_by_the_next)
{
  for (int round = 0; round < long_or_short(100, 3); round++) {
    steps_empty();
    db_reconnect("application_name=under_test");
    crash_hold_log_writer();
    pid_t killer = kill_in((unsigned)(rand() % 40000));
    int code = drive_steps(steps_bundle(STEPS));
    waitpid(killer, NULL, 0);
    crash_reap();
    crash_come_back();
    unsigned there = steps_applied();
    ck_assert(code == EMBARK_E_CONNECTION || (code == EMBARK_OK && there == STEPS));
    steps_complete();
  }
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("crash");
  TCase *tc = tcase_create("crash");
  tcase_set_timeout(tc, 120);
  tcase_add_unchecked_fixture(tc, crash_make, crash_remove);
  tcase_add_checked_fixture(tc, set_up, tear_down);
  tcase_add_test(tc, g11_a_run_whose_server_is_killed_at_any_event_is_completed_by_the_next);
  tcase_add_test(tc,
                 g11_a_run_whose_server_is_shut_down_at_once_at_any_event_is_completed_by_the_next);
  tcase_add_test(tc, g11_a_run_whose_backend_is_killed_at_any_event_is_completed_by_the_next);
  tcase_add_test(tc, g11_a_run_whose_server_is_killed_at_any_moment_is_completed_by_the_next);
  tcase_add_test(
      tc, g11_callers_that_wait_while_the_server_restarts_are_told_and_their_next_call_succeeds);
  tcase_add_test(tc, g11_a_success_outlives_a_crash_of_the_server);
  tcase_add_loop_test(tc, g11_what_a_failed_run_says_is_applied_outlives_a_crash_of_the_server,
                      long_or_short(0, 2), STEPS);
  tcase_add_test(tc, g11_what_a_failed_run_says_outlives_a_crash_whatever_the_role_waits_for);
  tcase_add_test(tc, g11_what_a_failed_run_says_outlives_a_crash_though_the_role_is_read_only);
  tcase_add_test(tc, g11_what_a_run_without_a_lock_says_is_applied_outlives_a_crash_of_the_server);
  tcase_add_test(tc, g11_what_a_cancelled_run_says_is_applied_outlives_a_crash_of_the_server);
  tcase_add_test(tc, g11_what_was_committed_on_a_lost_connection_may_be_lost_and_is_not_claimed);
  tcase_add_test(tc, g11_a_failed_migration_whose_connection_is_lost_before_the_end_claims_nothing);
  suite_add_tcase(suite, tc);
  return suite;
}
