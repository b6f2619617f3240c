/* G8: the second connection where the host says that it goes. It has to reach the same database,
 * and nothing of what the host said is ever told. */
#include <string.h>

#include "drive.h"
#include "keep.h"
#include "record.h"
#include "suite.h"

#define NO_TRANSACTION "-- embark: no-transaction\n"
#define SECRET         "secret-4711"

static made_bundle *some(embark_ledger kind)
{
  return bundle_make(kind, "0000_a", "create table a (id int);\n", "0001_n",
                     NO_TRANSACTION "vacuum a;\ncreate index concurrently i on a (id);\n", "0002_b",
                     "create table b ();\n", "0003_m", NO_TRANSACTION "vacuum b;\n", NULL);
}

static const char *here(const char *more)
{
  return keep_printf("dbname=%s user=%s %s", db_name(), db_user(), more);
}

static char keepers[200];

/* Which session has the lock while a statement without a transaction has just run. */
static int look_for_keeper(const embark_event *event)
{
  if (event->type == EMBARK_EVENT_STATEMENT && strcmp(event->tag, "0001_n") == 0) {
    snprintf(keepers, sizeof keepers, "%s",
             db_value(db_watch, "SELECT a.application_name FROM pg_locks AS l"
                                " JOIN pg_stat_activity AS a USING (pid)"
                                " WHERE l.locktype = 'advisory' AND a.datname = "
                                "current_database()"));
  }
  return 0;
}

START_TEST(g8_it_goes_where_the_option_says)
{
  for (int kind = EMBARK_LEDGER_NATIVE; kind <= EMBARK_LEDGER_DRIZZLE; kind++) {
    drive_options.keeper_conninfo = here("application_name=by_option");
    drive_options.on_event = record_event;
    record_react = look_for_keeper;
    keepers[0] = '\0';
    drive_ok(some((embark_ledger)kind));
    db_expect_tables("a b");
    ck_assert_str_eq(keepers, "by_option");
    db_empty();
    db_reconnect("");
  }
}
END_TEST

START_TEST(g8_what_was_interrupted_is_taken_up_with_it_too)
{
  made_bundle *made = some(EMBARK_LEDGER_NATIVE);
  drive_given(made);
  db_exec(db_watch, "DELETE FROM embark.migrations WHERE position > 0; DROP TABLE b; DROP INDEX i;"
                    "UPDATE embark.progress SET state = 'running', statement = 2 WHERE tag = "
                    "'0001_n'; DELETE FROM embark.progress WHERE tag <> '0001_n'");
  drive_options.keeper_conninfo = here("");
  drive_ok(made);
  db_expect_rows("4", "SELECT count(*) FROM embark.migrations");
}
END_TEST

START_TEST(g8_another_database_is_refused_before_anything_runs)
{
  drive_options.keeper_conninfo = "dbname=postgres password=" SECRET;
  drive_expect(some(EMBARK_LEDGER_NATIVE), EMBARK_E_KEEPER);
  drive_expect_error("the second connection reached another database",
                     "The lock that it took cannot be seen from the first connection.",
                     "Nothing of it was run. Let keeper_conninfo lead to the database that the "
                     "connection itself leads to.");
  db_expect_tables("");
  db_wait_until("NOT EXISTS (SELECT FROM pg_locks JOIN pg_database d ON d.oid = database"
                " WHERE locktype = 'advisory' AND d.datname = current_database())");
}
END_TEST

#define KEEPERS                                                                                    \
  "SELECT count(*) FROM pg_locks AS l JOIN pg_stat_activity AS a USING (pid)"                      \
  " WHERE l.locktype = 'advisory' AND a.datname = 'postgres' AND l.objid = 7"

/* Poll a run until its second connection has the lock in the other database, and is not looked for
 * yet. NULL: it was looked for at once, and not found. */
static embark_run *start_until_locked(made_bundle *made)
{
  embark_run *run = drive_start(EMBARK_MIGRATE, made);
  while (strcmp(db_value(db_watch, KEEPERS), "1") != 0) {
    if (embark_run_poll(run) == EMBARK_POLL_FAILED) {
      ck_assert_int_eq(embark_run_error(run)->code, EMBARK_E_KEEPER);
      embark_run_free(run);
      db_wait_until("(" KEEPERS ") = 0");
      return NULL;
    }
  }
  return run;
}

/* Somebody has the lock where the migrations are, but it is not our second connection. */
START_TEST(g8_the_lock_of_somebody_else_is_not_taken_for_its)
{
  made_bundle *made = some(EMBARK_LEDGER_NATIVE);
  drive_options.has_lock_key = 1;
  drive_options.lock_key = 7;
  drive_options.keeper_conninfo = "dbname=postgres";
  embark_run *run = NULL;
  while (run == NULL) {
    run = start_until_locked(made);
  }
  db_exec(db_watch, "BEGIN; SELECT pg_advisory_xact_lock(7)");
  ck_assert_int_eq(drive_run(run), EMBARK_E_KEEPER);
  embark_run_free(run);
  db_exec(db_watch, "COMMIT");
  db_expect_tables("");
}
END_TEST

/* --- what is wrong with it -------------------------------------------------------------------- */

static void expect_no_secret(void)
{
  const char *bytes = (const char *)&drive_error;
  for (size_t i = 0; i + strlen(SECRET) <= sizeof drive_error; i++) {
    ck_assert_int_ne(memcmp(bytes + i, SECRET, strlen(SECRET)), 0);
  }
}

START_TEST(g13_one_that_cannot_be_read_is_refused_and_not_repeated)
{
  static const char *const malformed[] = {"password=" SECRET " garbage",
                                          "password='" SECRET,
                                          SECRET,
                                          "host=x " SECRET "=1",
                                          "postgresql://u:" SECRET "%zz@h/d",
                                          "postgresql://u:p@[" SECRET "/d"};
  static const embark_op ops[] = {EMBARK_MIGRATE, EMBARK_PLAN, EMBARK_STATUS};
  made_bundle *made = some(EMBARK_LEDGER_NATIVE);
  for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++) {
    for (size_t k = 0; k < sizeof ops / sizeof ops[0]; k++) {
      drive_options.keeper_conninfo = malformed[i];
      ck_assert_int_eq(drive_op(ops[k], made), EMBARK_E_ARGUMENT);
      drive_expect_error("keeper_conninfo is not a connection string", "", NULL);
      expect_no_secret();
    }
  }
}
END_TEST

START_TEST(g13_one_that_leads_nowhere_says_why_without_the_password)
{
  drive_options.keeper_conninfo = here("host=/nowhere password=" SECRET);
  drive_expect(some(EMBARK_LEDGER_NATIVE), EMBARK_E_KEEPER);
  ck_assert_ptr_nonnull(strstr(drive_error.detail, "/nowhere"));
  expect_no_secret();
  db_expect_tables("");
}
END_TEST

/* What a URI has behind an '@' or a '/' that was not encoded is taken for a host, or a port. */
START_TEST(g13_a_password_that_was_not_encoded_is_not_told_as_a_host)
{
  static const char *const misread[] = {"postgresql://u:p@" SECRET "@h/d?hostaddr=127.0.0.1&port=1",
                                        "postgresql://u:" SECRET "/word@h/d"};
  for (size_t i = 0; i < sizeof misread / sizeof misread[0]; i++) {
    drive_options.keeper_conninfo = misread[i];
    drive_expect(some(EMBARK_LEDGER_NATIVE), EMBARK_E_KEEPER);
    expect_no_secret();
  }
  db_expect_tables("");
}
END_TEST

START_TEST(an_option_out_of_range_is_refused_when_it_is_used)
{
  drive_options.keeper_conninfo = "sslmode=perhaps password=" SECRET;
  drive_ok(bundle_native("0000_t", "create table t ();\n", NULL));
  drive_expect(
      bundle_native("0000_t", "create table t ();\n", "0001_n", NO_TRANSACTION "vacuum t;\n", NULL),
      EMBARK_E_KEEPER);
  expect_no_secret();
}
END_TEST

/* How long the run has until its keeper is there. */
static int64_t given_time(const char *conninfo)
{
  int64_t time = -1;
  drive_options.keeper_conninfo = conninfo;
  embark_run *run = drive_start(EMBARK_MIGRATE, some(EMBARK_LEDGER_NATIVE));
  while (time < 0) {
    ck_assert_int_ne(drive_step(run), EMBARK_POLL_DONE);
    ck_assert_int_eq(embark_run_error(run)->code, EMBARK_OK);
    time = embark_run_timeout_ms(run);
  }
  embark_run_free(run);
  return time;
}

START_TEST(g8_its_own_connect_timeout_counts)
{
  db_reconnect("connect_timeout=3600");
  ck_assert_int_le(given_time(here("connect_timeout=2")), 2000);
  ck_assert_int_le(given_time(here("")), 15000);
  ck_assert_int_gt(given_time(here("connect_timeout=3600")), 15000);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("keeper_conninfo");
  drive_add_single(
      suite, g8_it_goes_where_the_option_says, g8_what_was_interrupted_is_taken_up_with_it_too,
      g8_another_database_is_refused_before_anything_runs,
      g8_the_lock_of_somebody_else_is_not_taken_for_its,
      g13_one_that_cannot_be_read_is_refused_and_not_repeated,
      g13_one_that_leads_nowhere_says_why_without_the_password,
      g13_a_password_that_was_not_encoded_is_not_told_as_a_host,
      an_option_out_of_range_is_refused_when_it_is_used, g8_its_own_connect_timeout_counts, NULL);
  return suite;
}
