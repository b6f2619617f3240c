/* Sets of hazards as a command line has them, and lists and reports. */
#include "hazard_words.h"
#include "suite.h"

static diag said;

static void tear_down(void)
{
  diag_free(&said);
}

/* clang-format off */
static const struct {
  const char *words;
  uint32_t set;
} sets[] = {
    {"none", 0},
    {"destructive", EMBARK_HAZARD_DESTRUCTIVE},
    {"rewrites", EMBARK_HAZARD_REWRITES},
    {"blocks-writes", EMBARK_HAZARD_BLOCKS_WRITES},
    {"blocks-reads", EMBARK_HAZARD_BLOCKS_READS},
    {"data-change", EMBARK_HAZARD_DATA_CHANGE},
    {"unclassified", EMBARK_HAZARD_UNCLASSIFIED},
    {"destructive,unclassified", 33u},
    {"destructive,rewrites,blocks-writes,blocks-reads,data-change,unclassified", EMBARK_HAZARD_ALL},
};
/* clang-format on */

START_TEST(words_are_read_and_written_alike)
{
  text written = {0};
  uint32_t set = 77;
  ck_assert_int_eq(hazards_read(&set, "--forbid", sets[_i].words, &said), 0);
  ck_assert_uint_eq(set, sets[_i].set);
  hazards_put(&written, sets[_i].set);
  ck_assert_str_eq(text_string(&written), sets[_i].words);
  text_free(&written);
}
END_TEST

START_TEST(words_may_come_in_any_order_and_twice)
{
  uint32_t set = 0;
  ck_assert_int_eq(hazards_read(&set, "--forbid", "rewrites,destructive,rewrites", &said), 0);
  ck_assert_uint_eq(set, EMBARK_HAZARD_DESTRUCTIVE | EMBARK_HAZARD_REWRITES);
}
END_TEST

START_TEST(all_is_a_word_for_every_hazard)
{
  uint32_t set = 0;
  ck_assert_int_eq(hazards_read(&set, "--forbid", "all", &said), 0);
  ck_assert_uint_eq(set, EMBARK_HAZARD_ALL);
}
END_TEST

START_TEST(other_words_are_refused_and_leave_the_set_alone)
{
  static const char *const bad[] = {"",
                                    "all,rewrites",
                                    "destructive,",
                                    ",destructive",
                                    "rewrite",
                                    "none,rewrites",
                                    "rewrites,none",
                                    "Destructive",
                                    "rewrites destructive"};
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    uint32_t set = 77;
    ck_assert_int_eq(hazards_read(&set, "--forbid", bad[i], &said), -1);
    ck_assert_uint_eq(set, 77);
    ck_assert_uint_eq(said.errors, i + 1);
  }
}
END_TEST

START_TEST(a_json_array_has_the_words_the_gravest_first)
{
  json_t *list = hazards_json(EMBARK_HAZARD_BLOCKS_READS | EMBARK_HAZARD_REWRITES);
  ck_assert_uint_eq(json_array_size(list), 2);
  ck_assert_str_eq(json_string_value(json_array_get(list, 0)), "rewrites");
  ck_assert_str_eq(json_string_value(json_array_get(list, 1)), "blocks-reads");
  json_decref(list);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("hazard words");
  TCase *c = tcase_create("hazard words");
  tcase_add_checked_fixture(c, NULL, tear_down);
  tcase_add_loop_test(c, words_are_read_and_written_alike, 0, (int)(sizeof sets / sizeof sets[0]));
  tcase_add_test(c, words_may_come_in_any_order_and_twice);
  tcase_add_test(c, all_is_a_word_for_every_hazard);
  tcase_add_test(c, other_words_are_refused_and_leave_the_set_alone);
  tcase_add_test(c, a_json_array_has_the_words_the_gravest_first);
  suite_add_tcase(suite, c);
  return suite;
}
