/* A server that says nothing: a host can always be rid of its run, and of nothing too early. */
#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "aftermath.h"
#include "drive.h"
#include "keep.h"
#include "proxy.h"
#include "record.h"
#include "suite.h"

static made_bundle *made;

/* db_conn is connected through the wire, which is cut after the first migration's answers. */
static void given_wire(void)
{
  made = bundle_tables(EMBARK_LEDGER_NATIVE, 3);
  proxy_start();
  aftermath_learn(made);
  db_reconnect(proxy_address(1));
}

static int is_over(embark_poll wants)
{
  return wants == EMBARK_POLL_DONE || wants == EMBARK_POLL_FAILED;
}

/* A wait for the socket could be one for ever: the last bytes may have been read before it. */
static embark_run *run_until_silent(void)
{
  proxy_arm(PROXY_ANSWERS, 1000, PROXY_SILENCE);
  embark_run *run = drive_start(EMBARK_MIGRATE, made);
  while (!proxy_has_struck()) {
    ck_assert(!is_over(embark_run_poll(run)));
    poll(NULL, 0, 1);
  }
  return run;
}

static void expect_lost(const char *detail)
{
  ck_assert_int_eq(drive_error.code, EMBARK_E_CONNECTION);
  drive_expect_error("the connection to the database is lost", detail, NULL);
  ck_assert_int_eq(PQstatus(db_conn), CONNECTION_BAD);
}

/* Cancel requests find the same silence: one that waited for its answer would wait for ever. */
START_TEST(g11_a_run_on_a_silent_connection_can_be_freed)
{
  given_wire();
  embark_run_free(run_until_silent());
  ck_assert_int_eq(PQstatus(db_conn), CONNECTION_BAD);
  proxy_drop();
  aftermath_expect_whole(0);
  aftermath_expect_completed();
  proxy_stop();
}
END_TEST

START_TEST(g11_a_run_on_a_silent_connection_can_be_cancelled)
{
  given_wire();
  drive_options.answer_timeout_ms = 1000; /* less than the library's own limit */
  embark_run *run = run_until_silent();
  embark_run_cancel(run);
  drive_run(run);
  expect_lost("The server has said nothing for 1000 milliseconds.");
  embark_run_free(run);
  proxy_stop();
}
END_TEST

/* Of 64 signals, in hexadecimal, all are blocked but those that cannot be, and those that the C
 * library keeps to itself. */
static int takes_no_signal(const char *task)
{
  char line[256];
  int blocked = 0;
  FILE *in = fopen(keep_printf("/proc/self/task/%s/status", task), "r");
  while (in != NULL && fgets(line, sizeof line, in) != NULL) {
    blocked |= strncmp(line, "SigBlk:\tfffffff", 15) == 0;
  }
  if (in != NULL) {
    fclose(in);
  }
  return blocked;
}

static unsigned threads_without_signals(void)
{
  unsigned found = 0;
  DIR *dir = opendir("/proc/self/task");
  ck_assert_ptr_nonnull(dir);
  for (struct dirent *e = readdir(dir); e != NULL; e = readdir(dir)) {
    found += takes_no_signal(e->d_name) ? 1u : 0u;
  }
  closedir(dir);
  return found;
}

/* PQcancel() sends without a thought of SIGPIPE, and signals of the host's are not for threads that
 * it has not made. */
START_TEST(g13_a_cancel_request_is_made_where_no_signal_goes)
{
  given_wire();
  drive_options.answer_timeout_ms = 1000;
  embark_run *run = run_until_silent();
  unsigned before = threads_without_signals(); /* a sanitizer may have one of its own */
  embark_run_cancel(run);
  ck_assert_uint_eq(threads_without_signals(), before + 1);
  embark_run_free(run);
  proxy_stop();
}
END_TEST

START_TEST(g11_a_server_that_is_silent_for_longer_than_the_host_bears_is_lost)
{
  given_wire();
  drive_options.answer_timeout_ms = 200;
  proxy_arm(PROXY_ANSWERS, 1000, PROXY_SILENCE);
  drive_unasked(db_conn, &made->bundle);
  expect_lost("The server has said nothing for 200 milliseconds.");
  proxy_stop();
}
END_TEST

/* Nobody would hear its end: it is not let work on. */
START_TEST(g11_a_statement_that_takes_longer_than_the_host_bears_is_ended_in_the_server)
{
  drive_options.answer_timeout_ms = 200;
  drive_unasked(
      db_conn,
      &bundle_native("0000_a", "create table a ();\nselect pg_sleep(3600);\n", NULL)->bundle);
  expect_lost("The server has said nothing for 200 milliseconds.");
  db_wait_until("NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'under_test'"
                " AND datname = current_database())");
  db_expect_tables("");
}
END_TEST

/* Each of these answers is in time, and together they take longer than the limit for one. The
 * limit is far above what a loaded machine makes of a quick answer. */
START_TEST(a_run_may_take_longer_than_any_single_answer)
{
  drive_options.answer_timeout_ms = 4000;
  drive_ok(bundle_native("0000_a", "select pg_sleep(1.5);\nselect pg_sleep(1.5);\n", "0001_b",
                         "select pg_sleep(1.5);\n", NULL));
}
END_TEST

START_TEST(without_a_limit_the_server_may_be_silent)
{
  drive_options.answer_timeout_ms = EMBARK_NO_TIMEOUT;
  drive_ok(bundle_native("0000_a", "select pg_sleep(1);\n", NULL));
  drive_options.answer_timeout_ms = 0;
  embark_run *run = drive_start(EMBARK_MIGRATE, bundle_native("0000_a", "select 1;\n", NULL));
  while (!is_over(embark_run_poll(run))) {
    ck_assert_int_eq(embark_run_timeout_ms(run), -1);
  }
  embark_run_free(run);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite =
      drive_suite("silence", g11_a_server_that_is_silent_for_longer_than_the_host_bears_is_lost,
                  g11_a_statement_that_takes_longer_than_the_host_bears_is_ended_in_the_server,
                  a_run_may_take_longer_than_any_single_answer, NULL);
  drive_add_single(suite, g11_a_run_on_a_silent_connection_can_be_freed,
                   g11_a_run_on_a_silent_connection_can_be_cancelled,
                   g13_a_cancel_request_is_made_where_no_signal_goes,
                   without_a_limit_the_server_may_be_silent, NULL);
  return suite;
}
