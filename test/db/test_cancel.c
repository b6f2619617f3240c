/* Stopping a run: by its hook, by embark_run_cancel() from anywhere, by freeing it. */
#include <pthread.h>
#include <string.h>

#include "drive.h"
#include "keep.h"
#include "record.h"
#include "suite.h"

static made_bundle *four(void)
{
  return bundle_native("0000_a", "create table a ();\n", "0001_b",
                       "create table b ();\nselect 1;\n", "0002_c", "create table c ();\n",
                       "0003_d", "create table d ();\n", NULL);
}

static void completes(void)
{
  record_react = NULL;
  drive_ok(four());
  db_expect_tables("a b c d");
}

/* A run that was cancelled may have been done before it heard of that. */
static void expect_ended(int code)
{
  ck_assert_msg(code == EMBARK_OK || code == EMBARK_E_CANCELLED, "%s: %s\n%s",
                embark_code_name(code), drive_error.message, drive_error.detail);
}

/* The hook stops the run at the first event of this type and step. */
static embark_event_type stop_type;
static uint32_t stop_step;

static int stop(const embark_event *event)
{
  return event->type == stop_type && event->step == stop_step ? 1 : 0;
}

static int drive_stopped(embark_event_type type, uint32_t step)
{
  drive_options.on_event = record_event;
  record_react = stop;
  stop_type = type;
  stop_step = step;
  return drive(four());
}

/* What is committed is recorded, and nothing else is there. */
static void expect_consistent(void)
{
  db_expect_rows("t", "SELECT (SELECT count(*) FROM embark.migrations) ="
                      " (SELECT count(*) FROM pg_tables WHERE schemaname = 'public')");
}

START_TEST(a_hook_may_stop_before_anything_is_applied)
{
  ck_assert_int_eq(drive_stopped(EMBARK_EVENT_PLANNED, 0), EMBARK_E_CANCELLED);
  db_expect_tables("");
  completes();
}
END_TEST

/* The pipeline may be ahead of the hook: what the server has done by then stays done. */
START_TEST(a_hook_may_stop_when_a_migration_starts)
{
  int code = drive_stopped(EMBARK_EVENT_STARTED, 2);
  expect_ended(code);
  expect_consistent();
  completes();
}
END_TEST

START_TEST(a_hook_may_stop_after_a_statement)
{
  int code = drive_stopped(EMBARK_EVENT_STATEMENT, 2);
  expect_ended(code);
  expect_consistent();
  completes();
}
END_TEST

START_TEST(a_hook_may_stop_after_a_migration)
{
  int code = drive_stopped(EMBARK_EVENT_APPLIED, 1);
  expect_ended(code);
  expect_consistent();
  completes();
}
END_TEST

START_TEST(a_hook_that_stops_at_the_last_migration_stops_nothing)
{
  ck_assert_int_eq(drive_stopped(EMBARK_EVENT_APPLIED, 4), EMBARK_OK);
  db_expect_tables("a b c d");
}
END_TEST

START_TEST(a_hook_that_stops_at_the_end_stops_nothing)
{
  ck_assert_int_eq(drive_stopped(EMBARK_EVENT_DONE, 0), EMBARK_OK);
  db_expect_tables("a b c d");
}
END_TEST

START_TEST(a_hook_that_stops_in_the_middle_of_a_sleep_wakes_it)
{
  made_bundle *made = bundle_native("0000_a", "create table a ();\n", "0001_b",
                                    "create table b ();\nselect pg_sleep(3600);\n", NULL);
  drive_options.on_event = record_event;
  record_react = stop;
  stop_type = EMBARK_EVENT_STATEMENT;
  stop_step = 2;
  drive_expect(made, EMBARK_E_CANCELLED);
  drive_expect_error("the run was cancelled", "Migration \"0001_b\" was rolled back or not begun.",
                     "What was applied before stays; run again to go on from there.");
  drive_expect_place("0001_b", 0, 0, 0);
  db_expect_tables("a");
}
END_TEST

START_TEST(a_hook_may_stop_while_the_run_waits_for_the_lock)
{
  db_exec(db_watch, "BEGIN; SELECT pg_advisory_xact_lock(7)");
  drive_options.has_lock_key = 1;
  drive_options.lock_key = 7;
  ck_assert_int_eq(drive_stopped(EMBARK_EVENT_LOCK_WAIT, 0), EMBARK_E_CANCELLED);
  db_exec(db_watch, "COMMIT");
  completes();
}
END_TEST

/* --- embark_run_cancel ------------------------------------------------------------------------ */

static made_bundle *sleeper(void)
{
  return bundle_native("0000_a", "create table a ();\n", "0001_b",
                       "create table b ();\nselect pg_sleep(3600);\n", "0002_c",
                       "create table c ();\n", NULL);
}

/* Cancels the run it is given once its session sleeps. */
static void *cancel_sleeping(void *data)
{
  db_wait_until("EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND pid = %d)",
                PQbackendPID(db_conn));
  embark_run_cancel(data);
  return NULL;
}

START_TEST(another_thread_may_cancel_a_statement)
{
  pthread_t thread;
  const char *before = db_session(db_conn);
  embark_run *run = drive_start(EMBARK_MIGRATE, sleeper());
  ck_assert_int_eq(pthread_create(&thread, NULL, cancel_sleeping, run), 0);
  ck_assert_int_eq(drive_run(run), EMBARK_E_CANCELLED);
  pthread_join(thread, NULL);
  embark_run_free(run);
  db_expect_session(db_conn, before);
  db_expect_tables("a");
  db_expect_rows("0000_a", "SELECT tag FROM embark.migrations");
}
END_TEST

START_TEST(a_run_cancelled_before_its_first_poll_does_nothing)
{
  embark_run *run = drive_start(EMBARK_MIGRATE, four());
  embark_run_cancel(run);
  ck_assert_int_eq(drive_run(run), EMBARK_E_CANCELLED);
  embark_run_free(run);
  db_expect_tables("");
  completes();
}
END_TEST

START_TEST(a_run_with_nothing_to_do_is_done_though_cancelled)
{
  drive_given(four());
  embark_run *run = drive_start(EMBARK_MIGRATE, four());
  for (embark_poll wants = EMBARK_POLL_WRITE; wants == EMBARK_POLL_WRITE;) {
    wants = drive_step(run);
  }
  embark_run_cancel(run); /* the answer is there, so that the request has no question to hit */
  ck_assert_int_eq(drive_run(run), EMBARK_OK);
  embark_run_cancel(run);
  ck_assert_int_eq(embark_run_poll(run), EMBARK_POLL_DONE);
  embark_run_free(run);
}
END_TEST

START_TEST(a_cancel_ends_the_wait_for_the_lock)
{
  db_exec(db_watch, "BEGIN; SELECT pg_advisory_xact_lock(7)");
  drive_options.has_lock_key = 1;
  drive_options.lock_key = 7;
  drive_options.lock_wait_ms = EMBARK_WAIT_FOREVER;
  embark_run *run = drive_start(EMBARK_MIGRATE, four());
  while (drive_step(run) != EMBARK_POLL_TIMER) {
  }
  embark_run_cancel(run);
  ck_assert_int_eq(drive_run(run), EMBARK_E_CANCELLED);
  embark_run_free(run);
  db_exec(db_watch, "COMMIT");
  completes();
}
END_TEST

/* Poll a run `polls` times, then cancel it; returns 0 when it was over before. */
static int cancel_after(made_bundle *made, int polls)
{
  embark_run *run = drive_start(EMBARK_MIGRATE, made);
  embark_poll wants = EMBARK_POLL_READ;
  for (int i = 0; i < polls && wants != EMBARK_POLL_DONE; i++) {
    wants = drive_step(run);
  }
  embark_run_cancel(run);
  int code = drive_run(run);
  expect_ended(code);
  embark_run_free(run);
  return wants != EMBARK_POLL_DONE;
}

START_TEST(a_run_may_be_cancelled_at_any_poll)
{
  made_bundle *made = bundle_native("0000_a", "create table a (id int);\n", "0001_b",
                                    "copy a from stdin;\n1\n2\n\\.\n", "0002_c",
                                    "set search_path = pg_catalog;\n", NULL);
  const char *before = db_session(db_conn);
  for (int polls = 0; cancel_after(made, polls); polls++) {
    db_expect_session(db_conn, before);
    drive_ok(made);
    db_expect_rows("2", "SELECT count(*) FROM a");
    db_exec(db_watch, "DROP TABLE a; DROP SCHEMA embark CASCADE");
  }
  db_expect_session(db_conn, before);
}
END_TEST

/* --- embark_run_free -------------------------------------------------------------------------- */

START_TEST(a_run_may_be_freed_at_any_poll)
{
  made_bundle *made = bundle_native("0000_a", "create table a (id int);\n", "0001_b",
                                    "copy a from stdin;\n1\n2\n\\.\n", "0002_c",
                                    "set search_path = pg_catalog;\n", NULL);
  const char *before = db_session(db_conn);
  for (int polls = 0, done = 0; !done; polls++) {
    embark_run *run = drive_start(EMBARK_MIGRATE, made);
    for (int i = 0; i < polls && !done; i++) {
      done = drive_step(run) == EMBARK_POLL_DONE;
    }
    embark_run_free(run);
    db_expect_session(db_conn, before);
    drive_ok(made);
    db_expect_rows("2", "SELECT count(*) FROM a");
    db_exec(db_watch, "DROP TABLE a; DROP SCHEMA embark CASCADE");
  }
}
END_TEST

START_TEST(a_run_that_sleeps_in_the_server_may_be_freed)
{
  const char *before = db_session(db_conn);
  embark_run *run = drive_start(EMBARK_MIGRATE, sleeper());
  const char *asleep =
      keep_printf("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND pid = %d",
                  PQbackendPID(db_conn));
  while (db_value(db_watch, "%s", asleep)[0] == '0') {
    ck_assert_int_ne(embark_run_poll(run), EMBARK_POLL_FAILED);
  }
  embark_run_free(run);
  db_expect_session(db_conn, before);
  db_expect_tables("a");
}
END_TEST

START_TEST(a_run_that_was_never_polled_may_be_freed)
{
  const char *before = db_session(db_conn);
  embark_run_free(drive_start(EMBARK_MIGRATE, four()));
  db_expect_session(db_conn, before);
  completes();
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = drive_suite("cancel", a_hook_may_stop_before_anything_is_applied,
                             a_hook_may_stop_when_a_migration_starts,
                             a_hook_may_stop_after_a_statement, a_hook_may_stop_after_a_migration,
                             a_hook_that_stops_at_the_last_migration_stops_nothing,
                             a_hook_that_stops_at_the_end_stops_nothing,
                             a_hook_that_stops_in_the_middle_of_a_sleep_wakes_it,
                             a_hook_may_stop_while_the_run_waits_for_the_lock, NULL);
  drive_add_single(suite, another_thread_may_cancel_a_statement,
                   a_run_cancelled_before_its_first_poll_does_nothing,
                   a_run_with_nothing_to_do_is_done_though_cancelled,
                   a_cancel_ends_the_wait_for_the_lock, a_run_may_be_cancelled_at_any_poll,
                   a_run_may_be_freed_at_any_poll, a_run_that_sleeps_in_the_server_may_be_freed,
                   a_run_that_was_never_polled_may_be_freed, NULL);
  return suite;
}
