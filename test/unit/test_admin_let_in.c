/* Requests that are let in, as far as that goes without a server: the database is asked for once,
 * given back once, and what is said of one that is not there tells nothing of how it was sought. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "admin_answers.h"
#include "suite.h"

#define NOWHERE "host=/nonexistent dbname=secretdb user=secretuser password=verysecret"

typedef struct asked {
  const char *method, *target, *command;
} asked;

static const asked looks[] = {
    {"GET",  M,                                 "status" },
    {"GET",  M "/status",                       "status" },
    {"POST", M "?dry-run",                      "plan"   },
    {"POST", M "?dry-run=1&approve=0000_first", "plan"   },
    {"POST", M,                                 "migrate"},
    {"POST", M "?dry-run=0",                    "migrate"},
};

/* What is answered where there is no database, whatever the reason. */
static void expect_no_connection(const char *answer, const char *command)
{
  ck_assert_int_eq(strncmp(answer, "503\n" JSON_TYPE, strlen("503\n" JSON_TYPE)), 0);
  ck_assert_ptr_nonnull(strstr(answer, TALK_HEADERS "Retry-After: 5\n\n"));
  ck_assert_ptr_null(strstr(answer, "verysecret"));
  ck_assert_ptr_null(strstr(answer, "nonexistent"));
  json_t *document = json_loads(talk_body(answer), JSON_REJECT_DUPLICATES, NULL);
  const char *said = NULL, *code = NULL;
  ck_assert_ptr_nonnull(document);
  ck_assert_int_eq(
      json_unpack(document, "{s:s, s:{s:s}}", "command", &said, "error", "code", &code), 0);
  ck_assert_str_eq(said, command);
  ck_assert_str_eq(code, "EMBARK_E_CONNECTION");
  json_decref(document);
}

START_TEST(a_connection_that_failed_is_told_and_given_back)
{
  talk.conninfo = NOWHERE;
  expect_no_connection(talk_secret(looks[_i].method, looks[_i].target), looks[_i].command);
  ck_assert_int_eq(talk.connects, 1);
  ck_assert_int_eq(talk.releases, 1);
}
END_TEST

START_TEST(no_connection_to_be_had_is_told)
{
  expect_no_connection(talk_secret(looks[_i].method, looks[_i].target), looks[_i].command);
  ck_assert_int_eq(talk.connects, 1);
}
END_TEST

START_TEST(a_host_that_gives_no_connections_is_told)
{
  talk.admin.connect = NULL;
  expect_no_connection(talk_secret(looks[_i].method, looks[_i].target), looks[_i].command);
}
END_TEST

START_TEST(a_stream_that_cannot_begin_is_a_plain_answer)
{
  talk.request.accept = "text/event-stream";
  talk.request.can_stream = 1;
  expect_no_connection(talk_secret("POST", M), "migrate");
}
END_TEST

START_TEST(approvals_and_a_dry_run_come_in_the_body_too)
{
  talk.request.content_type = TALK_FORM "; charset=utf-8";
  talk.request.body = "dry-run=1&approve=0001_second and more that is not of it";
  talk.request.body_size = strlen("dry-run=1&approve=0001_second");
  expect_no_connection(talk_secret("POST", M "?approve=0000_first"), "plan");
}
END_TEST

static int everybody(void *data, const embark_admin_request *request)
{
  return data == &talk && request == &talk.request;
}

START_TEST(whom_the_host_lets_in_is_let_in_without_a_secret)
{
  talk.admin.secret = NULL;
  talk.admin.authorize = everybody;
  expect_no_connection(talk_to("GET", M), "status");
  ck_assert_int_eq(talk.connects, 1);
}
END_TEST

START_TEST(head_has_the_length_of_get_and_no_body)
{
  static const char *const targets[] = {M, M "/status", M "/sql?tag=0000_first"};
  for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
    char answer[8192];
    snprintf(answer, sizeof answer, "%s", talk_secret("GET", targets[i]));
    uint64_t length = talk.content_length;
    ck_assert_uint_gt(length, 0);
    answer[talk_body(answer) - answer] = '\0';
    ck_assert_str_eq(talk_secret("HEAD", targets[i]), answer);
    ck_assert_uint_eq(talk.content_length, length);
  }
}
END_TEST

START_TEST(sql_is_shown_without_a_database)
{
  const char *answer = talk_secret("GET", M "/sql?tag=0001%5Fsecond");
  ck_assert_int_eq(strncmp(answer, "200\n" JSON_TYPE TALK_HEADERS "\n",
                           strlen("200\n" JSON_TYPE TALK_HEADERS "\n")),
                   0);
  ck_assert_ptr_nonnull(strstr(answer, "\"sql\":\"alter table t add column c int\""));
  ck_assert_int_eq(talk.connects, 0);
}
END_TEST

START_TEST(sql_of_a_migration_that_there_is_not_is_not_found)
{
  ck_assert_str_eq(talk_secret("GET", M "/sql?tag=0002_third"),
                   REFUSAL("404", "", "there is no such migration"));
  ck_assert_int_eq(talk.connects, 0);
}
END_TEST

START_TEST(a_bundle_of_another_format_is_not_read)
{
  static const embark_bundle other = {
      .format = EMBARK_BUNDLE_FORMAT + 1, .migration_count = UINT32_MAX, .digest = "d"};
  talk.bundle = &other;
  ck_assert_str_eq(talk_secret("GET", M "/sql?tag=x"),
                   REFUSAL("404", "", "there is no such migration"));
  expect_no_connection(talk_secret("GET", M), "status");
  expect_no_connection(talk_secret("POST", M "?approve=x"), "migrate");
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("admin let in");
  TCase *tc = tcase_create("admin let in");
  tcase_add_checked_fixture(tc, talk_begin, NULL);
  tcase_add_loop_test(tc, a_connection_that_failed_is_told_and_given_back, 0, COUNT(looks));
  tcase_add_loop_test(tc, no_connection_to_be_had_is_told, 0, COUNT(looks));
  tcase_add_loop_test(tc, a_host_that_gives_no_connections_is_told, 0, COUNT(looks));
  tcase_add_test(tc, a_stream_that_cannot_begin_is_a_plain_answer);
  tcase_add_test(tc, approvals_and_a_dry_run_come_in_the_body_too);
  tcase_add_test(tc, whom_the_host_lets_in_is_let_in_without_a_secret);
  tcase_add_test(tc, head_has_the_length_of_get_and_no_body);
  tcase_add_test(tc, sql_is_shown_without_a_database);
  tcase_add_test(tc, sql_of_a_migration_that_there_is_not_is_not_found);
  tcase_add_test(tc, a_bundle_of_another_format_is_not_read);
  suite_add_tcase(suite, tc);
  return suite;
}
