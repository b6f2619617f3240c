/* IF EXISTS and IF NOT EXISTS, missing and misleading. */
#include "linted.h"
#include "suite.h"

/* clang-format off */
static const lint_case cases[] = {
    {NULL, "-- embark: no-transaction\ncreate table t (a int)", "no-if-exists"},
    {NULL, "-- embark: no-transaction\ncreate table if not exists t (a int)", ""},
    {NULL, "create table t (a int)", ""},
    {NULL, "-- embark: no-transaction\nbegin; create table t (a int); commit", ""},
    {NULL, "-- embark: no-transaction\nalter type older add value 'x'", "no-if-exists"},
    {NULL, "-- embark: no-transaction\nalter type older add value if not exists 'x'", ""},
    {NULL, "-- embark: no-transaction\nalter type older rename value 'x' to 'y'", ""},
    {NULL, "-- embark: no-transaction\ncreate index concurrently i on older (a)", ""},
    {NULL, "-- embark: no-transaction\ncreate index concurrently on older (a)", "no-if-exists"},
    {NULL, "-- embark: no-transaction\ncreate index i on older (a)", "no-if-exists"},
    {NULL, "-- embark: no-transaction\ndrop index concurrently i", ""},
    {NULL, "-- embark: no-transaction\ndrop index i", "no-if-exists"},
    {NULL, "-- embark: no-transaction\ndrop table t", "no-if-exists"},
    {NULL, "-- embark: no-transaction\ndrop table if exists t", ""},
    {NULL, "-- embark: no-transaction\n-- embark: repeatable\ndrop table t", ""},
    {NULL, "-- embark: no-transaction\ncreate materialized view m as select 1", "no-if-exists"},
    {NULL, "-- embark: no-transaction\ndrop materialized view m", "no-if-exists"},
    {NULL, "-- embark: no-transaction\nvacuum t", ""},
    {NULL, "-- embark: no-transaction\nupdate t set a = 1", ""},
    {"create table t (a int)", "create table if not exists t (a int)", ""},
    {"create table t (a int)",
     "create table if not exists t (a int, b int)",
     "if-not-exists-differs"},
    {"create table t (a int)", "create table if not exists t (a bigint)", "if-not-exists-differs"},
    {"create table t (a int)",
     "create table if not exists public.t (a int, b int)",
     "if-not-exists-differs"},
    {"create table t (a int)", "create table if not exists s.t (a int, b int)", ""},
    {"create table t (a serial)", "create table if not exists t (a int)", ""},
    {"create table t (a int, b int)", "create table if not exists t (a int)", ""},
    {"create table t (a int); alter table t add column b int",
     "create table if not exists t (a int, b int)",
     ""},
    {"create table t (a int, b int); alter table t drop column b",
     "create table if not exists t (a int, b int)",
     "if-not-exists-differs"},
    {"create table t (a int)",
     "create table if not exists t (a int, b int); alter table t add column if not exists b int",
     ""},
    {"create table u (a int, b int); create table t (like u)",
     "create table if not exists t (a int, c int)",
     ""},
    {"create table u (a int); create table t () inherits (u)",
     "create table if not exists t (a int)",
     ""},
    {"create table t (a int)", "drop table t; create table if not exists t (a int, b int)", ""},
    {NULL, "create table if not exists older (a int)", ""},
    {"create table t (a int)", "alter table t add column if not exists a int", ""},
    {"create table t (a int)",
     "alter table t add column if not exists a text",
     "if-not-exists-differs"},
    {"create table t (a int)", "alter table t add column if not exists b text", ""},
    {"create table t (a int, b int); create index i on t (a)",
     "create index if not exists i on t (a)",
     ""},
    {"create table t (a int, b int); create index i on t (a)",
     "create index if not exists i on t (b)",
     "if-not-exists-differs"},
    {"create table t (a int, b int); create index i on t (a)",
     "create unique index if not exists i on t (a)",
     "if-not-exists-differs"},
    {"create table t (a int, b int); create index i on t (a)",
     "create index if not exists i on t (a) where b > 0",
     "if-not-exists-differs"},
    {"create table t (a int, b int); create index i on t (a)",
     "create index if not exists j on t (b)",
     ""},
    {"create materialized view m as select 1 as a",
     "create materialized view if not exists m as select 2 as a",
     "if-not-exists-differs"},
    {"create materialized view m as select 1 as a",
     "create materialized view if not exists m as select 1 as a with no data",
     ""},
    {"create type m as enum ('a')",
     "do $$ begin create type m as enum ('a'); exception when duplicate_object then null; end $$",
     ""},
    {"create type m as enum ('a')",
     "do $$ begin create type m as enum ('a', 'b'); exception when duplicate_object then null; "
     "end $$",
     "if-not-exists-differs"},
    {NULL,
     "do $$ begin create type m as enum ('a', 'b'); exception when duplicate_object then null; "
     "end $$",
     ""},
};
/* clang-format on */

START_TEST(tells_of_if_exists_that_is_missing_or_hides_something)
{
  expect_rules(&rules_exists, &cases[_i]);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("rules_exists");
  TCase *tc = tcase_create("rules_exists");
  tcase_add_loop_test(tc, tells_of_if_exists_that_is_missing_or_hides_something, 0,
                      sizeof cases / sizeof cases[0]);
  suite_add_tcase(suite, tc);
  return suite;
}
