/* G13 over HTTP: memory runs out anywhere in a request. The answer is the right one or says so,
 * nothing is left behind, and the next request completes. */
#include <string.h>

#include "ask.h"
#include "keep.h"
#include "long_tests.h"
#include "memory_ends.h"
#include "suite.h"

static made_bundle *made;
static const char *session; /* of the lent connection, before */
static unsigned failures;

static void given(made_bundle *bundle)
{
  made = bundle;
  ask_conn = db_conn;
  session = db_session(db_conn);
  failures = 0;
}

static made_bundle *three(void)
{
  return bundle_native("0000_a", "create table a (id int);\n", "0001_b",
                       "set search_path = public;\ncreate table b ();\n", "0002_c",
                       "create table c ();\n", NULL);
}

static void undo(void)
{
  db_expect_tables("a b c");
  db_exec(db_watch, "DROP TABLE a, b, c; DROP SCHEMA embark CASCADE");
}

static void expect_restored(void)
{
  ck_assert_int_eq(PQtransactionStatus(db_conn), PQTRANS_IDLE);
  db_expect_session(db_conn, session);
}

/* --- answers ---------------------------------------------------------------------------------- */

typedef struct asked {
  const char *method, *path, *form;
  int status; /* with memory */
} asked;

/* Ask with memory that ends at the `at`-th call. Returns the status of HTTP. */
static int ask_with(const asked *a, long at, bool for_good)
{
  embark_admin_response r;
  embark_admin_request request = EMBARK_ADMIN_REQUEST_INIT;
  request.method = a->method;
  request.target = a->path;
  request.authorization = "Bearer correct-horse-battery";
  request.content_type = "application/x-www-form-urlencoded";
  request.body = a->form;
  request.body_size = strlen(a->form);
  memory_ends_at(at, for_good);
  int code = embark_admin_handle(ask_conn, &made->bundle, &drive_options, &ask_admin, &request, &r);
  memory_pause();
  int status = r.status;
  ck_assert_int_eq(status == 503, strstr(r.body, "out of memory") != NULL);
  ck_assert(code == EMBARK_OK || (code == EMBARK_E_MEMORY && status == 503));
  memory_resume();
  embark_admin_response_free(&r);
  memory_pause();
  ck_assert_msg(memory_blocks() == 0, "%ld blocks are left at %ld", memory_blocks(), at);
  if (at > 0) {
    expect_restored();
  }
  failures += status == 503;
  return status;
}

/* The next call that fails. Of each two one fails alone, the other with all after it; in the long
 * campaigns each does both. */
static long next(long at, bool for_good)
{
  return at == 0 ? 1 + for_good : at + long_or_short(1, 2);
}

static void end_at_each(const asked *a, bool for_good, void (*repair)(void))
{
  long at = 0, calls;
  failures = 0;
  do {
    at = next(at, for_good);
    int status = ask_with(a, at, for_good);
    calls = memory_calls();
    ck_assert_msg(status == 503 || status == a->status, "%d at %ld", status, at);
    if (repair != NULL) {
      ck_assert_int_eq(ask_with(a, 0, false), a->status);
      repair();
    }
  } while (calls >= at);
  ck_assert_uint_gt(failures, 10);
}

/* Calls for memory fail in turn, until none is left. */
static void end_anywhere(const asked *a, void (*repair)(void))
{
  end_at_each(a, false, repair);
  end_at_each(a, true, repair);
}

START_TEST(g13_a_post_whose_memory_ends_says_so)
{
  static const asked post = {"POST", ASK_MOUNT, "", 200};
  given(three());
  end_anywhere(&post, undo);
}
END_TEST

START_TEST(g13_a_status_whose_memory_ends_says_so)
{
  static const asked status = {"GET", ASK_MOUNT "/status", "", 200};
  given(three());
  drive_given(bundle_head(made, 2));
  end_anywhere(&status, NULL);
}
END_TEST

START_TEST(g13_a_plan_whose_memory_ends_says_so)
{
  static const asked plan = {"POST", ASK_MOUNT, "dry-run&approve=0000_a", 200};
  given(three());
  end_anywhere(&plan, NULL);
}
END_TEST

/* The plan is a part of it, and the reasons in it are one more question. */
START_TEST(g13_a_refusal_whose_memory_ends_says_so)
{
  static const asked post = {"POST", ASK_MOUNT, "", 409};
  given(three());
  drive_given(bundle_head(made, 1));
  made->statements[2].hazards = EMBARK_HAZARD_DESTRUCTIVE;
  end_anywhere(&post, NULL);
}
END_TEST

/* --- streams ---------------------------------------------------------------------------------- */

static char stream[65536];

/* As a host reads it. Check asks for memory, too, so nothing is asserted here. */
static void read_stream(embark_admin_response *r)
{
  size_t size = 0, got = 0;
  while (embark_admin_read(r, stream + size, sizeof stream - size - 1, 60000, &got) == 1) {
    size += got;
  }
  stream[size + got] = '\0';
}

/* The last event is the result, whatever there was memory for. */
static void expect_result(long at)
{
  const char *result = strstr(stream, "event: result\ndata: {");
  ck_assert_msg(result != NULL, "no result at %ld: %s", at, stream);
  ck_assert_str_eq(strstr(result, "\n\n"), "\n\n");
}

/* Returns how often memory was asked for. */
static long stream_with(long at, bool for_good)
{
  embark_admin_response r;
  embark_admin_request request = EMBARK_ADMIN_REQUEST_INIT;
  request.method = "POST";
  request.target = ASK_MOUNT;
  request.authorization = "Bearer correct-horse-battery";
  request.accept = "text/event-stream";
  request.can_stream = 1;
  memory_ends_at(at, for_good);
  (void)embark_admin_handle(ask_conn, &made->bundle, &drive_options, &ask_admin, &request, &r);
  bool is_stream = r.is_stream == 1;
  int status = r.status;
  if (is_stream) {
    read_stream(&r);
  }
  embark_admin_response_free(&r);
  memory_pause();
  ck_assert_int_eq(status, is_stream ? 200 : 503);
  if (is_stream) {
    expect_result(at);
  }
  ck_assert_msg(memory_blocks() == 0, "%ld blocks are left at %ld", memory_blocks(), at);
  if (at > 0) {
    expect_restored();
  }
  return memory_calls();
}

START_TEST(g13_a_stream_whose_memory_ends_has_a_result)
{
  given(three());
  for (int for_good = 0; for_good <= 1; for_good++) {
    long at = 0, calls;
    do {
      at = next(at, for_good == 1);
      calls = stream_with(at, for_good == 1);
      stream_with(0, false);
      undo();
    } while (calls >= at);
  }
}
END_TEST

Suite *test_suite(void)
{
  return ask_suite("admin_memory", g13_a_post_whose_memory_ends_says_so,
                   g13_a_status_whose_memory_ends_says_so, g13_a_plan_whose_memory_ends_says_so,
                   g13_a_refusal_whose_memory_ends_says_so,
                   g13_a_stream_whose_memory_ends_has_a_result, NULL);
}
