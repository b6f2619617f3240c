/* Memory that runs out anywhere in the admin endpoint: the answer is the right one or a 503, and
 * all that was had is given back. */
#include <string.h>

#include "admin_answers.h"
#include "memory_ends.h"
#include "suite.h"
#include "text.h"

/* --- requests --------------------------------------------------------------------------------- */

typedef struct asked {
  const char *method, *target, *accept;
} asked;

static const asked requests[] = {
    {"GET",     M,                                 "text/html"        },
    {"HEAD",    M,                                 "text/html"        },
    {"GET",     M "/admin.css",                    NULL               },
    {"GET",     M "/",                             NULL               },
    {"OPTIONS", M,                                 NULL               },
    {"GET",     "/",                               NULL               },
    {"POST",    M "?approve=a%20b&approve=%c3%a4", NULL               },
    {"GET",     M "/sql?tag=nonsense",             NULL               },
    {"GET",     M "/sql?tag=0001_second",          NULL               },
    {"GET",     M,                                 NULL               },
    {"HEAD",    M "/status",                       NULL               },
    {"POST",    M "?dry-run&approve=0000_first",   NULL               },
    {"POST",    M "?approve=0001_second",          "application/json" },
    {"POST",    M "?approve=0001_second",          "text/event-stream"},
};

typedef struct answer {
  int code, status;
  text body;
} answer;

/* Ask with memory that ends at the call `at`; 0: never. */
static answer ask(const asked *a, long at, bool for_good)
{
  embark_admin_response response;
  embark_admin_request request = EMBARK_ADMIN_REQUEST_INIT;
  request.method = a->method;
  request.target = a->target;
  request.accept = a->accept;
  request.authorization = TALK_BEARER;
  request.content_type = TALK_FORM;
  request.body = "approve=0000_first";
  request.body_size = strlen(request.body);
  request.can_stream = 1;
  answer said = {0, 0, {0}};
  memory_ends_at(at, for_good);
  said.code = embark_admin_handle(NULL, talk.bundle, NULL, &talk.admin, &request, &response);
  memory_pause();
  said.status = response.status;
  text_put(&said.body, response.body, response.body_size);
  ck_assert(response.header_count > 0);
  memory_resume();
  embark_admin_response_free(&response);
  memory_pause();
  ck_assert_msg(memory_blocks() == 0, "%ld blocks are left", memory_blocks());
  return said;
}

static void expect_right_or_503(const asked *a, const answer *right, long at, bool for_good)
{
  answer said = ask(a, at, for_good);
  if (said.code == EMBARK_E_MEMORY) {
    ck_assert_int_eq(said.status, 503);
    ck_assert_str_eq(text_string(&said.body),
                     strcmp(a->method, "HEAD") == 0
                         ? ""
                         : "{\"error\":{\"code\":\"HTTP\",\"message\":\"out of memory\"}}\n");
  } else {
    ck_assert_int_eq(said.code, EMBARK_OK);
    ck_assert_msg(said.status == 503 || said.status == right->status, "%d", said.status);
  }
  text_free(&said.body);
}

static void end_anywhere(const asked *a, bool for_good)
{
  answer right = ask(a, 0, false);
  long needed = memory_calls();
  ck_assert_int_gt(needed, 0);
  for (long at = 1; at <= needed; at++) {
    expect_right_or_503(a, &right, at, for_good);
  }
  answer again = ask(a, 0, false);
  ck_assert_int_eq(again.status, right.status);
  ck_assert_int_eq(again.code, EMBARK_OK);
  text_free(&right.body);
  text_free(&again.body);
}

START_TEST(one_call_for_memory_that_fails_is_a_503_and_leaks_nothing)
{
  end_anywhere(&requests[_i], false);
}
END_TEST

START_TEST(memory_that_ends_anywhere_is_a_503_and_leaks_nothing)
{
  end_anywhere(&requests[_i], true);
}
END_TEST

START_TEST(the_first_call_that_fails_is_told)
{
  answer said = ask(&requests[_i], 1, false);
  ck_assert_int_eq(said.code, EMBARK_E_MEMORY);
  ck_assert_int_eq(said.status, 503);
  text_free(&said.body);
}
END_TEST

/* What the host does with memory is not counted. */
static PGconn *connect_nowhere(void *data)
{
  memory_pause();
  PGconn *conn = PQconnectdb(data);
  memory_resume();
  return conn;
}

static void begin(void)
{
  static char nowhere[] = "host=/nonexistent dbname=x";
  talk_begin();
  talk.admin.connect = connect_nowhere;
  talk.admin.release = NULL;
  talk.admin.data = nowhere;
}

Suite *test_suite(void)
{
  Suite *suite = suite_create("admin memory");
  TCase *tc = tcase_create("admin memory");
  tcase_add_checked_fixture(tc, begin, NULL);
  tcase_add_loop_test(tc, one_call_for_memory_that_fails_is_a_503_and_leaks_nothing, 0,
                      COUNT(requests));
  tcase_add_loop_test(tc, memory_that_ends_anywhere_is_a_503_and_leaks_nothing, 0, COUNT(requests));
  tcase_add_loop_test(tc, the_first_call_that_fails_is_told, 0, COUNT(requests));
  suite_add_tcase(suite, tc);
  return suite;
}
