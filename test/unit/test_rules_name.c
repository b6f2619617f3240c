/* Names that are not what they look like. */
#include "linted.h"
#include "suite.h"

static void expect(const char *rules, const char *before, const char *sql)
{
  expect_rules(&rules_name, &(lint_case){before, sql, rules});
}

START_TEST(names_in_mixed_case_without_quotes_are_told_once)
{
  expect("mixed-case", NULL, "create table userAccounts(a int);");
  expect("mixed-case", NULL, "create table app.userAccounts(userId int, userName text);");
  expect("mixed-case", NULL, "create table t(a int, userId int);");
  expect("mixed-case", "create table t(a int);", "alter table t add column userId int;");
}
END_TEST

START_TEST(quoted_and_single_case_names_are_fine)
{
  expect("", NULL, "create table \"userAccounts\"(\"userId\" int, \"say \"\"Hi\"\"\" int);");
  expect("", NULL, "CREATE TABLE USERS (ID INT, NAME TEXT);");
  expect("", NULL, "create table user_accounts(user_id int);");
  expect("", "create table t(a int);",
         "alter table T drop column userId, alter column \"b\" drop default;");
}
END_TEST

START_TEST(names_that_a_block_makes_up_are_left_alone)
{
  expect("", NULL, "do $$ begin execute 'create table ' || 'userAccounts(a int)'; end $$;");
  expect("mixed-case", NULL, "do $$ begin create table userAccounts(a int); end $$;");
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("rules_name");
  TCase *tests = tcase_create("rules_name");
  tcase_add_test(tests, names_in_mixed_case_without_quotes_are_told_once);
  tcase_add_test(tests, quoted_and_single_case_names_are_fine);
  tcase_add_test(tests, names_that_a_block_makes_up_are_left_alone);
  suite_add_tcase(suite, tests);
  return suite;
}
