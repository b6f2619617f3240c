/* POST to the admin endpoint: what is pending is applied, or it is said why not. */
#include <string.h>

#include "ask.h"
#include "keep.h"
#include "suite.h"

static made_bundle *two(void)
{
  return bundle_native("0000_a", "create table a ();\n", "0001_b",
                       "create table b ();\ncreate table c ();\n", NULL);
}

START_TEST(a_post_applies_what_is_pending)
{
  json_t *json = ask_expect(two(), "", 200, 0).json;
  db_expect_tables("a b c");
  db_expect_rows("0000_a\n0001_b", "SELECT tag FROM embark.migrations ORDER BY position");
  ck_assert_str_eq(ask_each(json, "applied", "tag"), "0000_a 0001_b");
  ck_assert_str_eq(ask_each(json, "applied", "file"), "0000_a.sql 0001_b.sql");
  ck_assert_str_eq(ask_each(json, "applied", "run"), "true true");
  ck_assert_str_eq(ask_each(json, "applied", "statements"), "1 2");
  ck_assert_str_eq(ask_each(json, "applied", "transaction"), "true true");
  ck_assert_str_eq(ask_each(json, "applied", "hazards"), "[] []");
  ck_assert(json_is_real(
      json_object_get(json_array_get(json_object_get(json, "applied"), 0), "duration_ms")));
  ask_expect_released();
}
END_TEST

START_TEST(the_document_says_how_many_there_are_and_of_what_database)
{
  made_bundle *made = two();
  drive_given(bundle_head(made, 1));
  json_t *json = ask_expect(made, "", 200, 0).json;
  ask_expect_value(json, "schema", "1");
  ask_expect_value(json, "embark", embark_version());
  ask_expect_value(json, "command", "migrate");
  ask_expect_value(json, "database.name", db_name());
  ask_expect_value(json, "database.user", db_user());
  ask_expect_value(json, "database.source", "server");
  ck_assert_str_eq(ask_each(json, "applied", "tag"), "0001_b");
  ask_expect_value(json, "total", "2");
  ask_expect_value(json, "already", "1");
  ask_expect_value(json, "pending", "0");
  ask_expect_value(json, "ahead", "false");
  ask_expect_value(json, "error", "");
}
END_TEST

START_TEST(a_post_with_nothing_pending_changes_nothing)
{
  made_bundle *made = two();
  ask_expect(made, "", 200, 0);
  const char *before = db_mark();
  json_t *json = ask_expect(made, "", 200, 0).json;
  db_expect_mark(before);
  ask_expect_value(json, "applied", "[]");
  ask_expect_value(json, "already", "2");
}
END_TEST

START_TEST(a_database_that_is_ahead_is_success_and_says_so)
{
  made_bundle *made = two();
  drive_given(made);
  ask_expect_value(ask_expect(bundle_head(made, 1), "", 200, 0).json, "ahead", "true");
}
END_TEST

START_TEST(a_dry_run_shows_the_plan_and_changes_nothing)
{
  made_bundle *made = two();
  drive_given(bundle_head(made, 1));
  const char *before = db_mark();
  json_t *json = ask_expect(made, "dry-run", 200, 0).json;
  db_expect_mark(before);
  ask_expect_value(json, "command", "plan");
  ck_assert_str_eq(ask_each(json, "steps", "tag"), "0001_b");
  ck_assert_str_eq(ask_each(json, "steps", "position"), "2");
  ck_assert_str_eq(ask_each(json, "steps", "why"), "pending");
  ask_expect_value(json, "total", "2");
  ask_expect_value(json, "left", "0");
}
END_TEST

/* --- what may destroy something --------------------------------------------------------------- */

/* The last of three drops a table that was there before; `hazard` says what the bundler saw. */
static made_bundle *with_drop(uint16_t hazard)
{
  made_bundle *made =
      bundle_native("0000_a", "create table a ();\n", "0001_b", "create table b ();\n", "0002_drop",
                    "select 1;\ndrop table a;\n", NULL);
  made->statements[made->migrations[2].first_statement + 1].hazards = hazard;
  made->statements[made->migrations[2].first_statement + 1].made_by = 1;
  drive_given(bundle_head(made, 1));
  return made;
}

static void expect_forbidden(const made_bundle *made, const char *form, const char *hazard)
{
  const char *before = db_mark();
  json_t *json = ask_expect(made, form, 409, 7).json;
  db_expect_mark(before);
  ask_expect_value(json, "error.code", "EMBARK_E_FORBIDDEN");
  ask_expect_value(json, "error.tag", "0002_drop");
  ask_expect_value(json, "error.statement", "2");
  ask_expect_value(json, "error.line", "2");
  ask_expect_value(json, "error.column", "1");
  ck_assert_str_eq(ask_each(json, "steps", "tag"), "0001_b 0002_drop");
  ck_assert_str_eq(ask_each(json, "steps", "forbidden"), "false true");
  ck_assert_str_eq(ask_each(json, "steps", "hazards"), keep_printf("[] [\"%s\"]", hazard));
  ask_expect_released();
}

START_TEST(what_may_destroy_something_is_refused_before_anything_runs)
{
  made_bundle *made = with_drop(EMBARK_HAZARD_DESTRUCTIVE);
  expect_forbidden(made, "", "destructive");
  expect_forbidden(made, "dry-run", "destructive");
  expect_forbidden(made, "approve=0001_b", "destructive");
}
END_TEST

START_TEST(what_nobody_could_classify_is_refused_too)
{
  expect_forbidden(with_drop(EMBARK_HAZARD_UNCLASSIFIED), "", "unclassified");
}
END_TEST

START_TEST(what_is_approved_by_its_tag_runs)
{
  made_bundle *made = with_drop(EMBARK_HAZARD_DESTRUCTIVE);
  json_t *plan = ask_expect(made, "dry-run&approve=0002_drop", 200, 0).json;
  ck_assert_str_eq(ask_each(plan, "steps", "forbidden"), "false false");
  json_t *json = ask_expect(made, "approve=0002_drop", 200, 0).json;
  ck_assert_str_eq(ask_each(json, "applied", "tag"), "0001_b 0002_drop");
  ck_assert_str_eq(ask_each(json, "applied", "hazards"), "[] [\"destructive\"]");
  db_expect_tables("b");
}
END_TEST

START_TEST(what_the_program_approves_needs_no_request)
{
  static const char *const approved[] = {"0002_drop", NULL};
  made_bundle *made = with_drop(EMBARK_HAZARD_DESTRUCTIVE);
  drive_options.approved = approved;
  ask_expect(made, "approve=0001_b", 200, 0);
  db_expect_tables("b");
}
END_TEST

START_TEST(a_refusal_says_why_each_step_is_in_the_plan)
{
  made_bundle *made = with_drop(EMBARK_HAZARD_DESTRUCTIVE);
  made_bundle *late = bundle_native("0000_a", "create table a ();\n", "0002_drop",
                                    "select 1;\ndrop table a;\n", NULL);
  drive_given(late);
  db_exec(db_watch, "create table a ()");
  made->statements[made->migrations[1].first_statement].hazards = EMBARK_HAZARD_DESTRUCTIVE;
  drive_options.flags = EMBARK_OUT_OF_ORDER;
  json_t *json = ask_expect(made, "", 409, 7).json;
  ck_assert_str_eq(ask_each(json, "steps", "why"), "late");
  ask_expect_value(json, "left", "0");
}
END_TEST

/* --- adoption --------------------------------------------------------------------------------- */

START_TEST(what_is_adopted_is_told_as_not_run)
{
  made_bundle *made = two();
  db_exec(db_watch, "CREATE TABLE a (); CREATE TABLE b ()");
  ask_expect_value(ask_expect(made, "", 409, 4).json, "error.code", "EMBARK_E_ADOPT");
  drive_options.adopt = EMBARK_ADOPT_ASSUME;
  json_t *plan = ask_expect(made, "dry-run", 200, 0).json;
  ck_assert_str_eq(ask_each(plan, "steps", "why"), "adopted adopted");
  ck_assert_str_eq(ask_each(plan, "steps", "run"), "false false");
  json_t *json = ask_expect(made, "", 200, 0).json;
  ck_assert_str_eq(ask_each(json, "applied", "run"), "false false");
  ck_assert_str_eq(ask_each(json, "applied", "statements"), "0 0");
  ck_assert_str_eq(ask_each(json, "applied", "duration_ms"), "null null");
  ck_assert_str_eq(ask_each(json, "applied", "file"), "0000_a.sql 0001_b.sql");
  db_expect_tables("a b");
}
END_TEST

Suite *test_suite(void)
{
  return ask_suite(
      "admin_apply", a_post_applies_what_is_pending,
      the_document_says_how_many_there_are_and_of_what_database,
      a_post_with_nothing_pending_changes_nothing, a_database_that_is_ahead_is_success_and_says_so,
      a_dry_run_shows_the_plan_and_changes_nothing,
      what_may_destroy_something_is_refused_before_anything_runs,
      what_nobody_could_classify_is_refused_too, what_is_approved_by_its_tag_runs,
      what_the_program_approves_needs_no_request, a_refusal_says_why_each_step_is_in_the_plan,
      what_is_adopted_is_told_as_not_run, NULL);
}
