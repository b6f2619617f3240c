/* What a file allows: which directive is about which statement, and what the linter makes of it. */
#include <stdlib.h>
#include <string.h>

#include "allowed.h"
#include "alloc.h"
#include "linted.h"
#include "split.h"
#include "suite.h"
#include "tree.h"

static source src;
static script cut;
static diag said;

static void tear_down(void)
{
  script_free(&cut);
  source_free(&src);
  diag_free(&said);
}

static int split_text(const char *sql)
{
  tear_down();
  src = (source){.path = alloc_string("f.sql", 5), .bytes = alloc_string(sql, strlen(sql))};
  src.size = strlen(sql);
  return split(&cut, &src, false, &said);
}

/* "RULE: REASON > STATEMENT" of each, or "> FILE"; a line each. */
static void expect_allows(const char *sql, const char *want)
{
  text got = {0};
  ck_assert_msg(split_text(sql) == 0, "%s", text_string(&said.out));
  for (size_t i = 0; i < cut.directives.allows.count; i++) {
    const allow *a = &cut.directives.allows.items[i];
    text_printf(&got, "%s: %s > ", a->rule, a->reason);
    if (a->is_file) {
      text_puts(&got, "FILE\n");
    } else {
      text_printf(&got, "%.*s\n", (int)strcspn(sql + a->statement, ";"), sql + a->statement);
    }
    ck_assert_int_eq(strncmp(sql + a->at, a->rule, strlen(a->rule)), 0);
  }
  ck_assert_msg(strcmp(text_string(&got), want) == 0, "%s\ngives\n%s\nand not\n%s", sql,
                text_string(&got), want);
  text_free(&got);
}

START_TEST(one_above_a_statement_is_about_that_one)
{
  expect_allows("-- embark: allow a: why\nselect 1;\nselect 2;", "a: why > select 1\n");
  expect_allows("select 1;\n  -- embark: allow a: why\n  select 2;", "a: why > select 2\n");
  expect_allows("select 1;\n-- embark: allow a: why\n\nselect 2;", "a: why > select 2\n");
  expect_allows("-- embark: allow a: why\r\nselect 1;\r\n", "a: why > select 1\n");
  expect_allows("--embark:allow\ta:why:not \t\nselect 1", "a: why:not > select 1\n");
}
END_TEST

START_TEST(several_may_stand_together_with_comments_between)
{
  expect_allows("-- embark: allow a: one\n-- a comment\n/* and\n\nanother */\n"
                "-- embark: allow b : two\nselect 1;",
                "a: one > select 1\nb: two > select 1\n");
}
END_TEST

START_TEST(at_the_head_an_empty_line_makes_it_one_of_the_file)
{
  expect_allows("-- embark: allow a: why\n\nselect 1;\nselect 2;", "a: why > FILE\n");
  expect_allows("-- embark: allow a: why\r\n \t\r\nselect 1;", "a: why > FILE\n");
  expect_allows("-- embark: allow a: file\n\n-- embark: allow b: one\nselect 1;",
                "a: file > FILE\nb: one > select 1\n");
  expect_allows("-- embark: lock-timeout 1s\n-- embark: allow a: why\n-- more\n\nselect 1;",
                "a: why > FILE\n");
  expect_allows("-- embark: allow a: why\n/* x */ -- y\n/* /* nested */\n\n*/select 1;",
                "a: why > select 1\n");
}
END_TEST

START_TEST(it_is_a_comment_to_everything_else)
{
  char with[EMBARK_OUTLINE_LENGTH + 1];
  ck_assert_int_eq(split_text("-- embark: allow a: why\nselect 1;"), 0);
  ck_assert_uint_eq(cut.count, 1);
  memcpy(with, cut.outline, sizeof with);
  ck_assert_int_eq(split_text("select 1;"), 0);
  ck_assert_int_ne(memcmp(with, cut.outline, EMBARK_OUTLINE_LENGTH / 2), 0);
  ck_assert_str_eq(with + EMBARK_OUTLINE_LENGTH / 2, cut.outline + EMBARK_OUTLINE_LENGTH / 2);
}
END_TEST

/* --- in the linter -------------------------------------------------------------------------- */

static void expect(const char *sql, const char *rules)
{
  const lint_case given = {.before = "create table a (b int, c int);", .sql = sql, .rules = rules};
  expect_rules(&rules_allow, &given);
}

START_TEST(one_that_allows_what_is_found_is_nothing_to_tell)
{
  expect("-- embark: allow drop-table: why\ndrop table a;", "");
  expect("-- embark: allow drop-table: why\n\nselect 1; drop table a;", "");
  expect("-- embark: allow drop-table: why\nDO $$ BEGIN DROP TABLE a; END $$;", "");
}
END_TEST

START_TEST(one_that_allows_nothing_is_told)
{
  expect("-- embark: allow drop-table: why\nselect 1;", "unused-allow");
  expect("-- embark: allow drop-table: why\n\nselect 1;", "unused-allow");
  expect("-- embark: allow drop-table: why\nselect 1; drop table a;", "unused-allow");
  expect("drop table a;\n-- embark: allow drop-table: why\nselect 1;", "unused-allow");
  expect("-- embark: allow drop-column: why\ndrop table a;", "unused-allow");
  expect("-- embark: allow drop-table: new\ncreate table n (i int);\n"
         "-- embark: allow drop-table: new\ndrop table n;",
         "unused-allow unused-allow");
}
END_TEST

START_TEST(one_of_a_rule_that_there_is_not_is_an_error)
{
  expect("-- embark: allow drop-tables: why\ndrop table a;", "unknown-rule");
  expect("-- embark: allow DROP-TABLE: why\ndrop table a;", "unknown-rule");
}
END_TEST

START_TEST(one_may_allow_another_that_allows_nothing)
{
  expect("-- embark: allow unused-allow: why\n-- embark: allow drop-table: why\nselect 1;",
         "unused-allow");
  expect("-- embark: allow unused-allow: why\nselect 1;", "unused-allow");
  expect("-- embark: allow unknown-rule: why\n-- embark: allow drop-tables: why\nselect 1;",
         "unknown-rule");
}
END_TEST

/* How many of the last migration's findings have the reason. */
static size_t count_reason(const linted *l, const char *rule_name, const char *reason)
{
  size_t count = 0;
  for (size_t i = 0; i < l->lint.found.count; i++) {
    const finding *f = &l->lint.found.items[i];
    const char *why = allowed_reason(&l->pack.migrations.items[f->migration], f);
    count += strcmp(f->rule->name, rule_name) == 0 && why != NULL && strcmp(why, reason) == 0;
  }
  return count;
}

START_TEST(only_the_statement_and_the_rule_are_allowed)
{
  linted l;
  const char *const texts[] = {
      "create table a (b int, c int); create table d ();",
      "-- embark: allow drop-column: file\n\n"
      "alter table a drop column b;\n"
      "-- embark: allow drop-table: one\n"
      "drop table a;\n"
      "drop table d;",
  };
  if (tree_grammar() == NULL) {
    return;
  }
  linted_run(&l, texts, 2);
  ck_assert_uint_eq(count_reason(&l, "drop-column", "file"), 1);
  ck_assert_uint_eq(count_reason(&l, "drop-table", "one"), 1);
  linted_free(&l);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("allow");
  TCase *c = tcase_create("allow");
  tcase_add_checked_fixture(c, NULL, tear_down);
  tcase_add_test(c, one_above_a_statement_is_about_that_one);
  tcase_add_test(c, several_may_stand_together_with_comments_between);
  tcase_add_test(c, at_the_head_an_empty_line_makes_it_one_of_the_file);
  tcase_add_test(c, it_is_a_comment_to_everything_else);
  tcase_add_test(c, one_that_allows_what_is_found_is_nothing_to_tell);
  tcase_add_test(c, one_that_allows_nothing_is_told);
  tcase_add_test(c, one_of_a_rule_that_there_is_not_is_an_error);
  tcase_add_test(c, one_may_allow_another_that_allows_nothing);
  tcase_add_test(c, only_the_statement_and_the_rule_are_allowed);
  suite_add_tcase(suite, c);
  return suite;
}
