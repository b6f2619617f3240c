/* G8: where a migration without a transaction is taken up, by what the ledger's progress says. */
#include <stdio.h>
#include <string.h>

#include "resume.h"
#include "suite.h"

enum { COUNT = 4 };

static embark_migration m;
static embark__progress row;
static embark__resume out;
static embark_error err;

static const char marks[] = "00000000000000aa11111111111111bb22222222222222cc33333333333333dd";

static void start(void)
{
  memset(&err, 0, sizeof err);
  m = (embark_migration){.tag = "0001_x", .file = "0001_x.sql", .marks = marks};
  m.statement_count = COUNT;
  m.flags = EMBARK_MIGRATION_NO_TRANSACTION;
}

/* The row says this of the statement, with the marks of the first `count`. */
static int decide(embark__progress_state state, uint32_t statement, uint32_t count)
{
  static char done[(COUNT + 2) * EMBARK_MARK_LENGTH + 1];
  snprintf(done, sizeof done, "%.*s", (int)(count * EMBARK_MARK_LENGTH),
           "00000000000000aa11111111111111bb22222222222222cc33333333333333dd44444444444444ee");
  row = (embark__progress){.state = state, .statement = statement, .done = done};
  return embark__resume_decide(&m, &row, &out, &err);
}

static void expect(int code, uint32_t next, int is_doubtful)
{
  ck_assert_msg(code == EMBARK_OK, "%s", err.message);
  ck_assert_uint_eq(out.next, next);
  ck_assert_int_eq(out.is_doubtful, is_doubtful);
}

static void expect_changed(int code, const char *message)
{
  ck_assert_int_eq(code, EMBARK_E_CHANGED);
  ck_assert_str_eq(err.message, message);
  ck_assert_str_eq(err.tag, "0001_x");
  ck_assert_str_eq(err.file, "0001_x.sql");
  ck_assert_str_ne(err.hint, "");
}

/* --- the same file ---------------------------------------------------------------------------- */

START_TEST(g8_without_a_row_it_begins)
{
  expect(decide(PROGRESS_NONE, 0, 0), 0, 0);
}
END_TEST

START_TEST(g8_what_was_running_is_in_doubt)
{
  uint32_t statement = (uint32_t)_i + 1;
  expect(decide(PROGRESS_RUNNING, statement, statement), statement - 1, 1);
  expect(decide(PROGRESS_RUNNING, statement, statement - 1), statement - 1, 1);
}
END_TEST

START_TEST(g8_what_shall_run_again_does)
{
  uint32_t statement = (uint32_t)_i + 1;
  expect(decide(PROGRESS_AGAIN, statement, statement - 1), statement - 1, 0);
  expect(decide(PROGRESS_AGAIN, statement, statement), statement - 1, 0);
}
END_TEST

START_TEST(g8_what_is_done_stays_behind)
{
  uint32_t statement = (uint32_t)_i + 1;
  expect(decide(PROGRESS_DONE, statement, statement), statement, 0);
  expect(decide(PROGRESS_DONE, statement, statement - 1), statement, 0);
}
END_TEST

/* --- another file ----------------------------------------------------------------------------- */

static void change(uint32_t statement)
{
  static char changed[sizeof marks];
  memcpy(changed, marks, sizeof marks);
  changed[statement * EMBARK_MARK_LENGTH - 1] = 'z';
  m.marks = changed;
}

START_TEST(g8_a_change_is_named_where_it_begins)
{
  change((uint32_t)_i + 1);
  char message[128];
  snprintf(message, sizeof message,
           "migration \"0001_x\" was changed from statement %d on, though 4 of its statements are"
           " done",
           _i + 1);
  expect_changed(decide(PROGRESS_DONE, 4, 4), message);
}
END_TEST

START_TEST(g8_a_change_behind_what_is_done_is_welcome)
{
  change(3);
  expect(decide(PROGRESS_DONE, 1, 1), 1, 0);
  expect(decide(PROGRESS_DONE, 2, 2), 2, 0);
  expect(decide(PROGRESS_RUNNING, 2, 2), 1, 1);
  expect(decide(PROGRESS_AGAIN, 3, 2), 2, 0);
  expect(decide(PROGRESS_AGAIN, 3, 3), 2, 0);
}
END_TEST

START_TEST(g8_what_was_running_may_not_be_another)
{
  change(3);
  expect_changed(decide(PROGRESS_RUNNING, 3, 3),
                 "migration \"0001_x\" was changed at statement 3, which was interrupted");
}
END_TEST

START_TEST(g8_a_file_may_not_end_before_what_is_done)
{
  m.statement_count = 2;
  expect_changed(decide(PROGRESS_DONE, 3, 3),
                 "migration \"0001_x\" was changed from statement 3 on,"
                 " though 3 of its statements are done");
  expect_changed(decide(PROGRESS_DONE, 3, 2),
                 "migration \"0001_x\" was changed from statement 3 on,"
                 " though 3 of its statements are done");
  expect_changed(decide(PROGRESS_RUNNING, 3, 3),
                 "migration \"0001_x\" was changed at statement 3, which was interrupted");
  expect(decide(PROGRESS_DONE, 2, 2), 2, 0);
}
END_TEST

START_TEST(g8_a_statement_behind_the_end_that_shall_run_is_none)
{
  expect(decide(PROGRESS_AGAIN, COUNT + 1, COUNT), COUNT, 0);
  ck_assert_int_eq(decide(PROGRESS_AGAIN, COUNT + 2, COUNT + 1), EMBARK_E_CHANGED);
  ck_assert_int_eq(decide(PROGRESS_RUNNING, COUNT + 1, COUNT + 1), EMBARK_E_CHANGED);
  ck_assert_int_eq(decide(PROGRESS_AGAIN, UINT32_MAX, 0), EMBARK_E_CHANGED);
}
END_TEST

START_TEST(g8_one_without_statements_has_nothing_to_take_up)
{
  m.statement_count = 0;
  m.marks = "";
  expect(decide(PROGRESS_NONE, 0, 0), 0, 0);
  expect(decide(PROGRESS_AGAIN, 1, 0), 0, 0);
  ck_assert_int_eq(decide(PROGRESS_DONE, 1, 1), EMBARK_E_CHANGED);
}
END_TEST

/* --- with a transaction ----------------------------------------------------------------------- */

static void given_a_transaction(void)
{
  m.flags = 0;
  m.marks = NULL;
}

START_TEST(g8_what_is_begun_may_not_get_a_transaction)
{
  static const char message[] =
      "migration \"0001_x\" was interrupted without a transaction, and now has one";
  given_a_transaction();
  expect_changed(decide(PROGRESS_RUNNING, 1, 0), message);
  expect_changed(decide(PROGRESS_DONE, 1, 1), message);
  expect_changed(decide(PROGRESS_AGAIN, 2, 1), message);
  expect_changed(decide(PROGRESS_STRANGE, 1, 0), message);
}
END_TEST

START_TEST(g8_of_what_nothing_is_done_may_get_a_transaction)
{
  given_a_transaction();
  expect(decide(PROGRESS_AGAIN, 1, 0), 0, 0);
  expect(decide(PROGRESS_AGAIN, 1, 1), 0, 0);
  expect(decide(PROGRESS_NONE, 0, 0), 0, 0);
}
END_TEST

/* --- rows that make no sense ------------------------------------------------------------------ */

START_TEST(a_row_of_no_sense_is_an_error)
{
  ck_assert_int_eq(decide(PROGRESS_STRANGE, 1, 0), EMBARK_E_LEDGER);
  ck_assert_str_eq(err.message, "the progress of \"0001_x\" is in an unknown state");
  ck_assert_int_eq(decide(PROGRESS_DONE, 0, 0), EMBARK_E_LEDGER);
}
END_TEST

START_TEST(words_are_those_of_the_column)
{
  ck_assert_int_eq(embark__progress_state_of("running"), PROGRESS_RUNNING);
  ck_assert_int_eq(embark__progress_state_of("again"), PROGRESS_AGAIN);
  ck_assert_int_eq(embark__progress_state_of("done"), PROGRESS_DONE);
  ck_assert_int_eq(embark__progress_state_of("applied"), PROGRESS_NONE);
  ck_assert_int_eq(embark__progress_state_of(""), PROGRESS_STRANGE);
  ck_assert_int_eq(embark__progress_state_of(NULL), PROGRESS_STRANGE);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("resume");
  TCase *tc = tcase_create("decide");
  tcase_add_checked_fixture(tc, start, NULL);
  tcase_add_test(tc, g8_without_a_row_it_begins);
  tcase_add_loop_test(tc, g8_what_was_running_is_in_doubt, 0, COUNT);
  tcase_add_loop_test(tc, g8_what_shall_run_again_does, 0, COUNT);
  tcase_add_loop_test(tc, g8_what_is_done_stays_behind, 0, COUNT);
  tcase_add_loop_test(tc, g8_a_change_is_named_where_it_begins, 0, COUNT);
  tcase_add_test(tc, g8_a_change_behind_what_is_done_is_welcome);
  tcase_add_test(tc, g8_what_was_running_may_not_be_another);
  tcase_add_test(tc, g8_a_file_may_not_end_before_what_is_done);
  tcase_add_test(tc, g8_a_statement_behind_the_end_that_shall_run_is_none);
  tcase_add_test(tc, g8_one_without_statements_has_nothing_to_take_up);
  tcase_add_test(tc, g8_what_is_begun_may_not_get_a_transaction);
  tcase_add_test(tc, g8_of_what_nothing_is_done_may_get_a_transaction);
  tcase_add_test(tc, a_row_of_no_sense_is_an_error);
  tcase_add_test(tc, words_are_those_of_the_column);
  suite_add_tcase(suite, tc);
  return suite;
}
