/* The connection that is handed in: in any state it may be in, and back in that state. */
#include <string.h>

#include "drive.h"
#include "keep.h"
#include "record.h"
#include "suite.h"

static made_bundle *two(void)
{
  return bundle_tables(EMBARK_LEDGER_NATIVE, 2);
}

/* The call fails so, without a word to the server. */
static void expect_silence(PGconn *conn, const embark_bundle *bundle, embark_code code)
{
  const char *last = keep_printf("SELECT query, query_start FROM pg_stat_activity WHERE pid = %d",
                                 PQbackendPID(conn));
  const char *before = db_rows(db_watch, "%s", last);
  ck_assert_int_eq(drive_unasked(conn, bundle), (int)code);
  db_expect_rows(before, "%s", last);
}

/* libpq's own message would quote parts of a password that has a blank or an @ in the wrong place.
 */
START_TEST(g13_a_connection_that_was_never_made_is_refused_without_libpqs_words)
{
  PGconn *conn = PQconnectdb("host=/nowhere password=correct horse");
  ck_assert_int_eq(drive_unasked(conn, &two()->bundle), EMBARK_E_CONNECTION);
  drive_expect_error("the connection is not open", NULL,
                     "PQerrorMessage() says why. Connect, look at PQstatus(), and hand in the "
                     "connection when that is CONNECTION_OK.");
  ck_assert_str_eq(drive_error.detail, "");
  PQfinish(conn);
}
END_TEST

START_TEST(a_connection_that_is_still_being_made_is_refused)
{
  PGconn *conn = PQconnectStart(keep_printf("dbname=%s", db_name()));
  ck_assert_int_eq(drive_unasked(conn, &two()->bundle), EMBARK_E_CONNECTION);
  PQfinish(conn);
}
END_TEST

START_TEST(a_connection_whose_server_is_gone_is_lost)
{
  int pid = PQbackendPID(db_conn);
  db_exec(db_watch, "SELECT pg_terminate_backend(%d)", pid);
  db_wait_until("NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = %d)", pid);
  ck_assert_int_eq(drive_unasked(db_conn, &two()->bundle), EMBARK_E_CONNECTION);
  drive_expect_error("the connection to the database is lost", NULL, NULL);
  ck_assert_str_ne(drive_error.detail, "");
  ck_assert_int_eq(PQstatus(db_conn), CONNECTION_BAD);
  ck_assert_int_eq(PQisnonblocking(db_conn), 0);
  ck_assert_int_eq(drive_unasked(db_conn, &two()->bundle), EMBARK_E_CONNECTION);
  PQreset(db_conn);
  drive_ok(two());
}
END_TEST

START_TEST(a_connection_inside_a_transaction_is_refused_and_left_in_it)
{
  db_exec(db_conn, "BEGIN; CREATE TABLE mine ()");
  expect_silence(db_conn, &two()->bundle, EMBARK_E_IN_TRANSACTION);
  ck_assert_int_eq(PQtransactionStatus(db_conn), PQTRANS_INTRANS);
  db_exec(db_conn, "COMMIT");
  db_expect_tables("mine");
}
END_TEST

START_TEST(a_connection_inside_a_failed_transaction_is_refused)
{
  db_exec(db_conn, "BEGIN");
  PQclear(PQexec(db_conn, "SELECT no_such()"));
  expect_silence(db_conn, &two()->bundle, EMBARK_E_IN_TRANSACTION);
  ck_assert_int_eq(PQtransactionStatus(db_conn), PQTRANS_INERROR);
}
END_TEST

START_TEST(a_connection_in_pipeline_mode_is_refused_and_left_in_it)
{
  ck_assert_int_eq(PQenterPipelineMode(db_conn), 1);
  expect_silence(db_conn, &two()->bundle, EMBARK_E_PIPELINE);
  ck_assert_int_eq(PQpipelineStatus(db_conn), PQ_PIPELINE_ON);
  ck_assert_int_eq(PQexitPipelineMode(db_conn), 1);
  drive_ok(two());
}
END_TEST

START_TEST(a_connection_with_results_to_read_is_refused_and_they_can_be_read)
{
  ck_assert_int_eq(PQsendQuery(db_conn, "SELECT 42"), 1);
  ck_assert_int_eq(drive_unasked(db_conn, &two()->bundle), EMBARK_E_BUSY);
  PGresult *res = PQgetResult(db_conn);
  ck_assert_str_eq(PQgetvalue(res, 0, 0), "42");
  PQclear(res);
  ck_assert_ptr_null(PQgetResult(db_conn));
  drive_ok(two());
}
END_TEST

START_TEST(a_connection_in_a_copy_is_refused_and_the_copy_can_end)
{
  db_exec(db_watch, "CREATE SCHEMA s; CREATE TABLE s.t (id int)");
  PQclear(PQexec(db_conn, "COPY s.t FROM stdin"));
  ck_assert_int_eq(drive_unasked(db_conn, &two()->bundle), EMBARK_E_BUSY);
  ck_assert_int_eq(PQputCopyData(db_conn, "7\n", 2), 1);
  ck_assert_int_eq(PQputCopyEnd(db_conn, NULL), 1);
  PQclear(PQgetResult(db_conn));
  ck_assert_ptr_null(PQgetResult(db_conn));
  db_expect_rows("7", "SELECT id FROM s.t");
}
END_TEST

START_TEST(a_connection_that_belongs_to_a_run_is_busy)
{
  embark_run *run = drive_start(EMBARK_MIGRATE, two());
  embark_poll wants = embark_run_poll(run);
  ck_assert(wants == EMBARK_POLL_READ || wants == EMBARK_POLL_WRITE);
  embark_error err;
  int code = embark_migrate(db_conn, &two()->bundle, NULL, &err);
  ck_assert(code == EMBARK_E_BUSY || code == EMBARK_E_PIPELINE);
  ck_assert_int_eq(drive_run(run), EMBARK_OK);
  embark_run_free(run);
}
END_TEST

START_TEST(a_non_blocking_connection_stays_so)
{
  made_bundle *made = bundle_native("0000_a", "create table a ();\n", "0001_b", "selec;\n", NULL);
  ck_assert_int_eq(PQsetnonblocking(db_conn, 1), 0);
  drive_ok(bundle_head(made, 1)); /* which compares the modes */
  drive_expect(made, EMBARK_E_SQL);
}
END_TEST

/* --- notices ---------------------------------------------------------------------------------- */

static char heard[1000];
static int argument;

static void host_processor(void *arg, const char *message)
{
  ck_assert_ptr_eq(arg, &argument);
  strncat(heard, message, sizeof heard - strlen(heard) - 1);
}

static void host_receiver(void *arg, const PGresult *res)
{
  ck_assert_ptr_eq(arg, &argument);
  strncat(heard, PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY),
          sizeof heard - strlen(heard) - 1);
}

static made_bundle *noisy(void)
{
  return bundle_native("0000_a", "do $$ begin raise notice 'from inside'; end $$;\n", NULL);
}

START_TEST(a_hosts_notice_processor_is_still_there_afterwards)
{
  PQsetNoticeProcessor(db_conn, host_processor, &argument);
  drive_ok(noisy());
  heard[0] = '\0';
  db_exec(db_conn, "DO $$ BEGIN RAISE NOTICE 'from the host'; END $$");
  ck_assert_ptr_eq(strstr(heard, "from the host"), heard + strlen("NOTICE:  "));
}
END_TEST

START_TEST(a_hosts_notice_processor_hears_the_migrations_when_there_is_no_hook)
{
  PQsetNoticeProcessor(db_conn, host_processor, &argument);
  drive_options.on_event = NULL;
  heard[0] = '\0';
  drive_ok(noisy());
  ck_assert_str_eq(heard, "NOTICE:  from inside\n");
}
END_TEST

START_TEST(a_hosts_notice_receiver_hears_all_and_stays_with_its_argument)
{
  PQsetNoticeReceiver(db_conn, host_receiver, &argument);
  drive_options.on_event = record_event;
  heard[0] = '\0';
  drive_ok(noisy());
  db_exec(db_conn, "DO $$ BEGIN RAISE NOTICE ', from the host'; END $$");
  ck_assert_str_eq(heard, "from inside, from the host");
}
END_TEST

START_TEST(our_own_chatter_reaches_nobody)
{
  PQsetNoticeProcessor(db_conn, host_processor, &argument);
  drive_options.on_event = record_event;
  heard[0] = '\0';
  db_exec(db_conn, "SET client_min_messages = debug1");
  heard[0] = '\0';
  drive_ok(two());
  drive_ok(two());
  ck_assert_str_eq(heard, "");
  ck_assert_uint_eq(record_count(EMBARK_EVENT_LOCK_WAIT), 0);
}
END_TEST

/* --- arguments -------------------------------------------------------------------------------- */

START_TEST(null_is_refused_wherever_it_is)
{
  ck_assert_int_eq(drive_unasked(NULL, &two()->bundle), EMBARK_E_ARGUMENT);
  drive_expect_error("the connection is NULL", NULL, NULL);
  expect_silence(db_conn, NULL, EMBARK_E_ARGUMENT);
  drive_expect_error("the bundle is NULL", NULL, NULL);
  ck_assert_int_eq(embark_run_start(NULL, EMBARK_MIGRATE, db_conn, &two()->bundle, NULL),
                   EMBARK_E_ARGUMENT);
  embark_run_free(NULL);
}
END_TEST

START_TEST(the_defaults_need_no_options)
{
  embark_error err;
  ck_assert_int_eq(embark_migrate(db_conn, &two()->bundle, NULL, &err), EMBARK_OK);
}
END_TEST

static void refuses(const made_bundle *made, const char *message)
{
  expect_silence(db_conn, &made->bundle, EMBARK_E_BUNDLE);
  drive_expect_error(message, NULL, NULL);
}

START_TEST(a_bundle_that_cannot_be_is_refused_before_anything_is_sent)
{
  made_bundle *made = two();
  made->bundle.format = 2;
  refuses(made, "the bundle has format 2, this library reads 1");
  made = two();
  made->bundle.ledger = (embark_ledger)9;
  refuses(made, "the bundle is not usable: unknown kind of ledger");
  made = two();
  made->bundle.ledger_table = NULL;
  refuses(made, "the bundle is not usable: a name or its digest is missing");
  made = two();
  made->bundle.digest = "short";
  refuses(made, "the bundle is not usable: a name or its digest is missing");
  made = two();
  made->bundle.migrations = NULL;
  refuses(made, "the bundle is not usable: a table is missing");
  made = bundle_tables(EMBARK_LEDGER_DRIZZLE, 1);
  made->bundle.ledger_digest = NULL;
  refuses(made, "the bundle is not usable: the digest of its ledger is missing");
}
END_TEST

static void refuses_later(made_bundle *made)
{
  const char *before = db_mark();
  drive_expect(made, EMBARK_E_BUNDLE);
  ck_assert_str_eq(drive_error.tag, "0001_t");
  db_expect_mark(before);
}

START_TEST(g4_a_bundle_that_points_outside_of_itself_is_refused_before_anything_is_written)
{
  made_bundle *made = two();
  made->statements[1].offset = made->bundle.sql_size;
  refuses_later(made);
  made = two();
  made->statements[1].length -= 2;
  refuses_later(made);
  made = two();
  made->statements[1].length = UINT64_MAX - 3;
  refuses_later(made);
  made = two();
  made->statements[1].flags = EMBARK_STATEMENT_COPY;
  made->statements[1].data_offset = UINT64_MAX - 3;
  made->statements[1].data_length = 9;
  refuses_later(made);
  made = two();
  made->migrations[1].first_statement = UINT32_MAX;
  refuses_later(made);
  made = two();
  made->migrations[1].sql_length = UINT64_MAX;
  refuses_later(made);
  made = two();
  made->migrations[1].hash = NULL;
  refuses_later(made);
}
END_TEST

Suite *test_suite(void)
{
  return drive_suite(
      "connection", g13_a_connection_that_was_never_made_is_refused_without_libpqs_words,
      a_connection_that_is_still_being_made_is_refused, a_connection_whose_server_is_gone_is_lost,
      a_connection_inside_a_transaction_is_refused_and_left_in_it,
      a_connection_inside_a_failed_transaction_is_refused,
      a_connection_in_pipeline_mode_is_refused_and_left_in_it,
      a_connection_with_results_to_read_is_refused_and_they_can_be_read,
      a_connection_in_a_copy_is_refused_and_the_copy_can_end,
      a_connection_that_belongs_to_a_run_is_busy, a_non_blocking_connection_stays_so,
      a_hosts_notice_processor_is_still_there_afterwards,
      a_hosts_notice_processor_hears_the_migrations_when_there_is_no_hook,
      a_hosts_notice_receiver_hears_all_and_stays_with_its_argument, our_own_chatter_reaches_nobody,
      null_is_refused_wherever_it_is, the_defaults_need_no_options,
      a_bundle_that_cannot_be_is_refused_before_anything_is_sent,
      g4_a_bundle_that_points_outside_of_itself_is_refused_before_anything_is_written, NULL);
}
