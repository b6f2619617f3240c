/* Each kind of drift by itself: the code, every text, and which comes before which. */
#include <string.h>

#include "plan_given.h"
#include "suite.h"

static given g;
static embark__plan plan;
static embark_error err;
static embark__situation now;

static void start(void)
{
  now = given_situation(EMBARK_MIGRATE);
}

static void forget(void)
{
  embark__plan_free(&plan);
}

static int decide(const embark__row *rows, size_t count)
{
  return given_decide(&plan, &g, rows, count, &now, &err);
}

static void expect_texts(const char *tag, const char *message, const char *detail, const char *hint)
{
  ck_assert_str_eq(err.tag, tag);
  ck_assert_str_eq(err.message, message);
  ck_assert_str_eq(err.detail, detail);
  ck_assert_str_eq(err.hint, hint);
  ck_assert_str_eq(err.sqlstate, "");
  ck_assert_uint_eq(err.statement, 0);
  ck_assert_uint_eq(err.line, 0);
}

START_TEST(an_edited_migration_is_named_with_its_new_hash)
{
  given_bundle(&g, EMBARK_LEDGER_NATIVE, 3);
  embark__row rows[] = {given_applied(&g, 0), given_changed(&g, 1)};
  ck_assert_int_eq(decide(rows, 2), EMBARK_E_CHANGED);
  expect_texts("m1", "migration \"m1\" was changed after it was applied",
               "Its hash is now 0000000000000000000000000000000000000000000000000000000000000001; "
               "the ledger has another.",
               "Put the file back as it was, and make the change in a new migration.");
  ck_assert_str_eq(err.file, "m1.sql");
}
END_TEST

START_TEST(of_several_edited_migrations_the_first_of_the_bundle_is_named)
{
  given_bundle(&g, EMBARK_LEDGER_DRIZZLE, 3);
  embark__row rows[] = {given_changed(&g, 2), given_changed(&g, 1)};
  ck_assert_int_eq(decide(rows, 2), EMBARK_E_CHANGED);
  ck_assert_str_eq(err.tag, "m1");
}
END_TEST

START_TEST(a_migration_that_left_the_bundle_is_named_by_its_tag)
{
  given_bundle(&g, EMBARK_LEDGER_NATIVE, 2);
  embark__row rows[] = {given_applied(&g, 0), given_unknown(&g, 0), given_applied(&g, 1)};
  ck_assert_int_eq(decide(rows, 3), EMBARK_E_MISSING);
  expect_texts("u0", "applied migration \"u0\" is not in the bundle",
               "The ledger has it before others that are.",
               "Put the file back; or, if it is gone for good, delete its row from the ledger.");
  ck_assert_str_eq(err.file, "");
}
END_TEST

START_TEST(a_migration_that_left_a_drizzle_bundle_is_named_by_its_hash_and_time)
{
  given_bundle(&g, EMBARK_LEDGER_DRIZZLE, 2);
  embark__row rows[] = {given_unknown(&g, 0), given_applied(&g, 0)};
  ck_assert_int_eq(decide(rows, 2), EMBARK_E_MISSING);
  expect_texts("000000000000000000000000000000000000000000000000000000000000000a",
               "applied migration "
               "\"000000000000000000000000000000000000000000000000000000000000000a\" is not in the "
               "bundle",
               "The ledger has it at created_at 2000, before others that are.",
               "Put the file back; or, if it is gone for good, delete its row from the ledger.");
}
END_TEST

START_TEST(another_order_is_named_by_the_migration_that_came_too_late)
{
  given_bundle(&g, EMBARK_LEDGER_NATIVE, 2);
  embark__row rows[] = {given_applied(&g, 1), given_applied(&g, 0)};
  ck_assert_int_eq(decide(rows, 2), EMBARK_E_REORDERED);
  expect_texts("m0", "migration \"m0\" was applied in another order",
               "The ledger has it after a migration that follows it in the bundle.",
               "Put the files back in the order in which they were applied, or set "
               "EMBARK_OUT_OF_ORDER if the order does not matter.");
}
END_TEST

START_TEST(another_order_is_no_matter_out_of_order_nor_in_a_drizzle_ledger)
{
  given_bundle(&g, (embark_ledger)_i, 2);
  now.flags = _i == EMBARK_LEDGER_NATIVE ? EMBARK_OUT_OF_ORDER : 0;
  embark__row rows[] = {given_applied(&g, 1), given_applied(&g, 0)};
  ck_assert_int_eq(decide(rows, 2), EMBARK_OK);
  ck_assert_uint_eq(plan.step_count, 0);
}
END_TEST

START_TEST(a_late_migration_is_named_with_the_newest_applied_one)
{
  given_bundle(&g, EMBARK_LEDGER_NATIVE, 4);
  embark__row rows[] = {given_applied(&g, 0), given_applied(&g, 2)};
  ck_assert_int_eq(decide(rows, 2), EMBARK_E_OUT_OF_ORDER);
  expect_texts("m1", "migration \"m1\" is pending, but a later one is applied",
               "\"m2\" is applied already.",
               "Give it a place after the applied ones, or set EMBARK_OUT_OF_ORDER to apply it "
               "late.");
}
END_TEST

START_TEST(a_late_migration_is_applied_where_that_is_allowed)
{
  given_bundle(&g, EMBARK_LEDGER_NATIVE, 3);
  now.flags = EMBARK_OUT_OF_ORDER;
  embark__row rows[] = {given_applied(&g, 0), given_applied(&g, 2)};
  ck_assert_int_eq(decide(rows, 2), EMBARK_OK);
  ck_assert_uint_eq(plan.step_count, 1);
  ck_assert_str_eq(plan.steps[0].tag, "m1");
  ck_assert_uint_eq(plan.restamp_from, 2);
}
END_TEST

START_TEST(a_ledger_that_went_another_way_is_named_by_its_first_strange_row)
{
  given_bundle(&g, EMBARK_LEDGER_NATIVE, 2);
  now.flags = _i == 0 ? 0 : EMBARK_OUT_OF_ORDER;
  embark__row rows[] = {given_applied(&g, 0), given_unknown(&g, 1), given_unknown(&g, 0)};
  ck_assert_int_eq(decide(rows, 3), EMBARK_E_UNKNOWN);
  expect_texts("u1", "the database has migration \"u1\", which this bundle does not know",
               "The bundle itself has migrations that are pending.",
               "Bring both into one folder, bundle that, and deploy it.");
}
END_TEST

START_TEST(a_ledger_that_is_ahead_is_success_with_a_flag)
{
  given_bundle(&g, (embark_ledger)_i, 2);
  embark__row rows[] = {given_applied(&g, 0), given_applied(&g, 1), given_unknown(&g, 0)};
  for (now.op = EMBARK_MIGRATE; now.op <= EMBARK_VERIFY; now.op++) {
    ck_assert_int_eq(decide(rows, 3), EMBARK_OK);
    ck_assert_uint_eq(plan.step_count, 0);
    ck_assert_int_eq(plan.ahead, 1);
    forget();
  }
}
END_TEST

START_TEST(a_row_in_an_unknown_state_is_left_to_whoever_wrote_it)
{
  given_bundle(&g, EMBARK_LEDGER_NATIVE, 2);
  embark__row rows[] = {given_applied(&g, 0), given_changed(&g, 1)};
  rows[0].state = "running";
  ck_assert_int_eq(decide(rows, 2), EMBARK_E_LEDGER);
  expect_texts("m0", "the ledger's row for \"m0\" is in an unknown state", "",
               "It was written by a newer version of Embark, or by hand; use that version.");
}
END_TEST

START_TEST(verify_counts_what_is_pending)
{
  static const char *const messages[] = {"", "1 migration is pending", "2 migrations are pending"};
  given_bundle(&g, EMBARK_LEDGER_NATIVE, 3);
  now.op = EMBARK_VERIFY;
  embark__row rows[] = {given_applied(&g, 0), given_applied(&g, 1)};
  ck_assert_int_eq(decide(rows, (size_t)(3 - _i)), EMBARK_E_PENDING);
  expect_texts("", messages[_i], "", "Apply them with embark_migrate().");
}
END_TEST

START_TEST(tables_without_a_ledger_are_not_touched)
{
  given_bundle(&g, EMBARK_LEDGER_NATIVE, 1);
  now.has_ledger = 0;
  ck_assert_int_eq(decide(NULL, 0), EMBARK_E_ADOPT);
  expect_texts("", "the database has tables, but no ledger of migrations",
               "Applying the bundle from its start would collide with what is there.",
               "If its schema is what this bundle makes, set adopt to EMBARK_ADOPT_ASSUME once (or "
               "bundle with --adopt assume) to record all as adopted; if not, use an empty "
               "database.");
}
END_TEST

START_TEST(tables_without_a_ledger_are_adopted_where_that_is_assumed)
{
  given_bundle(&g, EMBARK_LEDGER_NATIVE, 2);
  now.has_ledger = 0;
  now.adopt = EMBARK_ADOPT_ASSUME;
  ck_assert_int_eq(decide(NULL, 0), EMBARK_OK);
  ck_assert_uint_eq(plan.step_count, 2);
  ck_assert_int_eq(plan.steps[0].adopt, 1);
  ck_assert_int_eq(plan.steps[1].adopt, 1);
}
END_TEST

START_TEST(an_empty_database_is_migrated_even_where_adoption_is_assumed)
{
  given_bundle(&g, EMBARK_LEDGER_NATIVE, 1);
  now.has_ledger = 0;
  now.has_tables = 0;
  now.adopt = EMBARK_ADOPT_ASSUME;
  ck_assert_int_eq(decide(NULL, 0), EMBARK_OK);
  ck_assert_int_eq(plan.steps[0].adopt, 0);
}
END_TEST

START_TEST(an_empty_ledger_beside_tables_means_that_nothing_is_adopted)
{
  given_bundle(&g, EMBARK_LEDGER_NATIVE, 1);
  now.adopt = EMBARK_ADOPT_ASSUME;
  ck_assert_int_eq(decide(NULL, 0), EMBARK_OK);
  ck_assert_int_eq(plan.steps[0].adopt, 0);
}
END_TEST

START_TEST(a_tag_too_long_for_an_error_is_cut)
{
  static char tag[300];
  given_bundle(&g, EMBARK_LEDGER_NATIVE, 1);
  memset(tag, 'x', sizeof tag - 1);
  embark__row row = {.tag = tag, .hash = "", .state = "applied"};
  ck_assert_int_eq(decide(&row, 1), EMBARK_E_UNKNOWN);
  ck_assert_uint_eq(strlen(err.tag), EMBARK_TAG_SIZE - 1);
  ck_assert_str_eq(err.tag + EMBARK_TAG_SIZE - 4, "...");
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("decide");
  TCase *drift = tcase_create("drift");
  tcase_add_checked_fixture(drift, start, forget);
  tcase_add_test(drift, an_edited_migration_is_named_with_its_new_hash);
  tcase_add_test(drift, of_several_edited_migrations_the_first_of_the_bundle_is_named);
  tcase_add_test(drift, a_migration_that_left_the_bundle_is_named_by_its_tag);
  tcase_add_test(drift, a_migration_that_left_a_drizzle_bundle_is_named_by_its_hash_and_time);
  tcase_add_test(drift, another_order_is_named_by_the_migration_that_came_too_late);
  tcase_add_loop_test(drift, another_order_is_no_matter_out_of_order_nor_in_a_drizzle_ledger, 1, 4);
  tcase_add_test(drift, a_late_migration_is_named_with_the_newest_applied_one);
  tcase_add_test(drift, a_late_migration_is_applied_where_that_is_allowed);
  tcase_add_loop_test(drift, a_ledger_that_went_another_way_is_named_by_its_first_strange_row, 0,
                      2);
  tcase_add_loop_test(drift, a_ledger_that_is_ahead_is_success_with_a_flag, 1, 4);
  tcase_add_test(drift, a_row_in_an_unknown_state_is_left_to_whoever_wrote_it);
  tcase_add_loop_test(drift, verify_counts_what_is_pending, 1, 3);
  tcase_add_test(drift, a_tag_too_long_for_an_error_is_cut);
  suite_add_tcase(suite, drift);
  TCase *adoption = tcase_create("adoption");
  tcase_add_checked_fixture(adoption, start, forget);
  tcase_add_test(adoption, tables_without_a_ledger_are_not_touched);
  tcase_add_test(adoption, tables_without_a_ledger_are_adopted_where_that_is_assumed);
  tcase_add_test(adoption, an_empty_database_is_migrated_even_where_adoption_is_assumed);
  tcase_add_test(adoption, an_empty_ledger_beside_tables_means_that_nothing_is_adopted);
  suite_add_tcase(suite, adoption);
  return suite;
}
