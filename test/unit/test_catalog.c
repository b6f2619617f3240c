/* What a folder is known to have made. */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "linted.h"
#include "suite.h"
#include "text.h"

/* "public.t(a int4 not null, b text)[t_pkey p:a]" of a table that is there; "" for none. */
static char *describe(const catalog *c, const char *schema, const char *name)
{
  text out = {0};
  const object *o = catalog_find(c, OBJECT_TABLE, schema, name);
  if (o != NULL) {
    text_printf(&out, "%s.%s(", o->schema, o->name);
    for (size_t i = 0; i < o->column_count; i++) {
      const column *k = &o->column_list[i];
      text_printf(&out, "%s%s %s%s", i > 0 ? ", " : "", k->name, k->type,
                  k->is_not_null ? " not null" : "");
    }
    text_puts(&out, ")");
    for (size_t i = 0; i < o->constraint_count; i++) {
      const constraint *k = &o->constraints[i];
      text_printf(&out, " %s %c:%s%s", k->name, k->kind, k->columns,
                  k->is_valid ? "" : " not valid");
    }
  }
  char *said = alloc_string(text_string(&out), out.size);
  text_free(&out);
  return said;
}

static void expect_table(const char *sql, const char *schema, const char *name, const char *table)
{
  linted l;
  if (tree_grammar() == NULL) {
    return;
  }
  linted_run(&l, &sql, 1);
  char *found = describe(&l.lint.catalog, schema, name);
  ck_assert_msg(strcmp(found, table) == 0, "%s: \"%s\" instead of \"%s\"", sql, found, table);
  free(found);
  linted_free(&l);
}

#define LONG30 "abcdefghijklmnopqrstuvwxyzabcd"

/* Of table "t", but for those of moved ones. */
/* clang-format off */
static const struct {
  const char *sql;
  const char *table;
} tables[] = {
    {"create table t (a int primary key, b varchar(20) not null)",
     "public.t(a int4 not null, b varchar(20) not null) t_pkey p:a"},
    {"create table t (a my_serial_number)", "public.t(a my_serial_number)"},
    {"create table t (a int unique, b int references t (a) check (b > 0))",
     "public.t(a int4, b int4) t_a_key u:a t_b_fkey f:b t_b_check c:b"},
    {"create table t (a int, b int, unique (a, b), check (a < b), constraint c check (a > 0))",
     "public.t(a int4, b int4) t_a_b_key u:a,b t_check c:a,b c c:a"},
    {"create table t (a int unique, unique (a))", "public.t(a int4) t_a_key u:a t_a_key1 u:a"},
    {"create table t (" LONG30 " int, b_" LONG30 " int, unique (" LONG30 ", b_" LONG30 "))",
     "public.t(" LONG30 " int4, b_" LONG30 " int4) " "t_" LONG30
     "_b_abcdefghijklmnopqrstuvwx_key u:" LONG30 ",b_" LONG30},
    {"create table t (a int); alter table t add b text, drop a", "public.t(b text)"},
    {"create table t (a int, b int, check (a < b), unique (b)); alter table t drop b",
     "public.t(a int4)"},
    {"create table t (a int, check (a > 0)); alter table t rename a to z",
     "public.t(z int4) t_a_check c:z"},
    {"create table t (a int); alter table t add constraint k check (a > 0) not valid",
     "public.t(a int4) k c:a not valid"},
    {"create table t (a int); alter table t add constraint k check (a > 0) not valid;"
     "alter table t validate constraint k", "public.t(a int4) k c:a"},
    {"create table t (a int constraint k unique); alter table t rename constraint k to n",
     "public.t(a int4) n u:a"},
    {"create table t (a int not null); create unique index i on t (a);"
     "alter table t add constraint k primary key using index i", "public.t(a int4 not null) k p:a"},
    {"create table s (a int primary key, b int check (b > 0)); create table t (like s)",
     "public.t(a int4 not null, b int4)"},
    {"create table s (a int primary key, b int check (b > 0)); create table t (like s including "
     "all)", "public.t(a int4 not null, b int4) t_pkey p:a s_b_check c:b"},
    {"create table s (a int, check (a > 0)); create table t (b int) inherits (s)",
     "public.t(a int4, b int4) s_a_check c:a"},
    {"create table s (a int primary key) partition by list (a);"
     "create table t partition of s for values in (1); alter table s add b text",
     "public.t(a int4 not null, b text) t_pkey p:a"},
    {"create table s (a int) partition by list (a); create table t (a int);"
     "alter table s attach partition t default; alter table s rename a to b", "public.t(b int4)"},
    {"create table s (a int) partition by list (a); create table t partition of s default;"
     "alter table s detach partition t; alter table s add b int", "public.t(a int4)"},
    {"create table s (a int) partition by list (a); create table t partition of s default;"
     "drop table s", ""},
    {"create table t as select 1 as a, now() as b", "public.t(a , b )"},
    {"create table s (a int); select a, a as b into t from s", "public.t(a , b )"},
    {"create table t (id serial, b bigint generated always as identity)",
     "public.t(id serial not null, b int8 not null)"},
    {"do $$ begin create table t (a int); end $$", "public.t(a int4)"},
    {"do $$ begin if not exists (select 1) then create table t (a int); end if; end $$",
     "public.t(a int4)"},
    {"create table \"T\" (a int); create table t (b int)", "public.t(b int4)"},
    {"create table s (a int); alter table s rename to t", "public.t(a int4)"},
    {"create table t (a int); drop table t", ""},
    {"create table s (a int primary key); create table t (a int references s);"
     "drop table s cascade", "public.t(a int4)"},
    {"create type m as enum ('a'); create table t (a m, b int); drop type m cascade",
     "public.t(b int4)"},
    {"create table if not exists t (a int); create table if not exists t (b int)",
     "public.t(a int4)"},
    {"create table t (a timestamptz(3)[], b numeric(10, 2), c interval)",
     "public.t(a timestamptz(3)[], b numeric(10,2), c interval)"},
};
/* clang-format on */

START_TEST(a_table_is_what_the_statements_made_of_it)
{
  expect_table(tables[_i].sql, NULL, "t", tables[_i].table);
}
END_TEST

START_TEST(a_table_that_moves_or_whose_schema_is_renamed_is_found_there)
{
  expect_table("create schema s; create table t (a int); alter table t set schema s", "s", "t",
               "s.t(a int4)");
  expect_table("create schema s; create table t (a int); alter table t set schema s", NULL, "t",
               "");
  expect_table("create schema s; create table s.t (a int); alter schema s rename to z", "z", "t",
               "z.t(a int4)");
  expect_table("create schema s; create table s.t (a int); drop schema s cascade", "s", "t", "");
}
END_TEST

START_TEST(an_index_without_a_name_has_the_server_s)
{
  static const char *const sql =
      "create table t (a int, b int); create index on t (a, b); create index on t (lower(a::text));"
      "create index on t (a, b); create unique index u on t (a) where b is null";
  linted l;
  if (tree_grammar() == NULL) {
    return;
  }
  linted_run(&l, &sql, 1);
  const catalog *c = &l.lint.catalog;
  ck_assert_ptr_nonnull(catalog_find(c, OBJECT_INDEX, NULL, "t_a_b_idx"));
  ck_assert_ptr_nonnull(catalog_find(c, OBJECT_INDEX, NULL, "t_a_b_idx1"));
  ck_assert_ptr_nonnull(catalog_find(c, OBJECT_INDEX, NULL, "t_expr_idx"));
  ck_assert(catalog_find(c, OBJECT_INDEX, NULL, "u")->is_unique);
  linted_free(&l);
}
END_TEST

START_TEST(who_made_and_who_named_a_thing_is_known)
{
  static const char *const texts[] = {"create table t (a int)", "alter table t add b int",
                                      "alter table t rename to u"};
  linted l;
  if (tree_grammar() == NULL) {
    return;
  }
  linted_run(&l, texts, 3);
  const object *o = catalog_find(&l.lint.catalog, OBJECT_TABLE, NULL, "u");
  ck_assert_uint_eq(o->made_by, 1);
  ck_assert_uint_eq(o->named_by, 3);
  ck_assert_uint_eq(object_column(o, "b")->made_by, 2);
  linted_free(&l);
}
END_TEST

START_TEST(an_enum_knows_who_added_its_labels_and_a_domain_its_base)
{
  static const char *const texts[] = {
      "create type m as enum ('a', 'b'); create domain d as varchar(10)",
      "alter type m add value 'c'; alter type m rename value 'a' to 'z';"
      "alter domain d add check (value <> '')"};
  linted l;
  if (tree_grammar() == NULL) {
    return;
  }
  linted_run(&l, texts, 2);
  const object *m = catalog_find(&l.lint.catalog, OBJECT_TYPE, NULL, "m");
  const object *d = catalog_find(&l.lint.catalog, OBJECT_TYPE, NULL, "d");
  ck_assert_int_eq(json_integer_value(json_object_get(m->labels, "b")), 1);
  ck_assert_int_eq(json_integer_value(json_object_get(m->labels, "c")), 2);
  ck_assert_int_eq(json_integer_value(json_object_get(m->labels, "z")), 1);
  ck_assert_ptr_null(json_object_get(m->labels, "a"));
  ck_assert_str_eq(d->base, "varchar(10)");
  ck_assert(d->is_checked);
  linted_free(&l);
}
END_TEST

START_TEST(tables_that_are_each_other_s_parents_do_not_hang_it)
{
  expect_table("create table t (a int) partition by list (a); create table u (a int) partition by"
               " list (a); alter table t attach partition u default;"
               "alter table u attach partition t default; alter table u rename a to b",
               NULL, "u", "public.u(b int4)");
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("catalog");
  TCase *tc = tcase_create("catalog");
  tcase_add_loop_test(tc, a_table_is_what_the_statements_made_of_it, 0,
                      sizeof tables / sizeof tables[0]);
  tcase_add_test(tc, a_table_that_moves_or_whose_schema_is_renamed_is_found_there);
  tcase_add_test(tc, an_index_without_a_name_has_the_server_s);
  tcase_add_test(tc, who_made_and_who_named_a_thing_is_known);
  tcase_add_test(tc, an_enum_knows_who_added_its_labels_and_a_domain_its_base);
  tcase_add_test(tc, tables_that_are_each_other_s_parents_do_not_hang_it);
  suite_add_tcase(suite, tc);
  return suite;
}
