/* What an outline sees of a change, and what it does not. */
#include <string.h>

#include "outline.h"
#include "split.h"
#include "suite.h"

static diag said;

static void tear_down(void)
{
  diag_free(&said);
}

static void outline_of(char out[EMBARK_OUTLINE_LENGTH + 1], const char *sql, bool breakpoints)
{
  script cut;
  char content[512];
  char path[] = "a.sql";
  source src = {.path = path, .bytes = content, .size = strlen(sql)};
  ck_assert_uint_lt(src.size, sizeof content);
  memcpy(content, sql, src.size + 1);
  ck_assert_msg(split(&cut, &src, breakpoints, &said) == 0, "%s", text_string(&said.out));
  memcpy(out, cut.outline, sizeof cut.outline);
  script_free(&cut);
}

/* Which of the two digests stay. */
typedef enum kept { NONE = 0, FIRST = 1, SECOND = 2, BOTH = 3 } kept;

static kept compare(const char *before, const char *after, bool breakpoints)
{
  char a[EMBARK_OUTLINE_LENGTH + 1];
  char b[EMBARK_OUTLINE_LENGTH + 1];
  size_t half = EMBARK_OUTLINE_LENGTH / 2;
  outline_of(a, before, breakpoints);
  outline_of(b, after, breakpoints);
  ck_assert_uint_eq(strlen(a), EMBARK_OUTLINE_LENGTH);
  unsigned first = memcmp(a, b, half) == 0 ? FIRST : NONE;
  unsigned second = memcmp(a + half, b + half, half) == 0 ? SECOND : NONE;
  return (kept)(first | second);
}

static void expect(kept want, const char *before, const char *after)
{
  kept got = compare(before, after, false);
  ck_assert_msg(got == want, "%d, not %d:\n%s\n---\n%s", (int)got, (int)want, before, after);
}

START_TEST(white_space_between_tokens_keeps_both)
{
  expect(BOTH, "create table a (id int);", "create table a\n(\n\t id  int\n) ;\n\n");
  expect(BOTH, "select 1;\nselect 2;", "select 1;\r\nselect 2;\r\n");
  expect(BOTH, "select a.b, c::int from t;", "select a . b , c :: int from t;");
  expect(BOTH, "-- a  b\nselect /* c d */ 1;", "--  a b  \n  select\n/* c\n     d */\n1;");
}
END_TEST

START_TEST(a_changed_comment_keeps_the_second_alone)
{
  expect(SECOND, "-- a\nselect 1;", "-- b\nselect 1;");
  expect(SECOND, "select 1;", "select 1; -- why");
  expect(SECOND, "select /* a */ 1;", "select /* /* a */ b */ 1;");
  expect(SECOND, "select 1;", "\\restrict abc\nselect 1;");
  expect(SECOND, "-- a b\nselect 1;", "-- a\n-- b\nselect 1;");
}
END_TEST

START_TEST(changed_code_keeps_neither)
{
  expect(NONE, "select 'a';", "select 'b';");
  expect(NONE, "select 'a b';", "select 'a  b';");
  expect(NONE, "select \"a b\";", "select \"a  b\";");
  expect(NONE, "select $$a\nb$$;", "select $$a\n b$$;");
  expect(NONE, "select a b;", "select ab;");
  expect(NONE, "select 12;", "select 1 2;");
  expect(NONE, "select e'a';", "select e 'a';");
  expect(NONE, "select a >= b;", "select a > = b;");
  expect(NONE, "select 1;", "select 1; select 2;");
  expect(NONE, "select 'a'\n'b';", "select 'ab';");
}
END_TEST

START_TEST(code_that_becomes_a_comment_keeps_neither)
{
  expect(NONE, "-- a\ndrop table b;", "-- a drop table b;");
  expect(NONE, "select 1 /* + 1 */;", "select 1 + 1;");
  expect(NONE, "select '-- a';", "select '' -- a\n;");
}
END_TEST

START_TEST(a_directive_is_no_mere_comment)
{
  expect(NONE, "select 1;", "-- embark: lock-timeout 5s\nselect 1;");
  expect(NONE, "-- embark: lock-timeout 5s\nselect 1;", "-- embark: lock-timeout 6s\nselect 1;");
  expect(BOTH, "-- embark: lock-timeout 5s\nselect 1;", "--embark:  lock-timeout  5s\nselect 1;");
}
END_TEST

START_TEST(copy_data_counts_byte_by_byte)
{
  expect(NONE, "copy t from stdin;\na b\n\\.\n", "copy t from stdin;\na  b\n\\.\n");
  expect(NONE, "copy t from stdin;\na\n\\.\n", "copy t from stdin;\n-- a\n\\.\n");
  expect(BOTH, "copy t from stdin;\na\n\\.\n", "copy t\nfrom stdin ;\na\n\\.\n\n");
  expect(BOTH, "copy t from stdin;\na\n\\.\n", "copy t from stdin;\r\na\r\n\\.\r\n");
}
END_TEST

START_TEST(line_ends_within_a_literal_are_those_of_the_canonical_text)
{
  expect(BOTH, "select $$a\nb$$;", "select $$a\r\nb$$;");
}
END_TEST

START_TEST(a_breakpoint_counts_where_it_cuts)
{
  ck_assert_int_eq(
      compare("select 1;\nselect 2", "select 1;--> statement-breakpoint\nselect 2", true), NONE);
  ck_assert_int_eq(compare("select (\n1)", "select ( --> statement-breakpoint don't\n1)", true),
                   SECOND);
  ck_assert_int_eq(compare("select 1", "select 1 --> statement-breakpoint", false), SECOND);
}
END_TEST

START_TEST(no_text_at_all_has_an_outline_too)
{
  expect(BOTH, "", "\r\n  \n");
  expect(SECOND, "", "-- a");
}
END_TEST

/* The bytes that docs/bundle-format.md describes. */
START_TEST(g15_the_digests_are_over_parts_with_their_kinds)
{
  static const char all[] = "c--\0cx\0eembark:\0elock-timeout\0e1s\0tcopy\0tt\0tfrom\0tstdin\0"
                            "t;\0d1\n\0c\\.\0tselect\0ta\0t>=\0t'b  c'\0";
  static const char code[] = "eembark:\0elock-timeout\0e1s\0tcopy\0tt\0tfrom\0tstdin\0"
                             "t;\0d1\n\0tselect\0ta\0t>=\0t'b  c'\0";
  char got[EMBARK_OUTLINE_LENGTH + 1];
  outline_of(got,
             "-- x\r\n-- embark: lock-timeout 1s\ncopy t from stdin;\n1\r\n\\.\n"
             "select a>='b  c'",
             false);
  ck_assert_mem_eq(got, hash_bytes(all, sizeof all - 1).hex, EMBARK_OUTLINE_LENGTH / 2);
  ck_assert_mem_eq(got + EMBARK_OUTLINE_LENGTH / 2, hash_bytes(code, sizeof code - 1).hex,
                   EMBARK_OUTLINE_LENGTH / 2);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("outline");
  TCase *c = tcase_create("outline");
  tcase_add_checked_fixture(c, NULL, tear_down);
  tcase_add_test(c, white_space_between_tokens_keeps_both);
  tcase_add_test(c, a_changed_comment_keeps_the_second_alone);
  tcase_add_test(c, changed_code_keeps_neither);
  tcase_add_test(c, code_that_becomes_a_comment_keeps_neither);
  tcase_add_test(c, a_directive_is_no_mere_comment);
  tcase_add_test(c, copy_data_counts_byte_by_byte);
  tcase_add_test(c, line_ends_within_a_literal_are_those_of_the_canonical_text);
  tcase_add_test(c, a_breakpoint_counts_where_it_cuts);
  tcase_add_test(c, no_text_at_all_has_an_outline_too);
  tcase_add_test(c, g15_the_digests_are_over_parts_with_their_kinds);
  suite_add_tcase(suite, c);
  return suite;
}
