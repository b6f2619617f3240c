/* What the linter cannot tell the effect of. */
#include <string.h>

#include "kind.h"
#include "linted.h"
#include "suite.h"
#include "text.h"

static void expect(const char *rules, const char *before, const char *sql)
{
  expect_rules(&rules_unknown, &(lint_case){before, sql, rules});
}

START_TEST(ordinary_statements_are_known)
{
  expect("", NULL, "create table t(id bigint); create index on t(id); alter table t add a text;");
  expect("", NULL, "insert into t values (1); update t set a = lower(a); delete from t;");
  expect("", NULL, "create function f() returns int language sql as 'select 1';");
  expect("", NULL,
         "comment on table t is 'x'; grant select on t to r; set local work_mem = '1MB';");
  expect("", NULL, "select 1; table t; values (1); explain select 1; copy t from stdin;\n\\.\n");
}
END_TEST

START_TEST(sql_that_the_grammar_does_not_know_is_a_note)
{
  expect("unknown-syntax", NULL, "create table t(a int, b int generated always as (a) virtual);");
  expect("unknown-syntax", NULL, "frobnicate the table;");
}
END_TEST

START_TEST(a_note_of_syntax_points_at_the_byte_where_reading_stopped)
{
  linted l;
  const char *sql = "select 'äöü' as a from t frobnicate the table;";
  if (tree_grammar() == NULL) {
    return;
  }
  linted_run(&l, &sql, 1);
  ck_assert_uint_eq(l.lint.found.count, 1);
  const finding *f = &l.lint.found.items[0];
  ck_assert_uint_eq(f->at, (size_t)(strstr(sql, "the") - sql));
  ck_assert_ptr_nonnull(strstr(f->message, "at or near \"the\""));
  linted_free(&l);
}
END_TEST

START_TEST(the_parsers_words_are_one_short_line)
{
  linted l;
  text sql = {0};
  const char *given = NULL;
  if (tree_grammar() == NULL) {
    return;
  }
  text_puts(&sql, "select 1 from t frobnicate \"\n");
  for (int i = 0; i < 200; i++) {
    text_puts(&sql, "ä\t");
  }
  text_puts(&sql, "\";");
  given = text_string(&sql);
  linted_run(&l, &given, 1);
  ck_assert_uint_eq(l.lint.found.count, 1);
  const char *message = l.lint.found.items[0].message;
  ck_assert_uint_eq(strcspn(message, "\n\t"), strlen(message));
  ck_assert_uint_lt(strlen(message), 240);
  linted_free(&l);
  text_free(&sql);
}
END_TEST

START_TEST(a_select_is_there_for_what_its_function_does)
{
  expect("unclassified", NULL, "select create_hypertable('t', 'at');");
  expect("unclassified", NULL, "select * from cron.schedule('x', '* * * * *', 'delete from t');");
  expect("unclassified", NULL, "select lo_unlink(1);");
  expect("unclassified", NULL, "select pg_catalog.lo_unlink(1);");
  expect("", NULL, "select setval('s', 7); select set_config('a.b', 'c', true); select now();");
  expect("", NULL, "select setval('s', (select max(id) from t)); select extract(day from now());");
  expect("", NULL, "select frob(id) from t;");
}
END_TEST

START_TEST(a_function_that_the_folder_made_may_do_anything)
{
  const char *before = "create function f() returns int language sql as 'delete from t; select 1';"
                       "create function app.lower(text) returns text language sql as 'select 1'";
  expect("unclassified", before, "select f();");
  expect("unclassified", before, "insert into t values (f());");
  expect("unclassified", before, "update t set a = app.lower(a);");
  expect("unclassified", before, "create table u as select f() as a;");
  expect("", before, "update t set a = lower(a); alter table t add b int default f();");
}
END_TEST

START_TEST(a_function_of_another_schema_is_not_known)
{
  expect("unclassified", NULL, "insert into t values (app.frob(1));");
  expect("", NULL, "insert into t values (extensions.uuid_generate_v4(), pg_catalog.lower('A'));");
}
END_TEST

START_TEST(statements_that_run_others_are_not_known)
{
  expect("unclassified", NULL, "call p();");
  expect("unclassified", NULL, "prepare s as select 1; execute s;");
  expect("unclassified", NULL, "explain analyze delete from t;");
  expect("unclassified", NULL, "explain (analyze, buffers) delete from t;");
  expect("unclassified", NULL, "copy t from program 'cat x';");
  expect("unclassified", NULL, "load 'x';");
  expect("unclassified", NULL, "alter extension postgis update;");
}
END_TEST

START_TEST(a_block_is_what_its_statements_are)
{
  expect("", NULL, "do $$ begin insert into t values (1); end $$;");
  expect("", NULL,
         "do $$ begin create type m as enum ('a'); exception when others then null; end $$;");
  expect(
      "", NULL,
      "do $$ declare n int; r record; begin select count(*) into n from t; if n > 0 then"
      " raise notice '%', n; end if; for r in select * from t loop update t set a = r.a; end loop;"
      " n := (select max(id) from t) + 1; n := count(*) from t; end $$;");
  expect("unclassified", NULL, "do $$ begin perform f(); perform g(); end $$;");
  expect("unclassified", NULL, "do language plperl $$ drop_all(); $$;");
  expect("unclassified", NULL, "do $$ begin this is not sql at all; end $$;");
}
END_TEST

START_TEST(a_blocks_expressions_may_call_functions)
{
  const char *before = "create function f() returns int language sql as 'select 1';";
  expect("unclassified", before, "do $$ declare n int; begin n := f(); end $$;");
  expect("unclassified", before, "do $$ begin if f() = 1 then null; end if; end $$;");
  expect("unclassified", before, "do $$ declare n int := f(); begin null; end $$;");
  expect("", before, "do $$ declare n text; begin n := lower('A'); end $$;");
}
END_TEST

START_TEST(sql_made_at_run_time_is_not_known)
{
  expect("unclassified", NULL, "do $$ begin execute format('drop table %I', 'a'); end $$;");
  expect("unclassified", NULL, "do $$ begin execute 'drop table ' || 'a'; end $$;");
  expect(
      "unclassified", NULL,
      "do $$ declare r record; begin for r in execute 'select ' || 1 loop null; end loop; end $$;");
}
END_TEST

START_TEST(a_constant_made_at_run_time_is_the_statements_in_it)
{
  expect("", NULL, "do $$ begin execute 'alter table t add a int'; end $$;");
  expect("unclassified", NULL, "do $$ begin execute 'select 1; call p()'; end $$;");
  expect_rules(&rules_drop,
               &(lint_case){"create table t(a int); create table u(a int);",
                            "do $$ begin execute 'drop table t; drop table u'; end $$;",
                            "drop-table drop-table"});
}
END_TEST

START_TEST(what_is_too_long_to_be_read_is_not_known)
{
  linted l;
  text sql = {0};
  if (tree_grammar() == NULL) {
    return;
  }
  text_puts(&sql, "create view v as select '");
  for (int i = 0; i < 300 * 1024; i++) {
    text_putc(&sql, 'x');
  }
  text_puts(&sql, "' as a;");
  const char *given = text_string(&sql);
  linted_run(&l, &given, 1);
  ck_assert_uint_eq(l.lint.found.count, 1);
  ck_assert_str_eq(l.lint.found.items[0].rule->name, "unclassified");
  linted_free(&l);
  text_free(&sql);
}
END_TEST

START_TEST(what_is_nested_too_deep_to_be_read_is_not_known)
{
  text sql = {0};
  text_puts(&sql, "delete from t where a = 1");
  for (int i = 0; i < 3000; i++) {
    text_puts(&sql, " + 1");
  }
  text_puts(&sql, ";");
  expect("unclassified", NULL, text_string(&sql));
  text_free(&sql);
}
END_TEST

START_TEST(a_block_in_a_block_is_looked_into)
{
  expect("", NULL, "do $a$ begin do $b$ begin delete from t; end $b$; end $a$;");
  expect("unclassified", NULL, "do $a$ begin do $b$ begin execute x; end $b$; end $a$;");
  expect("unclassified", NULL, "do $a$ begin do language plperl 'f()'; end $a$;");
}
END_TEST

START_TEST(blocks_are_not_looked_into_without_end)
{
  text sql = {0};
  for (int i = 0; i < 12; i++) {
    text_printf(&sql, "do $a%d$ begin ", i);
  }
  text_puts(&sql, "null; ");
  for (int i = 11; i >= 0; i--) {
    text_printf(&sql, "end $a%d$; ", i);
  }
  expect("unclassified", NULL, text_string(&sql));
  text_free(&sql);
}
END_TEST

START_TEST(a_kind_that_no_table_has_is_not_known)
{
  ck_assert(kind_is_known("CreateStmt"));
  ck_assert(kind_is_query("SelectStmt"));
  ck_assert(!kind_is_known("CallStmt"));
  ck_assert(!kind_is_known("FrobnicateStmt"));
  ck_assert(!kind_is_query("FrobnicateStmt"));
  ck_assert(!kind_is_known(""));
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("rules_unknown");
  TCase *tests = tcase_create("rules_unknown");
  tcase_add_test(tests, ordinary_statements_are_known);
  tcase_add_test(tests, sql_that_the_grammar_does_not_know_is_a_note);
  tcase_add_test(tests, a_note_of_syntax_points_at_the_byte_where_reading_stopped);
  tcase_add_test(tests, the_parsers_words_are_one_short_line);
  tcase_add_test(tests, a_select_is_there_for_what_its_function_does);
  tcase_add_test(tests, a_function_that_the_folder_made_may_do_anything);
  tcase_add_test(tests, a_function_of_another_schema_is_not_known);
  tcase_add_test(tests, statements_that_run_others_are_not_known);
  tcase_add_test(tests, a_block_is_what_its_statements_are);
  tcase_add_test(tests, a_blocks_expressions_may_call_functions);
  tcase_add_test(tests, sql_made_at_run_time_is_not_known);
  tcase_add_test(tests, a_constant_made_at_run_time_is_the_statements_in_it);
  tcase_add_test(tests, what_is_too_long_to_be_read_is_not_known);
  tcase_add_test(tests, what_is_nested_too_deep_to_be_read_is_not_known);
  tcase_add_test(tests, a_block_in_a_block_is_looked_into);
  tcase_add_test(tests, blocks_are_not_looked_into_without_end);
  tcase_add_test(tests, a_kind_that_no_table_has_is_not_known);
  suite_add_tcase(suite, tests);
  return suite;
}
