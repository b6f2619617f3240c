/* G8: a statement without a transaction is stopped. */
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

static embark_event_type stop_type;
static uint32_t stop_statement;

static int stop(const embark_event *event)
{
  return event->type == stop_type && strcmp(event->tag, "0001_n") == 0 &&
         event->statement == stop_statement;
}

static void drive_stopped(embark_event_type type, uint32_t statement, made_bundle *made)
{
  drive_options.on_event = record_event;
  record_react = stop;
  stop_type = type;
  stop_statement = statement;
  drive_expect(made, EMBARK_E_CANCELLED);
  record_react = NULL;
}

static made_bundle *inserts(void)
{
  return made_with("insert into a values (2);\ninsert into a values (3);\n");
}

static void completes(made_bundle *made, const char *rows)
{
  drive_ok(made);
  db_expect_rows(rows, "SELECT string_agg(id::text, ' ' ORDER BY id) FROM a");
  db_expect_tables("a b");
}

START_TEST(g8_a_run_may_be_stopped_before_the_first_statement)
{
  drive_stopped(EMBARK_EVENT_STARTED, 1, inserts());
  db_expect_rows("0", "SELECT count(*) FROM embark.progress");
  completes(inserts(), "1 1 2 3");
}
END_TEST

START_TEST(g8_a_run_may_be_stopped_between_statements)
{
  drive_stopped(EMBARK_EVENT_STATEMENT, 1, inserts());
  expect_progress("done|1|1");
  completes(inserts(), "1 1 2 3");
}
END_TEST

START_TEST(g8_a_run_may_be_stopped_before_the_row)
{
  drive_stopped(EMBARK_EVENT_STATEMENT, 2, inserts());
  expect_progress("done|2|2");
  record_reset();
  completes(inserts(), "1 1 2 3");
  ck_assert_str_eq(record_text(), "PLANNED 2\nSTARTED 1/2 0001_n\nRESUMED 1/2 0001_n 2/2\n"
                                  "APPLIED 1/2 0001_n\nSTARTED 2/2 0002_b\n"
                                  "STATEMENT 2/2 0002_b 1/1\nAPPLIED 2/2 0002_b\nDONE 2");
}
END_TEST

START_TEST(g8_a_run_may_be_stopped_within_a_block)
{
  made_bundle *made = made_with("begin;\ninsert into a values (2);\ninsert into a values (3);\n"
                                "commit;\n");
  for (uint32_t statement = 1; statement <= 3; statement++) {
    drive_stopped(EMBARK_EVENT_STATEMENT, statement, made);
    db_expect_rows("2", "SELECT count(*) FROM a");
  }
  completes(made, "1 1 2 3");
}
END_TEST

START_TEST(g8_a_stop_behind_the_last_commit_stops_nothing)
{
  made_bundle *made = bundle_native("0001_n", NO_TRANSACTION "vacuum;\n", NULL);
  drive_options.on_event = record_event;
  record_react = stop;
  stop_type = EMBARK_EVENT_APPLIED;
  stop_statement = 0;
  drive_ok(made);
}
END_TEST

/* While an index is built the hook hears nothing, so that a thread of its own cancels: here the
 * loop that polls. */
START_TEST(g8_an_index_that_is_cancelled_leaves_none_behind)
{
  static const char text[] = "create index concurrently i on a (id);\n";
  drive_given(bundle_head(made_with(text), 1));
  PGconn *blocker = db_connect("");
  db_exec(blocker, "BEGIN; INSERT INTO a VALUES (2)");
  embark_run *run = drive_start(EMBARK_MIGRATE, made_with(text));
  const char *before = db_session(db_watch);
  while (strcmp(db_value(db_watch,
                         "SELECT count(*) FROM pg_stat_activity WHERE pid = %d AND"
                         " wait_event_type = 'Lock'",
                         PQbackendPID(db_conn)),
                "1") != 0) {
    ck_assert_int_ne(embark_run_poll(run), EMBARK_POLL_FAILED);
  }
  embark_run_cancel(run);
  db_expect_session(db_watch, before);
  while (strcmp(db_value(db_watch,
                         "SELECT count(*) FROM pg_stat_activity WHERE pid = %d AND"
                         " starts_with(query, 'DROP INDEX')",
                         PQbackendPID(db_conn)),
                "1") != 0) {
    ck_assert_int_ne(embark_run_poll(run), EMBARK_POLL_FAILED);
  }
  db_exec(blocker, "COMMIT");
  ck_assert_int_eq(drive_run(run), EMBARK_E_CANCELLED);
  drive_expect_place("0001_n", 1, 2, 0);
  embark_run_free(run);
  expect_indexes("");
  expect_progress("again|1|0");
  completes(made_with(text), "1 1 2");
  expect_indexes("i");
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = drive_suite(
      "outside_cancel", g8_a_run_may_be_stopped_before_the_first_statement,
      g8_a_run_may_be_stopped_between_statements, g8_a_run_may_be_stopped_before_the_row,
      g8_a_run_may_be_stopped_within_a_block, g8_a_stop_behind_the_last_commit_stops_nothing, NULL);
  drive_add_single(suite, g8_an_index_that_is_cancelled_leaves_none_behind, NULL);
  return suite;
}
