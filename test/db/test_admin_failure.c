/* POST to the admin endpoint when something is wrong: what is said of it, and what is left. */
#include <pthread.h>
#include <string.h>

#include "ask.h"
#include "keep.h"
#include "suite.h"

static made_bundle *two(void)
{
  return bundle_native("0000_a", "create table a ();\n", "0001_b", "create table b ();\n", NULL);
}

static json_t *expect_error(const made_bundle *made, int status, int exit, const char *code)
{
  json_t *json = ask_expect(made, "", status, exit).json;
  ask_expect_value(json, "error.code", code);
  ask_expect_released();
  return json;
}

/* --- migrations ------------------------------------------------------------------------------- */

START_TEST(g7_a_failing_migration_is_told_exactly_and_earlier_ones_stay)
{
  made_bundle *made = bundle_native("0000_a", "create table a ();\n", "0001_b",
                                    "create table b ();\n\nselect 1,\n  nothing;\n", "0002_c",
                                    "create table c ();\n", NULL);
  json_t *json = expect_error(made, 500, 1, "EMBARK_E_SQL");
  db_expect_tables("a");
  ck_assert_str_eq(ask_each(json, "applied", "tag"), "0000_a");
  ask_expect_value(json, "error.tag", "0001_b");
  ask_expect_value(json, "error.file", "0001_b.sql");
  ask_expect_value(json, "error.statement", "2");
  ask_expect_value(json, "error.line", "4");
  ask_expect_value(json, "error.column", "3");
  ask_expect_value(json, "error.sqlstate", "42703");
  ck_assert_ptr_nonnull(
      strstr(ask_value(json, "error.detail"), "column \"nothing\" does not exist"));
  ask_expect_value(json, "total", "");
}
END_TEST

START_TEST(g12_drift_is_a_conflict)
{
  made_bundle *made = two();
  drive_given(made);
  db_exec(db_watch, "UPDATE embark.migrations SET hash = repeat('0', 64) WHERE tag = '0001_b'");
  json_t *json = expect_error(bundle_native("0000_a", "create table a ();\n", "0001_b",
                                            "create table b ();\n", "0002_c", "select 1;\n", NULL),
                              409, 4, "EMBARK_E_CHANGED");
  ask_expect_value(json, "error.tag", "0001_b");
  ask_expect_value(json, "applied", "[]");
}
END_TEST

START_TEST(a_role_that_may_only_read_is_told_so)
{
  made_bundle *made = bundle_native("0000_a", "select 1;\n", "0001_b", "select 2;\n", NULL);
  drive_given(bundle_head(made, 1));
  const char *reader = db_role("");
  db_exec(db_watch, "GRANT USAGE ON SCHEMA embark TO %s; GRANT SELECT ON embark.migrations TO %s",
          reader, reader);
  ask_conninfo = keep_printf("dbname=%s user=%s", db_name(), reader);
  expect_error(made, 500, 1, "EMBARK_E_PERMISSION");
  ask_expect(bundle_head(made, 1), "", 200, 0);
}
END_TEST

/* --- others ----------------------------------------------------------------------------------- */

START_TEST(g5_a_lock_that_somebody_else_holds_is_told_as_for_now)
{
  PGconn *holder = db_connect("");
  drive_options.has_lock_key = 1;
  drive_options.lock_key = 4711;
  drive_options.lock_wait_ms = EMBARK_WAIT_NONE;
  db_exec(holder, "BEGIN; SELECT pg_advisory_xact_lock(4711)");
  json_t *json = expect_error(two(), 503, 5, "EMBARK_E_LOCKED");
  ck_assert_ptr_nonnull(
      strstr(ask_value(json, "error.detail"), keep_printf("%d", PQbackendPID(holder))));
  db_exec(holder, "COMMIT");
  ask_expect(two(), "", 200, 0);
}
END_TEST

/* Ends the session that sleeps, as an administrator would. */
static void *end_the_sleeper(void *arg)
{
  (void)arg;
  db_wait_until("select count(*) = 1 from pg_stat_activity where datname = current_database()"
                " and query like '%%pg_sleep(3600)%%' and state = 'active'"
                " and pid <> pg_backend_pid()");
  db_exec(db_watch, "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where datname = current_database() and query like '%%pg_sleep(3600)%%'"
                    " and pid <> pg_backend_pid()");
  return NULL;
}

START_TEST(g11_a_connection_that_is_lost_is_told_as_such_and_the_next_post_completes)
{
  pthread_t thread;
  made_bundle *sleeping = bundle_native("0000_a", "create table a ();\n", "0001_b",
                                        "create table b ();\nselect pg_sleep(3600);\n", NULL);
  ck_assert_int_eq(pthread_create(&thread, NULL, end_the_sleeper, NULL), 0);
  json_t *json = expect_error(sleeping, 503, 6, "EMBARK_E_CONNECTION");
  ck_assert_int_eq(pthread_join(thread, NULL), 0);
  ask_expect_value(json, "error.tag", "0001_b");
  ck_assert_str_eq(ask_each(json, "applied", "tag"), "0000_a");
  json = ask_expect(two(), "", 200, 0).json;
  ck_assert_str_eq(ask_each(json, "applied", "tag"), "0001_b");
  db_expect_tables("a b");
}
END_TEST

static int stop_at_the_second(void *data, const embark_event *event)
{
  (void)data;
  return event->type == EMBARK_EVENT_STARTED && event->step == 2;
}

START_TEST(the_hosts_own_hook_may_stop_the_run)
{
  drive_options.on_event = stop_at_the_second;
  json_t *json = expect_error(bundle_native("0000_a", "create table a ();\n", "0001_b",
                                            "create table b ();\nselect pg_sleep(3600);\n", NULL),
                              503, 130, "EMBARK_E_CANCELLED");
  ck_assert_str_eq(ask_each(json, "applied", "tag"), "0000_a");
  db_expect_tables("a");
}
END_TEST

/* --- lent connections ------------------------------------------------------------------------- */

START_TEST(g9_a_lent_connection_comes_back_as_it_was)
{
  const char *before = db_session(db_conn);
  ask_conn = db_conn;
  ask_expect(bundle_native("0000_a", "create table a ();\nset work_mem = '3MB';\n", NULL), "", 200,
             0);
  db_expect_session(db_conn, before);
  expect_error(bundle_native("0000_a", "create table a ();\nset work_mem = '3MB';\n", "0001_b",
                             "select nothing;\n", NULL),
               500, 1, "EMBARK_E_SQL");
  db_expect_session(db_conn, before);
  ask_get(two(), "/status");
  db_expect_session(db_conn, before);
  ck_assert_uint_eq(ask_connections(), 0);
}
END_TEST

START_TEST(a_lent_connection_that_is_not_idle_is_refused_in_the_librarys_words)
{
  ask_conn = db_conn;
  db_exec(db_conn, "BEGIN");
  json_t *json = expect_error(two(), 500, 1, "EMBARK_E_IN_TRANSACTION");
  ask_expect_value(json, "error.message", "the connection is inside a transaction");
  ask_expect_value(ask_get(two(), "/status").json, "error.code", "EMBARK_E_IN_TRANSACTION");
  ask_expect_value(ask_post(two(), "dry-run").json, "error.code", "EMBARK_E_IN_TRANSACTION");
  db_exec(db_conn, "COMMIT");
  ask_expect(two(), "", 200, 0);
}
END_TEST

/* --- options ---------------------------------------------------------------------------------- */

START_TEST(options_that_are_not_usable_are_the_programs_fault)
{
  drive_options.lock_wait_ms = -17;
  json_t *json = expect_error(two(), 500, 2, "EMBARK_E_ARGUMENT");
  ask_expect_value(json, "error.message", "the program's options are not usable");
  ask_expect_value(ask_get(two(), "/status").json, "error.code", "EMBARK_E_ARGUMENT");
}
END_TEST

START_TEST(limits_of_the_hosts_options_do_not_count)
{
  made_bundle *made = two();
  drive_options.steps = 1;
  drive_options.target = "no_such";
  drive_options.flags = EMBARK_DRY_RUN;
  ask_expect_value(ask_expect(made, "dry-run", 200, 0).json, "left", "0");
  ask_expect(made, "", 200, 0);
  db_expect_tables("a b");
}
END_TEST

START_TEST(a_bundle_of_another_format_is_refused)
{
  made_bundle *made = two();
  made->bundle.format = 99;
  expect_error(made, 500, 2, "EMBARK_E_BUNDLE");
  json_t *status = ask_get(made, "/status").json;
  ask_expect_value(status, "error.code", "EMBARK_E_BUNDLE");
  ask_expect_value(status, "bundle", "");
  ck_assert_int_eq(ask_get(made, "/sql?tag=0000_a").status, 404);
}
END_TEST

/* Of such a bundle nobody knows what stands where. */
START_TEST(of_a_bundle_of_another_format_nothing_else_is_read)
{
  made_bundle *made = two();
  memset(&made->bundle, 1, sizeof made->bundle);
  expect_error(made, 500, 2, "EMBARK_E_BUNDLE");
  ask_expect_value(ask_get(made, "/status").json, "error.code", "EMBARK_E_BUNDLE");
  expect_error(made, 500, 2, "EMBARK_E_BUNDLE");
}
END_TEST

Suite *test_suite(void)
{
  return ask_suite("admin_failure", g7_a_failing_migration_is_told_exactly_and_earlier_ones_stay,
                   g12_drift_is_a_conflict, a_role_that_may_only_read_is_told_so,
                   g5_a_lock_that_somebody_else_holds_is_told_as_for_now,
                   g11_a_connection_that_is_lost_is_told_as_such_and_the_next_post_completes,
                   the_hosts_own_hook_may_stop_the_run, g9_a_lent_connection_comes_back_as_it_was,
                   a_lent_connection_that_is_not_idle_is_refused_in_the_librarys_words,
                   options_that_are_not_usable_are_the_programs_fault,
                   limits_of_the_hosts_options_do_not_count, a_bundle_of_another_format_is_refused,
                   of_a_bundle_of_another_format_nothing_else_is_read, NULL);
}
