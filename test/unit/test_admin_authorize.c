/* Who is let in: the secret, and what becomes of those who are wrong too often, by a clock that
 * stands still. */
#include <stdlib.h>
#include <string.h>

#include "admin_clock.h"
#include "authorize.h"
#include "limiter.h"
#include "suite.h"

#define COUNT(list) (int)(sizeof(list) / sizeof(list)[0])

static limiter l;

static void fail_at(int64_t from_ms, int times, int64_t apart_ms)
{
  for (int i = 0; i < times; i++) {
    limiter_add(&l, from_ms + i * apart_ms);
  }
}

/* --- the limiter ------------------------------------------------------------------------------ */

START_TEST(nine_failures_close_nothing)
{
  ck_assert_int_eq(limiter_closed_ms(&l, 0), 0);
  fail_at(1000, 9, 0);
  ck_assert_int_eq(limiter_closed_ms(&l, 1000), 0);
}
END_TEST

START_TEST(ten_within_a_minute_close_until_the_first_is_a_minute_old)
{
  fail_at(1000, 10, 100);
  ck_assert_int_eq(limiter_closed_ms(&l, 1900), 59100);
  ck_assert_int_eq(limiter_closed_ms(&l, 60999), 1);
  ck_assert_int_eq(limiter_closed_ms(&l, 61000), 0);
}
END_TEST

START_TEST(ten_in_more_than_a_minute_close_nothing)
{
  fail_at(0, 10, 6667);
  ck_assert_int_eq(limiter_closed_ms(&l, 9 * 6667), 0);
}
END_TEST

START_TEST(one_more_failure_closes_until_the_next_of_the_last_ten_is_a_minute_old)
{
  fail_at(0, 10, 1000);
  ck_assert_int_eq(limiter_closed_ms(&l, 60500), 0);
  limiter_add(&l, 60500);
  ck_assert_int_eq(limiter_closed_ms(&l, 60500), 500);
  ck_assert_int_eq(limiter_closed_ms(&l, 61000), 0);
}
END_TEST

START_TEST(failures_of_long_ago_count_no_more)
{
  fail_at(0, 25, 10);
  ck_assert_int_eq(limiter_closed_ms(&l, 60240), 0);
  fail_at(60240, 9, 0);
  ck_assert_int_eq(limiter_closed_ms(&l, 60240), 0);
  limiter_add(&l, 60240);
  ck_assert_int_eq(limiter_closed_ms(&l, 60240), 60000);
}
END_TEST

START_TEST(a_clock_may_begin_anywhere)
{
  fail_at(INT64_MAX - 100000, 10, 0);
  ck_assert_int_eq(limiter_closed_ms(&l, INT64_MAX - 100000), 60000);
  ck_assert_int_eq(limiter_closed_ms(&l, INT64_MAX), 0);
}
END_TEST

/* --- the secret ------------------------------------------------------------------------------- */

#define SECRET "correct-horse-battery"

static bool is_secret(const char *given)
{
  /* A block of its size alone: a byte read beyond it is seen by the sanitizer. */
  size_t size = strlen(given);
  char *copy = malloc(size > 0 ? size : 1);
  memcpy(copy, given, size);
  bool is = secret_is(SECRET, copy, size);
  free(copy);
  return is;
}

START_TEST(the_secret_is_the_secret_alone)
{
  ck_assert(is_secret(SECRET));
  ck_assert(!is_secret(""));
  ck_assert(!is_secret("c"));
  ck_assert(!is_secret("correct-horse-batter"));
  ck_assert(!is_secret(SECRET "y"));
  ck_assert(!is_secret(SECRET "c"));
  ck_assert(!is_secret(SECRET SECRET));
  ck_assert(!is_secret("Correct-horse-battery"));
  ck_assert(!is_secret("correct-horse-batterz"));
}
END_TEST

START_TEST(one_bit_that_is_wrong_anywhere_is_wrong)
{
  char given[] = SECRET;
  for (size_t i = 0; i < sizeof given - 1; i++) {
    for (unsigned bit = 0; bit < 8; bit++) {
      given[i] = (char)(given[i] ^ (char)(1u << bit));
      ck_assert(!secret_is(SECRET, given, sizeof given - 1));
      given[i] = (char)(given[i] ^ (char)(1u << bit));
    }
  }
  ck_assert(secret_is(SECRET, given, sizeof given - 1));
}
END_TEST

START_TEST(a_nul_in_what_is_given_ends_nothing)
{
  ck_assert(!secret_is(SECRET, SECRET "\0", sizeof SECRET));
  ck_assert(!secret_is(SECRET, "\0orrect-horse-battery", sizeof SECRET - 1));
}
END_TEST

START_TEST(a_secret_has_sixteen_bytes_that_can_be_sent)
{
  ck_assert(secret_is_usable("0123456789abcdef"));
  ck_assert(secret_is_usable("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"));
  ck_assert(!secret_is_usable(""));
  ck_assert(!secret_is_usable("0123456789abcde"));
  ck_assert(!secret_is_usable("0123456789abcdef "));
  ck_assert(!secret_is_usable(" 0123456789abcdef"));
  ck_assert(!secret_is_usable("01234567 89abcdef"));
  ck_assert(!secret_is_usable("0123456789abcdef\t"));
  ck_assert(!secret_is_usable("0123456789abcdef\n"));
  ck_assert(!secret_is_usable("0123456789abcdef\x7f"));
  ck_assert(!secret_is_usable("0123456789abcdef\xc3\xa4"));
}
END_TEST

/* --- requests --------------------------------------------------------------------------------- */

static int64_t closed_ms;

static authorization ask(const char *header)
{
  embark_admin_options admin = EMBARK_ADMIN_OPTIONS_INIT;
  embark_admin_request request = EMBARK_ADMIN_REQUEST_INIT;
  admin.secret = SECRET;
  return authorize(&admin, &request, header, &closed_ms);
}

static const char *const missing[] = {NULL,   "",     "Basic " SECRET,   "Bearer" SECRET,
                                      SECRET, "Bear", "Bearer\t" SECRET, "Basic, Bearer " SECRET};

START_TEST(what_is_no_bearer_is_missing_however_often_it_comes)
{
  for (int i = 0; i < 3 * LIMITER_MOST; i++) {
    ck_assert_int_eq(ask(missing[_i]), AUTHORIZATION_MISSING);
  }
  ck_assert_int_eq(ask("Bearer " SECRET), AUTHORIZED);
}
END_TEST

START_TEST(blanks_around_the_secret_and_the_case_of_bearer_mean_nothing)
{
  ck_assert_int_eq(ask("bearer " SECRET), AUTHORIZED);
  ck_assert_int_eq(ask("BEARER   " SECRET " \t"), AUTHORIZED);
  ck_assert_int_eq(ask(" Bearer \t" SECRET), AUTHORIZED);
}
END_TEST

static const char *const wrong[] = {"Bearer",
                                    "Bearer ",
                                    "Bearer x",
                                    "Bearer correct-horse-batter",
                                    "Bearer " SECRET "y",
                                    "Bearer \"" SECRET "\"",
                                    "Bearer " SECRET ", Bearer " SECRET,
                                    "Bearer " SECRET " x"};

START_TEST(a_wrong_secret_is_counted_and_then_nobody_is_heard)
{
  for (int i = 0; i < LIMITER_MOST; i++) {
    ck_assert_int_eq(ask(wrong[_i]), AUTHORIZATION_WRONG);
    ck_assert_int_eq(closed_ms, 0);
  }
  ck_assert_int_eq(ask(wrong[_i]), AUTHORIZATION_CLOSED);
  ck_assert_int_eq(closed_ms, LIMITER_WINDOW_MS);
  ck_assert_int_eq(ask("Bearer " SECRET), AUTHORIZATION_CLOSED);
  ck_assert_int_eq(ask(NULL), AUTHORIZATION_MISSING);
  admin_clock_ms += LIMITER_WINDOW_MS;
  ck_assert_int_eq(ask("Bearer " SECRET), AUTHORIZED);
}
END_TEST

START_TEST(the_right_secret_is_not_counted)
{
  for (int i = 0; i < 3 * LIMITER_MOST; i++) {
    ck_assert_int_eq(ask("Bearer " SECRET), AUTHORIZED);
  }
}
END_TEST

static int word, asked;
static const embark_admin_request *asked_about;

static int host(void *data, const embark_admin_request *request)
{
  asked++;
  asked_about = request;
  ck_assert_ptr_eq(data, &word);
  return word;
}

static authorization ask_host(int answer)
{
  embark_admin_options admin = EMBARK_ADMIN_OPTIONS_INIT;
  embark_admin_request request = EMBARK_ADMIN_REQUEST_INIT;
  admin.secret = SECRET;
  admin.authorize = host;
  admin.data = &word;
  word = answer;
  authorization given = authorize(&admin, &request, "Bearer " SECRET, &closed_ms);
  ck_assert_ptr_eq(asked_about, &request);
  return given;
}

START_TEST(the_hosts_own_word_stands_in_place_of_the_secret)
{
  ck_assert_int_eq(ask_host(1), AUTHORIZED);
  ck_assert_int_eq(ask_host(0), AUTHORIZATION_REFUSED);
  ck_assert_int_eq(asked, 2);
}
END_TEST

START_TEST(a_word_of_the_host_that_is_neither_is_a_no)
{
  ck_assert_int_eq(ask_host(-1), AUTHORIZATION_REFUSED);
  ck_assert_int_eq(ask_host(2), AUTHORIZATION_REFUSED);
}
END_TEST

START_TEST(the_hosts_refusals_are_not_counted)
{
  for (int i = 0; i < 3 * LIMITER_MOST; i++) {
    ck_assert_int_eq(ask_host(0), AUTHORIZATION_REFUSED);
  }
  ck_assert_int_eq(ask("Bearer " SECRET), AUTHORIZED);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("admin authorize");
  TCase *tc = tcase_create("admin authorize");
  tcase_add_test(tc, nine_failures_close_nothing);
  tcase_add_test(tc, ten_within_a_minute_close_until_the_first_is_a_minute_old);
  tcase_add_test(tc, ten_in_more_than_a_minute_close_nothing);
  tcase_add_test(tc, one_more_failure_closes_until_the_next_of_the_last_ten_is_a_minute_old);
  tcase_add_test(tc, failures_of_long_ago_count_no_more);
  tcase_add_test(tc, a_clock_may_begin_anywhere);
  tcase_add_test(tc, the_secret_is_the_secret_alone);
  tcase_add_test(tc, one_bit_that_is_wrong_anywhere_is_wrong);
  tcase_add_test(tc, a_nul_in_what_is_given_ends_nothing);
  tcase_add_test(tc, a_secret_has_sixteen_bytes_that_can_be_sent);
  tcase_add_loop_test(tc, what_is_no_bearer_is_missing_however_often_it_comes, 0, COUNT(missing));
  tcase_add_test(tc, blanks_around_the_secret_and_the_case_of_bearer_mean_nothing);
  tcase_add_loop_test(tc, a_wrong_secret_is_counted_and_then_nobody_is_heard, 0, COUNT(wrong));
  tcase_add_test(tc, the_right_secret_is_not_counted);
  tcase_add_test(tc, the_hosts_own_word_stands_in_place_of_the_secret);
  tcase_add_test(tc, a_word_of_the_host_that_is_neither_is_a_no);
  tcase_add_test(tc, the_hosts_refusals_are_not_counted);
  suite_add_tcase(suite, tc);
  return suite;
}
