/* G10 over HTTP: many threads that ask at once have one run. Run under TSan, too. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "crowd.h"
#include "keep.h"
#include "suite.h"

/* What a thread of a server does with a request; nothing here may use keep.h or ask_answer. */
typedef struct client {
  const made_bundle *made;
  int streams;    /* it reads its stream to the end; 1: and leaves in the middle, 2: to the end */
  int status;     /* of HTTP */
  char *document; /* of the result, a line */
  pthread_t thread;
} client;

static pthread_barrier_t barrier;

/* The document of a stream's result, or NULL when it was left before. */
static char *document_of(const char *stream)
{
  static const char mark[] = "event: result\ndata: ";
  const char *at = strstr(stream, mark);
  return at != NULL ? strndup(at + strlen(mark), strcspn(at + strlen(mark), "\n")) : NULL;
}

static char *read_stream(embark_admin_response *r, size_t most)
{
  size_t size = 0, got = 0, capacity = 1 << 16;
  char *stream = calloc(1, capacity);
  while (size < most && embark_admin_read(r, stream + size, 512, 60000, &got) == 1) {
    size += got;
    ck_assert_uint_lt(size + 512, capacity);
  }
  char *document = document_of(stream);
  free(stream);
  return document;
}

static void *ask_once(void *arg)
{
  client *c = arg;
  embark_admin_response r;
  pthread_barrier_wait(&barrier);
  ask_begin(c->made, "", c->streams > 0, &r);
  c->status = r.status;
  c->document = r.is_stream ? read_stream(&r, c->streams == 1 ? 10 : SIZE_MAX)
                            : strndup(r.body, strcspn(r.body, "\n"));
  embark_admin_response_free(&r);
  return NULL;
}

static void ask_at_once(client *clients, int count)
{
  ck_assert_int_eq(pthread_barrier_init(&barrier, NULL, (unsigned)count), 0);
  for (int i = 0; i < count; i++) {
    ck_assert_int_eq(pthread_create(&clients[i].thread, NULL, ask_once, &clients[i]), 0);
  }
  for (int i = 0; i < count; i++) {
    ck_assert_int_eq(pthread_join(clients[i].thread, NULL), 0);
  }
  pthread_barrier_destroy(&barrier);
}

static const char *tags_of(const char *document)
{
  json_t *json = json_loads(document, 0, NULL);
  ck_assert_msg(json != NULL, "%s", document);
  ask_expect_value(json, "exit", "0");
  const char *tags = ask_each(json, "applied", "tag");
  json_decref(json);
  return tags;
}

static void forget(client *clients, int count)
{
  for (int i = 0; i < count; i++) {
    free(clients[i].document);
    clients[i].document = NULL;
  }
}

/* Every one that waited for it has the result: that of the run that applied all, or, when it came
 * too late for that one, that there was nothing to do. */
static void expect_results(const client *clients, int count)
{
  const char *all = "0000_step 0001_step 0002_step 0003_step 0004_step 0005_step";
  int applied = 0;
  const char *document = "";
  for (int i = 0; i < count; i++) {
    ck_assert_int_eq(clients[i].status, 200);
    if (clients[i].document != NULL && strcmp(tags_of(clients[i].document), all) == 0) {
      ck_assert(applied == 0 || strcmp(document, clients[i].document) == 0);
      document = clients[i].document;
      applied++;
    } else if (clients[i].document != NULL) {
      ck_assert_str_eq(tags_of(clients[i].document), "");
    }
  }
  ck_assert_int_gt(applied, 0);
}

START_TEST(g10_threads_that_ask_at_once_have_one_run_and_its_result)
{
  static client clients[CROWD_SIZE];
  const made_bundle *made = crowd_bundle(EMBARK_LEDGER_NATIVE);
  for (int round = 0; round < crowd_rounds(); round++) {
    crowd_empty();
    for (int i = 0; i < CROWD_SIZE; i++) {
      clients[i] = (client){.made = made, .streams = i % 2 * 2};
    }
    ask_at_once(clients, CROWD_SIZE);
    expect_results(clients, CROWD_SIZE);
    crowd_expect_once(made);
    ask_expect_released();
    forget(clients, CROWD_SIZE);
  }
}
END_TEST

START_TEST(g10_clients_that_go_away_take_nothing_with_them)
{
  static client clients[CROWD_SIZE];
  const made_bundle *made = crowd_bundle(EMBARK_LEDGER_NATIVE);
  for (int round = 0; round < crowd_rounds(); round++) {
    crowd_empty();
    for (int i = 0; i < CROWD_SIZE; i++) {
      clients[i] = (client){.made = made, .streams = i % 4 == 0 ? 2 : 1};
    }
    ask_at_once(clients, CROWD_SIZE);
    crowd_expect_once(made);
    ask_expect_released();
    forget(clients, CROWD_SIZE);
  }
}
END_TEST

/* --- one thread of a pool reads no stream while it waits for the end -------------------------- */

static made_bundle *sleepy(void)
{
  return bundle_native("0000_a", "create table a ();\n", "0001_b",
                       "create table b ();\nselect pg_sleep(0.2);\n", NULL);
}

START_TEST(a_post_that_waits_drives_the_run_of_a_stream_that_nobody_reads)
{
  embark_admin_response stream;
  made_bundle *made = sleepy();
  ask_begin(made, "", 1, &stream);
  ask_read_until(&stream, "event: planned");
  json_t *json = ask_expect(made, "", 200, 0).json;
  ck_assert_str_eq(ask_each(json, "applied", "tag"), "0000_a 0001_b");
  ask_expect_value(ask_result(ask_read(&stream, 65536)), "exit", "0");
  ask_expect_released();
}
END_TEST

/* The stream's reader drives while the other waits, and leaves; then the other has to. */
START_TEST(who_waits_takes_over_when_the_driver_goes_away)
{
  embark_admin_response stream;
  made_bundle *made = bundle_native("0000_a", "create table a ();\n", "0001_b",
                                    "select pg_advisory_xact_lock(99);\n", NULL);
  client other = {.made = made};
  PGconn *holder = db_connect("");
  db_exec(holder, "BEGIN; SELECT pg_advisory_xact_lock(99)");
  drive_options.lock_timeout_ms = EMBARK_NO_TIMEOUT;
  ask_begin(made, "", 1, &stream);
  ask_read_until(&stream, "\"tag\":\"0001_b\"");
  ck_assert_int_eq(pthread_barrier_init(&barrier, NULL, 1), 0);
  ck_assert_int_eq(pthread_create(&other.thread, NULL, ask_once, &other), 0);
  while (ask_released() == 0) { /* until the other has joined */
    char piece[512];
    size_t got;
    ck_assert_int_eq(embark_admin_read(&stream, piece, sizeof piece, 10, &got), 1);
  }
  embark_admin_response_free(&stream);
  db_exec(holder, "COMMIT");
  ck_assert_int_eq(pthread_join(other.thread, NULL), 0);
  ck_assert_int_eq(other.status, 200);
  ck_assert_str_eq(tags_of(other.document), "0000_a 0001_b");
  free(other.document);
  pthread_barrier_destroy(&barrier);
  ask_expect_released();
}
END_TEST

/* --- threads that end ------------------------------------------------------------------------- */

static void *ask_and_end(void *arg)
{
  embark_admin_response r;
  (void)ask_handle(arg, "", 0, &r);
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
  embark_admin_response_free(&r);
  pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
  pthread_testcancel();
  return NULL;
}

START_TEST(g13_a_thread_that_is_cancelled_in_a_post_ends_when_that_returns)
{
  pthread_t thread;
  void *result = NULL;
  PGconn *holder = db_connect("");
  drive_options.has_lock_key = 1;
  drive_options.lock_key = 4711;
  drive_options.lock_wait_ms = EMBARK_WAIT_FOREVER;
  db_exec(holder, "BEGIN; SELECT pg_advisory_xact_lock(4711)");
  ck_assert_int_eq(pthread_create(&thread, NULL, ask_and_end, sleepy()), 0);
  db_wait_until("select count(*) = 1 from pg_stat_activity where datname = current_database()"
                " and backend_type = 'client backend' and pid not in (pg_backend_pid(), %d, %d)",
                PQbackendPID(db_conn), PQbackendPID(holder));
  ck_assert_int_eq(pthread_cancel(thread), 0);
  db_exec(holder, "COMMIT");
  ck_assert_int_eq(pthread_join(thread, &result), 0);
  ck_assert(result == PTHREAD_CANCELED);
  db_expect_tables("a b");
  ask_expect_released();
}
END_TEST

Suite *test_suite(void)
{
  return ask_suite("admin_threads", g10_threads_that_ask_at_once_have_one_run_and_its_result,
                   g10_clients_that_go_away_take_nothing_with_them,
                   a_post_that_waits_drives_the_run_of_a_stream_that_nobody_reads,
                   who_waits_takes_over_when_the_driver_goes_away,
                   g13_a_thread_that_is_cancelled_in_a_post_ends_when_that_returns, NULL);
}
