/* What is gone once it is dropped. */
#include "linted.h"
#include "suite.h"

static const lint_case cases[] = {
    {"create table t (a int)", "drop table t",                                   "drop-table" },
    {NULL,                     "drop table older",                               "drop-table" },
    {NULL,                     "create table t (a int); drop table t",           ""           },
    {"create table t (a int)", "alter table t drop column a",                    "drop-column"},
    {NULL,                     "create table t (); alter table t drop column a", ""           },
};

START_TEST(tells_of_what_is_dropped_and_was_there)
{
  expect_rules(&rules_drop, &cases[_i]);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("rules_drop");
  TCase *tc = tcase_create("rules_drop");
  tcase_add_loop_test(tc, tells_of_what_is_dropped_and_was_there, 0,
                      sizeof cases / sizeof cases[0]);
  suite_add_tcase(suite, tc);
  return suite;
}
