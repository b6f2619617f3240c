/* From the server's count of characters in a statement to a line and a column of the file. */
#include <string.h>

#include "bundle.h"
#include "suite.h"

#define UE   "\xc3\xbc"         /* two bytes */
#define EURO "\xe2\x82\xac"     /* three */
#define ELE  "\xf0\x9f\x90\x98" /* four */

typedef struct place {
  const char *before; /* the file's text before the statement */
  const char *text;
  size_t position;
  uint32_t line;
  uint32_t column;
} place;

static const place places[] = {
    {"",                    "select 1",                    1,    1, 1 },
    {"",                    "select 1",                    8,    1, 8 },
    {"",                    "select 1",                    0,    1, 1 }, /* not known: its start */
    {"",                    "select 1",                    9,    1, 9 }, /* at end of input */
    {"",                    "select 1",                    1000, 1, 9 },
    {"  ",                  "select 1",                    1,    1, 3 },
    {"select 0; ",          "select 1",                    8,    1, 18},
    {"-- x\n",              "select 1",                    8,    2, 8 },
    {"-- x\n\n  ",          "select 1",                    8,    3, 10},
    {"-- x\r\n  ",          "select 1",                    8,    2, 10},
    {"",                    "select\n1",                   7,    1, 7 },
    {"",                    "select\n1",                   8,    2, 1 },
    {"",                    "select\n  1,\n  nothing",     15,   3, 3 },
    {"  ",                  "select\n  1,\n  nothing",     15,   3, 3 },
    {"",                    "select\r\n  1,\r\n  nothing", 17,   3, 3 },
    {"",                    "select\r\n1",                 9,    2, 1 },
    {"",                    "select '" UE UE "', x",       14,   1, 14},
    {"",                    "select '" EURO ELE "', x",    14,   1, 14},
    {"/* " UE " */ ",       "select x",                    8,    1, 16},
    {"/* " ELE EURO " */ ", "select '" UE "', x",          13,   1, 22},
    {"",                    "select '" UE "\n" ELE "', x", 11,   2, 1 },
    {"",                    "select '" UE "\n" ELE "', x", 15,   2, 5 },
    {"-- " ELE "\n",        "select x",                    8,    2, 8 },
    {"",                    "select\t1",                   8,    1, 8 },
};

START_TEST(a_position_is_a_line_and_a_column)
{
  const place *p = &places[_i];
  unsigned char sql[256];
  uint32_t line = 0, column = 0, first_line = 1;
  size_t offset = strlen(p->before), length = strlen(p->text);
  memcpy(sql, p->before, offset);
  memcpy(sql + offset, p->text, length + 1);
  for (const char *c = p->before; *c != '\0'; c++) {
    first_line += *c == '\n';
  }
  embark_bundle bundle = {.sql = sql, .sql_size = offset + length};
  embark_statement statement = {.offset = offset, .length = length, .line = first_line};
  embark__bundle_position(&bundle, &statement, p->position, &line, &column);
  ck_assert_uint_eq(line, p->line);
  ck_assert_uint_eq(column, p->column);
}
END_TEST

START_TEST(a_semicolon_that_became_a_nul_takes_its_column)
{
  static const unsigned char sql[] = "select 0\0 select x";
  embark_bundle bundle = {.sql = sql, .sql_size = sizeof sql - 1};
  embark_statement statement = {.offset = 10, .length = 8, .line = 1};
  uint32_t line, column;
  embark__bundle_position(&bundle, &statement, 8, &line, &column);
  ck_assert_uint_eq(line, 1);
  ck_assert_uint_eq(column, 18);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("bundle_position");
  TCase *position = tcase_create("position");
  tcase_add_loop_test(position, a_position_is_a_line_and_a_column, 0,
                      (int)(sizeof places / sizeof places[0]));
  tcase_add_test(position, a_semicolon_that_became_a_nul_takes_its_column);
  suite_add_tcase(suite, position);
  return suite;
}
