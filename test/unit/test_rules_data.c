/* Rows of tables that others use. */
#include "linted.h"
#include "suite.h"

/* clang-format off */
static const lint_case cases[] = {
    {"create table t (a int)", "truncate t", "truncate"},
    {"create table t (a int)", "truncate only t, older", "truncate truncate"},
    {NULL, "create table t (a int); truncate t", ""},
    {NULL, "create table t (a int); truncate t cascade", "truncate"},
    {NULL, "create table if not exists t (a int); truncate t", "truncate"},
    {NULL, "create table if not exists t (a int); delete from t where true",
     "delete-without-where"},
    {NULL, "create table if not exists t (a int); insert into t values (1)", ""},
    {NULL, "explain analyze delete from older", "data-change delete-without-where"},
    {NULL, "explain (analyze off) delete from older", ""},
    {"create table t (a int)", "insert into t values (1)", "data-change"},
    {NULL, "create table t (a int); insert into t values (1)", ""},
    {NULL, "create temporary table t (a int); insert into t values (1); delete from t", ""},
    {"create table t (a int)", "update t set a = 1", "data-change update-without-where"},
    {"create table t (a int)", "update t set a = 1 where true", "data-change update-without-where"},
    {"create table t (a int)",
     "update t set a = 1 where 1 = 1",
     "data-change update-without-where"},
    {"create table t (a int)", "update t set a = 1 where 1 = 2", "data-change"},
    {"create table t (a int)", "update t set a = 1 where a is null", "data-change"},
    {"create table t (a int)",
     "update only public.t as x set a = u.a from u",
     "data-change update-without-where"},
    {"create table t (a int)", "delete from t", "data-change delete-without-where"},
    {"create table t (a int)", "delete from t where 'x' = 'x'", "data-change delete-without-where"},
    {"create table t (a int)", "delete from t using u where t.a = u.a", "data-change"},
    {NULL,
     "create table t (a int); insert into t values (1); update t set a = 2; delete from t",
     ""},
    {"create table t (a int)",
     "with gone as (delete from t returning a) select * from gone",
     "data-change delete-without-where"},
    {"create table t (a int)",
     "create table u (a int); "
     "with gone as (delete from t where a > 1 returning a) insert into u select * from gone",
     "data-change"},
    {"create table t (a int)",
     "merge into t using u on t.a = u.a when matched then delete",
     "data-change"},
    {"create table t (a int)", "copy t from stdin;\n1\n\\.\n", "data-change"},
    {"create table t (a int)",
     "copy (delete from t where a = 1 returning a) to '/tmp/x'",
     "data-change"},
    {"create table t (a int)", "do $$ begin update t set a = 1 where a = 2; end $$", "data-change"},
    {"create table t (a int)", "select count(*) from t", ""},
    {"create table t (a int)",
     "create view v as select * from t; update v set a = 1 where a = 2",
     "data-change"},
    {"create table t (a int)",
     "create function f() returns void language sql as 'delete from t'",
     ""},
    {"create table t (a int)", "create rule r as on insert to t do also delete from t", ""},
    {"create table t (a int)", "prepare p as delete from t", ""},
};
/* clang-format on */

START_TEST(tells_of_rows_that_change)
{
  expect_rules(&rules_data, &cases[_i]);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("rules_data");
  TCase *tc = tcase_create("rules_data");
  tcase_add_loop_test(tc, tells_of_rows_that_change, 0, sizeof cases / sizeof cases[0]);
  suite_add_tcase(suite, tc);
  return suite;
}
