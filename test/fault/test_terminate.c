/* G7, G11: somebody ends the session of a run, or cancels its statements, between and during them.
 */
#include <string.h>

#include "drive.h"
#include "keep.h"
#include "record.h"
#include "steps.h"
#include "strike.h"
#include "suite.h"

static const char ended_by_hand[] = "terminating connection due to administrator command";

static void end_session(void)
{
  db_exec(db_watch, "SELECT pg_terminate_backend(%d)", PQbackendPID(db_conn));
}

static void cancel_statement(void)
{
  db_exec(db_watch, "SELECT pg_cancel_backend(%d)", PQbackendPID(db_conn));
}

/* --- between statements ----------------------------------------------------------------------- */

/* A run in which this happens at the n-th event. Returns 0 when there are fewer. */
static int strike_run(unsigned n, void (*how)(void), int *code)
{
  steps_empty();
  db_reconnect("application_name=under_test");
  strike_at(n, how);
  *code = drive_unasked(db_conn, &steps_bundle(STEPS)->bundle); /* nobody may be left to ask */
  return strike_events() >= n;
}

/* The pipeline may be ahead of the events: what the server has done by then stays done. */
START_TEST(g11_a_session_ended_at_any_event_is_a_lost_connection_and_the_next_run_completes)
{
  int code = EMBARK_OK;
  unsigned lost = 0;
  for (unsigned n = 1; strike_run(n, end_session, &code); n++) {
    if (code != EMBARK_OK) {
      ck_assert_int_eq(code, EMBARK_E_CONNECTION);
      ck_assert_ptr_nonnull(strstr(drive_error.detail, ended_by_hand));
      lost++;
    }
    ck_assert_uint_le(record_count(EMBARK_EVENT_APPLIED), steps_applied());
    steps_complete();
  }
  ck_assert_uint_gt(lost, 0);
}
END_TEST

START_TEST(g7_a_cancel_from_outside_at_any_event_breaks_nothing)
{
  int code = EMBARK_OK;
  for (unsigned n = 1; strike_run(n, cancel_statement, &code); n++) {
    if (code != EMBARK_OK) {
      ck_assert_msg(code == EMBARK_E_SQL || code == EMBARK_E_SERVER, "%s", drive_error.message);
      ck_assert_str_eq(drive_error.sqlstate, "57014");
      ck_assert_ptr_nonnull(strstr(drive_error.hint, "pg_cancel_backend()"));
    }
    ck_assert_int_eq(PQstatus(db_conn), CONNECTION_OK);
    ck_assert_uint_eq(record_count(EMBARK_EVENT_APPLIED), steps_applied());
    steps_complete();
  }
}
END_TEST

/* --- during a statement ----------------------------------------------------------------------- */

static PGconn *holder;

/* The second migration's second statement waits for a table that another session has. */
static made_bundle *given_waiter(void)
{
  db_exec(db_watch, "CREATE TABLE held (id int)");
  holder = db_connect("application_name=holder");
  db_exec(holder, "BEGIN; LOCK TABLE held");
  drive_options.adopt = EMBARK_ADOPT_ASSUME;
  drive_ok(bundle_native("0000_old", "create table held (id int);\n", NULL));
  drive_options.adopt = EMBARK_ADOPT_DEFAULT;
  drive_options.lock_timeout_ms = EMBARK_NO_TIMEOUT;
  return bundle_native(
      "0000_old", "create table held (id int);\n", "0001_a", "create table a ();\n", "0002_b",
      "create table b ();\ninsert into held values (1);\n", "0003_c", "create table c ();\n", NULL);
}

/* This happens while a run waits for the table; what the run says. */
static int strike_waiting(const made_bundle *made, void (*how)(void))
{
  embark_run *run = drive_start(EMBARK_MIGRATE, made);
  const char *waits = keep_printf("SELECT count(*) FROM pg_locks WHERE pid = %d AND NOT granted",
                                  PQbackendPID(db_conn));
  while (db_value(db_watch, "%s", waits)[0] == '0') {
    ck_assert_int_ne(embark_run_poll(run), EMBARK_POLL_FAILED);
  }
  how();
  int code = drive_run(run);
  embark_run_free(run);
  return code;
}

static void expect_second_undone(const made_bundle *made)
{
  db_expect_tables("a held");
  db_expect_rows("2", "SELECT count(*) FROM embark.migrations");
  db_exec(holder, "COMMIT");
  db_reconnect("");
  drive_ok(made);
  db_expect_tables("a b c held");
  db_expect_rows("1", "SELECT count(*) FROM held");
}

START_TEST(g11_a_session_ended_during_a_statement_is_a_lost_connection)
{
  made_bundle *made = given_waiter();
  ck_assert_int_eq(strike_waiting(made, end_session), EMBARK_E_CONNECTION);
  drive_expect_error("the connection to the database is lost", NULL,
                     "Connect anew and run again: the ledger tells what is applied, and the next "
                     "run goes on from there.");
  ck_assert_ptr_nonnull(strstr(drive_error.detail, ended_by_hand));
  ck_assert_str_eq(drive_error.tag, "0002_b");
  expect_second_undone(made);
}
END_TEST

START_TEST(g7_a_statement_cancelled_by_an_administrator_is_named_and_its_file_not_blamed)
{
  made_bundle *made = given_waiter();
  const char *before = db_session(db_conn);
  ck_assert_int_eq(strike_waiting(made, cancel_statement), EMBARK_E_SQL);
  drive_expect_error("migration \"0002_b\" failed at statement 2", NULL,
                     "The migration was rolled back; earlier migrations of this run stay applied. "
                     "A statement_timeout, or somebody with pg_cancel_backend(), ended the "
                     "statement, as its message says; run again.");
  drive_expect_place("0002_b", 2, 2, 0);
  ck_assert_str_eq(drive_error.sqlstate, "57014");
  db_expect_session(db_conn, before);
  expect_second_undone(made);
}
END_TEST

/* --- sessions that the server ends by itself -------------------------------------------------- */

static void wait_for_the_end(void)
{
  db_wait_until("NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = %d)", PQbackendPID(db_conn));
}

static int dawdle(const embark_event *event)
{
  if (event->type == EMBARK_EVENT_STATEMENT && event->statement == 2) {
    wait_for_the_end();
  }
  return 0;
}

/* Its SQLSTATE is not of the class of shutdowns, and it is no failure of the COPY it answers. */
START_TEST(g11_a_session_ended_for_idling_in_a_migration_is_a_lost_connection)
{
  made_bundle *made = bundle_native("0000_a",
                                    "create table a (id int);\n"
                                    "set local idle_in_transaction_session_timeout = '1ms';\n"
                                    "copy a from stdin;\n1\n\\.\n",
                                    NULL);
  drive_options.on_event = record_event;
  record_react = dawdle;
  drive_expect(made, EMBARK_E_CONNECTION);
  ck_assert_ptr_nonnull(strstr(drive_error.detail, "idle-in-transaction timeout"));
  db_expect_tables("");
}
END_TEST

static int dawdle_in_the_queue(const embark_event *event)
{
  if (event->type == EMBARK_EVENT_LOCK_WAIT) {
    wait_for_the_end();
  }
  return 0;
}

START_TEST(g11_a_session_ended_for_idling_while_it_waits_for_its_turn_is_a_lost_connection)
{
  db_exec(db_watch, "BEGIN; SELECT pg_advisory_xact_lock(7)");
  db_exec(db_conn, "SET idle_session_timeout = '1ms'");
  drive_options.has_lock_key = 1;
  drive_options.lock_key = 7;
  drive_options.on_event = record_event;
  record_react = dawdle_in_the_queue;
  ck_assert_int_eq(drive_unasked(db_conn, &steps_bundle(STEPS)->bundle), EMBARK_E_CONNECTION);
  db_exec(db_watch, "COMMIT");
  steps_complete();
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = drive_suite(
      "terminate", g11_a_session_ended_for_idling_in_a_migration_is_a_lost_connection,
      g11_a_session_ended_for_idling_while_it_waits_for_its_turn_is_a_lost_connection, NULL);
  drive_add_single(
      suite, g11_a_session_ended_at_any_event_is_a_lost_connection_and_the_next_run_completes,
      g7_a_cancel_from_outside_at_any_event_breaks_nothing,
      g11_a_session_ended_during_a_statement_is_a_lost_connection,
      g7_a_statement_cancelled_by_an_administrator_is_named_and_its_file_not_blamed, NULL);
  return suite;
}
