/* Where statements begin and end. psql 15 cuts the same, but in two cases where it is wrong and the
 * server's scanner counts: an E'' string that goes on in the next line, and a function "begin". */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "split.h"
#include "suite.h"

static source src;
static script cut;
static diag said;

static void tear_down(void)
{
  script_free(&cut);
  source_free(&src);
  diag_free(&said);
}

static int split_text(const char *sql, bool breakpoints)
{
  tear_down();
  src = (source){.path = alloc_string("f.sql", 5), .bytes = alloc_string(sql, strlen(sql))};
  src.size = strlen(sql);
  return split(&cut, &src, breakpoints, &said);
}

static void expect(bool breakpoints, const char *sql, va_list statements)
{
  size_t count = 0;
  ck_assert_msg(split_text(sql, breakpoints) == 0, "%s\nsays: %s", sql, text_string(&said.out));
  for (const char *want = va_arg(statements, const char *); want != NULL; count++) {
    ck_assert_msg(count < cut.count, "%s\nlacks: %s", sql, want);
    const statement *st = &cut.statements[count];
    char *got = alloc_string(src.bytes + st->start, st->end - st->start);
    ck_assert_str_eq(got, want);
    free(got);
    want = va_arg(statements, const char *);
  }
  ck_assert_msg(cut.count == count, "%s\nhas %zu statements, not %zu", sql, cut.count, count);
}

static void expect_plain(const char *sql, ...)
{
  va_list statements;
  va_start(statements, sql);
  expect(false, sql, statements);
  va_end(statements);
}

static void expect_drizzle(const char *sql, ...)
{
  va_list statements;
  va_start(statements, sql);
  expect(true, sql, statements);
  va_end(statements);
}

static void expect_error(const char *sql, size_t offset, const char *message)
{
  ck_assert_msg(split_text(sql, false) == -1, "%s\nis taken", sql);
  source_place place = source_find(&src, offset);
  text want = {0};
  text_printf(&want, "embark-bundle: f.sql:%zu:%zu: %s\n", place.line, place.column, message);
  ck_assert_msg(strncmp(text_string(&said.out), text_string(&want), want.size) == 0,
                "said: %swanted: %s", text_string(&said.out), text_string(&want));
  text_free(&want);
}

/* --- semicolons ------------------------------------------------------------------------------- */

START_TEST(a_semicolon_ends_a_statement)
{
  expect_plain("select 1; select 2;", "select 1", "select 2", NULL);
}
END_TEST

START_TEST(the_last_statement_needs_no_semicolon)
{
  expect_plain("select 1;\nselect 2", "select 1", "select 2", NULL);
  expect_plain("select 2 -- that is all\n  /* really */ \n", "select 2", NULL);
}
END_TEST

START_TEST(what_lies_before_the_first_token_belongs_to_no_statement)
{
  expect_plain("-- a\n/* b */ select 1", "select 1", NULL);
}
END_TEST

START_TEST(what_lies_before_the_semicolon_belongs_to_the_statement)
{
  expect_plain("select 1 -- one\n ; select 2", "select 1 -- one\n ", "select 2", NULL);
}
END_TEST

START_TEST(statements_without_a_token_are_dropped)
{
  expect_plain("", NULL);
  expect_plain(";;  ; -- nothing\n/* ; */;", NULL);
  expect_plain("-- only; a; comment", NULL);
}
END_TEST

START_TEST(semicolons_inside_parentheses_end_nothing)
{
  expect_plain("create rule r as on insert to t do (insert into a values (1); select 2); select 3",
               "create rule r as on insert to t do (insert into a values (1); select 2)",
               "select 3", NULL);
}
END_TEST

START_TEST(a_closing_parenthesis_too_many_changes_nothing)
{
  expect_plain("select 1); select 2", "select 1)", "select 2", NULL);
}
END_TEST

START_TEST(line_ends_of_any_kind_are_white_space)
{
  expect_plain("select 1;\r\nselect 2\r\n;\r\n", "select 1", "select 2\r\n", NULL);
  expect_plain("-- c\rselect 1", "select 1", NULL);
}
END_TEST

/* --- quotes ----------------------------------------------------------------------------------- */

START_TEST(semicolons_in_strings_end_nothing)
{
  static const char *const strings[] = {
      "select 'a;b'",         "select 'it''s;'",    "select ''';'",
      "select 'back\\'",      "select E'\\';'",     "select e'\\\\'",
      "select E'\\\\\\';'",   "select E'a'';b'",    "select U&'d\\0061;t'",
      "select u&\"d;\"\"t\"", "select b'01;'",      "select X'1F;'",
      "select n'a;''b'",      "select \"a;b\"",     "select \"a\"\";\"",
      "select \"back\\\"",    "select 'a'\n  ';b'", "select 'a' -- comment\n  ';b'",
      "select E'a'\n'\\';b'", "select $$a;b$$",     "select $tag$a;$$b;$other$;$tag$",
      "select $a$ $b$ ; $a$", "select $$ $a$$",     "select $\xc3\xa4$;$\xc3\xa4$",
      "select 1E'\\'",        "select 1x$$",        "select 'a' -- not ' a quote; in a comment",
  };
  for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++) {
    text sql = {0};
    text_printf(&sql, "%s\n;select 2;", strings[i]);
    ck_assert_int_eq(split_text(text_string(&sql), false), 0);
    ck_assert_msg(cut.count == 2, "%s gives %zu", strings[i], cut.count);
    text_free(&sql);
  }
}
END_TEST

START_TEST(strings_side_by_side_on_one_line_are_two)
{
  expect_plain("select E'a' '\\';", "select E'a' '\\'", NULL);
}
END_TEST

START_TEST(a_dollar_inside_an_identifier_opens_no_quote)
{
  expect_plain("select a$b$;select c$b$", "select a$b$", "select c$b$", NULL);
}
END_TEST

START_TEST(parameters_and_lone_dollars_open_no_quote)
{
  expect_plain("select $1;select $2", "select $1", "select $2", NULL);
  expect_plain("select $ a;select 2", "select $ a", "select 2", NULL);
  expect_plain("select 1$$;$$;select 2", "select 1$$;$$", "select 2", NULL);
}
END_TEST

START_TEST(comments_nest)
{
  expect_plain("select /* a /* b; */ ; */ 1; select 2", "select /* a /* b; */ ; */ 1", "select 2",
               NULL);
  expect_plain("select 1 /*/ ; */; select 2", "select 1 /*/ ; */", "select 2", NULL);
  expect_plain("select 1 /***/; select 2", "select 1 /***/", "select 2", NULL);
}
END_TEST

START_TEST(operators_stop_where_a_comment_begins)
{
  expect_plain("select 1 */* ; */ 2; select 3", "select 1 */* ; */ 2", "select 3", NULL);
  expect_plain("select 1 +-- ;\n 2; select 3", "select 1 +-- ;\n 2", "select 3", NULL);
}
END_TEST

START_TEST(standard_conforming_strings_is_followed)
{
  expect_plain("set standard_conforming_strings = off; select '\\'; '; select 2",
               "set standard_conforming_strings = off", "select '\\'; '", "select 2", NULL);
  expect_plain("SET SESSION standard_conforming_strings TO 'false'; select '\\'; ';"
               "set standard_conforming_strings to on; select '\\'; select 2",
               "SET SESSION standard_conforming_strings TO 'false'", "select '\\'; '",
               "set standard_conforming_strings to on", "select '\\'", "select 2", NULL);
}
END_TEST

/* --- bodies ----------------------------------------------------------------------------------- */

START_TEST(semicolons_in_a_standard_body_end_nothing)
{
  expect_plain("create function f() returns int begin atomic select 1; select 2; end; select 3",
               "create function f() returns int begin atomic select 1; select 2; end", "select 3",
               NULL);
  expect_plain(
      "create or replace procedure p() BEGIN ATOMIC insert into t values (1); END;select 3",
      "create or replace procedure p() BEGIN ATOMIC insert into t values (1); END", "select 3",
      NULL);
}
END_TEST

START_TEST(the_end_of_a_case_does_not_end_the_body)
{
  expect_plain("create function f() begin atomic select case when true then 1 end; select 2; end;"
               "select 3",
               "create function f() begin atomic select case when true then 1 end; select 2; end",
               "select 3", NULL);
}
END_TEST

START_TEST(begin_counts_in_functions_only)
{
  expect_plain("begin; select 1; commit", "begin", "select 1", "commit", NULL);
  expect_plain("create table begin (a int); select 2", "create table begin (a int)", "select 2",
               NULL);
}
END_TEST

START_TEST(a_function_may_be_called_begin)
{
  expect_plain("create function begin() returns int return 1; select 2",
               "create function begin() returns int return 1", "select 2", NULL);
}
END_TEST

/* --- Drizzle ---------------------------------------------------------------------------------- */

START_TEST(a_breakpoint_ends_a_statement_in_a_drizzle_folder)
{
  expect_drizzle("create table a()\n--> statement-breakpoint\ncreate table b();",
                 "create table a()", "create table b()", NULL);
}
END_TEST

START_TEST(a_breakpoint_after_a_semicolon_ends_nothing_more)
{
  expect_drizzle("select 1;--> statement-breakpoint\nselect 2;select 3--> statement-breakpoint\n",
                 "select 1", "select 2", "select 3", NULL);
}
END_TEST

START_TEST(a_breakpoint_inside_quotes_or_nesting_is_text)
{
  expect_drizzle("select 'a --> statement-breakpoint b'; select 2",
                 "select 'a --> statement-breakpoint b'", "select 2", NULL);
  expect_drizzle("select $$--> statement-breakpoint$$", "select $$--> statement-breakpoint$$",
                 NULL);
  expect_drizzle("select 1 /* --> statement-breakpoint */ + 1",
                 "select 1 /* --> statement-breakpoint */ + 1", NULL);
  expect_drizzle("select (1 --> statement-breakpoint;(\n + 1)",
                 "select (1 --> statement-breakpoint;(\n + 1)", NULL);
}
END_TEST

START_TEST(a_string_does_not_go_on_behind_a_breakpoint)
{
  expect_drizzle("select 'a'--> statement-breakpoint\n'b'", "select 'a'", "'b'", NULL);
}
END_TEST

START_TEST(a_breakpoint_is_a_comment_in_a_plain_folder)
{
  expect_plain("select 1\n--> statement-breakpoint\n+ 1", "select 1\n--> statement-breakpoint\n+ 1",
               NULL);
}
END_TEST

/* --- COPY ------------------------------------------------------------------------------------- */

static void expect_copy(const char *sql, const char *data, size_t statements)
{
  ck_assert_msg(split_text(sql, false) == 0, "%s", text_string(&said.out));
  ck_assert_uint_eq(cut.count, statements);
  const statement *st = &cut.statements[0];
  ck_assert_int_eq(st->what.kind, STATEMENT_COPY_IN);
  char *got = alloc_string(src.bytes + st->data_start, st->data_end - st->data_start);
  ck_assert_str_eq(got, data);
  free(got);
}

START_TEST(copy_data_is_kept_apart)
{
  expect_copy("copy t (a, b) from stdin;\n1\tit's;\n2\t\\N\n\\.\nselect 1;", "1\tit's;\n2\t\\N\n",
              2);
}
END_TEST

START_TEST(copy_data_may_be_empty_or_open_at_the_end)
{
  expect_copy("copy t from stdin;", "", 1);
  expect_copy("copy t from stdin", "", 1);
  expect_copy("copy t from stdin;\n\\.", "", 1);
  expect_copy("copy t from stdin;\n1\n2", "1\n2", 1);
}
END_TEST

START_TEST(copy_data_keeps_its_line_ends)
{
  expect_copy("COPY s.t FROM STDIN WITH (format csv); -- data\r\n1\r\n\\.\r\nselect 1;\r\n",
              "1\r\n", 2);
}
END_TEST

START_TEST(copy_of_other_kinds_has_no_data)
{
  static const char *const others[] = {
      "copy t from '/tmp/stdin'",
      "copy t from program 'stdin'",
      "copy (select a from stdin) to '/tmp/x'",
      "create table copy_from_stdin ()",
  };
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
    ck_assert_int_eq(split_text(others[i], false), 0);
    ck_assert_int_eq(cut.statements[0].what.kind, STATEMENT_PLAIN);
  }
}
END_TEST

/* --- psql commands ---------------------------------------------------------------------------- */

START_TEST(restrict_lines_are_passed_over)
{
  expect_plain("\\restrict it's;key\nselect 1;\n\\unrestrict it's;key\n", "select 1", NULL);
}
END_TEST

START_TEST(other_psql_commands_are_refused)
{
  expect_error("select 1;\n\\connect db\n", 10, "psql command \\connect");
  expect_error("select 1 \\gset\n", 9, "psql command \\gset");
  expect_error("select 1\n\\restrict k\n", 9, "psql command \\restrict inside a statement");
  expect_error("\\.\n", 0, "\\. ends COPY data, and there is none here");
}
END_TEST

/* --- what is never closed --------------------------------------------------------------------- */

START_TEST(what_is_never_closed_is_shown_where_it_opens)
{
  expect_error("select 1;\nselect 'a;", 17, "unterminated quoted string");
  expect_error("select E'a\\'", 7, "unterminated quoted string");
  expect_error("select \"a;", 7, "unterminated quoted identifier");
  expect_error("select $x$ $y$;", 7, "unterminated dollar-quoted string");
  expect_error("select /* /* */;", 7, "unterminated comment");
  expect_error("select (1, (2);", 7, "unterminated parenthesis");
  expect_error("create function f() begin atomic select 1;", 20, "unterminated BEGIN ATOMIC");
}
END_TEST

START_TEST(text_behind_copy_on_its_line_is_refused)
{
  expect_error("copy t from stdin; select 1;\n1\n\\.\n", 19,
               "text behind COPY ... FROM stdin on the same line");
}
END_TEST

/* --- what is noticed on the way --------------------------------------------------------------- */

START_TEST(lines_are_those_of_the_first_token)
{
  ck_assert_int_eq(split_text("-- a\r\n\r\nselect\r\n1;select 2;\n\n/* \n */ select 3", false), 0);
  ck_assert_uint_eq(cut.statements[0].line, 3);
  ck_assert_uint_eq(cut.statements[1].line, 4);
  ck_assert_uint_eq(cut.statements[2].line, 7);
}
END_TEST

START_TEST(statements_that_change_settings_are_marked)
{
  static const struct {
    const char *sql;
    bool settings;
  } cases[] = {
      {"set search_path = a",                                         true },
      {"SET LOCAL x.y TO 1",                                          true },
      {"set session authorization bob",                               true },
      {"reset all",                                                   true },
      {"discard plans",                                               true },
      {"do $$ begin end $$",                                          true },
      {"call p()",                                                    true },
      {"execute q",                                                   true },
      {"load 'x'",                                                    true },
      {"select pg_catalog.set_config('search_path', '', false)",      true },
      {"select \"set_config\"('a', 'b', true)",                       true },
      {"select 1 from (select SET_CONFIG('a.b', 'c', false)) t",      true },
      {"set constraints all deferred",                                false},
      {"set transaction read write",                                  false},
      {"select 'set_config'",                                         false},
      {"select 1 -- set_config",                                      false},
      {"update t set a = 1",                                          false},
      {"create function f() returns void language sql as 'select 1'", false},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    ck_assert_int_eq(split_text(cases[i].sql, false), 0);
    ck_assert_msg(cut.statements[0].settings == cases[i].settings, "%s", cases[i].sql);
  }
}
END_TEST

/* --- the suite -------------------------------------------------------------------------------- */

static void add_sql(TCase *c)
{
  tcase_add_test(c, a_semicolon_ends_a_statement);
  tcase_add_test(c, the_last_statement_needs_no_semicolon);
  tcase_add_test(c, what_lies_before_the_first_token_belongs_to_no_statement);
  tcase_add_test(c, what_lies_before_the_semicolon_belongs_to_the_statement);
  tcase_add_test(c, statements_without_a_token_are_dropped);
  tcase_add_test(c, semicolons_inside_parentheses_end_nothing);
  tcase_add_test(c, a_closing_parenthesis_too_many_changes_nothing);
  tcase_add_test(c, line_ends_of_any_kind_are_white_space);
  tcase_add_test(c, semicolons_in_strings_end_nothing);
  tcase_add_test(c, strings_side_by_side_on_one_line_are_two);
  tcase_add_test(c, a_dollar_inside_an_identifier_opens_no_quote);
  tcase_add_test(c, parameters_and_lone_dollars_open_no_quote);
  tcase_add_test(c, comments_nest);
  tcase_add_test(c, operators_stop_where_a_comment_begins);
  tcase_add_test(c, standard_conforming_strings_is_followed);
  tcase_add_test(c, semicolons_in_a_standard_body_end_nothing);
  tcase_add_test(c, the_end_of_a_case_does_not_end_the_body);
  tcase_add_test(c, begin_counts_in_functions_only);
  tcase_add_test(c, a_function_may_be_called_begin);
}

static void add_rest(TCase *c)
{
  tcase_add_test(c, a_breakpoint_ends_a_statement_in_a_drizzle_folder);
  tcase_add_test(c, a_breakpoint_after_a_semicolon_ends_nothing_more);
  tcase_add_test(c, a_breakpoint_inside_quotes_or_nesting_is_text);
  tcase_add_test(c, a_string_does_not_go_on_behind_a_breakpoint);
  tcase_add_test(c, a_breakpoint_is_a_comment_in_a_plain_folder);
  tcase_add_test(c, copy_data_is_kept_apart);
  tcase_add_test(c, copy_data_may_be_empty_or_open_at_the_end);
  tcase_add_test(c, copy_data_keeps_its_line_ends);
  tcase_add_test(c, copy_of_other_kinds_has_no_data);
  tcase_add_test(c, restrict_lines_are_passed_over);
  tcase_add_test(c, other_psql_commands_are_refused);
  tcase_add_test(c, what_is_never_closed_is_shown_where_it_opens);
  tcase_add_test(c, text_behind_copy_on_its_line_is_refused);
  tcase_add_test(c, lines_are_those_of_the_first_token);
  tcase_add_test(c, statements_that_change_settings_are_marked);
}

Suite *test_suite(void)
{
  Suite *suite = suite_create("split");
  TCase *c = tcase_create("split");
  tcase_add_checked_fixture(c, NULL, tear_down);
  add_sql(c);
  add_rest(c);
  suite_add_tcase(suite, c);
  return suite;
}
