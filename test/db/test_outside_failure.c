/* G8: a statement without a transaction fails, or loses a lock. */
#include <string.h>

#include "drive.h"
#include "keep.h"
#include "record.h"
#include "suite.h"

#define NO_TRANSACTION "-- embark: no-transaction\n"

static made_bundle *made_with(const char *text)
{
  return bundle_native("0000_a", "create table a (id int);\ninsert into a values (1), (1);\n",
                       "0001_n", keep_printf(NO_TRANSACTION "%s", text), "0002_b",
                       "create table b ();\n", NULL);
}

static void expect_progress(const char *row)
{
  db_expect_rows(row, "SELECT state, statement, length(done) / 16 FROM embark.progress");
}

static void expect_indexes(const char *names)
{
  db_expect_rows(names,
                 "SELECT string_agg(c.relname || CASE WHEN i.indisvalid THEN '' ELSE ' INVALID'"
                 " END, ' ' ORDER BY c.relname) FROM pg_index i JOIN pg_class c"
                 " ON c.oid = i.indexrelid WHERE c.relnamespace = 'public'::regnamespace");
}

/* --- errors ----------------------------------------------------------------------------------- */

START_TEST(g8_a_failing_statement_is_named_and_what_is_done_stays)
{
  drive_expect(made_with("vacuum a;\ncreate table c ();\nselect 1,\n  nothing;\nvacuum a;\n"),
               EMBARK_E_SQL);
  drive_expect_error(
      "migration \"0001_n\" failed at statement 3",
      "ERROR: column \"nothing\" does not exist (SQLSTATE 42703)",
      "The migration has no transaction. Statements 1 to 2 of it stay done, as do"
      " earlier migrations. Mend the file from there on, or what the server complains"
      " of; bundle it, and run again: the next run goes on at statement 3.");
  drive_expect_place("0001_n", 3, 5, 3);
  ck_assert_str_eq(drive_error.sqlstate, "42703");
  db_expect_tables("a c");
  expect_progress("again|3|2");
  drive_ok(made_with("vacuum a;\ncreate table c ();\nselect 1;\ncreate table d ();\n"));
  db_expect_tables("a b c d");
}
END_TEST

START_TEST(g8_a_first_statement_that_fails_leaves_nothing)
{
  drive_expect(made_with("select nothing;\n"), EMBARK_E_SQL);
  ck_assert_ptr_null(strstr(drive_error.hint, "stay"));
  expect_progress("again|1|0");
  drive_ok(made_with("vacuum a;\n"));
}
END_TEST

START_TEST(g8_a_unique_index_over_duplicates_leaves_none_behind)
{
  static const char text[] = "vacuum a;\ncreate unique index concurrently i on a (id);\n";
  drive_expect(made_with(text), EMBARK_E_SQL);
  ck_assert_str_eq(drive_error.sqlstate, "23505");
  drive_expect_place("0001_n", 2, 3, 0);
  drive_expect_error("migration \"0001_n\" failed at statement 2",
                     "ERROR: could not create unique index \"i\" (SQLSTATE 23505)\n"
                     "Server detail: Key (id)=(1) is duplicated.",
                     NULL);
  expect_indexes("");
  db_expect_tables("a");
  drive_ok(made_with("vacuum a;\ndelete from a;\ncreate unique index concurrently i on a (id);\n"));
  expect_indexes("i");
}
END_TEST

START_TEST(g8_a_statement_that_fails_within_a_block_takes_the_block_with_it)
{
  drive_expect(made_with("vacuum a;\nbegin;\ninsert into a values (2);\nselect 1/0;\ncommit;\n"),
               EMBARK_E_SQL);
  drive_expect_place("0001_n", 4, 5, 0);
  expect_progress("again|2|1");
  db_expect_rows("1 1", "SELECT string_agg(id::text, ' ') FROM a");
  drive_ok(made_with("vacuum a;\nbegin;\ninsert into a values (3);\ncommit;\n"));
  db_expect_rows("1 1 3", "SELECT string_agg(id::text, ' ' ORDER BY id) FROM a");
}
END_TEST

START_TEST(g8_a_commit_that_fails_takes_the_block_with_it)
{
  static const char head[] =
      "create table c (id int primary key deferrable initially deferred);\nbegin;\n";
  drive_expect(made_with(keep_printf("%sinsert into c values (1), (1);\ncommit;\n", head)),
               EMBARK_E_SQL);
  ck_assert_str_eq(drive_error.sqlstate, "23505");
  expect_progress("again|2|1");
  drive_ok(made_with(keep_printf("%sinsert into c values (1), (2);\ncommit;\n", head)));
  db_expect_rows("2", "SELECT count(*) FROM c");
}
END_TEST

/* Its rows would be gone, and the ledger would say that they are there. */
START_TEST(g8_a_block_that_is_not_ended_is_an_error)
{
  drive_expect(made_with("begin;\ninsert into a values (2);\n"), EMBARK_E_SQL);
  drive_expect_error("migration \"0001_n\" failed at statement 2: the transaction that it began is"
                     " not ended",
                     NULL, NULL);
  expect_progress("again|1|0");
  drive_ok(made_with("begin;\ninsert into a values (2);\ncommit;\n"));
  db_expect_rows("3", "SELECT count(*) FROM a");
}
END_TEST

START_TEST(g8_a_rollback_of_the_files_own_is_no_error)
{
  drive_ok(made_with("begin;\ninsert into a values (2);\nrollback;\nvacuum a;\n"));
  db_expect_rows("2", "SELECT count(*) FROM a");
}
END_TEST

/* An index of somebody's on the table of the progress keeps the row out. */
START_TEST(g8_a_progress_that_cannot_be_written_is_an_error)
{
  made_bundle *made =
      bundle_native("0000_a", "create table a (x int);\n", "0001_n", NO_TRANSACTION "vacuum a;\n",
                    "0002_n", NO_TRANSACTION "insert into a values (1);\n", NULL);
  drive_ok(bundle_head(made, 2));
  db_exec(db_watch, "CREATE UNIQUE INDEX ON embark.progress (component)");
  drive_expect(made, EMBARK_E_SERVER);
  db_expect_rows("0", "SELECT count(*) FROM a");
}
END_TEST

START_TEST(g8_copy_data_that_is_wrong_is_an_error)
{
  drive_expect(made_with("copy a from stdin;\n1\nx\n\\.\nvacuum a;\n"), EMBARK_E_SQL);
  ck_assert_str_eq(drive_error.sqlstate, "22P02");
  drive_ok(made_with("copy a from stdin;\n1\n\\.\nvacuum a;\n"));
  db_expect_rows("3", "SELECT count(*) FROM a");
}
END_TEST

START_TEST(g8_a_connection_that_is_lost_says_at_what)
{
  drive_expect(made_with("vacuum a;\nselect pg_terminate_backend(pg_backend_pid());\n"),
               EMBARK_E_CONNECTION);
  ck_assert_str_eq(drive_error.tag, "0001_n");
  ck_assert_ptr_null(strstr(drive_error.hint, "rolled back"));
  db_reconnect("");
  drive_expect(made_with("vacuum a;\nselect pg_terminate_backend(pg_backend_pid());\n"),
               EMBARK_E_INTERRUPTED);
}
END_TEST

START_TEST(g8_the_ledger_may_be_out_of_reach_of_the_role)
{
  const char *role = db_role("");
  drive_given(bundle_native("0000_a", "create table a (id int);\n", NULL));
  db_exec(db_watch,
          "GRANT USAGE ON SCHEMA embark, public TO %s; GRANT ALL ON embark.migrations TO %s", role,
          role);
  db_reconnect(keep_printf("user=%s", role));
  made_bundle *made = bundle_native("0000_a", "create table a (id int);\n", "0001_n",
                                    NO_TRANSACTION "select 1;\n", NULL);
  drive_expect(made, EMBARK_E_PERMISSION);
  drive_expect_error("embark.progress, which migrations without a transaction need, may not be"
                     " created",
                     NULL, NULL);
}
END_TEST

/* --- locks ------------------------------------------------------------------------------------ */

static PGconn *blocker;

static int release_at_second_retry(const embark_event *event)
{
  if (event->type == EMBARK_EVENT_RETRY && record_count(EMBARK_EVENT_RETRY) == 2) {
    db_exec(blocker, "COMMIT");
  }
  return 0;
}

static made_bundle *impatient(const char *text)
{
  made_bundle *made = made_with(text);
  made->migrations[1].lock_timeout_ms = 50;
  drive_options.lock_timeout_ms = 50;
  drive_options.on_event = record_event;
  drive_given(bundle_head(made, 1));
  blocker = db_connect("");
  return made;
}

START_TEST(g8_a_lock_that_is_not_to_be_had_is_tried_for_again)
{
  made_bundle *made = impatient("vacuum a;\nalter table a add x int;\nvacuum a;\n");
  db_exec(blocker, "BEGIN; LOCK TABLE a IN ROW SHARE MODE");
  record_react = release_at_second_retry;
  drive_ok(made);
  ck_assert_uint_eq(record_count(EMBARK_EVENT_RETRY), 2);
  ck_assert_uint_eq(record_count(EMBARK_EVENT_APPLIED), 2);
  expect_progress("applied|3|3");
}
END_TEST

START_TEST(g8_a_deadlock_is_tried_again)
{
  made_bundle *made =
      impatient("do $$ begin if nextval('tries') <= 2 then raise exception 'x' using"
                " errcode = 'deadlock_detected'; end if; end $$;\n");
  db_exec(db_watch, "CREATE SEQUENCE tries");
  drive_ok(made);
  ck_assert_uint_eq(record_count(EMBARK_EVENT_RETRY), 2);
  expect_progress("applied|1|1");
}
END_TEST

static int release_at_first_retry(const embark_event *event)
{
  if (event->type == EMBARK_EVENT_RETRY) {
    db_exec(blocker, "COMMIT");
  }
  return 0;
}

START_TEST(g8_an_index_that_lost_its_lock_is_built_anew)
{
  made_bundle *made = impatient("create index concurrently i on a (id);\n");
  db_exec(blocker, "BEGIN; INSERT INTO a VALUES (2)");
  record_react = release_at_first_retry;
  drive_ok(made);
  ck_assert_uint_eq(record_count(EMBARK_EVENT_RETRY), 1);
  expect_indexes("i");
}
END_TEST

START_TEST(g8_tries_for_a_lock_have_an_end)
{
  made_bundle *made = impatient("alter table a add x int;\n");
  drive_options.retries = 2;
  db_exec(blocker, "BEGIN; LOCK TABLE a IN ROW SHARE MODE");
  drive_expect(made, EMBARK_E_LOCK_TIMEOUT);
  drive_expect_error("migration \"0001_n\" did not get its locks at statement 1", NULL, NULL);
  ck_assert_uint_eq(record_count(EMBARK_EVENT_RETRY), 2);
  expect_progress("again|1|0");
  db_exec(blocker, "COMMIT");
  drive_ok(made);
}
END_TEST

/* The index cannot be dropped either as long as its blocker is there. */
START_TEST(g8_an_index_that_cannot_be_dropped_is_so_by_the_next_run)
{
  made_bundle *made = impatient("create index concurrently i on a (id);\n");
  db_exec(blocker, "BEGIN; INSERT INTO a VALUES (2)");
  drive_expect(made, EMBARK_E_LOCK_TIMEOUT);
  ck_assert_ptr_null(strstr(drive_error.hint, "429496"));
  expect_indexes("i INVALID");
  expect_progress("running|1|1");
  db_exec(blocker, "COMMIT");
  drive_ok(made);
  expect_indexes("i");
}
END_TEST

Suite *test_suite(void)
{
  return drive_suite(
      "outside_failure", g8_a_failing_statement_is_named_and_what_is_done_stays,
      g8_a_first_statement_that_fails_leaves_nothing,
      g8_a_unique_index_over_duplicates_leaves_none_behind,
      g8_a_statement_that_fails_within_a_block_takes_the_block_with_it,
      g8_a_commit_that_fails_takes_the_block_with_it, g8_a_block_that_is_not_ended_is_an_error,
      g8_a_rollback_of_the_files_own_is_no_error, g8_a_progress_that_cannot_be_written_is_an_error,
      g8_copy_data_that_is_wrong_is_an_error, g8_a_connection_that_is_lost_says_at_what,
      g8_the_ledger_may_be_out_of_reach_of_the_role,
      g8_a_lock_that_is_not_to_be_had_is_tried_for_again, g8_a_deadlock_is_tried_again,
      g8_an_index_that_lost_its_lock_is_built_anew, g8_tries_for_a_lock_have_an_end,
      g8_an_index_that_cannot_be_dropped_is_so_by_the_next_run, NULL);
}
