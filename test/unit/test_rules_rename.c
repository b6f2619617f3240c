/* Names that running programs use. */
#include "linted.h"
#include "suite.h"

#define TABLE "create table t (a int constraint k check (a > 0)); create index i on t (a);"
#define TYPES "create type m as enum ('a', 'b'); create type p as (x int); create domain d as text;"

/* clang-format off */
static const lint_case cases[] = {
    {TABLE, "alter table t rename to u", "rename-table"},
    {TABLE, "alter table t rename to u; create view t as select * from u", ""},
    {TABLE, "create table u (a int); alter table t rename to old; alter table u rename to t", ""},
    {NULL, TABLE "alter table t rename to u", ""},
    {"create view v as select 1", "alter view v rename to w", "rename-table"},
    {"create sequence s", "alter sequence s rename to z", "rename-table"},
    {TABLE, "alter table t rename a to b", "rename-column"},
    {TABLE, "alter table t add c int; alter table t rename c to d", ""},
    {TABLE, "alter index i rename to j; alter table t rename constraint k to n", ""},
    {TABLE, "alter table i rename to j", ""},
    {NULL, "alter table older rename a to b", "rename-column"},

    {"create schema s", "alter schema s rename to z", "rename-schema"},
    {NULL, "create schema s; alter schema s rename to z", ""},
    {TYPES, "alter type m rename to n", "rename-type"},
    {TYPES, "alter domain d rename to n", "rename-type"},
    {TYPES, "alter type p rename attribute x to y", "rename-type"},
    {TYPES, "alter type m rename to m_old; create type m as enum ('a')", ""},
    {TYPES, "alter type m rename value 'a' to 'c'", "rename-enum-value"},
    {TYPES, "alter type m add value 'c'; alter type m rename value 'c' to 'd'", ""},
    {TYPES, "alter type m add value 'c'", ""},
    {"create function f() returns int language sql as 'select 1'", "alter function f() rename to g",
     "rename-function"},

    {"create function f() returns trigger language plpgsql as 'begin return new; end'",
     "alter function f() rename to g", ""},

    {TABLE, "create schema s; alter table t set schema s", "move-schema"},
    {TABLE, "create schema s; alter table t set schema s; create view t as select * from s.t", ""},
    {TYPES, "create schema s; alter type m set schema s", "move-schema"},
    {NULL, TABLE "create schema s; alter table t set schema s", ""},
};
/* clang-format on */

START_TEST(tells_of_names_that_programs_use_and_that_change)
{
  expect_rules(&rules_rename, &cases[_i]);
}
END_TEST

START_TEST(the_better_way_quotes_names_that_need_it)
{
  static const char *const texts[] = {"create table app.\"Users\" (a int)",
                                      "alter table app.\"Users\" rename to \"user\""};
  linted l;
  if (tree_grammar() == NULL) {
    return;
  }
  linted_run(&l, texts, 2);
  const finding *f = &l.lint.found.items[l.lint.found.count - 1];
  ck_assert_str_eq(f->rule->name, "rename-table");
  ck_assert_str_eq(f->better, "ALTER TABLE app.\"Users\" RENAME TO \"user\";\n"
                              "CREATE VIEW app.\"Users\" AS SELECT * FROM app.\"user\";");
  linted_free(&l);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("rules_rename");
  TCase *tc = tcase_create("rules_rename");
  tcase_add_loop_test(tc, tells_of_names_that_programs_use_and_that_change, 0,
                      sizeof cases / sizeof cases[0]);
  tcase_add_test(tc, the_better_way_quotes_names_that_need_it);
  suite_add_tcase(suite, tc);
  return suite;
}
