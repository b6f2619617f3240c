/* A server that has no more to give: connections, disk, temporary files. */
#include <stdio.h>
#include <string.h>

#include "drive.h"
#include "keep.h"
#include "record.h"
#include "server.h"
#include "steps.h"
#include "suite.h"

#define MOST 20

static server own;
static PGconn *conns[MOST];
static int conn_count;

static void make_server(void)
{
  server_make(&own, "small");
  server_take_over(&own);
  server_start(&own);
  db_make();
}

static void remove_server(void)
{
  server_remove(&own);
}

static void set_up(void)
{
  db_set_up();
  record_reset();
  drive_options = (embark_options)EMBARK_OPTIONS_INIT;
  drive_through = DRIVE_POLLABLE;
}

static void tear_down(void)
{
  while (conn_count > 0) {
    PQfinish(conns[--conn_count]);
  }
  /* Before they are gone there is no room for the next test. */
  db_wait_until("(SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()) <= 2");
  db_tear_down();
  keep_free_all();
}

/* --- connections ------------------------------------------------------------------------------ */

/* Take all that are left. Returns the one that was refused. */
static PGconn *take_all_connections(void)
{
  do {
    ck_assert_int_lt(conn_count, MOST);
    conns[conn_count] =
        PQconnectdb(keep_printf("%s dbname=%s user=%s", own.address, db_name(), db_user()));
  } while (PQstatus(conns[conn_count++]) == CONNECTION_OK);
  return conns[conn_count - 1];
}

START_TEST(a_connection_that_the_server_refused_is_an_error_and_nothing_else)
{
  PGconn *refused = take_all_connections();
  ck_assert_int_eq(drive_unasked(refused, &steps_bundle(STEPS)->bundle), EMBARK_E_CONNECTION);
  drive_expect_error("the connection is not open", "", NULL);
  ck_assert_ptr_nonnull(strstr(PQerrorMessage(refused), "too many clients"));
}
END_TEST

START_TEST(a_run_needs_no_second_connection)
{
  take_all_connections();
  drive_ok(steps_bundle(STEPS));
  ck_assert_uint_eq(steps_applied(), STEPS);
}
END_TEST

START_TEST(a_run_can_be_cancelled_though_no_connection_is_left)
{
  take_all_connections();
  embark_run *run =
      drive_start(EMBARK_MIGRATE,
                  bundle_native("0000_a", "create table a ();\nselect pg_sleep(3600);\n", NULL));
  const char *asleep =
      keep_printf("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND pid = %d",
                  PQbackendPID(db_conn));
  while (db_value(db_watch, "%s", asleep)[0] == '0') {
    ck_assert_int_ne(embark_run_poll(run), EMBARK_POLL_FAILED);
  }
  embark_run_cancel(run);
  ck_assert_int_eq(drive_run(run), EMBARK_E_CANCELLED);
  embark_run_free(run);
  db_expect_tables("");
}
END_TEST

/* --- disk ------------------------------------------------------------------------------------- */

/* The second migration of three needs too much; what the error says. */
static void expect_full(const made_bundle *made, const char *sqlstate)
{
  drive_expect(made, EMBARK_E_SQL);
  drive_expect_error("migration \"0001_b\" failed at statement 1", NULL,
                     "The migration was rolled back; earlier migrations of this run stay applied. "
                     "The server ran out of what its message names; make room, and run again.");
  ck_assert_str_eq(drive_error.sqlstate, sqlstate);
  db_expect_rows("0000_a", "SELECT tag FROM embark.migrations");
  db_expect_rows("", "SELECT relname FROM pg_class WHERE relname IN ('b', 'c')");
}

/* Of the 4 MB of the tablespace 3 are taken. */
static void given_nearly_full_disk(void)
{
  db_exec(db_watch, "COPY (SELECT) TO PROGRAM 'cat >/dev/null && mkdir %s/space/small'", own.dir);
  db_exec(db_watch, "CREATE TABLESPACE small LOCATION '%s/space/small'", own.dir);
  db_exec(db_watch, "CREATE TABLE ballast TABLESPACE small AS"
                    " SELECT g, repeat('x', 100) FROM generate_series(1, 20000) AS g");
}

START_TEST(g7_a_full_disk_is_named_and_once_there_is_room_the_next_run_completes)
{
  if (db_value(db_watch, "SELECT pg_stat_file('%s/space/is-small', true)", own.dir)[0] == '\0') {
    fprintf(stderr, "limits: no small disk can be mounted here; its test is skipped\n");
    return;
  }
  made_bundle *made = bundle_native("0000_a", "create table a ();\n", "0001_b",
                                    "create table b tablespace small as"
                                    " select g from generate_series(1, 60000) as g;\n",
                                    "0002_c", "create table c ();\n", NULL);
  drive_given(bundle_head(made, 1));
  given_nearly_full_disk();
  expect_full(made, "53100");
  db_exec(db_watch, "DROP TABLE ballast");
  drive_ok(made);
  db_expect_tables("a b c");
  db_exec(db_watch, "DROP TABLE b");
  db_exec(db_watch, "DROP TABLESPACE small");
}
END_TEST

START_TEST(g7_a_limit_of_temporary_files_is_named_and_with_a_higher_one_the_next_run_completes)
{
  made_bundle *made =
      bundle_native("0000_a", "create table a ();\n", "0001_b",
                    "create table b as select g from generate_series(1, 200000) as g order by"
                    " -g;\n",
                    "0002_c", "create table c ();\n", NULL);
  db_exec(db_conn, "SET temp_file_limit = '100kB'; SET work_mem = '64kB'");
  expect_full(made, "53400");
  db_exec(db_conn, "SET temp_file_limit = -1");
  drive_ok(made);
  db_expect_tables("a b c");
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("limits");
  TCase *tc = tcase_create("limits");
  tcase_set_timeout(tc, 120);
  tcase_add_unchecked_fixture(tc, make_server, remove_server);
  tcase_add_checked_fixture(tc, set_up, tear_down);
  tcase_add_test(tc, a_connection_that_the_server_refused_is_an_error_and_nothing_else);
  tcase_add_test(tc, a_run_needs_no_second_connection);
  tcase_add_test(tc, a_run_can_be_cancelled_though_no_connection_is_left);
  tcase_add_test(tc, g7_a_full_disk_is_named_and_once_there_is_room_the_next_run_completes);
  tcase_add_test(
      tc, g7_a_limit_of_temporary_files_is_named_and_with_a_higher_one_the_next_run_completes);
  suite_add_tcase(suite, tc);
  return suite;
}
