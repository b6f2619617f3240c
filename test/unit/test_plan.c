/* What a plan makes of single rows of a ledger, kind by kind, and of memory that runs out. */
#include <string.h>

#include "failing_alloc.h"
#include "plan_given.h"
#include "suite.h"

static given g;
static embark__plan plan;
static embark_error err;

static int decide(const embark__row *rows, size_t count)
{
  embark__situation now = given_situation(EMBARK_MIGRATE);
  return given_decide(&plan, &g, rows, count, &now, &err);
}

static void forget(void)
{
  embark__plan_free(&plan);
}

START_TEST(an_empty_bundle_needs_nothing)
{
  given_bundle(&g, EMBARK_LEDGER_NATIVE, 0);
  ck_assert_int_eq(decide(NULL, 0), EMBARK_OK);
  ck_assert_uint_eq(plan.step_count, 0);
  ck_assert_int_eq(plan.ahead, 0);
}
END_TEST

START_TEST(an_empty_bundle_is_behind_a_ledger_that_has_rows)
{
  given_bundle(&g, (embark_ledger)_i, 0);
  embark__row rows[] = {given_unknown(&g, 0)};
  ck_assert_int_eq(decide(rows, 1), EMBARK_OK);
  ck_assert_int_eq(plan.ahead, 1);
}
END_TEST

START_TEST(an_adopted_row_counts_as_applied)
{
  given_bundle(&g, EMBARK_LEDGER_NATIVE, 1);
  embark__row row = given_applied(&g, 0);
  row.state = "adopted";
  ck_assert_int_eq(decide(&row, 1), EMBARK_OK);
  ck_assert_uint_eq(plan.step_count, 0);
}
END_TEST

START_TEST(a_row_without_a_tag_is_of_no_migration)
{
  given_bundle(&g, (embark_ledger)_i, 1);
  embark__row row = {.hash = g.migration[0].hash};
  ck_assert_int_eq(decide(&row, 1), EMBARK_E_UNKNOWN);
}
END_TEST

START_TEST(a_native_row_without_a_hash_counts_as_changed)
{
  given_bundle(&g, EMBARK_LEDGER_NATIVE, 1);
  embark__row row = given_applied(&g, 0);
  row.hash = NULL;
  ck_assert_int_eq(decide(&row, 1), EMBARK_E_CHANGED);
}
END_TEST

START_TEST(a_drizzle_row_without_a_time_is_of_no_migration)
{
  given_bundle(&g, EMBARK_LEDGER_DRIZZLE, 1);
  g.migration[0].when_ms = 0;
  embark__row row = {.hash = g.migration[0].hash};
  ck_assert_int_eq(decide(&row, 1), EMBARK_E_UNKNOWN);
  ck_assert_str_eq(err.tag, g.migration[0].hash);
}
END_TEST

START_TEST(a_drizzle_row_without_a_hash_counts_as_changed)
{
  given_bundle(&g, EMBARK_LEDGER_DRIZZLE, 1);
  embark__row row = given_applied(&g, 0);
  row.hash = NULL;
  ck_assert_int_eq(decide(&row, 1), EMBARK_E_CHANGED);
}
END_TEST

START_TEST(a_row_of_nothing_at_all_is_named_by_the_empty_text)
{
  given_bundle(&g, EMBARK_LEDGER_DRIZZLE, 1);
  embark__row row = {.tag = NULL};
  ck_assert_int_eq(decide(&row, 1), EMBARK_E_UNKNOWN);
  ck_assert_str_eq(err.tag, "");
}
END_TEST

START_TEST(a_drizzle_row_that_is_there_twice_is_one_migration)
{
  given_bundle(&g, EMBARK_LEDGER_DRIZZLE, 2);
  embark__row rows[] = {given_applied(&g, 0), given_applied(&g, 0), given_applied(&g, 1)};
  ck_assert_int_eq(decide(rows, 3), EMBARK_OK);
  ck_assert_uint_eq(plan.step_count, 0);
  ck_assert_int_eq(plan.ahead, 0);
}
END_TEST

START_TEST(two_empty_drizzle_files_of_one_time_are_two_migrations)
{
  given_bundle(&g, EMBARK_LEDGER_DRIZZLE, 2);
  g.migration[1].hash = g.migration[0].hash;
  g.migration[1].when_ms = g.migration[0].when_ms;
  embark__row rows[] = {given_applied(&g, 0), given_applied(&g, 0)};
  ck_assert_int_eq(decide(rows, 1), EMBARK_OK);
  ck_assert_uint_eq(plan.step_count, 1);
  ck_assert_uint_eq(plan.step_migration[0], 1);
  forget();
  ck_assert_int_eq(decide(rows, 2), EMBARK_OK);
  ck_assert_uint_eq(plan.step_count, 0);
}
END_TEST

START_TEST(one_hash_at_two_times_is_two_migrations)
{
  given_bundle(&g, EMBARK_LEDGER_DRIZZLE, 2);
  g.migration[1].hash = g.migration[0].hash;
  embark__row rows[] = {given_applied(&g, 0)};
  ck_assert_int_eq(decide(rows, 1), EMBARK_OK);
  ck_assert_uint_eq(plan.step_count, 1);
  ck_assert_uint_eq(plan.step_migration[0], 1);
}
END_TEST

START_TEST(a_changed_file_among_two_of_one_time_is_found)
{
  given_bundle(&g, EMBARK_LEDGER_DRIZZLE, 2);
  g.migration[1].when_ms = g.migration[0].when_ms;
  embark__row rows[] = {given_applied(&g, 0), given_changed(&g, 1)};
  ck_assert_int_eq(decide(rows, 2), EMBARK_E_CHANGED);
  ck_assert_str_eq(err.tag, "m1");
}
END_TEST

START_TEST(a_row_that_turns_out_to_be_of_no_migration_of_its_time_is_another_one_changed)
{
  given_bundle(&g, EMBARK_LEDGER_DRIZZLE, 2);
  g.migration[1].when_ms = g.migration[0].when_ms;
  embark__row rows[] = {given_changed(&g, 1), given_applied(&g, 0)};
  ck_assert_int_eq(decide(rows, 2), EMBARK_E_CHANGED);
  ck_assert_str_eq(err.tag, "m1");
}
END_TEST

START_TEST(times_that_go_backwards_are_no_drift)
{
  given_bundle(&g, EMBARK_LEDGER_DRIZZLE, 3);
  g.migration[1].when_ms = 7;
  embark__row rows[] = {given_applied(&g, 0), given_applied(&g, 1)};
  ck_assert_int_eq(decide(rows, 2), EMBARK_OK);
  ck_assert_uint_eq(plan.step_count, 1);
  ck_assert_uint_eq(plan.step_migration[0], 2);
}
END_TEST

START_TEST(a_drizzle_ledger_by_tag_does_not_look_at_times)
{
  given_bundle(&g, EMBARK_LEDGER_DRIZZLE_TAG, 1);
  embark__row row = given_applied(&g, 0);
  row.when_ms = 99;
  ck_assert_int_eq(decide(&row, 1), EMBARK_OK);
  ck_assert_uint_eq(plan.step_count, 0);
}
END_TEST

START_TEST(a_restamp_begins_at_the_first_row_behind_a_late_migration)
{
  embark__situation now = given_situation(EMBARK_MIGRATE);
  now.flags = EMBARK_OUT_OF_ORDER;
  given_bundle(&g, EMBARK_LEDGER_NATIVE, 5);
  embark__row rows[] = {given_applied(&g, 0), given_applied(&g, 2), given_applied(&g, 4)};
  ck_assert_int_eq(given_decide(&plan, &g, rows, 3, &now, &err), EMBARK_OK);
  ck_assert_uint_eq(plan.step_count, 2);
  ck_assert_uint_eq(plan.restamp_from, 2);
}
END_TEST

/* --- memory ---------------------------------------------------------------------------------- */

/* Rows that nobody knows, then another plan that has steps, memory ending at call `fail_at`.
 * Returns the result; *calls counts them. */
static int plan_short_of_memory(size_t fail_at, size_t *calls)
{
  failing_alloc memory;
  embark__plan scarce;
  embark__situation now = given_situation(EMBARK_MIGRATE);
  embark__row unknown = given_unknown(&g, 0);
  failing_alloc_init(&memory, fail_at);
  int code = embark__plan_init(&scarce, &g.bundle, &memory.alloc);
  for (int i = 0; i < 20 && code == EMBARK_OK; i++) {
    code = embark__plan_row(&scarce, &unknown);
  }
  embark__plan_free(&scarce);
  if (code == EMBARK_OK) {
    code = embark__plan_init(&scarce, &g.bundle, &memory.alloc);
    code = code == EMBARK_OK ? embark__plan_decide(&scarce, &now, &err) : code;
    embark__plan_free(&scarce);
  }
  ck_assert_uint_eq(memory.blocks, 0);
  *calls = memory.calls;
  return code;
}

START_TEST(memory_that_ends_anywhere_is_an_error_and_leaks_nothing)
{
  size_t needed, ignored;
  given_bundle(&g, (embark_ledger)_i, 3);
  ck_assert_int_eq(plan_short_of_memory(0, &needed), EMBARK_OK);
  ck_assert_uint_ge(needed, 20 + 2);
  for (size_t at = 1; at <= needed; at++) {
    ck_assert_int_eq(plan_short_of_memory(at, &ignored), EMBARK_E_MEMORY);
  }
}
END_TEST

START_TEST(a_plan_may_be_freed_twice_and_when_it_is_all_zeros)
{
  embark__plan zeros;
  memset(&zeros, 0, sizeof zeros);
  embark__plan_free(&zeros);
  given_bundle(&g, EMBARK_LEDGER_NATIVE, 1);
  ck_assert_int_eq(decide(NULL, 0), EMBARK_OK);
  embark__plan_free(&plan);
  embark__plan_free(&plan);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("plan");
  TCase *rows = tcase_create("rows");
  tcase_add_checked_fixture(rows, NULL, forget);
  tcase_add_test(rows, an_empty_bundle_needs_nothing);
  tcase_add_loop_test(rows, an_empty_bundle_is_behind_a_ledger_that_has_rows, 1, 4);
  tcase_add_test(rows, an_adopted_row_counts_as_applied);
  tcase_add_loop_test(rows, a_row_without_a_tag_is_of_no_migration, 1, 4);
  tcase_add_test(rows, a_native_row_without_a_hash_counts_as_changed);
  tcase_add_test(rows, a_drizzle_row_without_a_time_is_of_no_migration);
  tcase_add_test(rows, a_drizzle_row_without_a_hash_counts_as_changed);
  tcase_add_test(rows, a_row_of_nothing_at_all_is_named_by_the_empty_text);
  tcase_add_test(rows, a_drizzle_row_that_is_there_twice_is_one_migration);
  tcase_add_test(rows, two_empty_drizzle_files_of_one_time_are_two_migrations);
  tcase_add_test(rows, one_hash_at_two_times_is_two_migrations);
  tcase_add_test(rows, a_changed_file_among_two_of_one_time_is_found);
  tcase_add_test(rows,
                 a_row_that_turns_out_to_be_of_no_migration_of_its_time_is_another_one_changed);
  tcase_add_test(rows, times_that_go_backwards_are_no_drift);
  tcase_add_test(rows, a_drizzle_ledger_by_tag_does_not_look_at_times);
  tcase_add_test(rows, a_restamp_begins_at_the_first_row_behind_a_late_migration);
  suite_add_tcase(suite, rows);
  TCase *memory = tcase_create("memory");
  tcase_add_checked_fixture(memory, NULL, forget);
  tcase_add_loop_test(memory, memory_that_ends_anywhere_is_an_error_and_leaks_nothing, 1, 4);
  tcase_add_test(memory, a_plan_may_be_freed_twice_and_when_it_is_all_zeros);
  suite_add_tcase(suite, memory);
  return suite;
}
