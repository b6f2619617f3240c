/* G1 within one process: threads with a connection each. Run under the thread sanitizer, too. */
#include <pthread.h>
#include <string.h>

#include "crowd.h"
#include "drive.h"
#include "keep.h"
#include "suite.h"

#define NATIVE  EMBARK_LEDGER_NATIVE
#define DRIZZLE EMBARK_LEDGER_DRIZZLE

typedef struct starter {
  PGconn *conn;
  const embark_bundle *bundle;
  int pollable;
  int code;
  embark_error err;
} starter;

static pthread_barrier_t barrier;

static int poll_to_the_end(starter *s)
{
  embark_run *run = NULL;
  if (embark_run_start(&run, EMBARK_MIGRATE, s->conn, s->bundle, NULL) == EMBARK_OK) {
    embark_poll wants = drive_step(run);
    while (wants != EMBARK_POLL_DONE && wants != EMBARK_POLL_FAILED) {
      wants = drive_step(run);
    }
  }
  s->err = *embark_run_error(run);
  embark_run_free(run);
  return s->err.code;
}

static void *start(void *arg)
{
  starter *s = arg;
  pthread_barrier_wait(&barrier);
  s->code = s->pollable ? poll_to_the_end(s) : embark_migrate(s->conn, s->bundle, NULL, &s->err);
  return NULL;
}

static void start_threads(starter *starters)
{
  pthread_t threads[CROWD_SIZE];
  ck_assert_int_eq(pthread_barrier_init(&barrier, NULL, CROWD_SIZE), 0);
  for (int i = 0; i < CROWD_SIZE; i++) {
    ck_assert_int_eq(pthread_create(&threads[i], NULL, start, &starters[i]), 0);
  }
  for (int i = 0; i < CROWD_SIZE; i++) {
    ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
  }
  pthread_barrier_destroy(&barrier);
  for (int i = 0; i < CROWD_SIZE; i++) {
    ck_assert_msg(starters[i].code == EMBARK_OK, "%s\n%s", starters[i].err.message,
                  starters[i].err.detail);
  }
}

static void rounds_of_threads(embark_ledger kind)
{
  static starter starters[CROWD_SIZE];
  const made_bundle *whole = crowd_bundle(kind);
  for (int i = 0; i < CROWD_SIZE; i++) {
    starters[i] =
        (starter){.conn = db_connect(""), .bundle = &whole->bundle, .pollable = i % 2 == 1};
  }
  for (int round = 0; round < crowd_rounds(); round++) {
    crowd_empty();
    start_threads(starters);
    crowd_expect_once(whole);
  }
}

START_TEST(g1_threads_that_start_at_once_apply_each_migration_once)
{
  rounds_of_threads(NATIVE);
}
END_TEST

START_TEST(g1_threads_that_start_at_once_apply_each_drizzle_migration_once)
{
  rounds_of_threads(DRIZZLE);
}
END_TEST

/* --- cancelling from another thread ---------------------------------------------------------- */

static void *cancel_when_it_sleeps(void *arg)
{
  embark_run *run = arg;
  db_wait_until("select count(*) = 1 from pg_stat_activity where datname = current_database()"
                " and query like '%%pg_sleep(3600)%%' and state = 'active'"
                " and pid <> pg_backend_pid()");
  embark_run_cancel(run);
  return NULL;
}

START_TEST(a_run_may_be_cancelled_from_another_thread)
{
  pthread_t thread;
  made_bundle *made = bundle_native("0000_a", "create table a ();\n", "0001_b",
                                    "create table b ();\nselect pg_sleep(3600);\n", NULL);
  embark_run *run = drive_start(EMBARK_MIGRATE, made);
  ck_assert_int_eq(pthread_create(&thread, NULL, cancel_when_it_sleeps, run), 0);
  int code = EMBARK_OK;
  for (embark_poll wants = EMBARK_POLL_READ;
       wants != EMBARK_POLL_DONE && wants != EMBARK_POLL_FAILED;) {
    wants = drive_step(run);
  }
  code = embark_run_error(run)->code;
  ck_assert_int_eq(pthread_join(thread, NULL), 0);
  embark_run_free(run);
  ck_assert_int_eq(code, EMBARK_E_CANCELLED);
  db_expect_tables("a");
}
END_TEST

/* --- the last error -------------------------------------------------------------------------- */

static void *last_error_of_another_thread(void *arg)
{
  int *code = arg;
  int result = embark_migrate(NULL, NULL, NULL, NULL);
  *code = result == embark_last_error()->code ? result : -1;
  return NULL;
}

START_TEST(every_thread_has_its_own_last_error)
{
  pthread_t thread;
  int code = EMBARK_OK;
  made_bundle *bad = bundle_native("0000_a", "select nothing;\n", NULL);
  ck_assert_int_eq(embark_migrate(db_conn, &bad->bundle, NULL, NULL), EMBARK_E_SQL);
  ck_assert_int_eq(pthread_create(&thread, NULL, last_error_of_another_thread, &code), 0);
  ck_assert_int_eq(pthread_join(thread, NULL), 0);
  ck_assert_int_eq(code, EMBARK_E_ARGUMENT);
  ck_assert_int_eq(embark_last_error()->code, EMBARK_E_SQL);
  ck_assert_str_eq(embark_last_error()->tag, "0000_a");
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("threads");
  drive_add_single(suite, g1_threads_that_start_at_once_apply_each_migration_once,
                   g1_threads_that_start_at_once_apply_each_drizzle_migration_once,
                   a_run_may_be_cancelled_from_another_thread, every_thread_has_its_own_last_error,
                   NULL);
  return suite;
}
