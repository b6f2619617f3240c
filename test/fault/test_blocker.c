/* Others hold locks: real deadlocks, long queries; whoever is in the way is named. */
#include <string.h>

#include "drive.h"
#include "keep.h"
#include "record.h"
#include "suite.h"

static PGconn *other;

/* Tables `first` and `second` are there, in the ledger; `sql` is what is pending. */
static made_bundle *given_tables(const char *sql)
{
  static const char tables[] = "create table first (id int);\ncreate table second (id int);\n";
  drive_given(bundle_native("0000_tables", tables, NULL));
  if (other == NULL) {
    other = db_connect("application_name=report");
  }
  drive_options.on_event = record_event;
  return bundle_native("0000_tables", tables, "0001_pending", sql, NULL);
}

/* --- a deadlock ------------------------------------------------------------------------------- */

/* The run has `first` by now; the other has `second`, and wants what the run has. */
static int close_circle(const embark_event *event)
{
  if (event->type == EMBARK_EVENT_STATEMENT && event->statement == 1 &&
      record_count(EMBARK_EVENT_RETRY) == 0) {
    ck_assert_int_eq(PQsendQuery(other, "LOCK TABLE first; COMMIT"), 1);
  }
  return 0;
}

/* PostgreSQL looks for a circle once, some time after a session began to wait. The run is to find
 * it and give way: so it waits last, and the other would look only after an hour. */
START_TEST(a_real_deadlock_is_tried_again_and_then_succeeds)
{
  other = db_connect("application_name=report");
  made_bundle *made = given_tables(
      keep_printf("alter table first add a int;\n"
                  "do $$ begin while exists (select from pg_locks where pid = %d and granted and"
                  " relation = 'second'::regclass) and not exists (select from pg_locks where"
                  " pid = %d and not granted) loop perform pg_sleep(0.002); end loop; end $$;\n"
                  "alter table second add b int;\n",
                  PQbackendPID(other), PQbackendPID(other)));
  drive_options.lock_timeout_ms = EMBARK_NO_TIMEOUT;
  db_exec(other, "SET deadlock_timeout = '1h'; BEGIN; LOCK TABLE second");
  db_exec(db_conn, "SET deadlock_timeout = '10ms'");
  record_react = close_circle;
  drive_ok(made);
  ck_assert_uint_ge(record_count(EMBARK_EVENT_RETRY), 1);
  ck_assert_ptr_nonnull(strstr(record_text(), "\nRETRY 1/1 0001_pending 40P01\n"));
  db_expect_rows("1|1", "SELECT (SELECT count(*) FROM pg_attribute WHERE attrelid ="
                        " 'first'::regclass AND attname = 'a'), (SELECT count(*) FROM pg_attribute"
                        " WHERE attrelid = 'second'::regclass AND attname = 'b')");
}
END_TEST

/* --- a long query ----------------------------------------------------------------------------- */

static void begin_report(void)
{
  db_exec(db_watch, "INSERT INTO first VALUES (1)");
  ck_assert_int_eq(PQsendQuery(other, "SELECT pg_sleep(3600) FROM first"), 1);
  db_wait_until("EXISTS (SELECT FROM pg_locks WHERE pid = %d AND relation = 'first'::regclass)",
                PQbackendPID(other));
}

static int end_report_at_second_retry(const embark_event *event)
{
  if (event->type == EMBARK_EVENT_RETRY && record_count(EMBARK_EVENT_RETRY) == 2) {
    db_exec(db_watch, "SELECT pg_cancel_backend(%d)", PQbackendPID(other));
  }
  return 0;
}

START_TEST(a_migration_in_the_way_of_a_long_query_succeeds_when_that_ends)
{
  made_bundle *made = given_tables("alter table first add a int;\n");
  begin_report();
  drive_options.lock_timeout_ms = 20;
  record_react = end_report_at_second_retry;
  drive_ok(made);
  ck_assert_uint_ge(record_count(EMBARK_EVENT_RETRY), 2);
}
END_TEST

static void expect_in_the_way(const char *who, const char *how)
{
  const char *words = keep_printf("\nIn the way may be pid %s", who);
  ck_assert_msg(strstr(drive_error.detail, words) != NULL, "%s", drive_error.detail);
  ck_assert_msg(strstr(drive_error.detail, how) != NULL, "%s", drive_error.detail);
}

static void expect_no_lock(const made_bundle *made)
{
  drive_options.lock_timeout_ms = 10;
  drive_options.retries = 1;
  drive_expect(made, EMBARK_E_LOCK_TIMEOUT);
}

START_TEST(g7_a_long_query_that_stays_in_the_way_is_named)
{
  made_bundle *made = given_tables("alter table first add a int;\n");
  begin_report();
  expect_no_lock(made);
  expect_in_the_way(keep_printf("%d (report, user %s, active)", PQbackendPID(other), db_user()),
                    "it holds AccessShareLock on public.first");
}
END_TEST

/* An older transaction has locked another table, which the statement does not name. */
START_TEST(g7_who_holds_the_table_that_the_statement_names_goes_before_who_is_older)
{
  made_bundle *made = given_tables("alter table second add a int;\n");
  PGconn *older = db_connect("application_name=older");
  db_exec(older, "BEGIN; SELECT * FROM first");
  db_exec(other, "BEGIN; SELECT * FROM second");
  expect_no_lock(made);
  expect_in_the_way(keep_printf("%d (report,", PQbackendPID(other)), "on public.second");
}
END_TEST

/* What is locked has no name in the statement: a function does it. */
START_TEST(g7_where_the_statement_names_no_table_the_oldest_transaction_is_named)
{
  made_bundle *made = given_tables("select f();\n");
  db_exec(db_watch, "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN"
                    " LOCK TABLE second; END $$");
  db_exec(other, "BEGIN; SELECT * FROM second");
  PGconn *younger = db_connect("application_name=younger");
  db_exec(younger, "BEGIN; SELECT * FROM second");
  expect_no_lock(made);
  expect_in_the_way(keep_printf("%d (report,", PQbackendPID(other)), "on public.second");
}
END_TEST

/* The role sees little of others' sessions: their pid all the same. */
START_TEST(g7_a_role_without_rights_hears_of_the_pid_at_least)
{
  const char *role = db_role("");
  made_bundle *made = given_tables("alter table first add a int;\n");
  db_exec(db_watch,
          "GRANT USAGE ON SCHEMA embark TO %s; GRANT ALL ON embark.migrations TO %s;"
          " ALTER TABLE first OWNER TO %s; GRANT ALL ON SCHEMA public TO %s",
          role, role, role, role);
  db_exec(other, "BEGIN; SELECT * FROM first");
  db_reconnect(keep_printf("user=%s", role));
  expect_no_lock(made);
  expect_in_the_way(keep_printf("%d (", PQbackendPID(other)), "on public.first, in a transaction.");
  db_exec(other, "COMMIT"); /* or the role could not be dropped */
}
END_TEST

START_TEST(g7_a_lock_that_nobody_has_any_more_blames_nobody)
{
  made_bundle *made =
      given_tables("do $$ begin raise exception 'locked' using errcode = 'lock_not_available';"
                   " end $$;\n");
  expect_no_lock(made);
  ck_assert_ptr_null(strstr(drive_error.detail, "In the way"));
}
END_TEST

Suite *test_suite(void)
{
  return drive_suite("blocker", a_real_deadlock_is_tried_again_and_then_succeeds,
                     a_migration_in_the_way_of_a_long_query_succeeds_when_that_ends,
                     g7_a_long_query_that_stays_in_the_way_is_named,
                     g7_who_holds_the_table_that_the_statement_names_goes_before_who_is_older,
                     g7_where_the_statement_names_no_table_the_oldest_transaction_is_named,
                     g7_a_role_without_rights_hears_of_the_pid_at_least,
                     g7_a_lock_that_nobody_has_any_more_blames_nobody, NULL);
}
