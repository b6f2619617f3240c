/* Commands that are about a lock, or about a table's file. */
#include "linted.h"
#include "suite.h"

/* clang-format off */
static const lint_case cases[] = {
    {"create table t (a int)", "lock table t", "lock-table"},
    {"create table t (a int)", "lock t, older in share mode", "lock-table lock-table"},
    {"create table t (a int)", "lock t in row exclusive mode", ""},
    {"create table t (a int)", "lock t in share update exclusive mode", ""},
    {NULL, "create table t (a int); lock t", ""},
    {"create table t (a int primary key)", "cluster t using t_pkey", "cluster"},
    {NULL, "create table t (a int primary key); cluster t using t_pkey", ""},
    {NULL, "-- embark: no-transaction\ncluster", "cluster"},
    {"create table t (a int primary key)", "alter table t cluster on t_pkey", ""},
    {"create table t (a int)", "-- embark: no-transaction\nvacuum full t", "vacuum-full"},
    {"create table t (a int)",
     "-- embark: no-transaction\nvacuum (analyze, full) t, older",
     "vacuum-full vacuum-full"},
    {"create table t (a int)", "-- embark: no-transaction\nvacuum (full off) t", ""},
    {"create table t (a int)", "-- embark: no-transaction\nvacuum t", ""},
    {"create table t (a int)", "analyze t", ""},
    {NULL, "-- embark: no-transaction\nvacuum full", "vacuum-full"},
    {"create materialized view v as select 1",
     "refresh materialized view v",
     "refresh-materialized-view"},
    {"create materialized view v as select 1",
     "refresh materialized view v with no data",
     "refresh-materialized-view"},
    {"create materialized view v as select 1 as a; create unique index on v (a)",
     "refresh materialized view concurrently v",
     ""},
    {NULL, "create materialized view v as select 1; refresh materialized view v", ""},
};
/* clang-format on */

START_TEST(tells_of_tables_that_nobody_can_use)
{
  expect_rules(&rules_lock, &cases[_i]);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("rules_lock");
  TCase *tc = tcase_create("rules_lock");
  tcase_add_loop_test(tc, tells_of_tables_that_nobody_can_use, 0, sizeof cases / sizeof cases[0]);
  suite_add_tcase(suite, tc);
  return suite;
}
