/* The op ADOPT: pending migrations recorded, and none run. */
#include "drive.h"
#include "keep.h"
#include "meanwhile.h"
#include "record.h"
#include "suite.h"

static const embark_ledger kinds[] = {EMBARK_LEDGER_NATIVE, EMBARK_LEDGER_DRIZZLE,
                                      EMBARK_LEDGER_DRIZZLE_TAG};

static void adopt(const made_bundle *made, const char *target, embark_code code)
{
  drive_options.target = target;
  int got = drive_op(EMBARK_ADOPT, made);
  drive_options.target = NULL;
  char text[2048];
  embark_error_format(&drive_error, text, sizeof text);
  ck_assert_msg(got == (int)code, "%s instead of %s: %s", embark_code_name(got),
                embark_code_name((int)code), text);
}

static void expect_verified(const made_bundle *made)
{
  ck_assert_msg(drive_op(EMBARK_VERIFY, made) == EMBARK_OK, "%s", drive_error.message);
}

START_TEST(a_database_without_a_ledger_gets_one_with_all_recorded)
{
  made_bundle *made = bundle_tables(kinds[_i], 3);
  db_exec(db_watch, "CREATE TABLE grown ()");
  adopt(made, NULL, EMBARK_OK);
  db_expect_tables("grown");
  ck_assert_str_eq(record_text(),
                   "PLANNED 3\nAPPLIED 1/3 0000_t\nAPPLIED 2/3 0001_t\nAPPLIED 3/3 0002_t\nDONE 3");
  db_expect_rows("adopt|0000_t\nadopt|0001_t\nadopt|0002_t",
                 "SELECT op, tag FROM embark.audit ORDER BY at");
  expect_verified(made);
}
END_TEST

START_TEST(up_to_a_target_and_the_rest_is_migrated)
{
  made_bundle *made = bundle_tables(kinds[_i], 3);
  db_exec(db_watch, "CREATE TABLE t0000 (); CREATE TABLE t0001 ()");
  adopt(made, "0001_t", EMBARK_OK);
  drive_ok(made);
  db_expect_tables("t0000 t0001 t0002");
  expect_verified(made);
}
END_TEST

START_TEST(an_existing_ledger_takes_what_is_pending)
{
  made_bundle *made = bundle_tables(kinds[_i], 4);
  drive_given(bundle_head(made, 1));
  adopt(made, "0002_t", EMBARK_OK);
  db_expect_tables("t0000");
  expect_verified(bundle_head(made, 3));
  db_expect_rows("0001_t\n0002_t", "SELECT tag FROM embark.audit ORDER BY at");
  drive_ok(made);
  db_expect_tables("t0000 t0003");
}
END_TEST

START_TEST(the_ledger_says_that_they_were_adopted_and_the_audit_why)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 2);
  drive_given(bundle_head(made, 1));
  drive_options.reason = "made by hand in May";
  adopt(made, NULL, EMBARK_OK);
  db_expect_rows("0000_t|applied\n0001_t|adopted",
                 "SELECT tag, state FROM embark.migrations ORDER BY 1");
  db_expect_rows(keep_printf("0001_t||%s|made by hand in May", made->migrations[1].hash),
                 "SELECT tag, hash_before, hash_after, reason FROM embark.audit");
}
END_TEST

START_TEST(where_all_is_applied_nothing_is_written)
{
  made_bundle *made = bundle_tables(kinds[_i], 2);
  drive_given(made);
  const char *before = db_mark();
  adopt(made, NULL, EMBARK_OK);
  adopt(made, "0000_t", EMBARK_OK);
  db_expect_mark(before);
}
END_TEST

START_TEST(late_ones_are_adopted_when_that_is_allowed)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 4);
  drive_given(bundle_without(made, 1));
  adopt(made, NULL, EMBARK_E_OUT_OF_ORDER);
  drive_options.flags = EMBARK_OUT_OF_ORDER;
  adopt(made, NULL, EMBARK_OK);
  drive_options.flags = 0;
  expect_verified(made);
  db_expect_rows("0000_t|0\n0001_t|1\n0002_t|2\n0003_t|3",
                 "SELECT tag, \"position\" FROM embark.migrations ORDER BY 1");
}
END_TEST

/* The ledger's last row must not vouch for what is still pending before it. */
START_TEST(late_ones_up_to_a_target_leave_the_others_pending)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 4);
  drive_given(bundle_without(bundle_without(made, 2), 1));
  drive_options.flags = EMBARK_OUT_OF_ORDER;
  adopt(made, "0001_t", EMBARK_OK);
  ck_assert_int_eq(drive_op(EMBARK_VERIFY, made), EMBARK_E_PENDING);
  drive_ok(made);
  db_expect_tables("t0000 t0002 t0003");
}
END_TEST

START_TEST(drift_of_the_history_is_refused)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 4);
  drive_given(bundle_head(made, 3));
  const char *before = db_mark();
  adopt(bundle_without(made, 1), NULL, EMBARK_E_MISSING);
  made->migrations[0].hash = made->migrations[1].hash;
  adopt(made, NULL, EMBARK_E_CHANGED);
  db_expect_mark(before);
}
END_TEST

START_TEST(a_target_that_the_bundle_does_not_have_is_refused)
{
  const char *before = db_mark();
  adopt(bundle_tables(EMBARK_LEDGER_NATIVE, 2), "t", EMBARK_E_TARGET);
  adopt(bundle_tables(EMBARK_LEDGER_NATIVE, 2), "", EMBARK_E_TARGET);
  db_expect_mark(before);
}
END_TEST

START_TEST(a_dry_run_says_what_would_be_adopted_and_writes_nothing)
{
  const embark_step *steps = NULL;
  made_bundle *made = bundle_tables(kinds[_i], 3);
  const char *before = db_mark();
  drive_options.flags = EMBARK_DRY_RUN;
  drive_options.target = "0001_t";
  embark_run *run = drive_start(EMBARK_ADOPT, made);
  ck_assert_int_eq(drive_run(run), EMBARK_OK);
  ck_assert_uint_eq(embark_run_steps(run, &steps), 2);
  ck_assert_int_eq(steps[1].adopt, 1);
  embark_run_free(run);
  db_expect_mark(before);
}
END_TEST

START_TEST(one_without_a_transaction_is_adopted_without_a_second_connection)
{
  made_bundle *made =
      bundle_native("0000_t", "create table t (id int);\n", "0001_i",
                    "-- embark: no-transaction\ncreate index concurrently i on t (id);\n", NULL);
  adopt(made, NULL, EMBARK_OK);
  db_expect_tables("");
  expect_verified(made);
}
END_TEST

START_TEST(what_another_applies_meanwhile_is_left_to_it)
{
  made_bundle *made = bundle_tables(kinds[_i], 4);
  drive_given(bundle_head(made, 1));
  meanwhile(EMBARK_ADOPT, made, EMBARK_MIGRATE, made, 2);
  expect_verified(made);
  db_expect_tables("t0000 t0001 t0002");
  db_expect_rows("0003_t", "SELECT tag FROM embark.audit");
}
END_TEST

START_TEST(two_at_once_without_a_ledger_record_each_once)
{
  made_bundle *made = bundle_tables(kinds[_i], 3);
  meanwhile(EMBARK_ADOPT, made, EMBARK_ADOPT, made, 0);
  expect_verified(made);
  db_expect_rows("3", "SELECT count(*) FROM embark.audit");
}
END_TEST

START_TEST(what_another_reverts_meanwhile_is_adopted_too)
{
  made_bundle *made = bundle_reversible(kinds[_i], 3);
  drive_given(bundle_head(made, 2));
  meanwhile(EMBARK_ADOPT, made, EMBARK_REVERT, made, 1);
  expect_verified(made);
  db_expect_tables("t0000");
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("adopt_op");
  drive_add_single(
      suite, the_ledger_says_that_they_were_adopted_and_the_audit_why,
      late_ones_are_adopted_when_that_is_allowed, late_ones_up_to_a_target_leave_the_others_pending,
      drift_of_the_history_is_refused, a_target_that_the_bundle_does_not_have_is_refused,
      one_without_a_transaction_is_adopted_without_a_second_connection, NULL);
  drive_add_loop(suite, 3, a_database_without_a_ledger_gets_one_with_all_recorded,
                 up_to_a_target_and_the_rest_is_migrated, an_existing_ledger_takes_what_is_pending,
                 where_all_is_applied_nothing_is_written,
                 a_dry_run_says_what_would_be_adopted_and_writes_nothing,
                 what_another_applies_meanwhile_is_left_to_it,
                 two_at_once_without_a_ledger_record_each_once,
                 what_another_reverts_meanwhile_is_adopted_too, NULL);
  return suite;
}
