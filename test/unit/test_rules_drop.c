/* What is gone once it is dropped. */
#include "linted.h"
#include "suite.h"

#define TABLE "create table t (a int constraint k check (a > 0), b int unique);"

/* clang-format off */
static const lint_case cases[] = {
    {TABLE, "drop table t", "drop-table"},
    {TABLE, "drop table if exists t, older cascade", "drop-table drop-table"},
    {NULL, TABLE "drop table t", ""},
    {NULL, "create temporary table x (); drop table x", ""},
    {TABLE, "do $$ begin drop table t; end $$", "drop-table"},
    {TABLE, "alter table t rename to u; drop table u", "drop-table"},

    {TABLE, "alter table t drop a, drop if exists b cascade", "drop-column drop-column"},
    {TABLE, "alter table t add c int; alter table t drop c", ""},
    {TABLE, "alter table t alter a drop default, alter a drop not null", ""},

    {"create schema s; create table s.t ()", "drop schema s cascade", "drop-schema"},
    {"create schema s", "drop schema s", ""},

    {TABLE, "alter table t drop constraint k", "drop-constraint"},
    {TABLE, "alter table t drop constraint t_b_key", "drop-constraint"},
    {TABLE, "alter table t drop constraint k, add constraint k check (a > 1) not valid", ""},
    {TABLE, "alter table t drop constraint k; alter table t add constraint K check (a > 1)", ""},
    {TABLE,
     "alter table t drop constraint k; do $$ begin alter table t add constraint k check (a > 1);"
     " exception when duplicate_object then null; end $$", ""},
    {TABLE, "alter table t add constraint n check (a > 1); alter table t drop constraint k;"
     "alter table t rename constraint n to k", ""},
    {TABLE, "alter table t drop constraint k; alter table other add constraint k check (a > 1)",
     "drop-constraint"},
    {TABLE, "alter table t add constraint n unique (a); alter table t drop constraint n", ""},

    {TABLE, "alter table t drop constraint k; alter table t add constraint n check (a > 1)",
     "drop-constraint"},
    {TABLE, "alter table t drop constraint t_b_key; alter table t add constraint n unique (b)", ""},
    {TABLE, "alter table t add primary key (b), drop constraint t_b_key", ""},
    {TABLE, "alter table t add primary key (a), drop constraint t_b_key", "drop-constraint"},
    {"create table t (a int primary key)",
     "alter table t add unique (a), drop constraint t_pkey", "drop-constraint"},
    {TABLE, "alter table t drop constraint k; alter table t drop b", "drop-constraint drop-column"},
    {TABLE, "alter table t drop constraint k; alter table t drop a", "drop-column"},
    {TABLE, "alter table t drop constraint k; drop table t", "drop-table"},
    {TABLE "create table u (b int references t (b));",
     "alter table u drop constraint u_b_fkey; drop table t", "drop-table"},

    {"create type m as enum ('a')", "drop type m", "drop-type"},
    {"create domain d as text", "drop domain d", "drop-type"},
    {"create type m as enum ('a')", "drop type m; create type m as enum ('b')", ""},
    {"create type \"Role\" as enum ('a')",
     "create type \"Role_new\" as enum ('b'); alter type \"Role\" rename to \"Role_old\";"
     "alter type \"Role_new\" rename to \"Role\"; drop type \"Role_old\"", ""},

    {"create view v as select 1", "drop view v", "drop-view"},
    {"create view v as select 1", "drop view v; create view v as select 2", ""},
    {"create view v as select 1", "drop view if exists v; create or replace view v as select 2",
     ""},
    {"create materialized view v as select 1", "drop materialized view v", "drop-view"},
    {"create sequence s", "drop sequence s", "drop-sequence"},
    {NULL, "create sequence s; drop sequence s", ""},
    {"create function f() returns int language sql as 'select 1'", "drop function f()",
     "drop-function"},
    {"create function f() returns int language sql as 'select 1'",
     "drop function f(); create function f() returns text language sql as 'select 1'", ""},
    {"create function f() returns trigger language plpgsql as 'begin return new; end'",
     "drop function f()", ""},
    {"create function f() returns trigger language plpgsql as 'begin return new; end'",
     "drop function f() cascade", "drop-function"},
    {"create view v as select 1; create view w as select 1", "drop view v, w, older", "drop-view"},
    {"create view v as select 1", "create view w as select 1; drop view w, v", "drop-view"},
    {NULL, "drop extension citext cascade", "drop-extension"},
    {NULL, "drop extension citext; create extension citext", ""},

    {NULL, "create table if not exists x (); drop table x", "drop-table"},
    {NULL, "create schema s; create table if not exists s.x (); drop table s.x", ""},
    {NULL, "create schema if not exists s; create table if not exists s.x (); drop table s.x",
     "drop-table"},
    {NULL, "do $$ begin create table x (); exception when duplicate_table then null; end $$;"
     "drop table x", "drop-table"},
    {NULL, "create table x (); alter table if exists x rename to y; drop table y", "drop-table"},
    {NULL, "create table if not exists x (a int); alter table x drop a", "drop-column"},
    {NULL, "create table if not exists x (); alter table x add a int; alter table x drop a", ""},
    {TABLE, "alter table t add column if not exists c int; alter table t drop c", "drop-column"},
    {NULL, "create table x (); alter table x add column if not exists c int; alter table x drop c",
     ""},
    {NULL, "create schema if not exists s; drop schema s cascade", "drop-schema"},
    {NULL, "create schema s; alter table older set schema s; drop schema s cascade",
     "drop-schema"},
    {NULL, "create schema s; create table x (); alter table x set schema s; drop schema s cascade",
     ""},
    {TABLE, "create schema s; alter table t set schema s; drop schema s cascade", "drop-schema"},
    {NULL, "create table p (a int) partition by list (a); alter table p attach partition older"
     " default; drop table p", "drop-table"},
    {NULL, "create table p (a int); alter table older inherit p; alter table p drop a",
     "drop-column"},
    {TABLE, "create table p (a int); alter table t inherit p; alter table p drop a",
     "drop-column"},
    {TABLE, "create table p (); create table q () inherits (p); alter table t inherit q;"
     "drop table p cascade", "drop-table"},

    {"create temporary table x ()", "drop table x", "drop-table"},
    {NULL, "create temporary table x (); drop table public.x", "drop-table"},
    {TABLE, "create temporary table t (); drop table t", ""},
    {TABLE, "create temporary table t (); drop table t; drop table t", "drop-table"},
    {NULL, "create table pg_temp.x (); drop table x", ""},

    {NULL, "create table x (); set local search_path to app; drop table x", "drop-table"},
    {NULL, "create table x (); set search_path to app, public; drop table public.x", ""},
    {NULL, "set search_path to app; create table x (); reset search_path; drop table x",
     "drop-table"},
    {NULL, "select set_config('search_path', 'app', true); create table x (); drop table x",
     "drop-table"},
    {NULL, "set search_path to public; create table x (); drop table x", ""},

    {TABLE, "do $a$ begin do $b$ begin drop table t; end $b$; end $a$", "drop-table"},
    {TABLE, "do $a$ begin execute 'do $b$ begin drop table t; end $b$'; end $a$", "drop-table"},
    {NULL, "drop collation c cascade", "drop-type"},
    {NULL, "drop collation c", ""},
    {NULL, "create type m as enum ('a'); drop type m cascade", ""},
    {NULL, "create type m as enum ('a'); alter table older alter a type m using 'a';"
     "drop type m cascade", "drop-type"},
    {TABLE, "create domain d as int; alter table t alter a type d; drop domain d cascade",
     "drop-type"},
    {NULL, "create schema s; create type s.m as enum ('a'); alter table older alter a type s.m"
     " using 'a'; drop schema s cascade", "drop-schema"},
    {NULL, "create table x (a int); create domain d as int; alter table x alter a type d;"
     "drop domain d cascade", ""},
    {"create type m as enum ('a')", "drop type m cascade; create type m as enum ('b')",
     "drop-type"},
    {NULL, "create sequence if not exists s; drop sequence s", "drop-sequence"},

    {TABLE, "drop trigger x on t; drop policy p on t; drop rule r on t; drop index t_b_key", ""},
};
/* clang-format on */

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
