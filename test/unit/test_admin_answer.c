/* Responses in the making: who owns what, which headers there are, and what a refusal may say. */
#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "suite.h"

static embark_admin_response r;

static void begin(void)
{
  ck_assert(answer_begin(&r));
}

static void end(void)
{
  answer_free(&r);
}

static const char *header(const char *name)
{
  for (size_t i = 0; i < r.header_count; i++) {
    if (strcmp(r.headers[i].name, name) == 0) {
      return r.headers[i].value;
    }
  }
  return NULL;
}

static void expect_body(const char *body)
{
  ck_assert_uint_eq(r.body_size, strlen(body));
  ck_assert_uint_eq(r.content_length, strlen(body));
  ck_assert_mem_eq(r.body, body, strlen(body));
}

START_TEST(an_answer_that_nobody_makes_is_a_503)
{
  ck_assert_int_eq(r.status, 503);
  ck_assert(answer_is_no_memory(&r));
  ck_assert_pstr_eq(header("Content-Type"), "application/json");
}
END_TEST

START_TEST(a_text_is_taken_over)
{
  text body = {0};
  text_puts(&body, "{}");
  answer_set(&r, 409, "application/json", &body);
  ck_assert_int_eq(r.status, 409);
  ck_assert_ptr_null(body.bytes);
  expect_body("{}");
}
END_TEST

START_TEST(an_empty_text_is_a_body_of_no_bytes)
{
  text body = {0};
  answer_set(&r, 200, "text/plain", &body);
  ck_assert_ptr_nonnull(r.body);
  expect_body("");
}
END_TEST

START_TEST(a_text_without_memory_is_a_503)
{
  text body = {0};
  text_puts(&body, "half of");
  body.failed = true;
  answer_set(&r, 200, "text/plain", &body);
  ck_assert_int_eq(r.status, 503);
  ck_assert_ptr_null(body.bytes);
  ck_assert(answer_is_no_memory(&r));
  expect_body("{\"error\":{\"code\":\"HTTP\",\"message\":\"out of memory\"}}\n");
}
END_TEST

START_TEST(the_last_answer_counts_and_the_one_before_is_freed)
{
  text body = {0};
  text_puts(&body, "first");
  answer_set(&r, 200, "text/plain", &body);
  answer_refuse(&r, 400, "second");
  answer_constant(&r, 200, "text/css", "third", 5);
  ck_assert_int_eq(r.status, 200);
  ck_assert_pstr_eq(header("Content-Type"), "text/css");
  expect_body("third");
}
END_TEST

START_TEST(an_answer_without_a_body_has_no_type_and_all_other_headers)
{
  size_t all = r.header_count;
  answer_constant(&r, 204, NULL, "", 0);
  ck_assert_ptr_null(header("Content-Type"));
  ck_assert_pstr_eq(header("Cache-Control"), "no-store");
  ck_assert_pstr_eq(header("X-Frame-Options"), "DENY");
  ck_assert_uint_eq(r.header_count, all - 1);
}
END_TEST

START_TEST(a_header_may_come_before_the_body_and_after_it)
{
  answer_header(&r, "A", "1");
  answer_refuse(&r, 405, "no");
  answer_header(&r, "B", "2");
  ck_assert_pstr_eq(header("A"), "1");
  ck_assert_pstr_eq(header("B"), "2");
  answer_constant(&r, 204, NULL, "", 0);
  ck_assert_pstr_eq(header("A"), "1");
  ck_assert_pstr_eq(header("B"), "2");
}
END_TEST

START_TEST(more_headers_than_there_is_room_for_are_left_out)
{
  size_t before = r.header_count;
  for (int i = 0; i < 100; i++) {
    answer_header(&r, "X", "x");
  }
  ck_assert_uint_eq(r.header_count, before + 4);
  answer_constant(&r, 204, NULL, "", 0);
  ck_assert_uint_eq(r.header_count, before + 3);
}
END_TEST

START_TEST(a_time_to_wait_is_rounded_up_to_seconds)
{
  answer_refuse(&r, 429, "wait");
  answer_retry_after(&r, 1);
  ck_assert_pstr_eq(header("Retry-After"), "1");
  answer_retry_after(&r, 1000);
  ck_assert_pstr_eq(header("Retry-After"), "1");
  answer_retry_after(&r, 59001);
  ck_assert_pstr_eq(header("Retry-After"), "60");
}
END_TEST

static const struct {
  const char *message, *said;
} messages[] = {
    {"plain: it's [fine] (100 %)", "plain: it's [fine] (100 %)"},
    {"\"},\"x\":{\"",              "?},?x?:{?"                 },
    {"back\\slash",                "back?slash"                },
    {"</script><b>&amp;",          "?/script??b??amp;"         },
    {"line\r\nX: y\tz\x01\x7f",    "line??X: y?z??"            },
    {"\xc3\xa4\xff\xe2\x80\xa8",   "??????"                    },
    {"%s%n\\u0041",                "%s%n?u0041"                },
    {"",                           ""                          },
};

START_TEST(a_refusal_says_nothing_that_could_be_taken_for_more_than_words)
{
  char expected[256];
  answer_refuse(&r, 400, messages[_i].message);
  snprintf(expected, sizeof expected, "{\"error\":{\"code\":\"HTTP\",\"message\":\"%s\"}}\n",
           messages[_i].said);
  expect_body(expected);
}
END_TEST

START_TEST(a_long_refusal_is_cut_within_its_message)
{
  char message[4096], expected[256];
  memset(message, 'm', sizeof message);
  message[sizeof message - 1] = '\0';
  answer_refuse(&r, 400, message);
  snprintf(expected, sizeof expected, "{\"error\":{\"code\":\"HTTP\",\"message\":\"%.199s\"}}\n",
           message);
  expect_body(expected);
}
END_TEST

START_TEST(without_its_body_an_answer_keeps_its_length)
{
  answer_constant(&r, 200, "text/css", "abc", 3);
  answer_without_body(&r);
  ck_assert_uint_eq(r.body_size, 0);
  ck_assert_uint_eq(r.content_length, 3);
}
END_TEST

START_TEST(what_is_freed_is_empty_and_may_be_freed_again)
{
  answer_refuse(&r, 400, "no");
  answer_free(&r);
  ck_assert_int_eq(r.status, 0);
  ck_assert_ptr_null(r.owned);
  ck_assert_str_eq(r.body, "");
  answer_free(&r);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("admin answer");
  TCase *tc = tcase_create("admin answer");
  tcase_add_checked_fixture(tc, begin, end);
  tcase_add_test(tc, an_answer_that_nobody_makes_is_a_503);
  tcase_add_test(tc, a_text_is_taken_over);
  tcase_add_test(tc, an_empty_text_is_a_body_of_no_bytes);
  tcase_add_test(tc, a_text_without_memory_is_a_503);
  tcase_add_test(tc, the_last_answer_counts_and_the_one_before_is_freed);
  tcase_add_test(tc, an_answer_without_a_body_has_no_type_and_all_other_headers);
  tcase_add_test(tc, a_header_may_come_before_the_body_and_after_it);
  tcase_add_test(tc, more_headers_than_there_is_room_for_are_left_out);
  tcase_add_test(tc, a_time_to_wait_is_rounded_up_to_seconds);
  tcase_add_loop_test(tc, a_refusal_says_nothing_that_could_be_taken_for_more_than_words, 0,
                      (int)(sizeof messages / sizeof messages[0]));
  tcase_add_test(tc, a_long_refusal_is_cut_within_its_message);
  tcase_add_test(tc, without_its_body_an_answer_keeps_its_length);
  tcase_add_test(tc, what_is_freed_is_empty_and_may_be_freed_again);
  suite_add_tcase(suite, tc);
  return suite;
}
