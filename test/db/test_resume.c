/* G8: a run is killed in the middle of a migration without a transaction; the next takes it up. */
#include <string.h>

#include "drive.h"
#include "keep.h"
#include "record.h"
#include "suite.h"
#include "victim.h"

#define NO_TRANSACTION "-- embark: no-transaction\n"

static PGconn *blocker;

/* Another session has written to the table, and is not through. */
static void given_blocked(const char *table)
{
  blocker = db_connect("");
  db_exec(blocker, "BEGIN; INSERT INTO %s VALUES (1)", table);
}

static void expect_index(const char *facts)
{
  db_expect_rows(facts, "SELECT c.relname, i.indisvalid FROM pg_index i JOIN pg_class c"
                        " ON c.oid = i.indexrelid WHERE c.relnamespace = 'public'::regnamespace"
                        " ORDER BY 1");
}

static const char *oid_of(const char *index)
{
  return db_value(db_watch, "SELECT '%s'::regclass::oid", index);
}

static void expect_progress(const char *row)
{
  db_expect_rows(row, "SELECT tag, state, statement FROM embark.progress");
}

static made_bundle *indexed(void)
{
  return bundle_native("0000_a", "create table a (id int);\n", "0001_i",
                       NO_TRANSACTION "create index concurrently i on a (id);\n"
                                      "insert into a values (7);\n",
                       NULL);
}

static void expect_indexed(void)
{
  expect_index("i|t");
  db_expect_rows("1", "SELECT count(*) FROM a WHERE id = 7");
  expect_progress("0001_i|applied|2");
  drive_ok(indexed());
}

/* --- an index that is built ------------------------------------------------------------------- */

START_TEST(g8_an_index_that_is_there_counts_as_done)
{
  victim_dies(indexed(), EMBARK_EVENT_STATEMENT, "0001_i", 1);
  expect_progress("0001_i|running|1");
  const char *oid = oid_of("i");
  drive_options.on_event = record_event;
  drive_ok(indexed());
  ck_assert_str_eq(oid_of("i"), oid);
  ck_assert_str_eq(record_text(), "PLANNED 1\nSTARTED 1/1 0001_i\nRESUMED 1/1 0001_i 1/2\n"
                                  "STATEMENT 1/1 0001_i 2/2\nAPPLIED 1/1 0001_i\nDONE 1");
  expect_indexed();
}
END_TEST

/* The victim's CREATE INDEX waits for the blocker, and lives on without its client. */
static void given_orphan(made_bundle *made, const char *tag)
{
  victim_dies(made, EMBARK_EVENT_APPLIED, "0000_a", 0);
  given_blocked("a");
  pid_t victim = victim_start(made);
  victim_wait_blocked("create index");
  victim_kill(victim);
  db_expect_rows(keep_printf("%s|running|1", tag),
                 "SELECT tag, state, statement FROM embark.progress");
}

START_TEST(g8_an_index_that_is_not_valid_is_built_anew)
{
  given_orphan(indexed(), "0001_i");
  victim_end_orphan();
  expect_index("i|f");
  const char *oid = oid_of("i");
  db_exec(blocker, "ROLLBACK");
  drive_ok(indexed());
  ck_assert_str_ne(oid_of("i"), oid);
  expect_indexed();
}
END_TEST

static int release_orphan(const embark_event *event)
{
  if (event->type == EMBARK_EVENT_LOCK_WAIT && strstr(event->message, "still runs it") != NULL) {
    ck_assert_int_ne(event->holder_pid, 0);
    ck_assert_ptr_nonnull(strstr(event->message, "waiting for"));
    db_exec(blocker, "ROLLBACK");
  }
  return 0;
}

START_TEST(g8_what_still_runs_is_waited_for)
{
  given_orphan(indexed(), "0001_i");
  const char *oid = oid_of("i");
  drive_options.on_event = record_event;
  record_react = release_orphan;
  drive_ok(indexed());
  ck_assert_uint_ge(record_count(EMBARK_EVENT_LOCK_WAIT), 1);
  ck_assert_str_eq(oid_of("i"), oid);
  expect_indexed();
}
END_TEST

static int end_orphan(const embark_event *event)
{
  if (event->type == EMBARK_EVENT_LOCK_WAIT && strstr(event->message, "still runs it") != NULL) {
    victim_end_orphan();
    db_exec(blocker, "ROLLBACK");
  }
  return 0;
}

START_TEST(g8_what_still_runs_may_be_ended)
{
  given_orphan(indexed(), "0001_i");
  drive_options.on_event = record_event;
  record_react = end_orphan;
  drive_ok(indexed());
  expect_indexed();
}
END_TEST

START_TEST(g8_the_wait_for_what_still_runs_has_an_end)
{
  given_orphan(indexed(), "0001_i");
  drive_options.lock_wait_ms = EMBARK_WAIT_NONE;
  drive_expect(indexed(), EMBARK_E_LOCKED);
  ck_assert_ptr_nonnull(strstr(drive_error.detail, "still runs it"));
  victim_end_orphan();
  db_exec(blocker, "ROLLBACK");
  drive_options.lock_wait_ms = 0; /* the session that held the lock of the run before is leaving */
  drive_ok(indexed());
  expect_indexed();
}
END_TEST

/* As a server shows it that keeps no more than the beginning of a statement. */
START_TEST(g8_what_still_runs_is_known_by_its_beginning)
{
  static const char beginning[] = "insert into a select 7 from pg_advisory_xact_lock(9) where 1 = "
                                  "1 and 2 = 2 and 3 = 3 and 4 = 4"
                                  " and 5 = 5";
  made_bundle *made = bundle_native(
      "0000_a", "create table a (id int);\n", "0001_n",
      keep_printf(NO_TRANSACTION "-- embark: repeatable\n%s and 6 = 6;\n", beginning), NULL);
  victim_dies(made, EMBARK_EVENT_STATEMENT, "0001_n", 1);
  PGconn *orphan = db_connect("");
  db_exec(db_watch, "SELECT pg_advisory_lock(9)");
  ck_assert_int_eq(PQsendQuery(orphan, beginning), 1);
  db_wait_until("EXISTS (SELECT FROM pg_stat_activity WHERE pid = %d AND state = 'active')",
                PQbackendPID(orphan));
  drive_options.lock_wait_ms = EMBARK_WAIT_NONE;
  drive_expect(made, EMBARK_E_LOCKED);
  db_exec(db_watch, "SELECT pg_advisory_unlock(9)");
}
END_TEST

/* What a run before has left may hold it up for long: it can be stopped. */
START_TEST(g8_a_run_may_be_stopped_while_it_drops_what_is_not_valid)
{
  given_orphan(indexed(), "0001_i");
  victim_end_orphan();
  embark_run *run = drive_start(EMBARK_MIGRATE, indexed());
  const char *waiting = keep_printf(
      "SELECT count(*) FROM pg_stat_activity WHERE pid = %d AND wait_event_type = 'Lock'"
      " AND starts_with(query, 'DROP INDEX')",
      PQbackendPID(db_conn));
  while (strcmp(db_value(db_watch, "%s", waiting), "1") != 0) {
    ck_assert_int_ne(embark_run_poll(run), EMBARK_POLL_FAILED);
  }
  embark_run_cancel(run);
  ck_assert_int_eq(drive_run(run), EMBARK_E_CANCELLED);
  embark_run_free(run);
  expect_index("i|f");
  expect_progress("0001_i|running|1");
  db_exec(blocker, "ROLLBACK");
  drive_ok(indexed());
  expect_indexed();
}
END_TEST

START_TEST(g8_what_cannot_be_dropped_for_a_lock_says_so)
{
  given_orphan(indexed(), "0001_i");
  victim_end_orphan();
  made_bundle *made = indexed();
  made->migrations[1].lock_timeout_ms = 50;
  drive_expect(made, EMBARK_E_LOCK_TIMEOUT);
  drive_expect_error("migration \"0001_i\" cannot be taken up at statement 1", NULL,
                     "The migration has no transaction. See what holds the INVALID index that it"
                     " left, and run again: the next run goes on at statement 1.");
  db_exec(blocker, "ROLLBACK");
  drive_ok(indexed());
  expect_indexed();
}
END_TEST

/* --- names ------------------------------------------------------------------------------------ */

static made_bundle *on_path(void)
{
  return bundle_native("0000_a", "create schema s;\ncreate table s.a (id int);\n", "0001_i",
                       NO_TRANSACTION "set search_path = s;\n"
                                      "create index concurrently i on a (id);\n"
                                      "insert into a values (7);\n",
                       NULL);
}

START_TEST(g8_an_index_is_found_where_the_files_own_search_path_leads)
{
  victim_dies(on_path(), EMBARK_EVENT_STATEMENT, "0001_i", 2);
  drive_ok(on_path());
  db_expect_rows("1|t", "SELECT (SELECT count(*) FROM s.a WHERE id = 7), indisvalid"
                        " FROM pg_index WHERE indexrelid = 's.i'::regclass");
}
END_TEST

static made_bundle *unicode(void)
{
  return bundle_native("0000_a",
                       "create table \"\xc3\xa4 b\" (id int);\ncreate table a (id int);\n",
                       "0001_\xc3\xbc",
                       NO_TRANSACTION "create index concurrently \"\xc3\xb6.\"\"X\"\"\" on"
                                      " \"\xc3\xa4 b\" (id);\n",
                       NULL);
}

START_TEST(g8_an_index_of_any_name_is_found_and_built_anew)
{
  victim_dies(unicode(), EMBARK_EVENT_APPLIED, "0000_a", 0);
  given_blocked("\"\xc3\xa4 b\"");
  pid_t victim = victim_start(unicode());
  victim_wait_blocked("create index");
  victim_kill(victim);
  victim_end_orphan();
  db_exec(blocker, "ROLLBACK");
  db_exec(db_conn, "SET client_encoding = 'LATIN1'");
  drive_ok(unicode());
  expect_index("\xc3\xb6.\"X\"|t");
}
END_TEST

/* --- an index that is not ours ---------------------------------------------------------------- */

/* A stranger's index `i` on a is not valid. */
static void given_stranger(const made_bundle *made)
{
  victim_dies(made, EMBARK_EVENT_APPLIED, "0000_a", 0);
  db_exec(db_watch, "INSERT INTO a VALUES (1), (1)");
  PQclear(PQexec(db_watch, "CREATE UNIQUE INDEX CONCURRENTLY i ON a (id)"));
  expect_index("i|f");
}

START_TEST(g8_an_index_that_was_there_before_is_not_touched)
{
  given_stranger(indexed());
  const char *oid = oid_of("i");
  for (int again = 0; again < 2; again++) {
    drive_expect(indexed(), EMBARK_E_SQL);
    ck_assert_str_eq(drive_error.sqlstate, "42P07");
    drive_expect_place("0001_i", 1, 2, 0);
    ck_assert_str_eq(oid_of("i"), oid);
    db_exec(db_watch, "UPDATE embark.progress SET state = 'running'");
  }
  db_exec(db_watch, "DROP INDEX i");
  drive_ok(indexed());
  expect_indexed();
}
END_TEST

/* The run that tries again has not run the SET itself. */
START_TEST(g8_an_index_that_was_there_before_is_found_by_the_files_own_search_path)
{
  made_bundle *made = bundle_native(
      "0000_a", "create schema s;\ncreate table s.a (id int);\n", "0001_i",
      NO_TRANSACTION "set search_path = s;\ncreate index concurrently i on a (id);\n", NULL);
  victim_dies(made, EMBARK_EVENT_APPLIED, "0000_a", 0);
  db_exec(db_watch, "INSERT INTO s.a VALUES (1), (1)");
  PQclear(PQexec(db_watch, "CREATE UNIQUE INDEX CONCURRENTLY i ON s.a (id)"));
  const char *oid = oid_of("s.i");
  for (int again = 0; again < 2; again++) {
    drive_expect(made, EMBARK_E_SQL);
    ck_assert_str_eq(db_value(db_watch, "SELECT to_regclass('s.i')::oid"), oid);
  }
}
END_TEST

START_TEST(g8_an_index_that_is_not_valid_is_no_success_of_if_not_exists)
{
  made_bundle *made =
      bundle_native("0000_a", "create table a (id int);\n", "0001_i",
                    NO_TRANSACTION "create index concurrently if not exists i on a (id);\n", NULL);
  given_stranger(made);
  drive_expect(made, EMBARK_E_SQL);
  drive_expect_error("migration \"0001_i\" failed at statement 1: the index is not valid",
                     "\"public\".\"i\" was there before and is INVALID, so nothing uses it.", NULL);
  drive_expect_place("0001_i", 1, 2, 0);
  expect_index("i|f");
  db_exec(db_watch, "DROP INDEX CONCURRENTLY i");
  drive_ok(made);
  drive_ok(made);
  expect_index("i|t");
}
END_TEST

/* --- an index that is dropped ----------------------------------------------------------------- */

static made_bundle *dropped(void)
{
  return bundle_native("0000_a", "create table a (id int);\ncreate index i on a (id);\n", "0001_d",
                       NO_TRANSACTION "drop index concurrently i;\ninsert into a values (7);\n",
                       NULL);
}

START_TEST(g8_an_index_that_is_gone_is_not_dropped_again)
{
  victim_dies(dropped(), EMBARK_EVENT_STATEMENT, "0001_d", 1);
  drive_ok(dropped());
  expect_index("");
  db_expect_rows("7", "SELECT * FROM a");
}
END_TEST

START_TEST(g8_an_index_that_is_still_there_is_dropped)
{
  victim_dies(dropped(), EMBARK_EVENT_APPLIED, "0000_a", 0);
  given_blocked("a");
  pid_t victim = victim_start(dropped());
  victim_wait_blocked("drop index");
  victim_kill(victim);
  victim_end_orphan();
  db_exec(blocker, "ROLLBACK");
  drive_ok(dropped());
  expect_index("");
  db_expect_rows("7", "SELECT * FROM a");
}
END_TEST

Suite *test_suite(void)
{
  return drive_suite("resume", g8_an_index_that_is_there_counts_as_done,
                     g8_an_index_that_is_not_valid_is_built_anew, g8_what_still_runs_is_waited_for,
                     g8_what_still_runs_may_be_ended, g8_the_wait_for_what_still_runs_has_an_end,
                     g8_what_still_runs_is_known_by_its_beginning,
                     g8_a_run_may_be_stopped_while_it_drops_what_is_not_valid,
                     g8_what_cannot_be_dropped_for_a_lock_says_so,
                     g8_an_index_is_found_where_the_files_own_search_path_leads,
                     g8_an_index_of_any_name_is_found_and_built_anew,
                     g8_an_index_that_was_there_before_is_not_touched,
                     g8_an_index_that_was_there_before_is_found_by_the_files_own_search_path,
                     g8_an_index_that_is_not_valid_is_no_success_of_if_not_exists,
                     g8_an_index_that_is_gone_is_not_dropped_again,
                     g8_an_index_that_is_still_there_is_dropped, NULL);
}
