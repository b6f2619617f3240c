/* G8: those that wait for a migration without a transaction are not in its way. */
#include <stdlib.h>
#include <string.h>

#include "drive.h"
#include "keep.h"
#include "record.h"
#include "suite.h"
#include "victim.h"

#define NO_TRANSACTION "-- embark: no-transaction\n"
#define WAITING        8

static int is_long(void)
{
  return getenv("EMBARK_TEST_LONG") != NULL;
}

static made_bundle *indexed(void)
{
  return bundle_native("0000_a",
                       keep_printf("create table a (id serial primary key, x int);\n"
                                   "insert into a (x) select generate_series(1, %d);\n",
                                   is_long() ? 1000000 : 100000),
                       "0001_i",
                       NO_TRANSACTION "create index concurrently i on a (x);\nvacuum a;\n",
                       "0002_b", "create table b ();\n", NULL);
}

/* Sends the next piece of the writer's work as soon as one is done. */
static void keep_writing(PGconn *writer)
{
  PQconsumeInput(writer);
  while (!PQisBusy(writer)) {
    PGresult *res = PQgetResult(writer);
    if (res == NULL) {
      ck_assert_int_eq(PQsendQuery(writer, "INSERT INTO a (x) SELECT generate_series(1, 20);"
                                           "UPDATE a SET x = x + 1 WHERE id % 5003 = 7"),
                       1);
      return;
    }
    ck_assert_int_ne(PQresultStatus(res), PGRES_FATAL_ERROR);
    PQclear(res);
  }
}

static void finish_writing(PGconn *writer)
{
  for (PGresult *res; (res = PQgetResult(writer)) != NULL;) {
    ck_assert_int_ne(PQresultStatus(res), PGRES_FATAL_ERROR);
    PQclear(res);
  }
}

/* Between their looks those that wait are idle: no transaction, no snapshot, no lock. */
static void expect_waiting(void)
{
  db_wait_until("(SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                "application_name = 'victim'"
                " AND state = 'idle' AND backend_xmin IS NULL AND backend_xid IS NULL"
                " AND xact_start IS NULL) = %d",
                WAITING);
  db_expect_rows(
      "0",
      "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
      " WHERE a.datname = current_database() AND a.application_name = 'victim' AND NOT l.granted");
}

static void expect_index(void)
{
  db_expect_rows("t", "SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass");
  db_expect_rows("0000_a 0001_i 0002_b",
                 "SELECT string_agg(tag, ' ' ORDER BY position) FROM embark.migrations");
}

START_TEST(g8_eight_wait_while_an_index_is_built_under_writes)
{
  pid_t waiting[WAITING];
  drive_given(bundle_head(indexed(), 1));
  drive_options.lock_wait_ms = EMBARK_WAIT_FOREVER;
  PGconn *blocker = db_connect(""), *writer = db_connect("");
  db_exec(blocker, "BEGIN; INSERT INTO a (x) VALUES (0)");
  embark_run *run = drive_start(EMBARK_MIGRATE, indexed());
  const char *building = keep_printf("SELECT count(*) FROM pg_stat_activity WHERE pid = %d AND"
                                     " starts_with(query, 'create index')",
                                     PQbackendPID(db_conn));
  while (strcmp(db_value(db_watch, "%s", building), "1") != 0) {
    ck_assert_int_ne(embark_run_poll(run), EMBARK_POLL_FAILED);
  }
  for (int i = 0; i < WAITING; i++) {
    waiting[i] = victim_start(indexed());
  }
  expect_waiting();
  db_expect_rows("1|0", "SELECT count(*), count(backend_xmin) FROM pg_locks JOIN pg_stat_activity"
                        " USING (pid) WHERE locktype = 'advisory' AND datname = current_database()"
                        " AND state = 'idle in transaction'");
  db_exec(blocker, "COMMIT");
  keep_writing(writer);
  for (embark_poll wants = EMBARK_POLL_READ;
       wants != EMBARK_POLL_DONE && wants != EMBARK_POLL_FAILED;) {
    keep_writing(writer);
    wants = embark_run_poll(run);
  }
  ck_assert_int_eq(drive_run(run), EMBARK_OK);
  embark_run_free(run);
  for (int i = 0; i < WAITING; i++) {
    ck_assert_int_eq(victim_wait(waiting[i]), EMBARK_OK);
  }
  finish_writing(writer);
  expect_index();
}
END_TEST

START_TEST(g8_nine_that_start_at_once_build_one_index)
{
  pid_t starting[WAITING];
  for (int i = 0; i < WAITING; i++) {
    starting[i] = victim_start(indexed());
  }
  drive_ok(indexed());
  for (int i = 0; i < WAITING; i++) {
    ck_assert_int_eq(victim_wait(starting[i]), EMBARK_OK);
  }
  expect_index();
  db_expect_rows("1", "SELECT count(*) FROM pg_indexes WHERE tablename = 'a' AND indexname = 'i'");
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("outside_crowd");
  drive_add_single(suite, g8_eight_wait_while_an_index_is_built_under_writes,
                   g8_nine_that_start_at_once_build_one_index, NULL);
  return suite;
}
