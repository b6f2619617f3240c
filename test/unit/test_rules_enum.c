/* Values of enums that a transaction adds and uses. */
#include "linted.h"
#include "suite.h"

/* clang-format off */
static const lint_case cases[] = {
    {"create type m as enum ('a'); create table t (c m)",
     "alter type m add value 'b'; insert into t values ('b')",
     "enum-value-used"},
    {"create type m as enum ('a'); create table t (c m)",
     "alter type m add value 'b'; insert into t values ('a')",
     ""},
    {"create type m as enum ('a'); create table t (c m)",
     "alter type m add value 'b'; alter table t alter column c set default 'b'",
     "enum-value-used"},
    {"create type m as enum ('a'); create table t (c m)",
     "alter type m add value 'b'; update t set c = 'b' where c = 'a'",
     "enum-value-used"},
    {"create type m as enum ('a'); create table t (c m[])",
     "alter type m add value 'b'; create index i on t (c) where c = '{b}' or 'b' = any (c)",
     "enum-value-used"},
    {"create type m as enum ('a')",
     "alter type m add value 'b'; create table t (c m default 'b')",
     "enum-value-used"},
    {"create type m as enum ('a')",
     "alter type m add value 'b'; alter table older add column c m default 'b'",
     "enum-value-used"},
    {"create type m as enum ('a')", "alter type m add value 'b'; select 'b'::m", "enum-value-used"},
    {"create type s.m as enum ('a'); create table t (c s.m)",
     "alter type s.m add value 'b'; delete from t where c = 'b'",
     "enum-value-used"},
    {"create type m as enum ('a'); create table t (c m)",
     "alter type m add value 'b'; do $$ begin update t set c = 'b'; end $$",
     "enum-value-used"},
    {"create type m as enum ('a')", "alter type m add value 'b'; select 'b'::text", ""},
    {"create type m as enum ('a'); create table t (c text)",
     "alter type m add value 'b'; insert into t values ('b')",
     ""},
    {"create type m as enum ('a'); create table t (c m)",
     "insert into t values ('a'); alter type m add value 'b'",
     ""},
    {"create type m as enum ('a'); create table t (c m)",
     "alter type m add value 'b'; "
     "create function f() returns m language plpgsql as $$ begin return 'b'; end $$",
     ""},
    {"create type m as enum ('a'); create table t (c m); alter type m add value 'b'",
     "insert into t values ('b')",
     ""},
    {NULL,
     "create type m as enum ('a'); alter type m add value 'b'; create table t (c m default 'b')",
     ""},
    {"create type m as enum ('a'); create table t (c m)",
     "alter type m rename value 'a' to 'b'; insert into t values ('b')",
     ""},
    {"create type m as enum ('a'); create table t (c m)",
     "-- embark: no-transaction\nalter type m add value if not exists 'b'; "
     "insert into t values ('b')",
     ""},
    {"create type m as enum ('a'); create table t (c m)",
     "drop type m cascade; create type m as enum ('b'); alter type m add value 'c'; "
     "alter table t add column d m default 'c'",
     ""},
    {"create type m as enum ('a'); create table t (c m)",
     "alter type m add value 'b'; alter table t add check (c::text in ('a', 'b'))",
     ""},
    {"create type m as enum ('a'); create table t (c m)",
     "alter type m add value 'b'; alter table t add check (c in ('a', 'b'))",
     "enum-value-used"},
    {"create type m as enum ('a'); create table t (c m, d text)",
     "alter type m add value 'b'; insert into t (d) values ('b'::text)",
     ""},
};
/* clang-format on */

START_TEST(tells_of_a_value_used_before_it_is_committed)
{
  expect_rules(&rules_enum, &cases[_i]);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("rules_enum");
  TCase *tc = tcase_create("rules_enum");
  tcase_add_loop_test(tc, tells_of_a_value_used_before_it_is_committed, 0,
                      sizeof cases / sizeof cases[0]);
  suite_add_tcase(suite, tc);
  return suite;
}
