/* Who is let in by the admin endpoint, and for how long nobody is; by a clock that stands still. */
#include <pthread.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "admin_answers.h"
#include "admin_clock.h"
#include "suite.h"

/* --- too many that are wrong ------------------------------------------------------------------ */

static const char *status_with(const char *authorization)
{
  talk.request.authorization = authorization;
  return talk_to("GET", M "/status?x");
}

static void be_wrong(int times)
{
  for (int i = 0; i < times; i++) {
    ck_assert_str_eq(status_with("Bearer wrong"), UNKNOWN);
  }
}

START_TEST(ten_wrong_secrets_close_it_to_the_right_one_too)
{
  be_wrong(10);
  ck_assert_str_eq(status_with("Bearer wrong"), TOO_MANY("60"));
  ck_assert_str_eq(status_with(TALK_BEARER), TOO_MANY("60"));
  ck_assert_str_eq(talk_to("POST", M), TOO_MANY("60"));
  ck_assert_str_eq(talk_to("GET", M "/sql"), TOO_MANY("60"));
  ck_assert_int_eq(talk.connects, 0);
}
END_TEST

START_TEST(nine_wrong_secrets_close_nothing)
{
  be_wrong(9);
  ck_assert_str_eq(status_with(TALK_BEARER), FIELD);
}
END_TEST

START_TEST(who_is_told_to_wait_is_told_how_many_seconds_and_heard_after_them)
{
  be_wrong(10);
  admin_clock_ms += 1;
  ck_assert_str_eq(status_with(TALK_BEARER), TOO_MANY("60"));
  admin_clock_ms += 999;
  ck_assert_str_eq(status_with(TALK_BEARER), TOO_MANY("59"));
  admin_clock_ms += 58999;
  ck_assert_str_eq(status_with(TALK_BEARER), TOO_MANY("1"));
  admin_clock_ms += 1;
  ck_assert_str_eq(status_with(TALK_BEARER), FIELD);
}
END_TEST

START_TEST(ten_wrong_secrets_in_more_than_a_minute_close_nothing)
{
  for (int i = 0; i < 30; i++) {
    be_wrong(1);
    admin_clock_ms += 6667;
  }
  ck_assert_str_eq(status_with(TALK_BEARER), FIELD);
}
END_TEST

START_TEST(what_is_told_to_anybody_is_told_while_it_is_closed)
{
  be_wrong(10);
  ck_assert_str_eq(status_with(NULL), UNKNOWN);
  ck_assert_str_eq(status_with("Basic x"), UNKNOWN);
  talk.request.authorization = TALK_BEARER;
  ck_assert_str_eq(talk_to("GET", "/"), NOT_FOUND);
  ck_assert_str_eq(talk_to("POST", M "/status"), NOT_SO);
  ck_assert_str_eq(talk_to("OPTIONS", M "/status"), OPTIONED);
  ck_assert_int_eq(strncmp(talk_to("GET", M "/admin.css"), "200\n", 4), 0);
}
END_TEST

START_TEST(requests_without_a_credential_close_nothing)
{
  for (int i = 0; i < 30; i++) {
    ck_assert_str_eq(status_with(i % 2 == 0 ? NULL : "Basic x"), UNKNOWN);
  }
  ck_assert_str_eq(status_with(TALK_BEARER), FIELD);
}
END_TEST

START_TEST(a_right_secret_forgives_nothing)
{
  be_wrong(9);
  ck_assert_str_eq(status_with(TALK_BEARER), FIELD);
  be_wrong(1);
  ck_assert_str_eq(status_with(TALK_BEARER), TOO_MANY("60"));
}
END_TEST

START_TEST(who_is_wrong_while_it_is_closed_does_not_close_it_for_longer)
{
  be_wrong(10);
  admin_clock_ms += 30000;
  ck_assert_str_eq(status_with("Bearer wrong"), TOO_MANY("30"));
  admin_clock_ms += 30000;
  ck_assert_str_eq(status_with(TALK_BEARER), FIELD);
}
END_TEST

/* --- at once ---------------------------------------------------------------------------------- */

#define GUESSERS 8
#define GUESSES  50

static int status_of_guess(const char *authorization)
{
  embark_admin_response response;
  embark_admin_request request = EMBARK_ADMIN_REQUEST_INIT;
  request.method = "GET";
  request.target = M "/status?x";
  request.authorization = authorization;
  if (embark_admin_handle(NULL, talk.bundle, NULL, &talk.admin, &request, &response) != EMBARK_OK) {
    return -1;
  }
  int status = response.status;
  embark_admin_response_free(&response);
  return status;
}

typedef struct guesser {
  pthread_t thread;
  int heard, closed;
} guesser;

static void *guess(void *data)
{
  guesser *g = data;
  for (int i = 0; i < GUESSES; i++) {
    int status = status_of_guess("Bearer wrong");
    g->heard += status == 401;
    g->closed += status == 429;
  }
  return NULL;
}

START_TEST(of_many_guesses_at_once_ten_are_heard)
{
  guesser guessers[GUESSERS] = {0};
  int heard = 0, closed = 0;
  for (int i = 0; i < GUESSERS; i++) {
    ck_assert_int_eq(pthread_create(&guessers[i].thread, NULL, guess, &guessers[i]), 0);
  }
  for (int i = 0; i < GUESSERS; i++) {
    ck_assert_int_eq(pthread_join(guessers[i].thread, NULL), 0);
    heard += guessers[i].heard;
    closed += guessers[i].closed;
  }
  ck_assert_int_eq(heard, 10);
  ck_assert_int_eq(closed, GUESSERS * GUESSES - 10);
}
END_TEST

START_TEST(a_child_keeps_its_parents_failures_and_counts_its_own)
{
  be_wrong(9);
  pid_t child = fork();
  ck_assert_int_ge(child, 0);
  if (child == 0) {
    bool is_counted = status_of_guess("Bearer wrong") == 401 && status_of_guess(TALK_BEARER) == 429;
    _exit(is_counted ? 0 : 1);
  }
  int status = -1;
  ck_assert_int_eq(waitpid(child, &status, 0), child);
  ck_assert_int_eq(status, 0);
  ck_assert_str_eq(status_with(TALK_BEARER), FIELD);
}
END_TEST

START_TEST(endpoints_of_one_process_are_closed_together)
{
  be_wrong(10);
  talk.admin.mount = "/other";
  talk.admin.secret = "another-secret-of-it";
  talk.request.authorization = "Bearer another-secret-of-it";
  ck_assert_str_eq(talk_to("GET", "/other"), TOO_MANY("60"));
}
END_TEST

/* --- the host decides ------------------------------------------------------------------------- */

static int host_word;

static int host_says(void *data, const embark_admin_request *request)
{
  ck_assert_ptr_eq(data, &talk);
  ck_assert_ptr_eq(request, &talk.request);
  ck_assert_int_eq(talk.connects, 0);
  return host_word;
}

START_TEST(where_the_host_says_no_nothing_is_counted_and_nothing_looked_at)
{
  talk.admin.authorize = host_says;
  talk.admin.secret = NULL;
  for (int i = 0; i < 30; i++) {
    ck_assert_str_eq(status_with(TALK_BEARER), NOT_YOU);
  }
  host_word = 1;
  ck_assert_str_eq(status_with(NULL), FIELD);
}
END_TEST

START_TEST(where_the_host_decides_the_secret_is_not_asked_for)
{
  talk.admin.authorize = host_says;
  ck_assert_str_eq(status_with(TALK_BEARER), NOT_YOU);
  host_word = 1;
  ck_assert_str_eq(status_with("Bearer wrong"), FIELD);
}
END_TEST

START_TEST(the_host_is_not_asked_about_what_anybody_may_have)
{
  talk.admin.authorize = host_says;
  ck_assert_str_eq(talk_to("GET", "/"), NOT_FOUND);
  ck_assert_str_eq(talk_to("BREW", M), NOT_THERE);
  ck_assert_int_eq(strncmp(talk_to("GET", M "/admin.js"), "200\n", 4), 0);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("admin too many");
  TCase *tc = tcase_create("admin too many");
  tcase_add_checked_fixture(tc, talk_begin, NULL);
  tcase_add_test(tc, ten_wrong_secrets_close_it_to_the_right_one_too);
  tcase_add_test(tc, nine_wrong_secrets_close_nothing);
  tcase_add_test(tc, who_is_told_to_wait_is_told_how_many_seconds_and_heard_after_them);
  tcase_add_test(tc, ten_wrong_secrets_in_more_than_a_minute_close_nothing);
  tcase_add_test(tc, what_is_told_to_anybody_is_told_while_it_is_closed);
  tcase_add_test(tc, requests_without_a_credential_close_nothing);
  tcase_add_test(tc, a_right_secret_forgives_nothing);
  tcase_add_test(tc, who_is_wrong_while_it_is_closed_does_not_close_it_for_longer);
  tcase_add_test(tc, of_many_guesses_at_once_ten_are_heard);
  tcase_add_test(tc, a_child_keeps_its_parents_failures_and_counts_its_own);
  tcase_add_test(tc, endpoints_of_one_process_are_closed_together);
  tcase_add_test(tc, where_the_host_says_no_nothing_is_counted_and_nothing_looked_at);
  tcase_add_test(tc, where_the_host_decides_the_secret_is_not_asked_for);
  tcase_add_test(tc, the_host_is_not_asked_about_what_anybody_may_have);
  suite_add_tcase(suite, tc);
  return suite;
}
