/* `target` and `steps`: no further than that, whoever else is at it. */
#include "drive.h"
#include "meanwhile.h"
#include "record.h"
#include "suite.h"

static const embark_ledger kinds[] = {EMBARK_LEDGER_NATIVE, EMBARK_LEDGER_DRIZZLE,
                                      EMBARK_LEDGER_DRIZZLE_TAG};

START_TEST(migrations_are_applied_up_to_the_target)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 4);
  drive_options.target = "0001_t";
  drive_ok(made);
  db_expect_tables("t0000 t0001");
  drive_ok(made);
  db_expect_tables("t0000 t0001");
  drive_options.target = "0003_t";
  drive_ok(made);
  db_expect_tables("t0000 t0001 t0002 t0003");
}
END_TEST

START_TEST(no_more_than_so_many_steps_are_taken)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 4);
  drive_options.steps = 3;
  drive_ok(made);
  db_expect_tables("t0000 t0001 t0002");
  drive_ok(made);
  db_expect_tables("t0000 t0001 t0002 t0003");
  drive_ok(made);
}
END_TEST

START_TEST(target_and_steps_both_hold)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 4);
  drive_options.target = "0001_t";
  drive_options.steps = 1;
  drive_ok(made);
  db_expect_tables("t0000");
  drive_ok(made);
  drive_ok(made);
  db_expect_tables("t0000 t0001");
}
END_TEST

START_TEST(a_target_that_the_bundle_does_not_have_is_refused_even_where_all_is_applied)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 2);
  drive_given(made);
  drive_options.target = "0002_t";
  drive_expect(made, EMBARK_E_TARGET);
  drive_expect_error("the bundle has no migration \"0002_t\"", "",
                     "\"embark-bundle --list\" shows the tags of a folder.");
  ck_assert_str_eq(drive_error.tag, "0002_t");
}
END_TEST

START_TEST(a_tag_that_is_missing_in_a_bad_bundle_is_not_read)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 2);
  made->migrations[0].tag = NULL;
  drive_options.target = "0001_t";
  drive_expect(made, EMBARK_E_BUNDLE);
}
END_TEST

START_TEST(a_failure_behind_the_target_is_never_reached)
{
  made_bundle *made =
      bundle_native("0000_a", "create table a ();\n", "0001_b", "select 1/0;\n", NULL);
  drive_options.target = "0000_a";
  drive_ok(made);
  drive_options.target = NULL;
  drive_expect(made, EMBARK_E_SQL);
}
END_TEST

START_TEST(a_plan_goes_as_far)
{
  const embark_step *steps = NULL;
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 4);
  drive_options.target = "0002_t";
  embark_run *run = drive_start(EMBARK_PLAN, made);
  ck_assert_int_eq(drive_run(run), EMBARK_OK);
  ck_assert_uint_eq(embark_run_steps(run, &steps), 3);
  embark_run_free(run);
  drive_options.target = NULL;
  drive_options.steps = 2;
  drive_options.flags = EMBARK_DRY_RUN;
  run = drive_start(EMBARK_MIGRATE, made);
  ck_assert_int_eq(drive_run(run), EMBARK_OK);
  ck_assert_uint_eq(embark_run_steps(run, &steps), 2);
  embark_run_free(run);
  db_expect_tables("");
}
END_TEST

START_TEST(verify_looks_at_all_of_it)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 2);
  drive_given(bundle_head(made, 1));
  drive_options.target = "0000_t";
  ck_assert_int_eq(drive_op(EMBARK_VERIFY, made), EMBARK_E_PENDING);
}
END_TEST

/* The chain of the one behind must not vouch for the one that is still pending. */
START_TEST(a_late_one_is_applied_alone_and_the_next_is_still_seen)
{
  made_bundle *made = bundle_tables(kinds[_i], 4);
  drive_given(bundle_without(bundle_without(made, 2), 1));
  drive_options.flags = EMBARK_OUT_OF_ORDER;
  drive_options.steps = 1;
  drive_ok(made);
  db_expect_tables("t0000 t0001 t0003");
  drive_ok(made);
  db_expect_tables("t0000 t0001 t0002 t0003");
}
END_TEST

START_TEST(two_runs_of_one_step_each_take_one_in_all)
{
  made_bundle *made = bundle_tables(kinds[_i], 3);
  drive_given(bundle_head(made, 1));
  drive_options.steps = 1;
  meanwhile(EMBARK_MIGRATE, made, EMBARK_MIGRATE, made, 1);
  db_expect_tables("t0000 t0001");
}
END_TEST

START_TEST(two_reverts_of_one_step_each_take_one_in_all)
{
  made_bundle *made = bundle_reversible(kinds[_i], 3);
  drive_given(made);
  drive_options.steps = 1;
  meanwhile(EMBARK_REVERT, made, EMBARK_REVERT, made, 1);
  db_expect_tables("t0000 t0001");
  db_expect_rows("1", "SELECT count(*) FROM embark.audit");
}
END_TEST

START_TEST(a_revert_goes_on_where_another_ended)
{
  made_bundle *made = bundle_reversible(kinds[_i], 4);
  drive_given(made);
  drive_options.target = "0000_t";
  meanwhile(EMBARK_REVERT, made, EMBARK_REVERT, made, 2);
  db_expect_tables("t0000");
  db_expect_rows("3", "SELECT count(*) FROM embark.audit");
}
END_TEST

START_TEST(a_revert_that_finds_more_applied_than_it_planned_on_takes_no_more_steps)
{
  made_bundle *made = bundle_reversible(kinds[_i], 3);
  drive_given(bundle_head(made, 2));
  drive_options.steps = 1;
  meanwhile(EMBARK_REVERT, made, EMBARK_MIGRATE, made, 0);
  db_expect_tables("t0000 t0001");
  drive_options.steps = 0;
  drive_ok(made);
}
END_TEST

START_TEST(a_migrating_run_that_finds_less_applied_than_it_planned_on_applies_it_too)
{
  made_bundle *made = bundle_reversible(kinds[_i], 3);
  drive_given(bundle_head(made, 2));
  meanwhile(EMBARK_MIGRATE, made, EMBARK_REVERT, made, 1);
  db_expect_tables("t0000 t0001 t0002");
}
END_TEST

START_TEST(a_run_that_waited_for_the_lock_keeps_to_its_first_plan)
{
  made_bundle *made = bundle_tables(kinds[_i], 3);
  drive_given(bundle_head(made, 1));
  drive_options.has_lock_key = 1;
  drive_options.lock_key = 42;
  drive_options.steps = 1;
  db_exec(db_watch, "SELECT pg_advisory_lock(42)");
  embark_run *run = drive_start(EMBARK_MIGRATE, made);
  while (record_count(EMBARK_EVENT_LOCK_WAIT) == 0) {
    drive_step(run);
  }
  meanwhile_run(EMBARK_MIGRATE, made, 1);
  db_exec(db_watch, "SELECT pg_advisory_unlock(42)");
  ck_assert_int_eq(drive_run(run), EMBARK_OK);
  embark_run_free(run);
  db_expect_tables("t0000 t0001");
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite =
      drive_suite("target", migrations_are_applied_up_to_the_target,
                  no_more_than_so_many_steps_are_taken, target_and_steps_both_hold,
                  a_target_that_the_bundle_does_not_have_is_refused_even_where_all_is_applied,
                  a_tag_that_is_missing_in_a_bad_bundle_is_not_read,
                  a_failure_behind_the_target_is_never_reached, NULL);
  drive_add_single(suite, a_plan_goes_as_far, verify_looks_at_all_of_it, NULL);
  drive_add_loop(suite, 3, a_late_one_is_applied_alone_and_the_next_is_still_seen,
                 two_runs_of_one_step_each_take_one_in_all,
                 two_reverts_of_one_step_each_take_one_in_all, a_revert_goes_on_where_another_ended,
                 a_revert_that_finds_more_applied_than_it_planned_on_takes_no_more_steps,
                 a_migrating_run_that_finds_less_applied_than_it_planned_on_applies_it_too,
                 a_run_that_waited_for_the_lock_keeps_to_its_first_plan, NULL);
  return suite;
}
