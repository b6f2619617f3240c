/* What is said of a folder: as text, and the first error in its parts. */
#include <string.h>

#include "diag.h"
#include "source.h"
#include "suite.h"

static diag said;
static char content[] = "select 1;\n  \xc3\xa4 'x\n";
static char path[] = "m/1_a.sql";
static const source file = {.path = path, .bytes = content, .size = sizeof content - 1};

static void set_up(void)
{
  said = (diag){0};
}

static void tear_down(void)
{
  diag_free(&said);
}

START_TEST(messages_begin_with_the_program)
{
  diag_note(&said, "a");
  said.program = "embark bundle";
  diag_usage(&said, "b");
  ck_assert_str_eq(text_string(&said.out), "embark-bundle: note: a\n"
                                           "embark bundle: b\n"
                                           "HINT:  embark bundle --help lists the options.\n");
}
END_TEST

START_TEST(the_first_error_is_kept_with_its_place)
{
  diag_note(&said, "not an error");
  diag_error_at(&said, &file, 15, "Close it.", "open %s", "quote");
  diag_error(&said, "Another hint.", "another");
  ck_assert_uint_eq(said.errors, 2);
  ck_assert_str_eq(text_string(&said.first.message), "open quote");
  ck_assert_str_eq(text_string(&said.first.hint), "Close it.");
  ck_assert_str_eq(text_string(&said.first.path), "m/1_a.sql");
  ck_assert_uint_eq(said.first.line, 2);
  ck_assert_uint_eq(said.first.column, 5);
}
END_TEST

START_TEST(an_error_without_place_and_hint_has_neither)
{
  diag_error(&said, NULL, "out of memory");
  diag_error_at(&said, &file, 0, "Close it.", "another");
  ck_assert_str_eq(text_string(&said.first.message), "out of memory");
  ck_assert_ptr_null(said.first.hint.bytes);
  ck_assert_ptr_null(said.first.path.bytes);
  ck_assert_uint_eq(said.first.line, 0);
}
END_TEST

START_TEST(control_characters_in_messages_are_made_harmless)
{
  diag_error(&said, NULL, "a\nb\033[31m\x7f");
  ck_assert_str_eq(text_string(&said.out), "embark-bundle: a?b?[31m?\n");
  ck_assert_str_eq(text_string(&said.first.message), "a?b?[31m?");
}
END_TEST

START_TEST(a_freed_one_is_empty_and_keeps_its_program)
{
  said.program = "p";
  diag_error(&said, NULL, "a");
  diag_free(&said);
  diag_error(&said, NULL, "b");
  ck_assert_str_eq(text_string(&said.first.message), "b");
  ck_assert_str_eq(text_string(&said.out), "p: b\n");
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("diag");
  TCase *c = tcase_create("diag");
  tcase_add_checked_fixture(c, set_up, tear_down);
  tcase_add_test(c, messages_begin_with_the_program);
  tcase_add_test(c, the_first_error_is_kept_with_its_place);
  tcase_add_test(c, an_error_without_place_and_hint_has_neither);
  tcase_add_test(c, control_characters_in_messages_are_made_harmless);
  tcase_add_test(c, a_freed_one_is_empty_and_keeps_its_program);
  suite_add_tcase(suite, c);
  return suite;
}
