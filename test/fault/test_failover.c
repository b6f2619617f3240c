/* G11: the primary dies, and its synchronous standby takes over. What was said to be applied is
 * there, none twice, and the next run completes. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "drive.h"
#include "keep.h"
#include "long_tests.h"
#include "record.h"
#include "server.h"
#include "steps.h"
#include "strike.h"
#include "suite.h"

static server primary, standby;
static pid_t receiver; /* the standby's process that takes the log in */

/* --- the pair --------------------------------------------------------------------------------- */

static void make_pair(void)
{
  server_make(&primary, "primary");
  server_start(&primary);
  server_take_over(&primary);
  db_make();
  server_make(&standby, "standby");
  PGconn *conn = PQconnectdb("dbname=postgres"); /* only now, or it would wait for the standby */
  db_exec(conn, "ALTER SYSTEM SET synchronous_standby_names = '*'");
  PQfinish(conn);
  server_end(&primary, SIGINT);
  server_save(&primary);
  server_save(&standby);
}

static void restore_pair(void)
{
  server_restore(&primary);
  server_restore(&standby);
}

static void need_pair(void)
{
  if (primary.dir[0] == '\0') {
    make_pair();
  }
  restore_pair();
}

static void remove_pair(void)
{
  server_remove(&standby);
  server_remove(&primary);
}

static PGconn *connect_to(const server *s)
{
  PGconn *conn = PQconnectdb(keep_printf("%s dbname=%s user=%s", s->address, db_name(), db_user()));
  ck_assert_msg(PQstatus(conn) == CONNECTION_OK, "%s", PQerrorMessage(conn));
  return conn;
}

/* Both run, and commits on the primary wait for the standby. */
static void start_pair(void)
{
  server_start(&primary);
  server_start(&standby);
  server_take_over(&primary);
  db_set_up();
  db_wait_until("EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync')");
  PGconn *conn = connect_to(&standby);
  receiver =
      atoi(db_value(conn, "SELECT pid FROM pg_stat_activity WHERE backend_type = 'walreceiver'"));
  ck_assert_int_gt(receiver, 1);
  PQfinish(conn);
}

static void set_up(void)
{
  record_reset();
  drive_options = (embark_options)EMBARK_OPTIONS_INIT;
  drive_through = DRIVE_POLLABLE;
  start_pair();
}

static void tear_down(void)
{
  db_tear_down();
  server_end(&standby, SIGQUIT);
  server_end(&primary, SIGQUIT);
  keep_free_all();
}

static void kill_primary(void)
{
  server_kill(&primary);
}

static void fail_over(void)
{
  PGconn *conn = connect_to(&standby);
  ck_assert_str_eq(db_value(conn, "SELECT pg_promote(true, 600)"), "t");
  PQfinish(conn);
  server_take_over(&standby);
  db_reconnect_both();
}

/* --- the primary dies ------------------------------------------------------------------------- */

/* Returns 0 when a run has no n-th event. */
static int lose_primary_at(unsigned n)
{
  strike_at(n, kill_primary);
  int code = drive_unasked(db_conn, &steps_bundle(STEPS)->bundle);
  if (strike_events() < n) {
    return 0;
  }
  fail_over();
  unsigned there = steps_applied();
  ck_assert(code == EMBARK_E_CONNECTION || (code == EMBARK_OK && there == STEPS));
  steps_complete();
  return 1;
}

START_TEST(g11_a_primary_lost_at_any_event_loses_nothing_that_was_said_to_be_applied)
{
  unsigned stride = (unsigned)long_or_short(1, 11);
  for (unsigned n = (unsigned)long_or_short(1, 4); lose_primary_at(n); n += stride) {
    db_tear_down();
    restore_pair();
    start_pair();
  }
}
END_TEST

START_TEST(g11_a_primary_lost_after_success_loses_nothing)
{
  drive_ok(steps_bundle(STEPS));
  kill_primary();
  fail_over();
  ck_assert_uint_eq(steps_applied(), STEPS);
  drive_ok(steps_bundle(STEPS));
}
END_TEST

START_TEST(g11_a_primary_lost_after_a_failure_loses_nothing_that_was_said_to_stay)
{
  drive_expect(steps_bundle(3), EMBARK_E_SQL);
  kill_primary();
  fail_over();
  ck_assert_uint_eq(steps_applied(), 3);
  steps_complete();
}
END_TEST

/* --- the standby is away ---------------------------------------------------------------------- */

/* Poll until the run waits for the standby; it must not end before. */
static void drive_to_the_wait(embark_run *run)
{
  const char *waits = keep_printf("SELECT count(*) FROM pg_stat_activity WHERE pid = %d"
                                  " AND wait_event = 'SyncRep'",
                                  PQbackendPID(db_conn));
  while (db_value(db_watch, "%s", waits)[0] == '0') {
    embark_poll wants = embark_run_poll(run);
    ck_assert(wants != EMBARK_POLL_DONE && wants != EMBARK_POLL_FAILED);
  }
  ck_assert_int_eq(embark_run_poll(run), EMBARK_POLL_READ);
}

/* It ends so, but not before the standby is back. */
static void expect_to_wait(const made_bundle *made, int code)
{
  ck_assert_int_eq(kill(receiver, SIGSTOP), 0);
  embark_run *run = drive_start(EMBARK_MIGRATE, made);
  drive_to_the_wait(run);
  ck_assert_int_eq(kill(receiver, SIGCONT), 0);
  ck_assert_int_eq(drive_run(run), code);
  embark_run_free(run);
}

START_TEST(g11_success_is_not_reported_before_the_standby_has_it)
{
  expect_to_wait(steps_bundle(STEPS), EMBARK_OK);
  ck_assert_uint_eq(steps_applied(), STEPS);
}
END_TEST

START_TEST(g11_what_stays_applied_after_a_failure_is_not_reported_before_the_standby_has_it)
{
  expect_to_wait(steps_bundle(3), EMBARK_E_SQL);
  ck_assert_uint_eq(steps_applied(), 3);
}
END_TEST

/* --- and who is tired of waiting -------------------------------------------------------------- */

START_TEST(a_run_that_waits_for_a_standby_that_is_away_can_be_cancelled)
{
  ck_assert_int_eq(kill(receiver, SIGSTOP), 0);
  embark_run *run = drive_start(EMBARK_MIGRATE, steps_bundle(STEPS));
  drive_to_the_wait(run);
  embark_run_cancel(run);
  ck_assert_int_eq(drive_run(run), EMBARK_OK);
  embark_run_free(run);
  ck_assert_uint_eq(steps_applied(), STEPS);
}
END_TEST

static int stop_at_third(const embark_event *event)
{
  return event->type == EMBARK_EVENT_STARTED && event->step == 3;
}

START_TEST(a_cancelled_run_does_not_wait_for_a_standby_that_is_away)
{
  made_bundle *made =
      bundle_native("0000_a", "create table a ();\n", "0001_b", "create table b ();\n", "0002_c",
                    "select pg_sleep(3600);\n", NULL);
  ck_assert_int_eq(kill(receiver, SIGSTOP), 0);
  drive_options.on_event = record_event;
  record_react = stop_at_third;
  ck_assert_int_eq(drive_unasked(db_conn, &made->bundle), EMBARK_E_CANCELLED);
  db_expect_tables("a b");
}
END_TEST

static TCase *add_case(Suite *suite, const char *name)
{
  TCase *tc = tcase_create(name);
  tcase_set_timeout(tc, 120);
  suite_add_tcase(suite, tc);
  return tc;
}

Suite *test_suite(void)
{
  Suite *suite = suite_create("failover");
  TCase *tc = add_case(suite, "failover");
  tcase_add_unchecked_fixture(tc, need_pair, NULL);
  tcase_add_checked_fixture(tc, restore_pair, NULL);
  tcase_add_checked_fixture(tc, set_up, tear_down);
  tcase_add_test(tc, g11_a_primary_lost_at_any_event_loses_nothing_that_was_said_to_be_applied);
  tcase_add_test(tc, g11_a_primary_lost_after_success_loses_nothing);
  tcase_add_test(tc, g11_a_primary_lost_after_a_failure_loses_nothing_that_was_said_to_stay);
  tc = add_case(suite, "away");
  tcase_add_unchecked_fixture(tc, need_pair, remove_pair);
  tcase_add_checked_fixture(tc, set_up, tear_down);
  tcase_add_test(tc, g11_success_is_not_reported_before_the_standby_has_it);
  tcase_add_test(tc,
                 g11_what_stays_applied_after_a_failure_is_not_reported_before_the_standby_has_it);
  tcase_add_test(tc, a_run_that_waits_for_a_standby_that_is_away_can_be_cancelled);
  tcase_add_test(tc, a_cancelled_run_does_not_wait_for_a_standby_that_is_away);
  return suite;
}
