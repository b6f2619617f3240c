/* C literals, names and the header. That the whole compiles is tested from outside (test/tools). */
#include <stdio.h>
#include <string.h>

#include "emit.h"
#include "literal.h"
#include "suite.h"

static text out;

static void tear_down(void)
{
  text_free(&out);
}

START_TEST(literals_are_escaped)
{
  static const struct {
    const char *string;
    const char *literal;
  } cases[] = {
      {"",         "\"\""           },
      {"0001_a",   "\"0001_a\""     },
      {"a\"b",     "\"a\\\"b\""     },
      {"a\\n",     "\"a\\\\n\""     },
      {"?\?/",     "\"\\?\\?/\""    },
      {"\n1",      "\"\\0121\""     },
      {"\xc3\xa4"
       "1", "\"\\303\\2441\""},
      {"%s",       "\"%s\""         },
      {"*/",       "\"*/\""         },
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    literal_put(&out, cases[i].string);
    ck_assert_str_eq(text_string(&out), cases[i].literal);
    text_free(&out);
  }
}
END_TEST

/* Its lines, up to and without the bytes of its SQL. */
static void emit(const embark_bundle *b)
{
  static const emit_names names = {"f", "s", "m.h", "0"};
  diag said = {0};
  char line[256];
  FILE *file = tmpfile();
  ck_assert_ptr_nonnull(file);
  ck_assert_int_eq(emit_source(fileno(file), "a file", b, &names, &said), 0);
  rewind(file);
  while (fgets(line, sizeof line, file) != NULL) {
    text_puts(&out, line);
  }
  fclose(file);
  diag_free(&said);
}

START_TEST(hazards_stand_behind_the_flags_and_what_is_forbidden_behind_the_format)
{
  static const embark_statement statement = {
      .length = 12, .line = 3, .flags = 2, .hazards = 33, .made_by = 7};
  static const embark_bundle bundle = {.format = EMBARK_BUNDLE_FORMAT,
                                       .forbid = 5,
                                       .component = "main",
                                       .ledger = EMBARK_LEDGER_NATIVE,
                                       .ledger_schema = "embark",
                                       .ledger_table = "migrations",
                                       .digest = "",
                                       .sql = (const unsigned char *)"drop table t",
                                       .sql_size = 12,
                                       .statements = &statement,
                                       .statement_count = 1};
  emit(&bundle);
  ck_assert_ptr_nonnull(strstr(text_string(&out), "\n    {0, 12, 0, 0, 3, 2, 33, 7, 0},\n"));
  ck_assert_ptr_nonnull(strstr(text_string(&out), " s = {\n    1, 5, \"main\",\n"));
}
END_TEST

START_TEST(literals_are_read_back)
{
  static const char *const strings[] = {"", "a", "\"\\?", "\001\177\3777", "0008"};
  for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++) {
    text literal = {0};
    literal_put(&literal, strings[i]);
    text_puts(&literal, ", rest");
    const char *rest = literal_read(&out, text_string(&literal));
    ck_assert_ptr_nonnull(rest);
    ck_assert_str_eq(rest, ", rest");
    ck_assert_str_eq(text_string(&out), strings[i]);
    text_free(&literal);
    text_free(&out);
  }
}
END_TEST

START_TEST(what_is_no_literal_is_not_read)
{
  ck_assert_ptr_null(literal_read(&out, "a"));
  ck_assert_ptr_null(literal_read(&out, "\"a"));
  ck_assert_ptr_null(literal_read(&out, "\"a\n\""));
  ck_assert_ptr_null(literal_read(&out, "\"a\\"));
}
END_TEST

START_TEST(identifiers_are_told_from_other_names)
{
  static const char *const good[] = {"a", "run_migrations", "_x1", "whileX", "If"};
  static const char *const bad[] = {"",    "1a",    "a-b",  "a b",   "\xc3\xa4", "while",
                                    "int", "class", "main", "_Bool", "nullptr"};
  for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
    ck_assert_msg(literal_is_identifier(good[i]), "%s", good[i]);
  }
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    ck_assert_msg(!literal_is_identifier(bad[i]), "%s", bad[i]);
  }
}
END_TEST

START_TEST(the_header_declares_both_names)
{
  emit_names names = {"go", "all_of_it", "m.h", "1.2.3"};
  emit_header(&out, &names);
  ck_assert_ptr_nonnull(strstr(text_string(&out), EMIT_MARK " 1.2.3."));
  ck_assert_ptr_nonnull(strstr(text_string(&out), "\nextern const embark_bundle all_of_it;\n"));
  ck_assert_ptr_nonnull(strstr(text_string(&out), "\nint go(PGconn *conn);\n"));
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("emit");
  TCase *c = tcase_create("emit");
  tcase_add_checked_fixture(c, NULL, tear_down);
  tcase_add_test(c, literals_are_escaped);
  tcase_add_test(c, hazards_stand_behind_the_flags_and_what_is_forbidden_behind_the_format);
  tcase_add_test(c, literals_are_read_back);
  tcase_add_test(c, what_is_no_literal_is_not_read);
  tcase_add_test(c, identifiers_are_told_from_other_names);
  tcase_add_test(c, the_header_declares_both_names);
  suite_add_tcase(suite, c);
  return suite;
}
