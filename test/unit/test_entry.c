/* What STATUS makes of the rows of a ledger, and of memory that runs out. */
#include <string.h>

#include "entry.h"
#include "failing_alloc.h"
#include "plan_given.h"
#include "suite.h"

static given g;
static embark__plan plan;
static embark__entries list;
static embark_error err;

static const char *const approved[] = {"m3", NULL};

static int list_with(const embark__row *rows, size_t count, const embark_allocator *alloc)
{
  embark__situation now = given_situation(EMBARK_STATUS);
  int code = embark__plan_init(&plan, &g.bundle, alloc);
  int listed = embark__entries_init(&list, &g.bundle, alloc);
  code = code == EMBARK_OK ? listed : code;
  for (size_t i = 0; i < count && code == EMBARK_OK; i++) {
    code = embark__plan_row(&plan, &rows[i]);
    code = code == EMBARK_OK ? embark__entries_row(&list, &plan, &rows[i]) : code;
  }
  code = code == EMBARK_OK ? embark__plan_decide(&plan, &now, &err) : code;
  if (code == EMBARK_OK) {
    now.forbid = EMBARK_HAZARD_DESTRUCTIVE;
    now.approved = approved;
    embark__entries_settle(&list, &plan, &now);
  }
  return code;
}

static void list_rows(const embark__row *rows, size_t count)
{
  ck_assert_int_eq(list_with(rows, count, NULL), EMBARK_OK);
}

static void forget(void)
{
  embark__entries_free(&list);
  embark__plan_free(&plan);
}

static void expect(size_t at, const char *tag, embark_state state)
{
  ck_assert_uint_lt(at, list.count);
  ck_assert_str_eq(list.items[at].tag, tag);
  ck_assert_int_eq(list.items[at].state, state);
  ck_assert_uint_eq(list.items[at].migration,
                    at < g.bundle.migration_count ? (uint32_t)at : UINT32_MAX);
}

START_TEST(without_rows_everything_is_pending)
{
  given_bundle(&g, (embark_ledger)_i, 2);
  list_rows(NULL, 0);
  ck_assert_uint_eq(list.count, 2);
  expect(0, "m0", EMBARK_STATE_PENDING);
  expect(1, "m1", EMBARK_STATE_PENDING);
  ck_assert_ptr_null(list.items[0].hash);
  ck_assert_ptr_null(list.items[0].applied_at);
  ck_assert_int_eq(list.items[0].duration_us, -1);
  ck_assert_int_eq(list.items[0].is_late, 0);
}
END_TEST

START_TEST(an_empty_bundle_and_an_empty_ledger_are_an_empty_list)
{
  given_bundle(&g, (embark_ledger)_i, 0);
  list_rows(NULL, 0);
  ck_assert_uint_eq(list.count, 0);
}
END_TEST

START_TEST(a_row_is_applied_or_adopted_as_it_says)
{
  given_bundle(&g, EMBARK_LEDGER_NATIVE, 2);
  embark__row rows[] = {given_applied(&g, 0), given_applied(&g, 1)};
  rows[1].state = "adopted";
  list_rows(rows, 2);
  expect(0, "m0", EMBARK_STATE_APPLIED);
  expect(1, "m1", EMBARK_STATE_ADOPTED);
}
END_TEST

START_TEST(a_changed_file_keeps_the_hash_that_the_ledger_has)
{
  given_bundle(&g, EMBARK_LEDGER_NATIVE, 1);
  embark__row row = given_changed(&g, 0);
  list_rows(&row, 1);
  expect(0, "m0", EMBARK_STATE_CHANGED);
  ck_assert_str_eq(list.items[0].hash, row.hash);
  ck_assert_ptr_ne(list.items[0].hash, row.hash);
}
END_TEST

START_TEST(an_adopted_one_that_was_edited_is_changed)
{
  given_bundle(&g, EMBARK_LEDGER_NATIVE, 1);
  embark__row row = given_changed(&g, 0);
  row.state = "adopted";
  list_rows(&row, 1);
  expect(0, "m0", EMBARK_STATE_CHANGED);
}
END_TEST

START_TEST(a_pending_one_is_late_when_a_later_one_is_applied)
{
  given_bundle(&g, (embark_ledger)_i, 3);
  embark__row row = given_applied(&g, 1);
  list_rows(&row, 1);
  expect(0, "m0", EMBARK_STATE_PENDING);
  expect(1, "m1", EMBARK_STATE_APPLIED);
  expect(2, "m2", EMBARK_STATE_PENDING);
  ck_assert_int_eq(list.items[0].is_late, 1);
  ck_assert_int_eq(list.items[1].is_late, 0);
  ck_assert_int_eq(list.items[2].is_late, 0);
}
END_TEST

START_TEST(strangers_come_last_and_before_ours_they_are_missing)
{
  given_bundle(&g, EMBARK_LEDGER_NATIVE, 2);
  embark__row rows[] = {given_applied(&g, 0), given_unknown(&g, 0), given_applied(&g, 1),
                        given_unknown(&g, 1)};
  list_rows(rows, 4);
  ck_assert_uint_eq(list.count, 4);
  expect(0, "m0", EMBARK_STATE_APPLIED);
  expect(1, "m1", EMBARK_STATE_APPLIED);
  expect(2, "u0", EMBARK_STATE_MISSING);
  expect(3, "u1", EMBARK_STATE_UNKNOWN);
  ck_assert_int_eq(plan.ahead, 1);
}
END_TEST

START_TEST(a_stranger_of_a_ledger_without_tags_has_its_hash_for_one)
{
  given_bundle(&g, EMBARK_LEDGER_DRIZZLE, 1);
  embark__row row = given_unknown(&g, 0);
  list_rows(&row, 1);
  expect(1, row.hash, EMBARK_STATE_UNKNOWN);
  ck_assert_str_eq(list.items[1].hash, row.hash);
}
END_TEST

START_TEST(a_row_of_nothing_at_all_has_an_empty_tag)
{
  given_bundle(&g, EMBARK_LEDGER_DRIZZLE, 1);
  embark__row row = {.tag = NULL};
  list_rows(&row, 1);
  expect(1, "", EMBARK_STATE_UNKNOWN);
  ck_assert_ptr_null(list.items[1].hash);
}
END_TEST

START_TEST(a_row_that_was_taken_for_another_one_of_its_time_keeps_its_facts)
{
  given_bundle(&g, EMBARK_LEDGER_DRIZZLE, 2);
  g.migration[1].when_ms = g.migration[0].when_ms;
  embark__row rows[] = {given_changed(&g, 1), given_applied(&g, 0)};
  list_rows(rows, 2);
  ck_assert_uint_eq(list.count, 2);
  expect(0, "m0", EMBARK_STATE_APPLIED);
  expect(1, "m1", EMBARK_STATE_CHANGED);
  ck_assert_str_eq(list.items[0].hash, rows[1].hash);
  ck_assert_str_eq(list.items[1].hash, rows[0].hash);
}
END_TEST

START_TEST(what_the_row_tells_is_kept)
{
  char at[] = "2026-01-02T03:04:05.678901Z", by[] = "alice", outline[] = "0123";
  given_bundle(&g, EMBARK_LEDGER_NATIVE, 1);
  embark__row row = given_applied(&g, 0);
  row.applied_at = at;
  row.applied_by = by;
  row.outline = outline;
  row.duration_us = 7;
  list_rows(&row, 1);
  memset(at, 'x', 4);
  memset(by, 'x', 4);
  memset(outline, 'x', 4);
  ck_assert_str_eq(list.items[0].applied_at, "2026-01-02T03:04:05.678901Z");
  ck_assert_str_eq(list.items[0].applied_by, "alice");
  ck_assert_str_eq(list.items[0].outline, "0123");
  ck_assert_int_eq(list.items[0].duration_us, 7);
}
END_TEST

START_TEST(a_state_of_another_version_is_an_error)
{
  given_bundle(&g, EMBARK_LEDGER_NATIVE, 1);
  embark__row row = given_applied(&g, 0);
  row.state = "pending review";
  ck_assert_int_eq(list_with(&row, 1, NULL), EMBARK_E_LEDGER);
}
END_TEST

START_TEST(an_unfinished_one_is_running)
{
  const embark__unfinished row = {"m1", 3, 4711, "2026-01-02T03:04:05.678901Z", "alice", 1};
  given_bundle(&g, (embark_ledger)_i, 3);
  embark__row applied = given_applied(&g, 2);
  list_rows(&applied, 1);
  ck_assert_int_eq(embark__entries_unfinished(&list, &row), EMBARK_OK);
  ck_assert_uint_eq(list.count, 3);
  expect(1, "m1", EMBARK_STATE_RUNNING);
  ck_assert_int_eq(list.items[1].is_late, 0);
  ck_assert_uint_eq(list.items[1].statement, 3);
  ck_assert_int_eq(list.items[1].backend_pid, 4711);
  ck_assert_int_eq(list.items[1].is_known, 1);
  ck_assert_str_eq(list.items[1].applied_at, "2026-01-02T03:04:05.678901Z");
  ck_assert_str_eq(list.items[1].applied_by, "alice");
}
END_TEST

START_TEST(what_is_pending_or_running_says_what_it_may_hurt)
{
  /* clang-format off */
  static const embark_statement statements[] = {
      {.hazards = EMBARK_HAZARD_DESTRUCTIVE},
      {.hazards = EMBARK_HAZARD_DESTRUCTIVE | EMBARK_HAZARD_REWRITES},
      {.hazards = EMBARK_HAZARD_DESTRUCTIVE, .made_by = 2},
      {.hazards = EMBARK_HAZARD_DESTRUCTIVE, .made_by = 1},
  };
  /* clang-format on */
  const embark__unfinished row = {"m1", 3, 4711, NULL, NULL, 1};
  given_bundle(&g, (embark_ledger)_i, 4);
  g.bundle.statements = statements;
  for (uint32_t i = 0; i < 4; i++) {
    g.migration[i].first_statement = i;
    g.migration[i].statement_count = 1;
  }
  embark__row applied = given_applied(&g, 0);
  list_rows(&applied, 1);
  ck_assert_int_eq(embark__entries_unfinished(&list, &row), EMBARK_OK);
  expect(1, "m1", EMBARK_STATE_RUNNING);
  ck_assert_uint_eq(list.items[0].hazards, 0);
  ck_assert_uint_eq(list.items[1].hazards, EMBARK_HAZARD_DESTRUCTIVE | EMBARK_HAZARD_REWRITES);
  ck_assert_uint_eq(list.items[2].hazards, 0);
  ck_assert_uint_eq(list.items[3].hazards, EMBARK_HAZARD_DESTRUCTIVE);
  ck_assert_int_eq(list.items[0].forbidden, 0);
  ck_assert_int_eq(list.items[1].forbidden, 1);
  ck_assert_int_eq(list.items[2].forbidden, 0);
  ck_assert_int_eq(list.items[3].forbidden, 0);
}
END_TEST

START_TEST(what_the_ledger_has_is_not_running)
{
  const embark__unfinished row = {"m0", 1, 4711, NULL, NULL, 0};
  given_bundle(&g, (embark_ledger)_i, 1);
  embark__row applied = given_applied(&g, 0);
  list_rows(&applied, 1);
  ck_assert_int_eq(embark__entries_unfinished(&list, &row), EMBARK_OK);
  ck_assert_uint_eq(list.count, 1);
  expect(0, "m0", EMBARK_STATE_APPLIED);
  ck_assert_int_eq(list.items[0].backend_pid, 0);
}
END_TEST

START_TEST(an_unfinished_stranger_is_running_too)
{
  const embark__unfinished row = {"u0", 1, 4711, NULL, NULL, 0};
  given_bundle(&g, (embark_ledger)_i, 1);
  list_rows(NULL, 0);
  ck_assert_int_eq(embark__entries_unfinished(&list, &row), EMBARK_OK);
  expect(0, "m0", EMBARK_STATE_PENDING);
  expect(1, "u0", EMBARK_STATE_RUNNING);
}
END_TEST

START_TEST(long_texts_and_many_stay_where_they_are)
{
  enum { MANY = 300, LONG = 40000 };
  static char texts[MANY][200], text[LONG + 1];
  static embark__row rows[MANY + 1];
  given_bundle(&g, EMBARK_LEDGER_NATIVE, 0);
  memset(text, 'x', LONG);
  for (int i = 0; i < MANY; i++) {
    memset(texts[i], 'a' + i % 26, sizeof texts[i] - 1);
    rows[i] = given_unknown(&g, 0);
    rows[i].tag = texts[i];
  }
  rows[MANY] = given_unknown(&g, 1);
  rows[MANY].applied_by = text;
  list_rows(rows, MANY + 1);
  for (size_t i = 0; i < MANY; i++) {
    expect(i, texts[i], EMBARK_STATE_UNKNOWN);
  }
  ck_assert_str_eq(list.items[MANY].applied_by, text);
}
END_TEST

/* Memory ends at call `fail_at`; 0: never. Returns the result; *calls counts them. */
static int list_short_of_memory(size_t fail_at, size_t *calls)
{
  const embark__unfinished strange = {"n0", 1, 4711, "then", "alice", 0};
  failing_alloc memory;
  embark__row rows[20];
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    rows[i] = given_unknown(&g, i % 2);
  }
  failing_alloc_init(&memory, fail_at);
  int code = list_with(rows, sizeof rows / sizeof rows[0], &memory.alloc);
  code = code == EMBARK_OK ? embark__entries_unfinished(&list, &strange) : code;
  forget();
  ck_assert_uint_eq(memory.blocks, 0);
  *calls = memory.calls;
  return code;
}

START_TEST(memory_that_ends_anywhere_is_an_error_and_leaks_nothing)
{
  size_t needed, ignored;
  given_bundle(&g, (embark_ledger)_i, 3);
  ck_assert_int_eq(list_short_of_memory(0, &needed), EMBARK_OK);
  for (size_t at = 1; at <= needed; at++) {
    ck_assert_int_eq(list_short_of_memory(at, &ignored), EMBARK_E_MEMORY);
  }
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("entry");
  TCase *tc = tcase_create("entry");
  tcase_add_checked_fixture(tc, NULL, forget);
  tcase_add_loop_test(tc, without_rows_everything_is_pending, 1, 4);
  tcase_add_loop_test(tc, an_empty_bundle_and_an_empty_ledger_are_an_empty_list, 1, 4);
  tcase_add_test(tc, a_row_is_applied_or_adopted_as_it_says);
  tcase_add_test(tc, a_changed_file_keeps_the_hash_that_the_ledger_has);
  tcase_add_test(tc, an_adopted_one_that_was_edited_is_changed);
  tcase_add_loop_test(tc, a_pending_one_is_late_when_a_later_one_is_applied, 1, 4);
  tcase_add_test(tc, strangers_come_last_and_before_ours_they_are_missing);
  tcase_add_test(tc, a_stranger_of_a_ledger_without_tags_has_its_hash_for_one);
  tcase_add_test(tc, a_row_of_nothing_at_all_has_an_empty_tag);
  tcase_add_test(tc, a_row_that_was_taken_for_another_one_of_its_time_keeps_its_facts);
  tcase_add_test(tc, what_the_row_tells_is_kept);
  tcase_add_test(tc, a_state_of_another_version_is_an_error);
  tcase_add_loop_test(tc, an_unfinished_one_is_running, 1, 4);
  tcase_add_loop_test(tc, what_is_pending_or_running_says_what_it_may_hurt, 1, 4);
  tcase_add_loop_test(tc, what_the_ledger_has_is_not_running, 1, 4);
  tcase_add_loop_test(tc, an_unfinished_stranger_is_running_too, 1, 4);
  tcase_add_test(tc, long_texts_and_many_stay_where_they_are);
  tcase_add_loop_test(tc, memory_that_ends_anywhere_is_an_error_and_leaks_nothing, 1, 4);
  suite_add_tcase(suite, tc);
  return suite;
}
