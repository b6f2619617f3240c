/* Errors: filling the fixed fields, cutting what is too long, and showing them to people. */
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "suite.h"

static embark_error err;

static const embark_migration migration = {.tag = "0007_add_orders", .file = "0007_add_orders.sql"};

static void expect_format(const char *expected)
{
  char text[4096];
  ck_assert_uint_eq(embark_error_format(&err, text, sizeof text), strlen(expected));
  ck_assert_str_eq(text, expected);
}

START_TEST(no_error_is_shown_as_none)
{
  embark__error_clear(&err);
  expect_format("no error");
}
END_TEST

START_TEST(leftovers_of_an_error_that_is_none_are_not_shown)
{
  embark__error_set(&err, EMBARK_E_SQL, "bad");
  embark__error_place(&err, &migration);
  embark__error_detail(&err, "worse");
  embark__error_hint(&err, "Mend it.");
  err.code = EMBARK_OK;
  expect_format("no error");
}
END_TEST

START_TEST(an_error_is_shown_with_place_detail_and_hint)
{
  embark__error_set(&err, EMBARK_E_SQL, "migration \"%s\" failed", migration.tag);
  embark__error_place(&err, &migration);
  err.line = 14;
  err.column = 9;
  embark__error_detail(&err, "ERROR: %s", "no such type");
  embark__error_hint(&err, "Mend %s.", "it");
  expect_format("migration \"0007_add_orders\" failed (0007_add_orders.sql:14:9)\n"
                "DETAIL:  ERROR: no such type\n"
                "HINT:  Mend it.");
}
END_TEST

START_TEST(a_place_is_shown_as_far_as_it_is_known)
{
  embark__error_set(&err, EMBARK_E_SQL, "bad");
  err.line = 3;
  expect_format("bad");
  embark__error_place(&err, &migration);
  expect_format("bad (0007_add_orders.sql:3)");
  err.column = 1;
  expect_format("bad (0007_add_orders.sql:3:1)");
  err.line = 0;
  expect_format("bad (0007_add_orders.sql)");
}
END_TEST

START_TEST(a_hint_may_stand_without_a_detail)
{
  embark__error_memory(&err);
  ck_assert_int_eq(err.code, EMBARK_E_MEMORY);
  expect_format("out of memory\nHINT:  Free some memory and try again; nothing is half done.");
}
END_TEST

START_TEST(a_small_buffer_gets_what_fits_and_the_whole_length)
{
  static const char whole[] = "bad (0007_add_orders.sql)\nDETAIL:  d\nHINT:  h";
  char text[sizeof whole + 1];
  embark__error_set(&err, EMBARK_E_SQL, "bad");
  embark__error_place(&err, &migration);
  embark__error_detail(&err, "d");
  embark__error_hint(&err, "h");
  for (size_t size = 1; size <= sizeof whole; size++) {
    memset(text, '#', sizeof text);
    ck_assert_uint_eq(embark_error_format(&err, text, size), sizeof whole - 1);
    ck_assert_mem_eq(text, whole, size - 1);
    ck_assert_int_eq(text[size - 1], '\0');
    ck_assert_int_eq(text[size], '#');
  }
}
END_TEST

START_TEST(no_buffer_at_all_gets_the_length)
{
  char text[] = "#";
  embark__error_set(&err, EMBARK_E_SQL, "bad");
  ck_assert_uint_eq(embark_error_format(&err, NULL, 0), 3);
  ck_assert_uint_eq(embark_error_format(&err, text, 0), 3);
  ck_assert_str_eq(text, "#");
}
END_TEST

START_TEST(a_new_error_forgets_the_old_one)
{
  memset(&err, 'x', sizeof err);
  ck_assert_int_eq(embark__error_set(&err, EMBARK_E_BUSY, "busy"), EMBARK_E_BUSY);
  embark_error expected = {.code = EMBARK_E_BUSY, .message = "busy"};
  ck_assert_mem_eq(&err, &expected, sizeof err);
}
END_TEST

START_TEST(a_reason_of_libpqs_loses_its_line_feeds)
{
  embark__error_set(&err, EMBARK_E_KEEPER, "bad");
  embark__error_reason(&err, "one\ntwo\n\n");
  ck_assert_str_eq(err.detail, "one\ntwo");
  embark__error_reason(&err, "\n");
  ck_assert_str_eq(err.detail, "");
  embark__error_reason(&err, NULL);
  ck_assert_str_eq(err.detail, "");
}
END_TEST

START_TEST(what_is_added_stands_behind_and_is_cut_where_there_is_no_room)
{
  char expected[EMBARK_TEXT_SIZE];
  embark__error_set(&err, EMBARK_E_SQL, "bad");
  embark__error_add(err.message, " and %s", "worse");
  ck_assert_str_eq(err.message, "bad and worse");
  memset(err.message, 'x', EMBARK_TEXT_SIZE - 5);
  err.message[EMBARK_TEXT_SIZE - 5] = '\0';
  embark__error_add(err.message, "%s", "1234");
  ck_assert_str_eq(err.message + EMBARK_TEXT_SIZE - 6, "x1234");
  embark__error_add(err.message, "5");
  memcpy(expected, err.message, sizeof expected);
  ck_assert_str_eq(err.message + EMBARK_TEXT_SIZE - 6, "x1...");
  embark__error_add(err.message, "6");
  ck_assert_str_eq(err.message, expected);
  ck_assert_str_eq(err.detail, "");
}
END_TEST

/* --- cutting --------------------------------------------------------------------------------- */

typedef struct cut {
  size_t size;
  const char *text;
  const char *expected;
} cut;

static const cut cuts[] = {
    {8, NULL,                                     ""                   },
    {8, "",                                       ""                   },
    {8, "seven77",                                "seven77"            },
    {8, "eight888",                               "eigh..."            },
    {8, "abc\xc3\xbc\xc3\xbc",                    "abc\xc3\xbc\xc3\xbc"},
    {8, "abc\xc3\xbc\xc3\xbcx",                   "abc..."             }, /* no room for all */
    {8, "abcd\xc3\xbc\xc3\xbc",                   "abcd..."            },
    {8, "a\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac",  "a\xe2\x82\xac..."   },
    {8, "ab\xe2\x82\xac\xe2\x82\xac",             "ab..."              },
    {9, "ab\xe2\x82\xac\xe2\x82\xac\xe2\x82\xac", "ab\xe2\x82\xac..."  },
    {8, "\xf0\x9f\x90\x98\xf0\x9f\x90\x98",       "\xf0\x9f\x90\x98..."},
    {8, "a\xf0\x9f\x90\x98\xf0\x9f\x90\x98",      "a..."               },
    {5, "\xf0\x9f\x90\x98\xf0\x9f\x90\x98",       "..."                },
    {4, "four",                                   "..."                },
};

START_TEST(a_text_too_long_is_cut_between_characters)
{
  char field[16];
  memset(field, '#', sizeof field);
  embark__copy_text(field, cuts[_i].size, cuts[_i].text);
  ck_assert_str_eq(field, cuts[_i].expected);
  ck_assert_int_eq(field[cuts[_i].size], '#');
}
END_TEST

START_TEST(a_formatted_text_too_long_is_cut_between_characters)
{
  char text[EMBARK_TEXT_SIZE + 8] = "";
  for (size_t i = 0; i < EMBARK_TEXT_SIZE / 2; i++) {
    memcpy(text + 2 * i, "\xc3\xbc", 3);
  }
  for (size_t shift = 0; shift < 2; shift++) {
    embark__error_set(&err, EMBARK_E_SQL, "%s%s", shift != 0 ? "x" : "", text);
    embark__error_detail(&err, "%s%s", shift != 0 ? "x" : "", text);
    embark__error_hint(&err, "%s%s", shift != 0 ? "x" : "", text);
    size_t kept = (sizeof err.message - sizeof "..." - shift) / 2 * 2 + shift;
    ck_assert_uint_eq(strlen(err.message), kept + 3);
    ck_assert_mem_eq(err.message + shift, text, kept - shift);
    ck_assert_str_eq(err.message + kept, "...");
    ck_assert_str_eq(err.detail, err.message);
    ck_assert_str_eq(err.hint, err.message);
  }
}
END_TEST

START_TEST(a_text_that_just_fits_is_whole)
{
  char text[EMBARK_TEXT_SIZE];
  memset(text, 'x', sizeof text - 1);
  text[sizeof text - 1] = '\0';
  embark__error_set(&err, EMBARK_E_SQL, "%s", text);
  ck_assert_str_eq(err.message, text);
}
END_TEST

/* --- codes ----------------------------------------------------------------------------------- */

/* A code's number is part of the ABI: it is never given to another. */
static const char *const codes[] = {
    "EMBARK_OK",
    "EMBARK_E_ARGUMENT",
    "EMBARK_E_BUNDLE",
    "EMBARK_E_MEMORY",
    "EMBARK_E_CONNECTION",
    "EMBARK_E_IN_TRANSACTION",
    "EMBARK_E_BUSY",
    "EMBARK_E_PIPELINE",
    "EMBARK_E_LOCKED",
    "EMBARK_E_PERMISSION",
    "EMBARK_E_READ_ONLY",
    "EMBARK_E_ADOPT",
    "EMBARK_E_CHANGED",
    "EMBARK_E_MISSING",
    "EMBARK_E_UNKNOWN",
    "EMBARK_E_REORDERED",
    "EMBARK_E_OUT_OF_ORDER",
    "EMBARK_E_LEDGER",
    "EMBARK_E_SQL",
    "EMBARK_E_LOCK_TIMEOUT",
    "EMBARK_E_CANCELLED",
    "EMBARK_E_SERVER",
    "EMBARK_E_PENDING",
    "EMBARK_E_KEEPER",
    "EMBARK_E_INTERRUPTED",
    "EMBARK_E_IRREVERSIBLE",
    "EMBARK_E_TARGET",
    "EMBARK_E_FORBIDDEN",
};

START_TEST(every_code_has_its_name_and_keeps_its_number)
{
  ck_assert_str_eq(embark_code_name(_i), codes[_i]);
}
END_TEST

START_TEST(a_number_that_is_no_code_has_no_name)
{
  static const int none[] = {-1, 28, 1000, INT32_MAX, INT32_MIN};
  ck_assert_str_eq(embark_code_name(none[_i]), "EMBARK_E_?");
}
END_TEST

START_TEST(the_version_is_the_headers)
{
  char expected[32];
  snprintf(expected, sizeof expected, "%d.%d.%d", EMBARK_VERSION_MAJOR, EMBARK_VERSION_MINOR,
           EMBARK_VERSION_PATCH);
  ck_assert_str_eq(embark_version(), expected);
}
END_TEST

START_TEST(a_thread_begins_without_a_last_error)
{
  ck_assert_ptr_nonnull(embark_last_error());
  ck_assert_int_eq(embark_last_error()->code, EMBARK_OK);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("error");
  TCase *show = tcase_create("show");
  tcase_add_test(show, no_error_is_shown_as_none);
  tcase_add_test(show, leftovers_of_an_error_that_is_none_are_not_shown);
  tcase_add_test(show, an_error_is_shown_with_place_detail_and_hint);
  tcase_add_test(show, a_place_is_shown_as_far_as_it_is_known);
  tcase_add_test(show, a_hint_may_stand_without_a_detail);
  tcase_add_test(show, a_small_buffer_gets_what_fits_and_the_whole_length);
  tcase_add_test(show, no_buffer_at_all_gets_the_length);
  tcase_add_test(show, a_new_error_forgets_the_old_one);
  tcase_add_test(show, a_reason_of_libpqs_loses_its_line_feeds);
  tcase_add_test(show, what_is_added_stands_behind_and_is_cut_where_there_is_no_room);
  suite_add_tcase(suite, show);
  TCase *cutting = tcase_create("cutting");
  tcase_add_loop_test(cutting, a_text_too_long_is_cut_between_characters, 0,
                      (int)(sizeof cuts / sizeof cuts[0]));
  tcase_add_test(cutting, a_formatted_text_too_long_is_cut_between_characters);
  tcase_add_test(cutting, a_text_that_just_fits_is_whole);
  suite_add_tcase(suite, cutting);
  TCase *names = tcase_create("codes");
  tcase_add_loop_test(names, every_code_has_its_name_and_keeps_its_number, 0,
                      (int)(sizeof codes / sizeof codes[0]));
  tcase_add_loop_test(names, a_number_that_is_no_code_has_no_name, 0, 5);
  tcase_add_test(names, the_version_is_the_headers);
  tcase_add_test(names, a_thread_begins_without_a_last_error);
  suite_add_tcase(suite, names);
  return suite;
}
