/* Rights, and how to come by more of them. */
#include "linted.h"
#include "suite.h"

static void expect(const char *rules, const char *before, const char *sql)
{
  expect_rules(&rules_security, &(lint_case){before, sql, rules});
}

START_TEST(a_grant_to_public_is_told)
{
  expect("grant-public", NULL, "grant select on t to public;");
  expect("grant-public", NULL, "grant all on t, u to r, public;");
  expect("grant-public", NULL, "grant create on schema app to public;");
  expect("grant-public", NULL, "grant all on schema app to public;");
  expect("grant-public", NULL, "grant select on all tables in schema app to public;");
  expect("grant-public", NULL,
         "alter default privileges in schema app grant select on tables to public;");
}
END_TEST

START_TEST(what_public_has_anyway_is_fine)
{
  expect("", NULL,
         "grant usage on schema public to public; grant execute on function f() to public;");
  expect("", NULL,
         "grant usage on type x to public; grant connect, temporary on database d to public;");
  expect("", NULL, "grant select on t to r, \"public_reader\"; revoke all on t from public;");
  expect("", NULL, "alter default privileges revoke execute on functions from public;");
}
END_TEST

START_TEST(a_definer_without_a_search_path_is_told)
{
  expect("security-definer", NULL,
         "create function f() returns int language sql security definer as 'select 1';");
  expect("security-definer", NULL,
         "create procedure app.p() language plpgsql security definer as $$ begin end $$;");
  expect("security-definer", NULL, "alter function f() security definer;");
  expect("security-definer", NULL,
         "create function f() returns int language sql security definer set work_mem = '1MB' as "
         "'select 1';");
}
END_TEST

START_TEST(a_definer_with_a_search_path_is_fine)
{
  expect("", NULL,
         "create function f() returns int language sql security definer set search_path = '' as "
         "'select 1';");
  expect("", NULL,
         "create function f() returns int language sql security definer as 'select 1'; alter "
         "function f() set search_path = '';");
  expect("", NULL, "create function f() returns int language sql security definer return 1;");
  expect("", NULL, "create function f() returns int language sql security invoker as 'select 1';");
  expect("", NULL, "alter function f() security definer set search_path = app;");
}
END_TEST

START_TEST(extensions_of_superusers_are_told_and_no_others)
{
  expect("superuser-extension", NULL, "create extension if not exists pg_stat_statements;");
  expect("superuser-extension", NULL, "create extension postgis with schema app;");
  expect("", NULL,
         "create extension pgcrypto; create extension \"uuid-ossp\"; create extension citext;");
  expect("", NULL, "create extension nobody_knows_it;");
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("rules_security");
  TCase *tests = tcase_create("rules_security");
  tcase_add_test(tests, a_grant_to_public_is_told);
  tcase_add_test(tests, what_public_has_anyway_is_fine);
  tcase_add_test(tests, a_definer_without_a_search_path_is_told);
  tcase_add_test(tests, a_definer_with_a_search_path_is_fine);
  tcase_add_test(tests, extensions_of_superusers_are_told_and_no_others);
  suite_add_tcase(suite, tests);
  return suite;
}
