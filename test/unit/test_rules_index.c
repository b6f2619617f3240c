/* Indexes of tables that others use. */
#include "linted.h"
#include "suite.h"

/* clang-format off */
static const lint_case cases[] = {
    {"create table t (a int)", "create index on t (a)", "create-index"},
    {"create table t (a int)", "create unique index i on t (lower(a)) where a > 0", "create-index"},
    {NULL, "create index i on older (a)", "create-index"},
    {"create table t (a int)", "do $$ begin create index i on t (a); end $$", "create-index"},
    {"create materialized view t as select 1 as a", "create index i on t (a)", "create-index"},
    {"create table t (a int)",
     "alter table t add column b int; create index i on t (b)",
     "create-index"},
    {"create table t (a int)",
     "alter table t rename to u; create index i on u (a)",
     "create-index"},
    {NULL, "create table t (a int); create index i on t (a)", ""},
    {NULL, "create table s.t (a int); create index i on s.t (a)", ""},
    {NULL, "create temp table t (a int); create index i on t (a)", ""},
    {NULL, "create table t as select 1 as a; create index i on t (a)", ""},
    {"create table t (a int)",
     "-- embark: no-transaction\ncreate index concurrently i on t (a)",
     ""},
    {"create table t (a int); create index i on t (a)",
     "create index if not exists i on t (a)",
     ""},
    {"create table t (a int)", "create index i on only t (a)", "create-index"},
    {"create table t (a int) partition by list (a)", "create index i on only t (a)", ""},
    {"create table t (a int) partition by list (a)", "create index i on t (a)", "create-index"},
    {NULL, "create index i on only older (a)", ""},
    {"create table t (a int)", "create index i on t (a); drop index i", "create-index drop-index"},
    {"create table t (a int); create index i on t (a)", "drop index i", "drop-index"},
    {"create table t (a int); create index i on t (a)",
     "drop index if exists i, older",
     "drop-index"},
    {"create table t (a int); create index i on t (a)",
     "drop index i, older",
     "drop-index drop-index"},
    {"create table t (a int)", "drop index if exists i; create index i on t (a)", "create-index"},
    {NULL, "drop index older", "drop-index"},
    {NULL, "drop table older", ""},
    {NULL, "create table t (a int); create index i on t (a); drop index i", ""},
    {"create table t (a int); create index i on t (a)",
     "-- embark: no-transaction\ndrop index concurrently i",
     ""},
    {"create table t (a int unique)", "drop index t_a_key", ""},
    {"create table t (a int) partition by list (a); create index i on t (a)", "drop index i", ""},
    {"create table t (a int primary key)", "reindex table t", "reindex"},
    {"create table t (a int primary key)", "reindex index t_pkey", "reindex"},
    {"create table t (a int primary key)", "reindex (concurrently off) table t", "reindex"},
    {"create table t (a int primary key)",
     "-- embark: no-transaction\nreindex (concurrently, verbose) table t",
     ""},
    {"create table t (a int primary key)",
     "-- embark: no-transaction\nreindex table concurrently t",
     ""},
    {NULL, "-- embark: no-transaction\nreindex schema public", "reindex"},
    {NULL, "-- embark: no-transaction\nreindex schema concurrently public", ""},
    {NULL, "create table t (a int primary key); reindex table t", ""},
};
/* clang-format on */

START_TEST(tells_of_index_work_that_others_wait_for)
{
  expect_rules(&rules_index, &cases[_i]);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("rules_index");
  TCase *tc = tcase_create("rules_index");
  tcase_add_loop_test(tc, tells_of_index_work_that_others_wait_for, 0,
                      sizeof cases / sizeof cases[0]);
  suite_add_tcase(suite, tc);
  return suite;
}
