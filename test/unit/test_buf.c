/* Text in the making: growing, quoting, and failing once for all. */
#include <string.h>

#include "buf.h"
#include "failing_alloc.h"
#include "suite.h"

static embark__buf buf;

static void start(void)
{
  memset(&buf, 0, sizeof buf);
}

static void forget(void)
{
  embark__buf_free(&buf);
}

START_TEST(a_fresh_buf_is_the_empty_text)
{
  ck_assert_str_eq(embark__buf_text(&buf), "");
}
END_TEST

START_TEST(pieces_are_put_one_behind_the_other)
{
  embark__buf_str(&buf, "a");
  embark__buf_bytes(&buf, "bcd", 2);
  embark__buf_str(&buf, "-7");
  ck_assert_str_eq(embark__buf_text(&buf), "abc-7");
  ck_assert_uint_eq(buf.length, 5);
}
END_TEST

START_TEST(a_text_may_hold_nul_bytes)
{
  embark__buf_bytes(&buf, "a\0b", 4);
  embark__buf_str(&buf, "c");
  ck_assert_uint_eq(buf.length, 5);
  ck_assert_mem_eq(embark__buf_text(&buf), "a\0b\0c", 6);
}
END_TEST

typedef struct quoting {
  const char *name;
  const char *quoted;
} quoting;

static const quoting quotings[] = {
    {"embark",         "\"embark\""         },
    {"Select",         "\"Select\""         },
    {"",               "\"\""               },
    {"\"",             "\"\"\"\""           },
    {"a\"b\"\"c",      "\"a\"\"b\"\"\"\"c\""},
    {"x'; drop --",    "\"x'; drop --\""    },
    {"back\\slash $1", "\"back\\slash $1\"" },
    {"gr\xc3\xbc\xc3", "\"gr\xc3\xbc\xc3\"" },
};

START_TEST(an_identifier_is_quoted_and_its_quotes_doubled)
{
  embark__buf_identifier(&buf, quotings[_i].name);
  ck_assert_str_eq(embark__buf_text(&buf), quotings[_i].quoted);
}
END_TEST

START_TEST(a_long_text_is_whole)
{
  for (int i = 0; i < 10000; i++) {
    embark__buf_str(&buf, "0123456789");
  }
  const char *text = embark__buf_text(&buf);
  ck_assert_uint_eq(strlen(text), 100000);
  for (size_t i = 0; i < 100000; i++) {
    ck_assert_int_eq(text[i], "0123456789"[i % 10]);
  }
}
END_TEST

START_TEST(growing_asks_for_memory_seldom)
{
  failing_alloc memory;
  failing_alloc_init(&memory, 0);
  buf.alloc = &memory.alloc;
  for (int i = 0; i < 100000; i++) {
    embark__buf_str(&buf, "0123456789");
  }
  ck_assert_uint_le(memory.calls, 30);
  embark__buf_free(&buf);
  ck_assert_uint_eq(memory.blocks, 0);
}
END_TEST

START_TEST(a_cleared_buf_is_empty_and_keeps_its_memory)
{
  failing_alloc memory;
  failing_alloc_init(&memory, 0);
  buf.alloc = &memory.alloc;
  embark__buf_str(&buf, "one");
  embark__buf_clear(&buf);
  ck_assert_str_eq(embark__buf_text(&buf), "");
  embark__buf_str(&buf, "two");
  ck_assert_str_eq(embark__buf_text(&buf), "two");
  ck_assert_uint_eq(memory.calls, 1);
  embark__buf_free(&buf);
}
END_TEST

START_TEST(a_freed_buf_may_be_used_again)
{
  embark__buf_str(&buf, "one");
  embark__buf_free(&buf);
  embark__buf_free(&buf);
  embark__buf_str(&buf, "two");
  ck_assert_str_eq(embark__buf_text(&buf), "two");
}
END_TEST

START_TEST(once_memory_is_gone_nothing_more_is_written)
{
  static char large[1000];
  failing_alloc memory;
  failing_alloc_init(&memory, 2);
  memset(large, 'x', sizeof large - 1);
  buf.alloc = &memory.alloc;
  embark__buf_str(&buf, "one");
  embark__buf_str(&buf, large);
  size_t calls = memory.calls;
  memory.fail_at = 0;
  embark__buf_str(&buf, "two");
  embark__buf_identifier(&buf, "four");
  ck_assert_ptr_null(embark__buf_text(&buf));
  ck_assert_uint_eq(memory.calls, calls);
  embark__buf_free(&buf);
  ck_assert_uint_eq(memory.blocks, 0);
}
END_TEST

START_TEST(a_cleared_buf_forgives_a_failure)
{
  failing_alloc memory;
  failing_alloc_init(&memory, 1);
  buf.alloc = &memory.alloc;
  embark__buf_str(&buf, "one");
  ck_assert_ptr_null(embark__buf_text(&buf));
  memory.fail_at = 0;
  embark__buf_clear(&buf);
  embark__buf_str(&buf, "two");
  ck_assert_str_eq(embark__buf_text(&buf), "two");
  embark__buf_free(&buf);
}
END_TEST

START_TEST(a_length_beyond_all_memory_is_a_failure)
{
  embark__buf_str(&buf, "one");
  embark__buf_bytes(&buf, "", SIZE_MAX - 2);
  ck_assert_ptr_null(embark__buf_text(&buf));
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("buf");
  TCase *text = tcase_create("text");
  tcase_add_checked_fixture(text, start, forget);
  tcase_add_test(text, a_fresh_buf_is_the_empty_text);
  tcase_add_test(text, pieces_are_put_one_behind_the_other);
  tcase_add_test(text, a_text_may_hold_nul_bytes);
  tcase_add_loop_test(text, an_identifier_is_quoted_and_its_quotes_doubled, 0,
                      (int)(sizeof quotings / sizeof quotings[0]));
  tcase_add_test(text, a_long_text_is_whole);
  tcase_add_test(text, growing_asks_for_memory_seldom);
  tcase_add_test(text, a_cleared_buf_is_empty_and_keeps_its_memory);
  tcase_add_test(text, a_freed_buf_may_be_used_again);
  tcase_add_test(text, once_memory_is_gone_nothing_more_is_written);
  tcase_add_test(text, a_cleared_buf_forgives_a_failure);
  tcase_add_test(text, a_length_beyond_all_memory_is_a_failure);
  suite_add_tcase(suite, text);
  return suite;
}
