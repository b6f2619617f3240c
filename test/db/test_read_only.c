/* PLAN, VERIFY and STATUS write nothing: the server itself sees to it, whatever code of others may
 * come to run. */
#include <string.h>

#include "drive.h"
#include "keep.h"
#include "suite.h"

/* A role that may read the ledger, which somebody else owns; and code that would leave a trace. */
static const char *given_spy(void)
{
  const char *role = db_role("");
  db_exec(db_watch,
          "CREATE TABLE trace (x int);"
          "CREATE FUNCTION spy() RETURNS bool LANGUAGE sql VOLATILE SECURITY DEFINER AS"
          " 'INSERT INTO public.trace VALUES (1) RETURNING true';"
          "GRANT USAGE ON SCHEMA embark TO %s; GRANT SELECT ON embark.migrations TO %s",
          role, role);
  return role;
}

static const char policy[] = "CREATE POLICY p ON embark.migrations USING (public.spy());"
                             "ALTER TABLE embark.migrations ENABLE ROW LEVEL SECURITY";

/* As the owner of the ledger can: between the look whether there is such a thing and the reading of
 * the rows. */
static void policy_meanwhile(embark_op op, const made_bundle *made)
{
  db_exec(db_watch, "BEGIN; LOCK TABLE embark.migrations");
  embark_run *run = drive_start(op, made);
  const char *waits = keep_printf("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid = %d",
                                  PQbackendPID(db_conn));
  while (strcmp(db_value(db_watch, "%s", waits), "1") != 0) {
    ck_assert_int_ne(embark_run_poll(run), EMBARK_POLL_FAILED);
  }
  db_exec(db_watch, "%s; COMMIT", policy);
  ck_assert_int_eq(drive_run(run), EMBARK_E_READ_ONLY);
  embark_run_free(run);
  ck_assert_ptr_nonnull(strstr(drive_error.detail, "cannot execute INSERT in a read-only"));
  db_expect_rows("0", "SELECT count(*) FROM trace");
  db_exec(db_watch, "DROP POLICY p ON embark.migrations;"
                    "ALTER TABLE embark.migrations DISABLE ROW LEVEL SECURITY");
}

START_TEST(code_in_the_way_can_write_nothing)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 2);
  drive_given(bundle_head(made, 1));
  db_reconnect(keep_printf("user=%s", given_spy()));
  policy_meanwhile(EMBARK_VERIFY, made);
  policy_meanwhile(EMBARK_STATUS, made);
}
END_TEST

/* The question whether all is applied does not see a policy, and runs it. */
START_TEST(nor_where_everything_is_applied)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 1);
  drive_given(made);
  db_reconnect(keep_printf("user=%s", given_spy()));
  db_exec(db_watch, "%s", policy);
  ck_assert_int_eq(drive_op(EMBARK_PLAN, made), EMBARK_E_READ_ONLY);
  db_expect_rows("0", "SELECT count(*) FROM trace");
}
END_TEST

START_TEST(a_server_that_does_not_take_the_setting_is_not_taken_to_have_answered)
{
  static const embark_op ops[] = {EMBARK_PLAN, EMBARK_VERIFY, EMBARK_STATUS, EMBARK_MIGRATE};
  const char *role = db_role("");
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 1);
  drive_given(made);
  db_exec(db_watch,
          "GRANT USAGE ON SCHEMA embark TO %s; GRANT SELECT ON embark.migrations TO %s;"
          "REVOKE EXECUTE ON FUNCTION pg_catalog.set_config FROM public",
          role, role);
  db_reconnect(keep_printf("user=%s client_encoding=LATIN1", role));
  for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++) {
    int code = drive_op(ops[i], made);
    if (i + 1 == sizeof ops / sizeof ops[0]) {
      db_exec(db_watch, "GRANT EXECUTE ON FUNCTION pg_catalog.set_config TO public");
    }
    ck_assert_int_eq(code, EMBARK_E_SERVER);
    drive_expect_error("the server refused to set up a transaction",
                       "ERROR: permission denied for function set_config (SQLSTATE 42501)", NULL);
  }
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("read_only");
  drive_add_single(suite, code_in_the_way_can_write_nothing, nor_where_everything_is_applied,
                   a_server_that_does_not_take_the_setting_is_not_taken_to_have_answered, NULL);
  return suite;
}
