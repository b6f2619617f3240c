/* G8, G11: sessions end, statements are cancelled and servers crash while migrations run without a
 * transaction. What the progress says is true, no index stays INVALID, and the next run completes.
 */
#include <string.h>

#include "crash.h"
#include "drive.h"
#include "keep.h"
#include "long_tests.h"
#include "mixture.h"
#include "record.h"
#include "strike.h"
#include "suite.h"

static made_bundle *made;

/* --- something happens at the n-th event ------------------------------------------------------ */

/* Run until it does. Returns 0 when a run has no n-th event. */
static int strike_run(unsigned n, void (*how)(void), int *code)
{
  mixture_empty();
  db_reconnect("application_name=under_test");
  if (how == crash_all) {
    db_exec(db_watch, "CHECKPOINT");
    crash_hold_log_writer(); /* the other ways out would wait for it */
  }
  strike_at(n, how);
  *code = drive_unasked(db_conn, &made->bundle);
  return strike_events() >= n;
}

static void expect_code(unsigned n, int code, embark_code other)
{
  ck_assert_msg(code == EMBARK_OK || code == (int)other, "%s at event %u: %s\n%s",
                embark_code_name(code), n, drive_error.message, drive_error.detail);
}

/* Every change runs some of the points, a campaign all of them. */
static unsigned first_point(unsigned first)
{
  return (unsigned)long_or_short(1, (int)first);
}

static unsigned next_point(unsigned n, unsigned stride)
{
  return n + (unsigned)long_or_short(1, (int)stride);
}

/* --- a session is ended ----------------------------------------------------------------------- */

static const char ended_by_hand[] = "terminating connection due to administrator command";

static void end_session(void)
{
  db_exec(db_watch, "SELECT pg_terminate_backend(%d)", PQbackendPID(db_conn));
}

/* The second connection, where there is one that holds the lock. */
static void end_keeper(void)
{
  const char *pid = db_value(db_watch,
                             "SELECT pid FROM pg_locks JOIN pg_database d ON d.oid = database"
                             " WHERE locktype = 'advisory' AND datname = current_database()"
                             " AND pid <> %d",
                             PQbackendPID(db_conn));
  if (pid[0] != '\0') {
    db_exec(db_watch, "SELECT pg_terminate_backend(%s)", pid);
    db_wait_until("NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = %s)", pid);
  }
}

START_TEST(g11_a_session_ended_at_any_event_without_a_transaction_is_a_lost_connection)
{
  int code = EMBARK_OK;
  unsigned lost = 0;
  for (unsigned n = first_point(2); strike_run(n, end_session, &code); n = next_point(n, 2)) {
    expect_code(n, code, EMBARK_E_CONNECTION);
    if (code != EMBARK_OK) {
      ck_assert_ptr_nonnull(strstr(drive_error.detail, ended_by_hand));
      lost++;
    }
    mixture_expect_true();
    mixture_complete(made);
  }
  ck_assert_uint_gt(lost, 0);
}
END_TEST

START_TEST(g8_a_second_session_ended_at_any_event_stops_the_run_and_the_next_completes)
{
  int code = EMBARK_OK;
  unsigned lost = 0;
  for (unsigned n = first_point(7); strike_run(n, end_keeper, &code); n = next_point(n, 2)) {
    expect_code(n, code, EMBARK_E_CONNECTION);
    if (code != EMBARK_OK) {
      drive_expect_error("the second connection, which held the migration lock, is lost", NULL,
                         NULL);
      ck_assert_uint_le(strike_events(), n + 1); /* no statement behind the one under way */
      ck_assert_ptr_nonnull(strstr(drive_error.detail, ended_by_hand));
      lost++;
    }
    ck_assert_int_eq(PQtransactionStatus(db_conn), PQTRANS_IDLE);
    mixture_expect_true();
    mixture_complete(made);
  }
  ck_assert_uint_gt(lost, 1);
}
END_TEST

/* --- a statement is cancelled ----------------------------------------------------------------- */

static void cancel_statement(void)
{
  db_exec(db_watch, "SELECT pg_cancel_backend(%d)", PQbackendPID(db_conn));
}

START_TEST(g7_a_cancel_from_outside_at_any_event_without_a_transaction_breaks_nothing)
{
  int code = EMBARK_OK;
  for (unsigned n = first_point(1); strike_run(n, cancel_statement, &code); n = next_point(n, 3)) {
    if (code != EMBARK_OK) {
      ck_assert_msg(code == EMBARK_E_SQL || code == EMBARK_E_SERVER, "%s", drive_error.message);
      ck_assert_str_eq(drive_error.sqlstate, "57014");
    }
    ck_assert_int_eq(PQtransactionStatus(db_conn), PQTRANS_IDLE);
    mixture_expect_true();
    mixture_complete(made);
  }
}
END_TEST

/* A run whose index waits for another session's transaction of the table. */
static embark_run *start_to_the_index(void)
{
  drive_given(bundle_head(made, 1));
  db_reconnect("application_name=under_test");
  PGconn *holder = db_connect("application_name=holder");
  db_exec(holder, "BEGIN; LOCK TABLE a IN ROW EXCLUSIVE MODE");
  embark_run *run = drive_start(EMBARK_MIGRATE, made);
  while (db_value(db_watch, "SELECT count(*) FROM pg_locks WHERE pid = %d AND NOT granted",
                  PQbackendPID(db_conn))[0] == '0') {
    ck_assert_int_ne(embark_run_poll(run), EMBARK_POLL_FAILED);
  }
  return run;
}

static int finish(embark_run *run)
{
  int code = drive_run(run);
  embark_run_free(run);
  return code;
}

/* This happens while the index waits; then the transaction is over. Returns what the run says. */
static int strike_index(void (*how)(void))
{
  embark_run *run = start_to_the_index();
  how();
  db_wait_until("NOT EXISTS (SELECT FROM pg_locks WHERE pid = %d AND NOT granted)",
                PQbackendPID(db_conn));
  db_exec(db_watch, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'holder'");
  return finish(run);
}

static void expect_index(const char *validity)
{
  db_expect_rows(validity, "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('i')");
}

START_TEST(g7_an_index_that_an_administrator_cancels_is_not_left_behind)
{
  ck_assert_int_eq(strike_index(cancel_statement), EMBARK_E_SQL);
  drive_expect_error("migration \"0001_n\" failed at statement 1", NULL,
                     "The migration has no transaction. Mend the file from there on, or what the "
                     "server complains of; bundle it, and run again: the next run goes on at "
                     "statement 1.");
  ck_assert_str_eq(drive_error.sqlstate, "57014");
  expect_index("");
  mixture_expect_true();
  mixture_complete(made);
}
END_TEST

START_TEST(g8_an_index_whose_session_is_ended_is_built_anew_by_the_next_run)
{
  ck_assert_int_eq(strike_index(end_session), EMBARK_E_CONNECTION);
  ck_assert_ptr_nonnull(strstr(drive_error.detail, ended_by_hand));
  ck_assert_str_eq(drive_error.tag, "0001_n");
  expect_index("f");
  mixture_complete(made);
}
END_TEST

/* --- the server crashes ----------------------------------------------------------------------- */

static void crash_everywhere(void (*how)(void), unsigned first)
{
  int code = EMBARK_OK, struck = 1;
  for (unsigned n = first_point(first); struck; n = next_point(n, 5)) {
    struck = strike_run(n, how, &code);
    if (struck) {
      crash_come_back();
      expect_code(n, code, EMBARK_E_CONNECTION);
      mixture_expect_true();
    }
    if (code == EMBARK_OK) {
      mixture_expect_effects(made);
    }
    mixture_complete(made);
  }
}

START_TEST(g11_what_the_progress_says_outlives_a_server_killed_at_any_event)
{
  crash_everywhere(crash_all, 6);
}
END_TEST

START_TEST(g11_what_the_progress_says_outlives_a_server_shut_down_at_once_at_any_event)
{
  crash_everywhere(crash_shut_down, 8);
}
END_TEST

START_TEST(g11_what_the_progress_says_outlives_a_backend_killed_at_any_event)
{
  crash_everywhere(crash_session, 9);
}
END_TEST

START_TEST(g8_an_index_whose_server_is_killed_is_built_by_the_next_run)
{
  embark_run *run = start_to_the_index();
  crash_all();
  ck_assert_int_eq(finish(run), EMBARK_E_CONNECTION);
  crash_come_back();
  mixture_complete(made);
}
END_TEST

/* --- fixtures --------------------------------------------------------------------------------- */

static void set_up(void)
{
  db_set_up();
  record_reset();
  drive_options = (embark_options)EMBARK_OPTIONS_INIT;
  drive_through = DRIVE_POLLABLE;
  made = mixture_bundle(EMBARK_LEDGER_NATIVE);
}

static void tear_down(void)
{
  db_tear_down();
  keep_free_all();
}

static void set_up_crash(void)
{
  crash_start();
  set_up();
}

static void tear_down_crash(void)
{
  tear_down();
  crash_end();
}

static TCase *add_case(Suite *suite, const char *name, SFun before, SFun after)
{
  TCase *tc = tcase_create(name);
  tcase_set_timeout(tc, 120);
  tcase_add_checked_fixture(tc, before, after);
  suite_add_tcase(suite, tc);
  return tc;
}

Suite *test_suite(void)
{
  Suite *suite = suite_create("outside_server");
  TCase *tc = add_case(suite, "sessions", set_up, tear_down);
  tcase_add_unchecked_fixture(tc, crash_make, NULL);
  tcase_add_unchecked_fixture(tc, crash_start, crash_end);
  tcase_add_test(tc, g11_a_session_ended_at_any_event_without_a_transaction_is_a_lost_connection);
  tcase_add_test(tc, g8_a_second_session_ended_at_any_event_stops_the_run_and_the_next_completes);
  tcase_add_test(tc, g7_a_cancel_from_outside_at_any_event_without_a_transaction_breaks_nothing);
  tcase_add_test(tc, g7_an_index_that_an_administrator_cancels_is_not_left_behind);
  tcase_add_test(tc, g8_an_index_whose_session_is_ended_is_built_anew_by_the_next_run);
  tc = add_case(suite, "servers", set_up_crash, tear_down_crash);
  tcase_add_unchecked_fixture(tc, crash_make, crash_remove);
  tcase_add_test(tc, g11_what_the_progress_says_outlives_a_server_killed_at_any_event);
  tcase_add_test(tc, g11_what_the_progress_says_outlives_a_server_shut_down_at_once_at_any_event);
  tcase_add_test(tc, g11_what_the_progress_says_outlives_a_backend_killed_at_any_event);
  tcase_add_test(tc, g8_an_index_whose_server_is_killed_is_built_by_the_next_run);
  return suite;
}
