/* G10 across fork: a child keeps its parent's successes, and is not held up by its runs. */
#include <pthread.h>
#include <semaphore.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drive.h"
#include "keep.h"
#include "record.h"
#include "suite.h"

static made_bundle *made;
static PGconn *conn;

static pid_t child;

static void set_up(void)
{
  db_set_up();
  record_reset();
  embark_once_reset();
  drive_options = (embark_options)EMBARK_OPTIONS_INIT;
  drive_options.on_event = record_event;
  made = bundle_native("0000_a", "create table a ();\n", "0001_b", "create table b ();\n", NULL);
  conn = db_conn;
  child = 0;
}

static void tear_down(void)
{
  db_tear_down();
  keep_free_all();
}

/* Call once in a child of this process, on `on` or, if that is NULL, a connection of its own. */
static pid_t call_in_child(PGconn *on)
{
  pid_t pid = fork();
  ck_assert_int_ge(pid, 0);
  if (pid == 0) {
    embark_error err;
    PGconn *own = PQconnectdb(keep_printf("dbname=%s user=%s", db_name(), db_user()));
    int code = embark_migrate_once(on != NULL ? on : own, &made->bundle, NULL, &err);
    PQfinish(own);
    _exit(code);
  }
  return pid;
}

static void expect_child(pid_t pid, int code)
{
  int status = -1;
  ck_assert_int_eq(waitpid(pid, &status, 0), pid);
  ck_assert(WIFEXITED(status));
  ck_assert_int_eq(WEXITSTATUS(status), code);
}

START_TEST(g10_a_child_keeps_its_parents_success)
{
  ck_assert_int_eq(embark_migrate_once(conn, &made->bundle, NULL, NULL), EMBARK_OK);
  db_exec(db_watch, "drop schema embark cascade; drop table a, b");
  expect_child(call_in_child(conn), EMBARK_OK);
  db_expect_tables("");
}
END_TEST

START_TEST(g10_a_childs_success_is_its_own)
{
  expect_child(call_in_child(NULL), EMBARK_OK);
  db_exec(db_watch, "drop schema embark cascade; drop table a, b");
  ck_assert_int_eq(embark_migrate_once(conn, &made->bundle, NULL, NULL), EMBARK_OK);
  db_expect_tables("a b");
}
END_TEST

/* --- in the middle of a run ------------------------------------------------------------------ */

static int fork_when_started(const embark_event *event)
{
  if (event->type == EMBARK_EVENT_STARTED && child == 0) {
    child = call_in_child(NULL);
  }
  return 0;
}

START_TEST(g10_a_child_of_the_hook_of_a_run_runs_by_itself)
{
  record_react = fork_when_started;
  ck_assert_int_eq(embark_migrate_once(conn, &made->bundle, &drive_options, NULL), EMBARK_OK);
  ck_assert_int_ne(child, 0);
  expect_child(child, EMBARK_OK);
  db_expect_tables("a b");
}
END_TEST

static sem_t running, forked;

static int wait_for_fork(void *data, const embark_event *event)
{
  (void)data;
  if (event->type == EMBARK_EVENT_PLANNED) {
    sem_post(&running);
    sem_wait(&forked);
  }
  return 0;
}

static void *run_in_thread(void *arg)
{
  int *code = arg;
  embark_options options = EMBARK_OPTIONS_INIT;
  options.on_event = wait_for_fork;
  *code = embark_migrate_once(conn, &made->bundle, &options, NULL);
  return NULL;
}

START_TEST(g10_a_child_of_a_process_with_a_running_thread_runs_by_itself)
{
  pthread_t thread;
  int code = -1;
  ck_assert_int_eq(sem_init(&running, 0, 0), 0);
  ck_assert_int_eq(sem_init(&forked, 0, 0), 0);
  ck_assert_int_eq(pthread_create(&thread, NULL, run_in_thread, &code), 0);
  ck_assert_int_eq(sem_wait(&running), 0);
  expect_child(call_in_child(NULL), EMBARK_OK);
  db_expect_tables("a b");
  sem_post(&forked);
  ck_assert_int_eq(pthread_join(thread, NULL), 0);
  ck_assert_int_eq(code, EMBARK_OK);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("once_fork");
  TCase *tc = tcase_create("fork");
  tcase_set_timeout(tc, 120);
  tcase_add_unchecked_fixture(tc, db_make, NULL);
  tcase_add_checked_fixture(tc, set_up, tear_down);
  tcase_add_test(tc, g10_a_child_keeps_its_parents_success);
  tcase_add_test(tc, g10_a_childs_success_is_its_own);
  tcase_add_test(tc, g10_a_child_of_the_hook_of_a_run_runs_by_itself);
  tcase_add_test(tc, g10_a_child_of_a_process_with_a_running_thread_runs_by_itself);
  suite_add_tcase(suite, tc);
  return suite;
}
