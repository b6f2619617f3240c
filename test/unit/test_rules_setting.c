/* Settings that a migration changes. */
#include "linted.h"
#include "suite.h"

static void expect(const char *rules, const char *before, const char *sql)
{
  expect_rules(&rules_setting, &(lint_case){before, sql, rules});
}

START_TEST(set_without_local_is_told)
{
  expect("set-without-local", NULL, "set work_mem = '1MB';");
  expect("set-without-local", NULL, "set session work_mem to '1MB';");
  expect("set-without-local", NULL, "set time zone 'UTC';");
  expect("set-without-local", NULL, "set role r;");
  expect("set-without-local", NULL, "set app.tenant = '7';");
  expect("set-without-local", NULL, "select set_config('app.tenant', '7', false);");
  expect("set-without-local", NULL, "set lock_timeout = '5s';");
}
END_TEST

START_TEST(what_ends_with_the_transaction_is_fine)
{
  expect("", NULL, "set local work_mem = '1MB';");
  expect("", NULL, "select set_config('app.tenant', '7', true);");
  expect("", NULL, "reset work_mem; reset all; set work_mem to default;");
  expect("", NULL, "set transaction isolation level serializable; set constraints all deferred;");
}
END_TEST

START_TEST(a_file_without_a_transaction_has_nothing_local)
{
  expect("", NULL, "-- embark: no-transaction\nset work_mem = '1MB';");
}
END_TEST

START_TEST(the_head_of_a_dump_is_fine)
{
  expect("", NULL,
         "set statement_timeout = 0; set lock_timeout = 0; set client_encoding = 'UTF8'; set "
         "standard_conforming_strings = on; select pg_catalog.set_config('search_path', '', "
         "false); set check_function_bodies = false; set xmloption = content; set "
         "client_min_messages = warning; set row_security = off; set default_tablespace = ''; set "
         "default_table_access_method = heap;");
}
END_TEST

START_TEST(another_search_path_is_told)
{
  expect("set-search-path", NULL, "set search_path to app, public;");
  expect("set-search-path", NULL, "set local search_path = app;");
  expect("set-search-path", NULL, "select set_config('search_path', 'app', true);");
  expect("set-search-path", NULL, "set search_path = \"$user\", app;");
  expect("set-search-path", NULL, "alter role r set search_path = app;");
  expect("set-search-path", NULL, "alter database d set search_path = app;");
}
END_TEST

START_TEST(the_usual_search_path_and_none_are_fine)
{
  expect(
      "", NULL,
      "set search_path = public; set search_path = \"$user\", public; set local search_path = '';");
  expect("", NULL, "alter role r set work_mem = '1MB'; reset search_path;");
}
END_TEST

START_TEST(lock_timeout_off_is_told_above_a_lock)
{
  expect("lock-timeout-off", "create table t(a int);",
         "set local lock_timeout = '0s'; drop table t;");
  expect("lock-timeout-off", "create table t(a int);",
         "select set_config('lock_timeout', '0', true); drop table t;");
  expect("", "create table t(a int);", "drop table t; set lock_timeout = 0;");
  expect("", NULL, "set lock_timeout = 0; create table t(a int); alter table t add b int;");
  expect("", "create table t(a int);", "set lock_timeout = 0; insert into t values (1);");
  expect("", "create table t(a int);", "set local lock_timeout = '10s'; drop table t;");
  expect("lock-timeout-off", "create table t(a int);",
         "set lock_timeout = 0; alter table t drop column a;");
  expect("", "create table t(a int);", "set lock_timeout = 0; reset lock_timeout; drop table t;");
  expect("set-without-local", "create table t(a int);",
         "set lock_timeout = 0; set lock_timeout = '5s'; drop table t;");
  expect("", "create table t(a int);",
         "-- embark: no-transaction\nset lock_timeout = 0; create index concurrently i on t(a);");
}
END_TEST

START_TEST(a_setting_of_the_server_is_told)
{
  expect("alter-system", NULL, "-- embark: no-transaction\nalter system set work_mem = '1MB';");
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("rules_setting");
  TCase *tests = tcase_create("rules_setting");
  tcase_add_test(tests, set_without_local_is_told);
  tcase_add_test(tests, what_ends_with_the_transaction_is_fine);
  tcase_add_test(tests, a_file_without_a_transaction_has_nothing_local);
  tcase_add_test(tests, the_head_of_a_dump_is_fine);
  tcase_add_test(tests, another_search_path_is_told);
  tcase_add_test(tests, the_usual_search_path_and_none_are_fine);
  tcase_add_test(tests, lock_timeout_off_is_told_above_a_lock);
  tcase_add_test(tests, a_setting_of_the_server_is_told);
  suite_add_tcase(suite, tests);
  return suite;
}
