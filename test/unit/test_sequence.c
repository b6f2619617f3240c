/* Which messages apply a plan, and in which order. A sequence is written as a text here: a word a
 * message, with the migration it is about. */
#include <stdio.h>
#include <string.h>

#include "plan_given.h"
#include "sequence.h"
#include "suite.h"

/* clang-format off */
static const char *const words[] = {
  [MSG_OUTSIDE]       = "outside",
  [MSG_BEGIN]         = "begin",
  [MSG_ARM]           = "arm",
  [MSG_CREATE_SCHEMA] = "schema",
  [MSG_CREATE_TABLE]  = "table",
  [MSG_CREATE_INDEX]  = "index",
  [MSG_GUARD]         = "guard",
  [MSG_STATEMENT]     = "statement",
  [MSG_COPY]          = "copy",
  [MSG_ROLE]          = "role",
  [MSG_RECORD]        = "record",
  [MSG_AUDIT_SCHEMA]  = "audit-schema",
  [MSG_AUDIT_TABLE]   = "audit-table",
  [MSG_AUDIT]         = "audit",
  [MSG_PROGRESS]      = "progress",
  [MSG_RESTAMP]       = "restamp",
  [MSG_SETTINGS]      = "settings",
  [MSG_REARM]         = "rearm",
  [MSG_COMMIT]        = "commit",
  [MSG_RELEASE]       = "release",
  [MSG_END]           = "end",
};
/* clang-format on */

static given g;
static embark_statement statements[16];
static embark__plan plan;
static embark_error err;
static embark__situation now;

static void start(void)
{
  memset(statements, 0, sizeof statements);
  now = given_situation(EMBARK_MIGRATE);
}

static void forget(void)
{
  embark__plan_free(&plan);
}

/* A bundle of migrations with one statement each; tests change what differs. */
static void given_statements(embark_ledger kind, uint32_t count)
{
  given_bundle(&g, kind, count);
  for (uint32_t i = 0; i < count; i++) {
    g.migration[i].first_statement = i;
    g.migration[i].statement_count = 1;
  }
  g.bundle.statements = statements;
  g.bundle.statement_count = count;
}

static void plan_for(const embark__row *rows, size_t count)
{
  ck_assert_int_eq(given_decide(&plan, &g, rows, count, &now, &err), EMBARK_OK);
}

static void describe(char *text, size_t size, const embark__cursor *c)
{
  const embark__message *at = &c->at;
  size_t used = strlen(text);
  if (at->kind == MSG_STATEMENT || at->kind == MSG_COPY || at->kind == MSG_OUTSIDE) {
    snprintf(text + used, size - used, "%s %u, ", words[at->kind], (unsigned)at->statement);
  } else if (at->kind == MSG_GUARD || at->kind == MSG_RECORD || at->kind == MSG_RESTAMP ||
             at->kind == MSG_AUDIT) {
    snprintf(text + used, size - used, "%s m%u, ", words[at->kind], (unsigned)at->migration);
  } else {
    snprintf(text + used, size - used, "%s, ", words[at->kind]);
  }
}

static void expect_sequence(unsigned makes, const char *expected)
{
  char text[1024] = "";
  embark__cursor c;
  embark__cursor_start(&c, &plan, makes);
  for (int i = 0; i < 100 && c.at.kind != MSG_END; i++) {
    describe(text, sizeof text, &c);
    embark__cursor_next(&c);
  }
  describe(text, sizeof text, &c);
  text[strlen(text) - 2] = '\0';
  ck_assert_str_eq(text, expected);
}

START_TEST(a_migration_is_one_transaction_with_its_row)
{
  given_statements(EMBARK_LEDGER_NATIVE, 1);
  plan_for(NULL, 0);
  expect_sequence(0, "begin, arm, guard m0, statement 0, record m0, commit, end");
}
END_TEST

START_TEST(migrations_follow_one_another)
{
  given_statements(EMBARK_LEDGER_NATIVE, 2);
  plan_for(NULL, 0);
  expect_sequence(0, "begin, arm, guard m0, statement 0, record m0, commit, "
                     "begin, arm, guard m1, statement 1, record m1, commit, end");
}
END_TEST

START_TEST(what_is_applied_is_left_out)
{
  given_statements(EMBARK_LEDGER_NATIVE, 2);
  embark__row rows[] = {given_applied(&g, 0)};
  plan_for(rows, 1);
  expect_sequence(0, "begin, arm, guard m1, statement 1, record m1, commit, end");
}
END_TEST

START_TEST(a_native_ledger_is_made_in_a_transaction_of_its_own)
{
  given_statements(EMBARK_LEDGER_NATIVE, 1);
  plan_for(NULL, 0);
  expect_sequence(MAKES_LEDGER, "begin, arm, table, index, commit, "
                                "begin, arm, guard m0, statement 0, record m0, commit, end");
}
END_TEST

START_TEST(its_schema_is_made_with_it)
{
  given_statements(EMBARK_LEDGER_NATIVE, 1);
  plan_for(NULL, 0);
  expect_sequence(MAKES_SCHEMA | MAKES_LEDGER,
                  "begin, arm, schema, table, index, commit, "
                  "begin, arm, guard m0, statement 0, record m0, commit, end");
}
END_TEST

START_TEST(a_drizzle_ledger_has_no_index)
{
  given_statements((embark_ledger)_i, 1);
  plan_for(NULL, 0);
  expect_sequence(MAKES_SCHEMA | MAKES_LEDGER,
                  "begin, arm, schema, table, commit, "
                  "begin, arm, guard m0, statement 0, record m0, commit, end");
}
END_TEST

START_TEST(a_migration_without_statements_is_recorded)
{
  given_statements(EMBARK_LEDGER_NATIVE, 2);
  g.migration[0].statement_count = 0;
  plan_for(NULL, 0);
  expect_sequence(0, "begin, arm, guard m0, record m0, commit, "
                     "begin, arm, guard m1, statement 1, record m1, commit, end");
}
END_TEST

START_TEST(a_migration_behind_all_statements_is_recorded)
{
  given_statements(EMBARK_LEDGER_NATIVE, 1);
  g.migration[0].first_statement = 1;
  g.migration[0].statement_count = 0;
  plan_for(NULL, 0);
  expect_sequence(0, "begin, arm, guard m0, record m0, commit, end");
}
END_TEST

START_TEST(statements_are_sent_one_by_one)
{
  given_statements(EMBARK_LEDGER_NATIVE, 1);
  g.migration[0].statement_count = 3;
  g.bundle.statement_count = 3;
  plan_for(NULL, 0);
  expect_sequence(
      0, "begin, arm, guard m0, statement 0, statement 1, statement 2, record m0, commit, end");
}
END_TEST

START_TEST(a_copy_has_its_own_place_among_the_statements)
{
  given_statements(EMBARK_LEDGER_NATIVE, 1);
  g.migration[0].statement_count = 3;
  g.bundle.statement_count = 3;
  statements[_i].flags = EMBARK_STATEMENT_COPY;
  plan_for(NULL, 0);
  static const char *const expected[] = {
      "begin, arm, guard m0, copy 0, statement 1, statement 2, record m0, commit, end",
      "begin, arm, guard m0, statement 0, copy 1, statement 2, record m0, commit, end",
      "begin, arm, guard m0, statement 0, statement 1, copy 2, record m0, commit, end",
  };
  expect_sequence(0, expected[_i]);
}
END_TEST

START_TEST(settings_that_a_migration_may_change_are_put_back_within_it)
{
  given_statements(EMBARK_LEDGER_NATIVE, 2);
  g.migration[0].flags = EMBARK_MIGRATION_SETTINGS;
  plan_for(NULL, 0);
  expect_sequence(0, "begin, arm, guard m0, statement 0, role, record m0, settings, rearm, commit, "
                     "begin, arm, guard m1, statement 1, record m1, commit, end");
}
END_TEST

START_TEST(what_is_adopted_is_recorded_with_the_making_of_the_ledger)
{
  given_statements(EMBARK_LEDGER_NATIVE, 2);
  g.migration[1].flags = EMBARK_MIGRATION_SETTINGS;
  statements[0].flags = EMBARK_STATEMENT_COPY;
  now.has_ledger = 0;
  now.adopt = EMBARK_ADOPT_ASSUME;
  plan_for(NULL, 0);
  expect_sequence(MAKES_SCHEMA | MAKES_LEDGER,
                  "begin, arm, schema, table, index, record m0, record m1, commit, end");
}
END_TEST

START_TEST(a_late_migration_gives_those_behind_it_their_places_anew)
{
  given_statements(EMBARK_LEDGER_NATIVE, 4);
  now.flags = EMBARK_OUT_OF_ORDER;
  embark__row rows[] = {given_applied(&g, 0), given_applied(&g, 2), given_applied(&g, 3)};
  plan_for(rows, 3);
  expect_sequence(
      0, "begin, arm, guard m1, statement 1, record m1, restamp m2, restamp m3, commit, end");
}
END_TEST

START_TEST(places_are_given_anew_with_the_last_step_alone)
{
  given_statements(EMBARK_LEDGER_NATIVE, 5);
  g.migration[4].flags = EMBARK_MIGRATION_SETTINGS;
  now.flags = EMBARK_OUT_OF_ORDER;
  embark__row rows[] = {given_applied(&g, 1), given_applied(&g, 3)};
  plan_for(rows, 2);
  expect_sequence(0, "begin, arm, guard m0, statement 0, record m0, commit, "
                     "begin, arm, guard m2, statement 2, record m2, commit, "
                     "begin, arm, guard m4, statement 4, role, record m4, restamp m1, restamp m3, "
                     "settings, rearm, commit, end");
}
END_TEST

START_TEST(a_drizzle_ledger_has_no_places_to_give_anew)
{
  given_statements(EMBARK_LEDGER_DRIZZLE, 2);
  now.flags = EMBARK_OUT_OF_ORDER;
  embark__row rows[] = {given_applied(&g, 1)};
  plan_for(rows, 1);
  expect_sequence(0, "begin, arm, guard m0, statement 0, record m0, commit, end");
}
END_TEST

/* --- without a transaction -------------------------------------------------------------------- */

static void given_outside(embark_ledger kind, uint32_t count, uint32_t index)
{
  given_statements(kind, count);
  g.migration[index].flags = EMBARK_MIGRATION_NO_TRANSACTION;
}

START_TEST(g8_the_row_of_one_without_a_transaction_comes_behind_its_statements)
{
  given_outside(EMBARK_LEDGER_NATIVE, 3, 1);
  plan_for(NULL, 0);
  expect_sequence(0, "begin, arm, guard m0, statement 0, record m0, commit, "
                     "outside 1, begin, arm, role, progress, guard m1, record m1, settings, rearm,"
                     " commit, release, "
                     "begin, arm, guard m2, statement 2, record m2, commit, end");
}
END_TEST

START_TEST(g8_the_ledger_is_made_before_a_first_one_without_a_transaction)
{
  given_outside(EMBARK_LEDGER_DRIZZLE, 1, 0);
  g.migration[0].statement_count = 0;
  plan_for(NULL, 0);
  expect_sequence(MAKES_SCHEMA | MAKES_LEDGER,
                  "begin, arm, schema, table, commit, "
                  "outside 0, begin, arm, role, progress, guard m0, record m0, settings, rearm,"
                  " commit, release, end");
}
END_TEST

START_TEST(g8_two_without_a_transaction_take_the_lock_each)
{
  given_outside(EMBARK_LEDGER_NATIVE, 2, 0);
  g.migration[1].flags = EMBARK_MIGRATION_NO_TRANSACTION;
  plan_for(NULL, 0);
  expect_sequence(0, "outside 0, begin, arm, role, progress, guard m0, record m0, settings, rearm,"
                     " commit, release, "
                     "outside 1, begin, arm, role, progress, guard m1, record m1, settings, rearm,"
                     " commit, release, end");
}
END_TEST

START_TEST(g8_a_late_one_without_a_transaction_gives_places_anew)
{
  given_outside(EMBARK_LEDGER_NATIVE, 3, 1);
  now.flags = EMBARK_OUT_OF_ORDER;
  embark__row rows[] = {given_applied(&g, 0), given_applied(&g, 2)};
  plan_for(rows, 2);
  expect_sequence(0, "outside 1, begin, arm, role, progress, guard m1, record m1, restamp m2,"
                     " settings, rearm, commit, release, end");
}
END_TEST

START_TEST(g8_adopting_runs_nothing_outside)
{
  given_outside(EMBARK_LEDGER_NATIVE, 2, 1);
  now.has_ledger = 0;
  now.adopt = EMBARK_ADOPT_ASSUME;
  plan_for(NULL, 0);
  expect_sequence(MAKES_SCHEMA | MAKES_LEDGER,
                  "begin, arm, schema, table, index, record m0, record m1, commit, end");
}
END_TEST

/* --- the other ops ---------------------------------------------------------------------------- */

static embark_migration downs[3];

/* Three migrations and the rows of the first two, and of each a way back. */
static void given_downs(embark__row rows[2])
{
  given_statements(EMBARK_LEDGER_NATIVE, 3);
  for (uint32_t i = 0; i < 3; i++) {
    downs[i] = (embark_migration){
        .tag = g.migration[i].tag, .file = "down", .first_statement = 10 + i, .statement_count = 1};
    g.migration[i].down = i + 1;
  }
  g.bundle.downs = downs;
  g.bundle.down_count = 3;
  rows[0] = given_applied(&g, 0);
  rows[1] = given_applied(&g, 1);
}

START_TEST(reverting_runs_the_downs_backwards_each_with_its_row_and_audit)
{
  embark__row rows[2];
  given_downs(rows);
  now.op = EMBARK_REVERT;
  downs[0].flags = EMBARK_MIGRATION_SETTINGS;
  plan_for(rows, 2);
  expect_sequence(0, "begin, arm, guard m1, statement 11, record m1, audit m1, commit, "
                     "begin, arm, guard m0, statement 10, role, record m0, audit m0, settings, "
                     "rearm, commit, end");
}
END_TEST

START_TEST(the_audit_table_is_made_with_the_first_that_is_written_to_it)
{
  embark__row rows[2];
  given_downs(rows);
  now.op = EMBARK_REVERT;
  plan_for(rows, 2);
  expect_sequence(MAKES_AUDIT_SCHEMA | MAKES_AUDIT,
                  "begin, arm, guard m1, statement 11, record m1, audit-schema, audit-table, "
                  "audit m1, commit, "
                  "begin, arm, guard m0, statement 10, record m0, audit m0, commit, end");
}
END_TEST

START_TEST(what_was_without_a_transaction_is_reverted_within_one)
{
  embark__row rows[2];
  given_downs(rows);
  now.op = EMBARK_REVERT;
  now.reach.steps = 1;
  g.migration[1].flags = EMBARK_MIGRATION_NO_TRANSACTION;
  plan_for(rows, 2);
  expect_sequence(0, "begin, arm, guard m1, statement 11, record m1, audit m1, commit, end");
}
END_TEST

START_TEST(adopting_is_one_transaction_with_a_guard_for_each)
{
  embark__row rows[2];
  given_downs(rows);
  now.op = EMBARK_ADOPT;
  g.migration[1].flags = EMBARK_MIGRATION_NO_TRANSACTION | EMBARK_MIGRATION_SETTINGS;
  plan_for(rows, 1);
  expect_sequence(MAKES_AUDIT, "begin, arm, guard m1, record m1, audit-table, audit m1, "
                               "guard m2, record m2, audit m2, commit, end");
}
END_TEST

START_TEST(adopting_without_a_ledger_makes_it_in_the_same_transaction)
{
  embark__row rows[2];
  given_downs(rows);
  now.op = EMBARK_ADOPT;
  now.has_ledger = 0;
  now.reach.target = 2;
  plan_for(rows, 0);
  expect_sequence(MAKES_SCHEMA | MAKES_LEDGER | MAKES_AUDIT,
                  "begin, arm, schema, table, index, record m0, audit-table, audit m0, "
                  "record m1, audit m1, commit, end");
}
END_TEST

START_TEST(accepting_is_one_transaction_and_gives_the_chain_anew)
{
  embark__row rows[3];
  given_downs(rows);
  rows[0] = given_changed(&g, 0);
  rows[2] = given_applied(&g, 2);
  now.op = EMBARK_ACCEPT;
  plan_for(rows, 3);
  plan.restamp_from = 0; /* the rows of these tests have the chain of the bundle as it is */
  expect_sequence(0, "begin, arm, guard m0, record m0, audit m0, restamp m0, restamp m1, "
                     "restamp m2, commit, end");
}
END_TEST

START_TEST(the_end_is_the_end)
{
  embark__cursor c;
  given_statements(EMBARK_LEDGER_NATIVE, 1);
  plan_for(NULL, 0);
  embark__cursor_start(&c, &plan, 0);
  for (int i = 0; i < 20; i++) {
    embark__cursor_next(&c);
  }
  ck_assert_int_eq(c.at.kind, MSG_END);
  ck_assert_ptr_null(embark__cursor_migration(&c));
}
END_TEST

/* Every message knows its step and its migration; those that make the ledger have none. */
START_TEST(a_cursor_knows_what_its_message_is_about)
{
  embark__cursor c;
  uint32_t last = 0;
  given_statements(EMBARK_LEDGER_NATIVE, 3);
  embark__row rows[] = {given_applied(&g, 0)};
  plan_for(rows, 1);
  embark__cursor_start(&c, &plan, MAKES_LEDGER);
  for (; c.at.kind != MSG_COMMIT; embark__cursor_next(&c)) {
    ck_assert_uint_eq(c.at.step, plan.step_count);
    ck_assert_ptr_null(embark__cursor_migration(&c));
  }
  embark__cursor_next(&c);
  for (; c.at.kind != MSG_END; embark__cursor_next(&c)) {
    ck_assert_uint_ge(c.at.step, last);
    ck_assert_ptr_eq(embark__cursor_migration(&c), &g.migration[plan.step_migration[c.at.step]]);
    ck_assert_uint_eq(c.at.migration, plan.step_migration[c.at.step]);
    last = c.at.step;
  }
  ck_assert_uint_eq(last, 1);
}
END_TEST

/* The cursor that follows walks as the one ahead did, however far apart they are. */
START_TEST(a_second_cursor_sees_the_same_messages)
{
  embark__cursor ahead, behind;
  given_statements(EMBARK_LEDGER_NATIVE, 4);
  g.migration[2].flags = EMBARK_MIGRATION_SETTINGS;
  g.migration[3].flags = EMBARK_MIGRATION_NO_TRANSACTION;
  statements[1].flags = EMBARK_STATEMENT_COPY;
  plan_for(NULL, 0);
  embark__cursor_start(&ahead, &plan, MAKES_SCHEMA | MAKES_LEDGER);
  behind = ahead;
  embark__message seen[64];
  size_t count = 0;
  for (; ahead.at.kind != MSG_END; embark__cursor_next(&ahead)) {
    seen[count++] = ahead.at;
  }
  for (size_t i = 0; i < count; i++, embark__cursor_next(&behind)) {
    ck_assert_mem_eq(&behind.at, &seen[i], sizeof seen[i]);
  }
  ck_assert_int_eq(behind.at.kind, MSG_END);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("sequence");
  TCase *order = tcase_create("order");
  tcase_add_checked_fixture(order, start, forget);
  tcase_add_test(order, a_migration_is_one_transaction_with_its_row);
  tcase_add_test(order, migrations_follow_one_another);
  tcase_add_test(order, what_is_applied_is_left_out);
  tcase_add_test(order, a_native_ledger_is_made_in_a_transaction_of_its_own);
  tcase_add_test(order, its_schema_is_made_with_it);
  tcase_add_loop_test(order, a_drizzle_ledger_has_no_index, 2, 4);
  tcase_add_test(order, a_migration_without_statements_is_recorded);
  tcase_add_test(order, a_migration_behind_all_statements_is_recorded);
  tcase_add_test(order, statements_are_sent_one_by_one);
  tcase_add_loop_test(order, a_copy_has_its_own_place_among_the_statements, 0, 3);
  tcase_add_test(order, settings_that_a_migration_may_change_are_put_back_within_it);
  tcase_add_test(order, what_is_adopted_is_recorded_with_the_making_of_the_ledger);
  tcase_add_test(order, a_late_migration_gives_those_behind_it_their_places_anew);
  tcase_add_test(order, places_are_given_anew_with_the_last_step_alone);
  tcase_add_test(order, a_drizzle_ledger_has_no_places_to_give_anew);
  tcase_add_test(order, g8_the_row_of_one_without_a_transaction_comes_behind_its_statements);
  tcase_add_test(order, g8_the_ledger_is_made_before_a_first_one_without_a_transaction);
  tcase_add_test(order, g8_two_without_a_transaction_take_the_lock_each);
  tcase_add_test(order, g8_a_late_one_without_a_transaction_gives_places_anew);
  tcase_add_test(order, g8_adopting_runs_nothing_outside);
  tcase_add_test(order, reverting_runs_the_downs_backwards_each_with_its_row_and_audit);
  tcase_add_test(order, the_audit_table_is_made_with_the_first_that_is_written_to_it);
  tcase_add_test(order, what_was_without_a_transaction_is_reverted_within_one);
  tcase_add_test(order, adopting_is_one_transaction_with_a_guard_for_each);
  tcase_add_test(order, adopting_without_a_ledger_makes_it_in_the_same_transaction);
  tcase_add_test(order, accepting_is_one_transaction_and_gives_the_chain_anew);
  tcase_add_test(order, the_end_is_the_end);
  tcase_add_test(order, a_cursor_knows_what_its_message_is_about);
  tcase_add_test(order, a_second_cursor_sees_the_same_messages);
  suite_add_tcase(suite, order);
  return suite;
}
