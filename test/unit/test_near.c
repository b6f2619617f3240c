/* What is offered to somebody who mistyped a name. */
#include "near.h"

#include <string.h>

#include "suite.h"

static const char *const tags[] = {"0001_users",       "0002_orders",      "0003_drop_legacy",
                                   "0004_drop_legacy", "0005_drop_legacy", "0006_drop_legacy",
                                   "0070_Add_Index"};

static void offers(const char *wanted, const char *expected)
{
  near_names n = {.wanted = wanted};
  text out = {0};
  for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
    near_look(&n, tags[i]);
  }
  near_put(&out, &n);
  ck_assert_str_eq(text_string(&out), expected);
  text_free(&out);
}

START_TEST(a_letter_too_many_too_few_or_another_is_near)
{
  offers("0001_userss", "\"0001_users\"");
  offers("0001_user", "\"0001_users\"");
  offers("0001_usors", "\"0001_users\"");
  offers("0001-users", "\"0001_users\"");
}
END_TEST

START_TEST(a_number_or_a_word_of_it_is_near)
{
  offers("0070", "\"0070_Add_Index\"");
  offers("users", "\"0001_users\"");
}
END_TEST

START_TEST(capitals_are_as_small_letters)
{
  offers("0070_add_index", "\"0070_Add_Index\"");
}
END_TEST

START_TEST(the_nearest_are_told_first_and_no_more_than_three)
{
  offers("0006_drop_lega", "\"0006_drop_legacy\", \"0003_drop_legacy\" or \"0004_drop_legacy\"");
}
END_TEST

START_TEST(what_is_far_is_not_told)
{
  offers("0009_payments", "");
  offers("", "");
  offers("0", "");
}
END_TEST

START_TEST(names_of_any_length_do_no_harm)
{
  char longest[400];
  near_names n = {.wanted = longest};
  memset(longest, 'x', sizeof longest - 1);
  longest[sizeof longest - 1] = '\0';
  near_look(&n, "x");
  near_look(&n, longest);
  ck_assert_uint_eq(n.count, 0);
  n.wanted = longest + sizeof longest - 1 - 128;
  near_look(&n, longest + sizeof longest - 1 - 127);
  ck_assert_uint_eq(n.count, 1);
  ck_assert_uint_eq(n.distances[0], 1);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("near names");
  TCase *c = tcase_create("near names");
  tcase_add_test(c, a_letter_too_many_too_few_or_another_is_near);
  tcase_add_test(c, a_number_or_a_word_of_it_is_near);
  tcase_add_test(c, capitals_are_as_small_letters);
  tcase_add_test(c, the_nearest_are_told_first_and_no_more_than_three);
  tcase_add_test(c, what_is_far_is_not_told);
  tcase_add_test(c, names_of_any_length_do_no_harm);
  suite_add_tcase(suite, c);
  return suite;
}
