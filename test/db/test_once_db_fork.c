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

static void start(void)
{
  made = bundle_native("0000_a", "create table a ();\n", "0001_b", "create table b ();\n", NULL);
  conn = db_conn;
}

/* Call once in a child of this process, on `on` or, if that is NULL, a connection of its own. */
static pid_t call_in_child(PGconn *on)
{
  pid_t pid = fork();
  ck_assert_int_ge(pid, 0);
  if (pid == 0) {
    embark_error err;
    PGconn *own =
        on != NULL ? on : PQconnectdb(keep_printf("dbname=%s user=%s", db_name(), db_user()));
    _exit(embark_migrate_once(own, &made->bundle, NULL, &err));
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
  start();
  ck_assert_int_eq(embark_migrate_once(conn, &made->bundle, NULL, NULL), EMBARK_OK);
  db_exec(db_watch, "drop schema embark cascade; drop table a, b");
  expect_child(call_in_child(conn), EMBARK_OK);
  db_expect_tables("");
}
END_TEST

START_TEST(g10_a_childs_success_is_its_own)
{
  start();
  expect_child(call_in_child(NULL), EMBARK_OK);
  db_exec(db_watch, "drop schema embark cascade; drop table a, b");
  ck_assert_int_eq(embark_migrate_once(conn, &made->bundle, NULL, NULL), EMBARK_OK);
  db_expect_tables("a b");
}
END_TEST

/* --- in the middle of a run ------------------------------------------------------------------ */

static pid_t child;

static int fork_when_started(const embark_event *event)
{
  if (event->type == EMBARK_EVENT_STARTED && child == 0) {
    child = call_in_child(NULL);
  }
  return 0;
}

START_TEST(g10_a_child_of_the_hook_of_a_run_runs_by_itself)
{
  start();
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
  start();
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
  drive_add_single(suite, g10_a_child_keeps_its_parents_success, g10_a_childs_success_is_its_own,
                   g10_a_child_of_the_hook_of_a_run_runs_by_itself,
                   g10_a_child_of_a_process_with_a_running_thread_runs_by_itself, NULL);
  return suite;
}
