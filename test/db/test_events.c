/* The event hook: what it hears, in which order, and when. */
#include <string.h>

#include "drive.h"
#include "keep.h"
#include "record.h"
#include "suite.h"

START_TEST(events_come_in_order_with_their_numbers)
{
  drive_options.on_event = record_event;
  made_bundle *made = bundle_native("0000_a", "create table a ();\n", "0001_b",
                                    "select 1;\nselect 2;\n", "0002_c", "-- nothing\n", NULL);
  drive_ok(made);
  ck_assert_str_eq(record_text(),
                   "PLANNED 3\nSTARTED 1/3 0000_a\nSTATEMENT 1/3 0000_a 1/1\nAPPLIED 1/3 0000_a\n"
                   "STARTED 2/3 0001_b\nSTATEMENT 2/3 0001_b 1/2\nSTATEMENT 2/3 0001_b 2/2\n"
                   "APPLIED 2/3 0001_b\nSTARTED 3/3 0002_c\nAPPLIED 3/3 0002_c\nDONE 3");
}
END_TEST

START_TEST(a_run_that_fails_is_not_done)
{
  drive_options.on_event = record_event;
  drive_expect(
      bundle_native("0000_a", "create table a ();\n", "0001_b", "select 1;\nselect 1/0;\n", NULL),
      EMBARK_E_SQL);
  ck_assert_str_eq(record_text(), "PLANNED 2\nSTARTED 1/2 0000_a\nSTATEMENT 1/2 0000_a 1/1\n"
                                  "APPLIED 1/2 0000_a\nSTARTED 2/2 0001_b\n"
                                  "STATEMENT 2/2 0001_b 1/2");
}
END_TEST

START_TEST(an_up_to_date_database_is_done_at_once)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 2);
  drive_given(made);
  drive_options.on_event = record_event;
  drive_ok(made);
  ck_assert_str_eq(record_text(), "DONE 0");
}
END_TEST

START_TEST(adopted_migrations_are_told_as_applied)
{
  db_exec(db_watch, "CREATE TABLE t0000 ()");
  drive_options.on_event = record_event;
  drive_options.adopt = EMBARK_ADOPT_ASSUME;
  drive_ok(bundle_tables(EMBARK_LEDGER_NATIVE, 2));
  ck_assert_str_eq(record_text(), "PLANNED 2\nAPPLIED 1/2 0000_t\nAPPLIED 2/2 0001_t\nDONE 2");
}
END_TEST

START_TEST(notices_of_the_server_reach_the_hook)
{
  drive_options.on_event = record_event;
  drive_ok(bundle_native("0000_a",
                         "do $$ begin raise notice 'it is ä'; raise warning using"
                         " message = 'mind', errcode = '01ABC'; end $$;\n",
                         "0001_b", "drop table if exists no_such;\n", NULL));
  ck_assert_ptr_nonnull(strstr(record_text(),
                               "STARTED 1/2 0000_a\nNOTICE 00000 NOTICE it is ä\n"
                               "NOTICE 01ABC WARNING mind\nSTATEMENT 1/2 0000_a 1/1\n"));
  ck_assert_ptr_nonnull(
      strstr(record_text(), "NOTICE 00000 NOTICE table \"no_such\" does not exist, skipping\n"));
}
END_TEST

static PGconn *blocker;

static int release_after_second(const embark_event *event)
{
  if (event->type == EMBARK_EVENT_APPLIED && event->step == 2) {
    db_exec(blocker, "COMMIT");
  }
  return 0;
}

/* The third migration waits for what only the hook lets go, when it hears of the second. */
START_TEST(events_are_live)
{
  db_exec(db_watch, "CREATE SCHEMA s; CREATE VIEW s.v AS SELECT 1");
  blocker = db_connect("");
  db_exec(blocker, "BEGIN; CREATE OR REPLACE VIEW s.v AS SELECT 2 AS \"?column?\"");
  drive_options.on_event = record_event;
  drive_options.lock_timeout_ms = EMBARK_NO_TIMEOUT;
  record_react = release_after_second;
  drive_ok(bundle_native("0000_a", "create table a ();\n", "0001_b", "create table b ();\n",
                         "0002_c", "select * from s.v;\n", NULL));
  ck_assert_uint_eq(record_count(EMBARK_EVENT_APPLIED), 3);
}
END_TEST

static int release_after_first_statement(const embark_event *event)
{
  if (event->type == EMBARK_EVENT_STATEMENT && event->statement == 1) {
    db_exec(blocker, "COMMIT");
  }
  return 0;
}

START_TEST(events_of_statements_are_live)
{
  db_exec(db_watch, "CREATE SCHEMA s; CREATE VIEW s.v AS SELECT 1");
  blocker = db_connect("");
  db_exec(blocker, "BEGIN; CREATE OR REPLACE VIEW s.v AS SELECT 2 AS \"?column?\"");
  drive_options.on_event = record_event;
  drive_options.lock_timeout_ms = EMBARK_NO_TIMEOUT;
  record_react = release_after_first_statement;
  drive_ok(bundle_native("0000_a", "select 1;\nselect * from s.v;\nselect 3;\n", NULL));
  ck_assert_uint_eq(record_count(EMBARK_EVENT_STATEMENT), 3);
}
END_TEST

static void *given_data;

static int check_data(void *data, const embark_event *event)
{
  (void)event;
  given_data = data;
  return 0;
}

START_TEST(the_hook_is_given_its_data)
{
  int mark = 0;
  drive_options.on_event = check_data;
  drive_options.event_data = &mark;
  drive_ok(bundle_tables(EMBARK_LEDGER_NATIVE, 1));
  ck_assert_ptr_eq(given_data, &mark);
}
END_TEST

START_TEST(the_steps_are_the_plan_and_tell_what_is_applied)
{
  const embark_step *steps = NULL;
  made_bundle *made = bundle_native("0000_a", "create table a ();\n", "0001_b",
                                    "create table b ();\n", "0002_c", "select 1/0;\n", NULL);
  drive_given(bundle_head(made, 1));
  embark_run *run = drive_start(EMBARK_MIGRATE, made);
  ck_assert_uint_eq(embark_run_steps(run, &steps), 0);
  ck_assert_int_eq(drive_run(run), EMBARK_E_SQL);
  ck_assert_uint_eq(embark_run_steps(run, &steps), 2);
  ck_assert_str_eq(steps[0].tag, "0001_b");
  ck_assert_str_eq(steps[0].file, "0001_b.sql");
  ck_assert_int_eq(steps[0].applied, 1);
  ck_assert_int_eq(steps[1].applied, 0);
  ck_assert_int_eq(steps[1].adopt, 0);
  embark_run_free(run);
}
END_TEST

Suite *test_suite(void)
{
  return drive_suite("events", events_come_in_order_with_their_numbers,
                     a_run_that_fails_is_not_done, an_up_to_date_database_is_done_at_once,
                     adopted_migrations_are_told_as_applied, notices_of_the_server_reach_the_hook,
                     events_are_live, events_of_statements_are_live, the_hook_is_given_its_data,
                     the_steps_are_the_plan_and_tell_what_is_applied, NULL);
}
