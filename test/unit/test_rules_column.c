/* Columns that are added or changed. The pairs of types are those that were tried on PostgreSQL 13
 * and 18. */
#include <stdio.h>
#include <string.h>

#include "linted.h"
#include "suite.h"

#define TABLE "create table t (a int not null, b text, c text check (c is not null));"

/* clang-format off */
static const lint_case cases[] = {
    {TABLE,
     "alter table t add x int, add y text default 'a' not null, add z timestamptz default now()",
     ""},
    {TABLE, "alter table t add x int not null", "add-column-not-null"},
    {TABLE, "alter table t add if not exists a bigint not null", ""},
    {NULL, TABLE "alter table t add x int not null, add y uuid default gen_random_uuid()", ""},
    {NULL, "alter table older add x int not null", "add-column-not-null"},
    {TABLE, "truncate u, t; alter table t add x int not null", ""},
    {TABLE, "delete from t; alter table t add x int not null", ""},
    {TABLE, "delete from t where a = 1; alter table t add x int not null", "add-column-not-null"},
    {TABLE, "delete from u; alter table t add x int not null", "add-column-not-null"},
    {TABLE,
     "delete from t; insert into t values (1); alter table t add x int not null",
     "add-column-not-null"},
    {TABLE, "alter table t add x int not null; delete from t", "add-column-not-null"},
    {TABLE, "alter table t add x uuid default gen_random_uuid() not null",
     "add-column-volatile-default"},
    {TABLE, "alter table t add x text default 'n' || floor(random() * 9)::text",
     "add-column-volatile-default"},
    {"create function f() returns int language sql as 'select 1';" TABLE,
     "alter table t add x int default f()", "add-column-volatile-default"},
    {"create function f() returns int language sql stable as 'select 1';" TABLE,
     "alter table t add x int default f()", ""},
    {TABLE, "alter table t add x serial, add y bigint generated always as identity",
     "add-column-serial add-column-serial"},
    {TABLE, "alter table t add x int generated always as (a + 1) stored", "add-column-generated"},
    {"create domain d as text not null;" TABLE, "alter table t add x d", "add-column-domain"},
    {"create domain d as text;" TABLE, "alter table t add x d, add y d[]", ""},
    {"create domain d as text;" TABLE,
     "alter domain d add check (value <> ''); alter table t add x d", "add-column-domain"},

    {TABLE, "alter table t alter b set not null", "set-not-null"},
    {TABLE, "alter table t alter a set not null, alter c set not null", ""},
    {TABLE, "alter table t add constraint k check (b is not null) not valid;"
     "alter table t alter b set not null", "set-not-null"},
    {TABLE "alter table t add constraint k check (b is not null and a > 0) not valid;"
     "alter table t validate constraint k", "alter table t alter b set not null", ""},
    {TABLE "alter table t alter c drop not null; alter table t drop constraint t_c_check",
     "alter table t alter c set not null", "set-not-null"},
    {"create table t (a int primary key, b int generated always as identity, c serial)",
     "alter table t alter a set not null, alter b set not null, alter c set not null", ""},

    {"create table t (a timestamp); create index on t (a)",
     "set timezone to 'UTC'; alter table t alter a type timestamptz", "change-column-type-indexes"},
    {"create table t (a timestamp, b int); create index on t (b)",
     "set local time zone 'UTC'; alter table t alter a type timestamptz", ""},
    {"create table t (a timestamp)",
     "set timezone to 'CET'; alter table t alter a type timestamptz", "change-column-type"},
    {"create table t as select 1 as a", "alter table t alter a type text",
     "change-column-type-unknown"},
    {"create table t as select 1 as a", "alter table t alter a type bigint", "change-column-type"},
    {NULL, "alter table older alter a set data type varchar(20)", "change-column-type-unknown"},
    {"create table t (a text)", "alter table t alter a type varchar using a::varchar", ""},
    {"create table t (a text)", "alter table t alter a type varchar using lower(a)",
     "change-column-type"},
    {"create table s (a int) partition by list (a); create table t partition of s default",
     "alter table t set (fillfactor = 50)", ""},

    {"create unlogged table t (a int)", "alter table t set logged", "set-logged"},
    {TABLE, "alter table t set unlogged", "set-unlogged"},
    {TABLE, "alter table t set tablespace x", "set-tablespace"},
    {TABLE "create index i on t (a)", "alter index i set tablespace x", ""},
};
/* clang-format on */

START_TEST(tells_of_columns_that_cost_a_table_its_time)
{
  expect_rules(&rules_column, &cases[_i]);
}
END_TEST

static const struct {
  const char *from;
  const char *to;
  bool is_free;
} pairs[] = {
    {"varchar(10)",   "varchar(20)",      true },
    {"varchar(20)",   "varchar(10)",      false},
    {"varchar(10)",   "varchar",          true },
    {"varchar(10)",   "text",             true },
    {"text",          "varchar",          true },
    {"text",          "varchar(10)",      false},
    {"varchar",       "varchar(10)",      false},
    {"char(10)",      "char(20)",         false},
    {"char(10)",      "text",             false},
    {"varchar(10)",   "char(10)",         false},
    {"numeric(10,2)", "numeric(12,2)",    true },
    {"numeric(10,2)", "numeric(12,4)",    false},
    {"numeric(10,2)", "numeric(8,2)",     false},
    {"numeric(10,2)", "numeric",          true },
    {"numeric",       "numeric(10,2)",    false},
    {"numeric(10)",   "numeric(12)",      true },
    {"integer",       "bigint",           false},
    {"bigint",        "integer",          false},
    {"integer",       "oid",              true },
    {"integer",       "integer",          true },
    {"timestamp",     "timestamptz",      false},
    {"timestamp(3)",  "timestamp(6)",     true },
    {"timestamp(3)",  "timestamp",        true },
    {"timestamp",     "timestamp(3)",     false},
    {"timestamp",     "date",             false},
    {"time(3)",       "time",             true },
    {"time",          "timetz",           false},
    {"interval(3)",   "interval",         true },
    {"interval",      "interval(3)",      false},
    {"varbit(10)",    "varbit(20)",       true },
    {"bit(10)",       "bit(20)",          false},
    {"cidr",          "inet",             true },
    {"inet",          "cidr",             false},
    {"json",          "jsonb",            false},
    {"json",          "text",             false},
    {"xml",           "text",             true },
    {"real",          "double precision", false},
    {"text",          "plain",            true },
    {"text",          "checked",          false},
    {"plain",         "text",             true },
    {"checked",       "text",             true },
    {"varchar(10)",   "plain",            true },
    {"varchar(10)[]", "text[]",           false},
    {"integer[]",     "bigint[]",         false},
    {"text[]",        "text[]",           true },
    {"text",          "mood",             false},
    {"mood",          "text",             false},
    {"varchar(10)",   "citext",           true },
    {"citext",        "text",             true },
    {"citext",        "varchar(10)",      false},
    {"name",          "text",             false},
    {"regclass",      "oid",              true },
    {"money",         "numeric",          false},
};

START_TEST(a_pair_of_types_costs_what_it_did_on_a_server)
{
  char before[256];
  char sql[128];
  lint_case given = {before, sql, pairs[_i].is_free ? "" : "change-column-type"};
  snprintf(before, sizeof before,
           "create domain plain as text; create domain checked as text check (value <> 'z');"
           "create type mood as enum ('a'); create table t (a %s)",
           pairs[_i].from);
  snprintf(sql, sizeof sql, "alter table t alter a type %s", pairs[_i].to);
  expect_rules(&rules_column, &given);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("rules_column");
  TCase *tc = tcase_create("rules_column");
  tcase_add_loop_test(tc, tells_of_columns_that_cost_a_table_its_time, 0,
                      sizeof cases / sizeof cases[0]);
  tcase_add_loop_test(tc, a_pair_of_types_costs_what_it_did_on_a_server, 0,
                      sizeof pairs / sizeof pairs[0]);
  suite_add_tcase(suite, tc);
  return suite;
}
