/* What a role brings along by ALTER ROLE ... SET: a run succeeds whatever it is, or says what it is
 * that stands in its way. */
#include <string.h>

#include "drive.h"
#include "keep.h"
#include "record.h"
#include "steps.h"
#include "suite.h"

static const char *role;

static void given_role(void)
{
  role = db_role("");
  db_exec(db_watch, "GRANT CREATE ON DATABASE %s TO %s; GRANT ALL ON SCHEMA public TO %s",
          db_name(), role, role);
}

/* The session under test is one of the role's, with this setting. */
static void connect_with(const char *setting)
{
  db_exec(db_watch, "ALTER ROLE %s RESET ALL; ALTER ROLE %s SET %s", role, role, setting);
  db_reconnect(keep_printf("user=%s", role));
}

/* Migrations that need time, a lock, and settings; as the role's own. */
static made_bundle *demanding_time(const char *seconds)
{
  const char *first = keep_printf("create table a (id int);\nselect pg_sleep(%s);\n", seconds);
  return bundle_native("0000_a", first, "0001_b",
                       "set work_mem = '7MB';\nalter table a add b int;\n", "0002_c",
                       "copy a from stdin;\n1\t2\n\\.\n", NULL);
}

static made_bundle *demanding(void)
{
  return demanding_time("0.15");
}

static void drop_all(void)
{
  db_exec(db_watch,
          "DROP OWNED BY %s; GRANT CREATE ON DATABASE %s TO %s;"
          " GRANT ALL ON SCHEMA public TO %s",
          role, db_name(), role, role);
}

START_TEST(g9_a_run_succeeds_with_whatever_settings_a_role_has)
{
  static const char *const settings[] = {"idle_in_transaction_session_timeout = '1ms'",
                                         "lock_timeout = '1ms'",
                                         "default_transaction_read_only = on",
                                         "default_transaction_isolation = 'serializable'",
                                         "default_transaction_isolation = 'repeatable read'",
                                         "default_transaction_deferrable = on",
                                         "synchronous_commit = off",
                                         "standard_conforming_strings = off",
                                         "client_encoding = 'LATIN1'",
                                         "search_path = 'nowhere', 'public'",
                                         "row_security = off",
                                         "check_function_bodies = off",
                                         "bytea_output = 'escape'",
                                         "datestyle = 'German'",
                                         "transaction_timeout = '50ms'"};
  given_role();
  for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
    if (strncmp(settings[i], "transaction_timeout", 19) == 0 &&
        PQserverVersion(db_watch) < 170000) {
      continue;
    }
    connect_with(settings[i]);
    drive_ok(demanding());
    db_expect_rows("1|2", "SELECT * FROM a");
    drop_all();
  }
}
END_TEST

START_TEST(g9_a_run_succeeds_as_the_role_that_a_role_is_set_to)
{
  given_role();
  const char *login = role;
  given_role();
  db_exec(db_watch, "GRANT %s TO %s", role, login);
  const char *owner = role;
  role = login;
  connect_with(keep_printf("role = '%s'", owner));
  drive_ok(demanding());
  db_expect_rows(owner, "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'a'::regclass");
}
END_TEST

/* --- no patience ------------------------------------------------------------------------------ */

/* The migrations have a timeout of their own; our questions have the role's, and may fail by it. */
static int is_explained(int code)
{
  if (code == EMBARK_OK) {
    return 0;
  }
  ck_assert_msg(code == EMBARK_E_SERVER, "%s\n%s", drive_error.message, drive_error.detail);
  ck_assert_str_eq(drive_error.sqlstate, "57014");
  ck_assert_ptr_nonnull(strstr(drive_error.message, "the server gave up when asked to "));
  ck_assert_ptr_nonnull(strstr(drive_error.hint, "ALTER ROLE"));
  ck_assert_ptr_null(strstr(drive_error.message, "put the session's settings back"));
  return 1;
}

START_TEST(g9_a_statement_timeout_of_the_roles_ends_no_migration)
{
  int tries = 0;
  given_role();
  /* It holds for the test's own questions, too, so it is one that a loaded machine can meet. */
  connect_with("statement_timeout = '2s'");
  while (is_explained(drive(demanding_time("2.5")))) {
    ck_assert_int_lt(++tries, 100);
  }
  db_expect_rows("1|2", "SELECT * FROM a");
}
END_TEST

START_TEST(g7_a_statement_timeout_of_a_millisecond_is_survived_or_explained)
{
  given_role();
  for (int round = 0; round < 20; round++) {
    connect_with("statement_timeout = '1ms'");
    is_explained(drive_unasked(db_conn, &demanding()->bundle));
    ck_assert_int_eq(PQstatus(db_conn), CONNECTION_OK);
    ck_assert_int_eq(PQtransactionStatus(db_conn), PQTRANS_IDLE);
    db_exec(db_watch, "ALTER ROLE %s RESET ALL", role);
    db_reconnect(keep_printf("user=%s", role));
    drive_ok(demanding());
    drop_all();
  }
}
END_TEST

/* Out of the bundler's sight a migration leaves the session hardly time for anything: not even for
 * putting that back, were it not seen to. */
START_TEST(g9_a_tiny_statement_timeout_that_a_migration_leaves_is_put_back)
{
  made_bundle *made =
      bundle_native("0000_a", "select set_config('statement_timeout', '10ms', false);\n", "0001_b",
                    "create table b ();\nselect pg_sleep(0.05);\n", NULL);
  made->migrations[0].flags = 0;
  for (int round = 0; round < 10; round++) {
    steps_empty();
    drive_ok(made); /* which compares the session */
  }
}
END_TEST

/* Somebody locks the ledger, and the role does not wait. */
static void give_up_on_the_ledger(const char *setting, const char *sqlstate)
{
  given_role();
  connect_with(setting);
  made_bundle *made = demanding();
  for (int tries = 0; drive(made) != EMBARK_OK; tries++) {
    ck_assert_int_lt(tries, 100);
  }
  db_exec(db_watch, "BEGIN; LOCK TABLE embark.migrations");
  ck_assert_int_eq(drive_unasked(db_conn, &made->bundle), EMBARK_E_SERVER);
  drive_expect_error("the server gave up when asked to read the ledger", NULL,
                     "A timeout that the role has (see ALTER ROLE) or a pg_cancel_backend() ended "
                     "it; run again, with more time.");
  ck_assert_str_eq(drive_error.sqlstate, sqlstate);
  db_exec(db_watch, "COMMIT");
}

START_TEST(g7_a_statement_timeout_that_ends_the_wait_for_the_ledger_is_explained)
{
  give_up_on_the_ledger("statement_timeout = '2s'", "57014");
}
END_TEST

START_TEST(g7_a_lock_timeout_that_ends_the_wait_for_the_ledger_is_explained)
{
  give_up_on_the_ledger("lock_timeout = '10ms'", "55P03");
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite =
      drive_suite("role", g9_a_run_succeeds_with_whatever_settings_a_role_has,
                  g9_a_run_succeeds_as_the_role_that_a_role_is_set_to,
                  g9_a_statement_timeout_of_the_roles_ends_no_migration,
                  g7_a_statement_timeout_that_ends_the_wait_for_the_ledger_is_explained,
                  g7_a_lock_timeout_that_ends_the_wait_for_the_ledger_is_explained, NULL);
  drive_add_single(suite, g9_a_tiny_statement_timeout_that_a_migration_leaves_is_put_back,
                   g7_a_statement_timeout_of_a_millisecond_is_survived_or_explained, NULL);
  return suite;
}
