/* JSON as the endpoint writes it: on one line, in ASCII, harmless wherever it stands. */
#include <stdio.h>
#include <string.h>

#include <embark_bundle.h>

#include "json.h"
#include "suite.h"

static json j;

static void set_up(void)
{
  j = (json){0};
}

static void tear_down(void)
{
  json_free(&j);
}

static void expect(const char *wanted)
{
  ck_assert(!j.out.failed);
  ck_assert_str_eq(text_string(&j.out), wanted);
}

START_TEST(commas_stand_between_members_and_nowhere_else)
{
  json_begin(&j, NULL);
  json_put_number(&j, "a", -1);
  json_begin_list(&j, "b");
  json_begin(&j, NULL);
  json_end(&j);
  json_begin(&j, NULL);
  json_put_bool(&j, "c", true);
  json_put_bool(&j, "d", false);
  json_end(&j);
  json_end_list(&j);
  json_begin_list(&j, "e");
  json_end_list(&j);
  json_put_null(&j, "f");
  json_end(&j);
  expect("{\"a\":-1,\"b\":[{},{\"c\":true,\"d\":false}],\"e\":[],\"f\":null}");
}
END_TEST

typedef struct example {
  const char *given, *written;
} example;

static const example strings[] = {
    {"",                                 ""                                        },
    {"plain text, [1] {2} /",            "plain text, [1] {2} /"                   },
    {"\"\\",                             "\\\"\\\\"                                },
    {"</script>&'",                      "\\u003c/script\\u003e\\u0026\\u0027"     },
    {"a\nb\r\t\x01\x1f\x7f",             "a\\nb\\u000d\\u0009\\u0001\\u001f\\u007f"},
    {"\xc3\xa4\xe2\x82\xac",             "\\u00e4\\u20ac"                          },
    {"\xe2\x80\xa8",                     "\\u2028"                                 },
    {"\xf0\x9f\x92\xa3\xf4\x8f\xbf\xbf", "\\ud83d\\udca3\\udbff\\udfff"            },
    {"\xff"
     "a\xc3",                       "\\ufffda\\ufffd"                         },
    {"\xed\xa0\x80",                     "\\ufffd\\ufffd\\ufffd"                   },
    {"\xc0\xaf",                         "\\ufffd\\ufffd"                          },
    {"\xf0\x9f\x92",                     "\\ufffd\\ufffd\\ufffd"                   },
};

START_TEST(strings_are_ascii_that_html_and_scripts_leave_alone)
{
  char wanted[128];
  snprintf(wanted, sizeof wanted, "\"%s\"", strings[_i].written);
  json_put_string(&j, NULL, strings[_i].given);
  expect(wanted);
}
END_TEST

START_TEST(a_string_with_a_length_may_hold_nuls)
{
  json_put_bytes(&j, "k", "a\0b", 3);
  expect("\"k\":\"a\\u0000b\"");
}
END_TEST

START_TEST(a_long_string_is_cut_at_a_character)
{
  json_begin_list(&j, NULL);
  json_put_excerpt(&j, NULL, "abc", 3);
  json_put_excerpt(&j, NULL, "abcd", 3);
  json_put_excerpt(&j, NULL, "ab\xc3\xa4", 3);
  json_put_excerpt(&j, NULL, "\xf0\x9f\x92\xa3", 3);
  json_end_list(&j);
  expect("[\"abc\",\"abc...\",\"ab...\",\"...\"]");
}
END_TEST

START_TEST(what_is_not_known_is_null)
{
  json_begin_list(&j, NULL);
  json_put_text(&j, NULL, NULL);
  json_put_text(&j, NULL, "");
  json_put_text(&j, NULL, "x");
  json_put_count(&j, NULL, 0);
  json_put_count(&j, NULL, 1);
  json_put_duration(&j, NULL, -1);
  json_end_list(&j);
  expect("[null,null,\"x\",null,1,null]");
}
END_TEST

START_TEST(durations_are_milliseconds_whatever_the_locale)
{
  json_begin_list(&j, NULL);
  json_put_duration(&j, NULL, 0);
  json_put_duration(&j, NULL, 7);
  json_put_duration(&j, NULL, 3400);
  json_put_duration(&j, NULL, 123456789);
  json_end_list(&j);
  expect("[0.000,0.007,3.400,123456.789]");
}
END_TEST

START_TEST(hazards_are_words_the_gravest_first)
{
  json_put_hazards(&j, "h", EMBARK_HAZARD_UNCLASSIFIED | EMBARK_HAZARD_DESTRUCTIVE);
  json_put_hazards(&j, "none", 0);
  expect("\"h\":[\"destructive\",\"unclassified\"],\"none\":[]");
}
END_TEST

START_TEST(values_that_are_written_already_are_taken_over_with_their_failure)
{
  json inner = {0};
  json_put_number(&inner, NULL, 1);
  json_put_number(&inner, NULL, 2);
  json_put_values(&j, "v", &inner.out);
  expect("\"v\":[1,2]");
  inner.out.failed = true;
  json_put_values(&j, "w", &inner.out);
  ck_assert(j.out.failed);
  json_free(&inner);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("admin json");
  TCase *tc = tcase_create("admin json");
  tcase_add_checked_fixture(tc, set_up, tear_down);
  tcase_add_test(tc, commas_stand_between_members_and_nowhere_else);
  tcase_add_loop_test(tc, strings_are_ascii_that_html_and_scripts_leave_alone, 0,
                      sizeof strings / sizeof strings[0]);
  tcase_add_test(tc, a_string_with_a_length_may_hold_nuls);
  tcase_add_test(tc, a_long_string_is_cut_at_a_character);
  tcase_add_test(tc, what_is_not_known_is_null);
  tcase_add_test(tc, durations_are_milliseconds_whatever_the_locale);
  tcase_add_test(tc, hazards_are_words_the_gravest_first);
  tcase_add_test(tc, values_that_are_written_already_are_taken_over_with_their_failure);
  suite_add_tcase(suite, tc);
  return suite;
}
