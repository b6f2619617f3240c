/* G10: once per process. Success is remembered, a run under way is shared, failure is forgotten. */
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include "drive.h"
#include "keep.h"
#include "record.h"
#include "suite.h"
#include "trace.h"

#define THREADS 16

static made_bundle *two(void)
{
  return bundle_native("0000_a", "create table a ();\n", "0001_b", "create table b ();\n", NULL);
}

static int once(PGconn *conn, const made_bundle *made)
{
  return embark_migrate_once(conn, &made->bundle, &drive_options, &drive_error);
}

static unsigned runs(void)
{
  return record_count(EMBARK_EVENT_DONE);
}

START_TEST(g10_a_second_call_sends_nothing)
{
  ck_assert_int_eq(once(db_conn, two()), EMBARK_OK);
  trace_start(db_conn);
  ck_assert_int_eq(once(db_conn, two()), EMBARK_OK);
  ck_assert_int_eq(embark_migrate_once(db_conn, &two()->bundle, NULL, NULL), EMBARK_OK);
  trace_stop(db_conn);
  ck_assert_uint_eq(trace_count("\t"), 0);
  ck_assert_uint_eq(runs(), 1);
}
END_TEST

START_TEST(g10_a_second_call_does_not_even_need_a_connection_that_works)
{
  ck_assert_int_eq(once(db_conn, two()), EMBARK_OK);
  db_exec(db_watch, "select pg_terminate_backend(%d)", PQbackendPID(db_conn));
  PQclear(PQexec(db_conn, "select 1"));
  ck_assert_int_eq(PQstatus(db_conn), CONNECTION_BAD);
  ck_assert_int_eq(once(db_conn, two()), EMBARK_OK);
}
END_TEST

START_TEST(g10_a_failure_is_not_remembered)
{
  made_bundle *made = bundle_native("0000_a", "alter table missing add x int;\n", NULL);
  drive_options.adopt = EMBARK_ADOPT_REFUSE;
  ck_assert_int_eq(once(db_conn, made), EMBARK_E_SQL);
  ck_assert_int_eq(once(db_conn, made), EMBARK_E_SQL);
  db_exec(db_watch, "create table missing ()");
  ck_assert_int_eq(once(db_conn, made), EMBARK_OK);
  ck_assert_int_eq(drive_error.code, EMBARK_OK);
  ck_assert_int_eq(once(db_conn, made), EMBARK_OK);
  ck_assert_uint_eq(runs(), 1);
}
END_TEST

START_TEST(g10_a_failure_without_an_error_to_fill_is_the_threads_last)
{
  made_bundle *made = bundle_native("0000_a", "select nothing;\n", NULL);
  ck_assert_int_eq(embark_migrate_once(db_conn, &made->bundle, NULL, NULL), EMBARK_E_SQL);
  ck_assert_int_eq(embark_last_error()->code, EMBARK_E_SQL);
  ck_assert_str_eq(embark_last_error()->tag, "0000_a");
  ck_assert_int_eq(embark_migrate_once(NULL, &made->bundle, NULL, NULL), EMBARK_E_ARGUMENT);
  ck_assert_int_eq(embark_last_error()->code, EMBARK_E_ARGUMENT);
}
END_TEST

START_TEST(g10_a_reset_forgets_success)
{
  ck_assert_int_eq(once(db_conn, two()), EMBARK_OK);
  embark_once_reset();
  ck_assert_int_eq(once(db_conn, two()), EMBARK_OK);
  ck_assert_uint_eq(runs(), 2);
  ck_assert_int_eq(once(db_conn, two()), EMBARK_OK);
  ck_assert_uint_eq(runs(), 2);
}
END_TEST

/* --- what is told apart ---------------------------------------------------------------------- */

START_TEST(g10_a_success_up_to_a_target_or_in_a_dry_run_is_not_remembered)
{
  drive_options.target = "0000_a";
  ck_assert_int_eq(once(db_conn, two()), EMBARK_OK);
  drive_options.target = NULL;
  drive_options.flags = EMBARK_DRY_RUN;
  ck_assert_int_eq(once(db_conn, two()), EMBARK_OK);
  drive_options.flags = 0;
  db_expect_tables("a");
  ck_assert_int_eq(once(db_conn, two()), EMBARK_OK);
  db_expect_tables("a b");
}
END_TEST

START_TEST(g10_another_bundle_is_another_matter)
{
  ck_assert_int_eq(once(db_conn, bundle_head(two(), 1)), EMBARK_OK);
  db_expect_tables("a");
  ck_assert_int_eq(once(db_conn, two()), EMBARK_OK);
  db_expect_tables("a b");
}
END_TEST

START_TEST(g10_another_ledger_is_another_matter)
{
  static const char *const tables[] = {"migrations", "other"};
  made_bundle *made = bundle_native("0000_a", "select 1;\n", NULL);
  drive_options.adopt = EMBARK_ADOPT_ASSUME;
  for (int i = 0; i < 2; i++) {
    drive_options.ledger_table = tables[i];
    ck_assert_int_eq(once(db_conn, made), EMBARK_OK);
    ck_assert_uint_eq(runs(), (unsigned)i + 1);
  }
  drive_options.ledger_schema = "elsewhere";
  ck_assert_int_eq(once(db_conn, made), EMBARK_OK);
  ck_assert_uint_eq(runs(), 3);
}
END_TEST

START_TEST(g10_another_database_is_another_matter)
{
  made_bundle *made = two();
  db_exec(db_watch, "create database %s_two template template0", db_name());
  PGconn *other = PQconnectdb(keep_printf("dbname=%s_two user=%s", db_name(), db_user()));
  int here = once(db_conn, made), there = once(other, made);
  const char *tables =
      db_value(other, "select count(*) from pg_tables where schemaname = 'public'");
  PQfinish(other);
  db_exec(db_watch, "drop database %s_two", db_name());
  ck_assert_int_eq(here, EMBARK_OK);
  ck_assert_int_eq(there, EMBARK_OK);
  ck_assert_str_eq(tables, "2");
}
END_TEST

START_TEST(g10_names_that_an_older_caller_does_not_have_are_not_read)
{
  embark_options older;
  memset(&older, 0x5a, sizeof older);
  older.struct_size = offsetof(embark_options, lock_timeout_ms);
  older.lock_wait_ms = 0;
  made_bundle *made = two();
  ck_assert_int_eq(embark_migrate_once(db_conn, &made->bundle, &older, &drive_error), EMBARK_OK);
  ck_assert_int_eq(once(db_conn, made), EMBARK_OK);
  ck_assert_uint_eq(runs(), 0);
}
END_TEST

/* --- threads --------------------------------------------------------------------------------- */

typedef struct caller {
  PGconn *conn;
  const made_bundle *made;
  int code;
  embark_error err;
} caller;

static pthread_barrier_t barrier;
static atomic_int begun;

static int count_runs(void *data, const embark_event *event)
{
  (void)data;
  atomic_fetch_add(&begun, event->type == EMBARK_EVENT_PLANNED);
  return 0;
}

static void *call(void *arg)
{
  caller *c = arg;
  embark_options options = EMBARK_OPTIONS_INIT;
  options.on_event = count_runs;
  pthread_barrier_wait(&barrier);
  c->code = embark_migrate_once(c->conn, &c->made->bundle, &options, &c->err);
  return NULL;
}

static void call_from_threads(const made_bundle *made, int code)
{
  static caller callers[THREADS];
  pthread_t threads[THREADS];
  ck_assert_int_eq(pthread_barrier_init(&barrier, NULL, THREADS), 0);
  for (int i = 0; i < THREADS; i++) {
    callers[i] = (caller){.conn = db_connect(""), .made = made, .code = -1};
    ck_assert_int_eq(pthread_create(&threads[i], NULL, call, &callers[i]), 0);
  }
  for (int i = 0; i < THREADS; i++) {
    ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    ck_assert_int_eq(callers[i].code, code);
    ck_assert_int_eq(callers[i].err.code, code);
  }
  pthread_barrier_destroy(&barrier);
}

START_TEST(g10_threads_share_one_run)
{
  call_from_threads(two(), EMBARK_OK);
  ck_assert_int_eq(atomic_load(&begun), 1);
  db_expect_tables("a b");
}
END_TEST

START_TEST(g10_threads_that_share_a_run_share_its_failure)
{
  call_from_threads(bundle_native("0000_a", "select nothing;\n", NULL), EMBARK_E_SQL);
  ck_assert_int_ge(atomic_load(&begun), 1);
}
END_TEST

/* --- from within a hook ---------------------------------------------------------------------- */

static const made_bundle *again;
static PGconn *again_conn;
static int again_code;

static int call_again(const embark_event *event)
{
  if (event->type == EMBARK_EVENT_STARTED) {
    embark_error err;
    again_code = embark_migrate_once(again_conn, &again->bundle, NULL, &err);
  }
  return 0;
}

START_TEST(g10_a_call_from_the_hook_of_the_same_run_is_refused)
{
  again = two();
  again_conn = db_connect("");
  record_react = call_again;
  ck_assert_int_eq(once(db_conn, again), EMBARK_OK);
  ck_assert_int_eq(again_code, EMBARK_E_BUSY);
}
END_TEST

/* What a test before this one left in the process is forgotten, where they share one. */
static void set_up(void)
{
  db_set_up();
  record_reset();
  embark_once_reset();
  drive_options = (embark_options)EMBARK_OPTIONS_INIT;
  drive_options.on_event = record_event;
  atomic_store(&begun, 0);
}

static void tear_down(void)
{
  db_tear_down();
  keep_free_all();
}

Suite *test_suite(void)
{
  Suite *suite = suite_create("once");
  TCase *tc = tcase_create("once");
  tcase_set_timeout(tc, 120);
  tcase_add_unchecked_fixture(tc, db_make, NULL);
  tcase_add_checked_fixture(tc, set_up, tear_down);
  tcase_add_test(tc, g10_a_second_call_sends_nothing);
  tcase_add_test(tc, g10_a_second_call_does_not_even_need_a_connection_that_works);
  tcase_add_test(tc, g10_a_failure_is_not_remembered);
  tcase_add_test(tc, g10_a_failure_without_an_error_to_fill_is_the_threads_last);
  tcase_add_test(tc, g10_a_reset_forgets_success);
  tcase_add_test(tc, g10_a_success_up_to_a_target_or_in_a_dry_run_is_not_remembered);
  tcase_add_test(tc, g10_another_bundle_is_another_matter);
  tcase_add_test(tc, g10_another_ledger_is_another_matter);
  tcase_add_test(tc, g10_another_database_is_another_matter);
  tcase_add_test(tc, g10_names_that_an_older_caller_does_not_have_are_not_read);
  tcase_add_test(tc, g10_threads_share_one_run);
  tcase_add_test(tc, g10_threads_that_share_a_run_share_its_failure);
  tcase_add_test(tc, g10_a_call_from_the_hook_of_the_same_run_is_refused);
  suite_add_tcase(suite, tc);
  return suite;
}
