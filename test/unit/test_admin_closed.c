/* When the admin endpoint is closed to everybody: what its host can do wrong, and says so. */
#include <stddef.h>
#include <string.h>

#include "admin_answers.h"
#include "suite.h"

/* --- closed ----------------------------------------------------------------------------------- */

static void expect_closed(void)
{
  static const char *const targets[] = {M, M "/", M "/admin.css", M "/status", "/", ""};
  static const char *const methods[] = {"GET", "POST", "OPTIONS", "BREW"};
  embark_error err;
  ck_assert_int_eq(embark_admin_check(&talk.admin, &err), EMBARK_E_ARGUMENT);
  ck_assert_int_eq(err.code, EMBARK_E_ARGUMENT);
  ck_assert_str_ne(err.message, "");
  ck_assert_int_eq(embark_admin_check(&talk.admin, NULL), EMBARK_E_ARGUMENT);
  talk.request.accept = "text/html";
  talk.request.authorization = TALK_BEARER;
  for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
    for (size_t j = 0; j < sizeof methods / sizeof methods[0]; j++) {
      ck_assert_str_eq(talk_to(methods[j], targets[i]), CLOSED);
      ck_assert_int_eq(talk.code, EMBARK_E_ARGUMENT);
    }
  }
  ck_assert_int_eq(talk.connects, 0);
}

START_TEST(without_a_secret_everything_is_closed)
{
  talk.admin.secret = NULL;
  expect_closed();
}
END_TEST

static const char *const secrets[] = {"",
                                      "short",
                                      "0123456789abcde",
                                      "correct horse battery",
                                      "correct-horse-battery\n",
                                      "correct-horse-b\xc3\xa4ttery"};

START_TEST(with_a_secret_that_guards_nothing_everything_is_closed)
{
  talk.admin.secret = secrets[_i];
  expect_closed();
}
END_TEST

static int host_word;

static int host_says(void *data, const embark_admin_request *request)
{
  ck_assert_ptr_eq(data, &talk);
  ck_assert_ptr_eq(request, &talk.request);
  ck_assert_int_eq(talk.connects, 0);
  return host_word;
}

START_TEST(a_secret_that_guards_nothing_closes_where_the_host_decides_too)
{
  talk.admin.authorize = host_says;
  talk.admin.secret = "short";
  expect_closed();
}
END_TEST

static const char *const mounts[] = {"",     "/",          "m",    "/m/", "/m\"><script>",
                                     "/m n", "/m\r\nX: y", "/../m"};

START_TEST(at_a_mount_that_is_no_path_everything_is_closed)
{
  talk.admin.mount = mounts[_i];
  expect_closed();
}
END_TEST

static const size_t sizes[] = {0, sizeof(size_t) - 1, sizeof(embark_admin_options) + 1, SIZE_MAX};

START_TEST(admin_options_of_no_version_close_everything)
{
  talk.admin.struct_size = sizes[_i];
  expect_closed();
}
END_TEST

START_TEST(admin_options_that_are_their_size_alone_close_everything)
{
  talk.admin.struct_size = sizeof(size_t);
  expect_closed();
}
END_TEST

START_TEST(closed_is_closed_to_head_too)
{
  talk.admin.secret = NULL;
  ck_assert_str_eq(talk_secret("HEAD", M), "403\n" JSON_TYPE TALK_HEADERS "\n");
}
END_TEST

/* --- what can be said of the options ---------------------------------------------------------- */

static void expect_fault(const char *message)
{
  embark_error err;
  memset(&err, 0x5a, sizeof err);
  ck_assert_int_eq(embark_admin_check(&talk.admin, &err), EMBARK_E_ARGUMENT);
  ck_assert_str_eq(err.message, message);
  ck_assert_str_eq(err.hint,
                   "Start from EMBARK_ADMIN_OPTIONS_INIT, and set `secret` or `authorize`.");
  ck_assert_str_eq(err.tag, "");
}

#define UNUSABLE "the admin options are not usable: "

START_TEST(a_check_says_what_is_wrong)
{
  talk.admin.mount = "m";
  expect_fault(UNUSABLE "the mount is no path, as \"/admin/migrate\" is");
  talk.admin.secret = "short";
  expect_fault(UNUSABLE "the secret has less than 16 bytes, or other characters than those of "
                        "ASCII that can be seen");
  talk.admin.secret = NULL;
  expect_fault(UNUSABLE "there is no secret, and no authorize");
  talk.admin.struct_size = 1;
  expect_fault(UNUSABLE "struct_size is not that of this version or an older one");
}
END_TEST

START_TEST(a_check_of_nothing_is_an_error)
{
  ck_assert_int_eq(embark_admin_check(NULL, NULL), EMBARK_E_ARGUMENT);
}
END_TEST

START_TEST(a_check_of_good_options_clears_the_error)
{
  embark_error err;
  memset(&err, 0x5a, sizeof err);
  ck_assert_int_eq(embark_admin_check(&talk.admin, &err), EMBARK_OK);
  ck_assert_int_eq(err.code, EMBARK_OK);
  ck_assert_str_eq(err.message, "");
  talk.admin.authorize = host_says;
  talk.admin.secret = NULL;
  ck_assert_int_eq(embark_admin_check(&talk.admin, NULL), EMBARK_OK);
}
END_TEST

/* --- arguments -------------------------------------------------------------------------------- */

START_TEST(without_a_response_there_is_nothing_to_do)
{
  ck_assert_int_eq(embark_admin_handle(NULL, talk.bundle, NULL, &talk.admin, &talk.request, NULL),
                   EMBARK_E_ARGUMENT);
  embark_admin_response_free(NULL);
}
END_TEST

START_TEST(without_a_stream_there_is_nothing_to_read)
{
  embark_admin_response response;
  char buffer[8];
  size_t got = 1;
  ck_assert_int_eq(
      embark_admin_handle(NULL, talk.bundle, NULL, &talk.admin, &talk.request, &response),
      EMBARK_OK);
  ck_assert_int_eq(embark_admin_read(&response, buffer, sizeof buffer, 0, &got), 0);
  ck_assert_uint_eq(got, 0);
  ck_assert_int_eq(embark_admin_read(NULL, buffer, sizeof buffer, 0, &got), 0);
  ck_assert_int_eq(embark_admin_read(&response, buffer, sizeof buffer, 0, NULL), 0);
  embark_admin_response_free(&response);
}
END_TEST

static void expect_argument(const embark_bundle *bundle, const embark_admin_options *admin,
                            const embark_admin_request *request)
{
  embark_admin_response response;
  ck_assert_int_eq(embark_admin_handle(NULL, bundle, NULL, admin, request, &response),
                   EMBARK_E_ARGUMENT);
  ck_assert_int_eq(response.status, 403);
  ck_assert_str_eq(response.body, talk_body(CLOSED));
  embark_admin_response_free(&response);
  ck_assert_int_eq(talk.connects, 0);
}

START_TEST(a_pointer_that_is_missing_closes_everything)
{
  talk.request.method = "GET";
  talk.request.target = M;
  talk.request.authorization = TALK_BEARER;
  expect_argument(NULL, &talk.admin, &talk.request);
  expect_argument(talk.bundle, NULL, &talk.request);
  expect_argument(talk.bundle, &talk.admin, NULL);
  expect_argument(NULL, NULL, NULL);
}
END_TEST

static const size_t request_sizes[] = {0, sizeof(size_t) - 1, sizeof(embark_admin_request) + 1,
                                       SIZE_MAX};

START_TEST(a_request_of_no_version_is_not_read)
{
  talk.request.struct_size = request_sizes[_i];
  ck_assert_str_eq(talk_secret("GET", M), CLOSED);
  ck_assert_int_eq(talk.code, EMBARK_E_ARGUMENT);
}
END_TEST

START_TEST(what_an_older_caller_does_not_know_of_a_request_is_not_read)
{
  talk.request.body = "x"; /* with a body of no type it would be refused */
  talk.request.body_size = 1;
  talk.request.struct_size = offsetof(embark_admin_request, body);
  ck_assert_str_eq(talk_secret("POST", M "?x"), FIELD);
}
END_TEST

START_TEST(a_body_that_is_missing_closes_everything)
{
  talk.request.body_size = 1;
  ck_assert_str_eq(talk_secret("POST", M), CLOSED);
}
END_TEST

START_TEST(options_of_no_version_close_everything)
{
  talk.options.struct_size = sizeof talk.options + 1;
  ck_assert_str_eq(talk_secret("GET", M), CLOSED);
  ck_assert_int_eq(talk.code, EMBARK_E_ARGUMENT);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("admin closed");
  TCase *tc = tcase_create("admin closed");
  tcase_add_checked_fixture(tc, talk_begin, NULL);
  tcase_add_test(tc, without_a_secret_everything_is_closed);
  tcase_add_loop_test(tc, with_a_secret_that_guards_nothing_everything_is_closed, 0,
                      COUNT(secrets));
  tcase_add_test(tc, a_secret_that_guards_nothing_closes_where_the_host_decides_too);
  tcase_add_loop_test(tc, at_a_mount_that_is_no_path_everything_is_closed, 0, COUNT(mounts));
  tcase_add_loop_test(tc, admin_options_of_no_version_close_everything, 0, COUNT(sizes));
  tcase_add_test(tc, admin_options_that_are_their_size_alone_close_everything);
  tcase_add_test(tc, closed_is_closed_to_head_too);
  tcase_add_test(tc, a_check_says_what_is_wrong);
  tcase_add_test(tc, a_check_of_nothing_is_an_error);
  tcase_add_test(tc, a_check_of_good_options_clears_the_error);
  tcase_add_test(tc, without_a_response_there_is_nothing_to_do);
  tcase_add_test(tc, without_a_stream_there_is_nothing_to_read);
  tcase_add_test(tc, a_pointer_that_is_missing_closes_everything);
  tcase_add_loop_test(tc, a_request_of_no_version_is_not_read, 0, COUNT(request_sizes));
  tcase_add_test(tc, what_an_older_caller_does_not_know_of_a_request_is_not_read);
  tcase_add_test(tc, a_body_that_is_missing_closes_everything);
  tcase_add_test(tc, options_of_no_version_close_everything);
  suite_add_tcase(suite, tc);
  return suite;
}
