/* The ops PLAN and VERIFY: they tell, and do nothing. */
#include "drive.h"
#include "keep.h"
#include "record.h"
#include "suite.h"

/* The op ends so, and has written nothing, even where it may not. */
static void expect_op(embark_op op, const made_bundle *made, embark_code code)
{
  const char *before = db_mark();
  db_exec(db_conn, "SET default_transaction_read_only = on");
  int got = drive_op(op, made);
  db_exec(db_conn, "RESET default_transaction_read_only");
  ck_assert_msg(got == (int)code, "%s: %s", embark_code_name(got), drive_error.message);
  db_expect_mark(before);
}

START_TEST(a_plan_says_what_would_be_applied)
{
  const embark_step *steps = NULL;
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 3);
  drive_given(bundle_head(made, 1));
  expect_op(EMBARK_PLAN, made, EMBARK_OK);
  embark_run *run = drive_start(EMBARK_PLAN, made);
  ck_assert_int_eq(drive_run(run), EMBARK_OK);
  ck_assert_uint_eq(embark_run_steps(run, &steps), 2);
  ck_assert_str_eq(steps[0].tag, "0001_t");
  ck_assert_str_eq(steps[1].tag, "0002_t");
  ck_assert_int_eq(steps[0].applied, 0);
  embark_run_free(run);
  db_expect_tables("t0000");
}
END_TEST

START_TEST(a_plan_for_an_empty_database_makes_no_ledger)
{
  expect_op(EMBARK_PLAN, bundle_tables(EMBARK_LEDGER_NATIVE, 3), EMBARK_OK);
}
END_TEST

START_TEST(a_plan_says_what_would_be_adopted)
{
  const embark_step *steps = NULL;
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 2);
  db_exec(db_watch, "CREATE TABLE t0000 ()");
  expect_op(EMBARK_PLAN, made, EMBARK_E_ADOPT);
  drive_options.adopt = EMBARK_ADOPT_ASSUME;
  embark_run *run = drive_start(EMBARK_PLAN, made);
  ck_assert_int_eq(drive_run(run), EMBARK_OK);
  ck_assert_uint_eq(embark_run_steps(run, &steps), 2);
  ck_assert_int_eq(steps[0].adopt, 1);
  embark_run_free(run);
}
END_TEST

START_TEST(a_plan_names_drift)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 3);
  drive_given(made);
  expect_op(EMBARK_PLAN, bundle_without(made, 1), EMBARK_E_MISSING);
}
END_TEST

static void verifies(embark_ledger kind)
{
  made_bundle *made = bundle_tables(kind, 3);
  expect_op(EMBARK_VERIFY, made, EMBARK_E_PENDING);
  drive_expect_error("3 migrations are pending", NULL, "Apply them with embark_migrate().");
  drive_given(bundle_head(made, 2));
  expect_op(EMBARK_VERIFY, made, EMBARK_E_PENDING);
  drive_expect_error("1 migration is pending", NULL, NULL);
  drive_given(made);
  expect_op(EMBARK_VERIFY, made, EMBARK_OK);
  expect_op(EMBARK_VERIFY, bundle_head(made, 2), EMBARK_OK);
  ck_assert_int_eq(drive_ahead, 1);
  expect_op(EMBARK_VERIFY, bundle_without(made, 1), EMBARK_E_MISSING);
}

START_TEST(verify_holds_the_ledger_against_the_bundle)
{
  verifies(EMBARK_LEDGER_NATIVE);
}
END_TEST

START_TEST(verify_holds_a_drizzle_ledger_against_the_bundle)
{
  verifies(EMBARK_LEDGER_DRIZZLE);
}
END_TEST

START_TEST(verify_holds_a_ledger_of_tags_against_the_bundle)
{
  verifies(EMBARK_LEDGER_DRIZZLE_TAG);
}
END_TEST

/* The proof of a native ledger is its last row; VERIFY looks at every row. */
START_TEST(verify_sees_a_change_that_the_quick_look_does_not)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 3);
  drive_given(made);
  db_exec(db_watch, "UPDATE embark.migrations SET hash = 'x' WHERE position = 0");
  drive_ok(made);
  expect_op(EMBARK_VERIFY, made, EMBARK_E_CHANGED);
}
END_TEST

START_TEST(neither_minds_the_migration_lock)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 2);
  drive_options.has_lock_key = 1;
  drive_options.lock_key = 7;
  drive_options.lock_wait_ms = EMBARK_WAIT_NONE;
  db_exec(db_watch, "BEGIN; SELECT pg_advisory_xact_lock(7)");
  expect_op(EMBARK_PLAN, made, EMBARK_OK);
  expect_op(EMBARK_VERIFY, made, EMBARK_E_PENDING);
  db_exec(db_watch, "COMMIT");
}
END_TEST

START_TEST(both_serve_a_role_that_may_only_read_the_ledger)
{
  const char *role = db_role("");
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 2);
  drive_given(bundle_head(made, 1));
  db_exec(db_watch, "GRANT USAGE ON SCHEMA embark TO %s; GRANT SELECT ON embark.migrations TO %s",
          role, role);
  db_reconnect(keep_printf("user=%s", role));
  expect_op(EMBARK_PLAN, made, EMBARK_OK);
  expect_op(EMBARK_VERIFY, made, EMBARK_E_PENDING);
}
END_TEST

START_TEST(there_are_no_other_ops)
{
  embark_run *run = NULL;
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 2);
  ck_assert_int_eq(embark_run_start(&run, (embark_op)99, db_conn, &made->bundle, NULL),
                   EMBARK_E_ARGUMENT);
  ck_assert_int_eq(embark_run_poll(run), EMBARK_POLL_FAILED);
  embark_run_free(run);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("verify");
  drive_add_single(
      suite, a_plan_says_what_would_be_applied, a_plan_for_an_empty_database_makes_no_ledger,
      a_plan_says_what_would_be_adopted, a_plan_names_drift,
      verify_holds_the_ledger_against_the_bundle, verify_holds_a_drizzle_ledger_against_the_bundle,
      verify_holds_a_ledger_of_tags_against_the_bundle,
      verify_sees_a_change_that_the_quick_look_does_not, neither_minds_the_migration_lock,
      both_serve_a_role_that_may_only_read_the_ledger, there_are_no_other_ops, NULL);
  return suite;
}
