/* G13: whatever goes wrong, no error has the password in it, nor the connection string. */
#include <string.h>

#include "bundle_make.h"
#include "drive.h"
#include "keep.h"
#include "server.h"
#include "suite.h"

#define WRONG "wrong-secret-4711"

static server locked;
static PGconn *conn;
static embark_error err;

static void start_server(void)
{
  server_make(&locked, "scram");
  server_start(&locked);
}

static void remove_server(void)
{
  server_remove(&locked);
}

static void tear_down(void)
{
  PQfinish(conn);
  conn = NULL;
  keep_free_all();
}

static void connect_with(const char *password, const char *more)
{
  conn = PQconnectdb(
      keep_printf("%s dbname=postgres user=owner password=%s %s", locked.address, password, more));
}

/* No byte of an error, shown or not, is of the secret. */
static void expect_no_secret(const embark_error *e, const char *secret)
{
  const char *bytes = (const char *)e;
  for (size_t i = 0; i + strlen(secret) <= sizeof *e; i++) {
    ck_assert_int_ne(memcmp(bytes + i, secret, strlen(secret)), 0);
  }
  ck_assert_ptr_null(strstr(e->detail, "password="));
  ck_assert_ptr_null(strstr(e->message, "password="));
}

/* The call fails so through every entrance, and keeps the secret. */
static void expect_failure(const made_bundle *made, int code, const char *secret)
{
  embark_run *run = NULL;
  memset(&err, 0x5a, sizeof err);
  ck_assert_int_eq(embark_migrate(conn, &made->bundle, NULL, &err), code);
  expect_no_secret(&err, secret);
  ck_assert_int_eq(embark_migrate_once(conn, &made->bundle, NULL, NULL),
                   PQstatus(conn) == CONNECTION_OK ? code : EMBARK_E_CONNECTION);
  expect_no_secret(embark_last_error(), secret);
  if (embark_run_start(&run, EMBARK_MIGRATE, conn, &made->bundle, NULL) == EMBARK_OK) {
    while (drive_step(run) != EMBARK_POLL_FAILED) {
    }
  }
  expect_no_secret(embark_run_error(run), secret);
  embark_run_free(run);
}

static made_bundle *bad(const char *sql)
{
  return bundle_native("0000_a", sql, NULL);
}

START_TEST(g13_a_wrong_password_is_in_no_error)
{
  connect_with(WRONG, "");
  ck_assert_int_eq(PQstatus(conn), CONNECTION_BAD);
  expect_failure(bad("select 1;\n"), EMBARK_E_CONNECTION, WRONG);
}
END_TEST

START_TEST(g13_a_password_for_no_server_is_in_no_error)
{
  conn = PQconnectdb("host=/nonexistent user=owner password=" WRONG);
  expect_failure(bad("select 1;\n"), EMBARK_E_CONNECTION, WRONG);
}
END_TEST

START_TEST(g13_a_password_in_a_string_that_libpq_refuses_is_in_no_error)
{
  conn = PQconnectdb("postgresql://embark:" WRONG "@/postgres?no_such_parameter=1");
  expect_failure(bad("select 1;\n"), EMBARK_E_CONNECTION, WRONG);
}
END_TEST

START_TEST(g13_the_right_password_is_in_no_error_of_a_migration)
{
  connect_with(SERVER_PASSWORD, "");
  ck_assert_msg(PQstatus(conn) == CONNECTION_OK, "%s", PQerrorMessage(conn));
  expect_failure(bad("select nothing;\n"), EMBARK_E_SQL, SERVER_PASSWORD);
}
END_TEST

START_TEST(g13_the_right_password_is_in_no_error_of_a_connection_that_breaks)
{
  connect_with(SERVER_PASSWORD, "");
  expect_failure(bad("select pg_terminate_backend(pg_backend_pid());\n"), EMBARK_E_CONNECTION,
                 SERVER_PASSWORD);
}
END_TEST

START_TEST(g13_the_right_password_is_in_no_error_about_arguments)
{
  connect_with(SERVER_PASSWORD, "");
  made_bundle *made = bad("select 1;\n");
  made->bundle.format = 99;
  expect_failure(made, EMBARK_E_BUNDLE, SERVER_PASSWORD);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("secrets");
  TCase *tc = tcase_create("secrets");
  tcase_set_timeout(tc, 120);
  tcase_add_unchecked_fixture(tc, start_server, remove_server);
  tcase_add_checked_fixture(tc, NULL, tear_down);
  tcase_add_test(tc, g13_a_wrong_password_is_in_no_error);
  tcase_add_test(tc, g13_a_password_for_no_server_is_in_no_error);
  tcase_add_test(tc, g13_a_password_in_a_string_that_libpq_refuses_is_in_no_error);
  tcase_add_test(tc, g13_the_right_password_is_in_no_error_of_a_migration);
  tcase_add_test(tc, g13_the_right_password_is_in_no_error_of_a_connection_that_breaks);
  tcase_add_test(tc, g13_the_right_password_is_in_no_error_about_arguments);
  suite_add_tcase(suite, tc);
  return suite;
}
