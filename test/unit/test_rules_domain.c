/* Constraints of domains. */
#include "linted.h"
#include "suite.h"

static void expect(const char *rules, const char *before, const char *sql)
{
  expect_rules(&rules_domain, &(lint_case){before, sql, rules});
}

START_TEST(a_checked_constraint_of_a_domain_in_use_is_told)
{
  expect("domain-constraint", "create domain d as int; create table t(a d);",
         "alter domain d add check (value > 0);");
  expect("domain-constraint", "create domain app.d as int; create table t(a app.d[]);",
         "alter domain app.d add constraint c check (value > 0);");
  expect("domain-constraint", "create domain d as int; create table t(a public.d);",
         "alter domain d set not null;");
  expect("domain-constraint",
         "create domain d as int; create table t(a d); alter domain d add constraint c check "
         "(value > 0) not valid;",
         "alter domain d validate constraint c;");
}
END_TEST

START_TEST(a_domain_older_than_the_folder_may_be_in_use)
{
  expect("domain-constraint", NULL, "alter domain d add check (value > 0);");
}
END_TEST

START_TEST(what_reads_no_table_is_fine)
{
  expect("", "create domain d as int; create table t(a d);",
         "alter domain d add check (value > 0) not valid;");
  expect("", "create domain d as int; create table t(a d);",
         "alter domain d drop not null; alter domain d set default 1;");
  expect("", "create domain d as int; create table t(a int);",
         "alter domain d add check (value > 0);");
  expect("", "create domain d as int;",
         "create table t(a d); alter domain d add check (value > 0);");
  expect("", NULL,
         "create domain d as int; create table t(a d); alter domain d add check (value > 0);");
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("rules_domain");
  TCase *tests = tcase_create("rules_domain");
  tcase_add_test(tests, a_checked_constraint_of_a_domain_in_use_is_told);
  tcase_add_test(tests, a_domain_older_than_the_folder_may_be_in_use);
  tcase_add_test(tests, what_reads_no_table_is_fine);
  suite_add_tcase(suite, tests);
  return suite;
}
