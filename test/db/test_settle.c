/* G8: a statement was interrupted, and only a person can say what became of it; or it may run again
 * anyhow. */
#include <string.h>

#include "drive.h"
#include "keep.h"
#include "record.h"
#include "suite.h"
#include "victim.h"

#define NO_TRANSACTION "-- embark: no-transaction\n"
#define REPEATABLE     "-- embark: repeatable\n"

static embark_ledger kind;

static made_bundle *made_with(const char *tag, const char *text)
{
  return bundle_make(kind, "0000_a", "create table a (id serial, x int);\n", tag,
                     keep_printf(NO_TRANSACTION "%s", text), "0002_b", "create table b ();\n",
                     NULL);
}

static const char twice[] = "insert into a (x) values (1);\ninsert into a (x) values (2);\n";

static made_bundle *inserts(void)
{
  return made_with("0001_n", twice);
}

/* The process died when statement `statement` was done but not noted. */
static made_bundle *given_interrupted(embark_ledger of, uint32_t statement)
{
  kind = of;
  made_bundle *made = inserts();
  victim_dies(made, EMBARK_EVENT_STATEMENT, "0001_n", statement);
  return made;
}

static void expect_rows(const char *rows)
{
  db_expect_rows(rows, "SELECT string_agg(x::text, ' ' ORDER BY id) FROM a");
}

static void expect_refused(const made_bundle *made, uint32_t statement)
{
  const char *mark = db_mark();
  drive_expect(made, EMBARK_E_INTERRUPTED);
  drive_expect_place("0001_n", statement, statement + 1, 0);
  db_expect_mark(mark);
}

static void expect_settled(const char *words)
{
  db_expect_rows("t",
                 "SELECT settled ~ ('^\\d{4}-\\d\\d-\\d\\d .* %s: %s; $') FROM embark.progress",
                 db_user(), words);
}

/* --- the error -------------------------------------------------------------------------------- */

START_TEST(g8_a_statement_that_may_have_taken_effect_stops_the_run)
{
  made_bundle *made = given_interrupted(EMBARK_LEDGER_NATIVE, 2);
  expect_refused(made, 2);
  drive_expect_error("migration \"0001_n\" was interrupted at statement 2, and what became of it is"
                     " not known",
                     "The statement: insert into a (x) values (2)", NULL);
  db_expect_tables("a");
}
END_TEST

/* Runs the `which`-th UPDATE of the hint. */
static void obey_hint(int which)
{
  const char *at = drive_error.hint;
  for (int i = 0; i < which; i++) {
    at = strstr(i == 0 ? at : at + 1, "UPDATE ");
    ck_assert_msg(at != NULL, "%s", drive_error.hint);
  }
  const char *end = strchr(at, ';');
  while (end != NULL && end[1] != '\0' && strncmp(end, "; if", 4) != 0 &&
         strncmp(end, "; then", 6) != 0) {
    end = strchr(end + 1, ';');
  }
  ck_assert_msg(end != NULL, "%s", drive_error.hint);
  db_exec(db_watch, "%s", keep_printf("%.*s", (int)(end - at), at));
}

static void obey_and_run(embark_ledger of, int which, const char *rows)
{
  made_bundle *made = given_interrupted(of, 1);
  expect_refused(made, 1);
  obey_hint(which);
  drive_ok(made);
  expect_rows(rows);
  expect_settled(which == 1 ? "1 done" : "1 again");
  db_expect_tables("a b");
}

START_TEST(g8_the_hints_first_command_says_that_it_is_done)
{
  obey_and_run(EMBARK_LEDGER_DRIZZLE, 1, "1 2");
}
END_TEST

START_TEST(g8_the_hints_second_command_has_it_run_again)
{
  obey_and_run(EMBARK_LEDGER_DRIZZLE_TAG, 2, "1 1 2");
}
END_TEST

/* Whatever its tag, schema and component are called, and for no other migration than this one. */
START_TEST(g8_the_hints_commands_know_how_to_quote)
{
  kind = EMBARK_LEDGER_NATIVE;
  drive_options.ledger_schema = "It's \"mine\"";
  made_bundle *made = made_with("0001_it's\\", twice);
  victim_dies(made, EMBARK_EVENT_STATEMENT, "0001_it's\\", 1);
  db_exec(db_watch, "INSERT INTO \"It's \"\"mine\"\"\".progress SELECT ledger, 'other', tag, state,"
                    " statement, done, index_before, backend_pid, started_at, changed_at,"
                    " changed_by, settled FROM \"It's \"\"mine\"\"\".progress");
  drive_expect(made, EMBARK_E_INTERRUPTED);
  obey_hint(1);
  drive_ok(made);
  expect_rows("1 2");
  db_expect_rows("main|applied|t\nother|running|f",
                 "SELECT component, state, settled IS NOT NULL FROM \"It's \"\"mine\"\"\".progress"
                 " ORDER BY 1");
  drive_options.ledger_schema = NULL;
}
END_TEST

START_TEST(g8_the_hints_commands_are_whole_however_long_the_tag)
{
  char tag[EMBARK_TAG_SIZE];
  memset(tag, 'x', sizeof tag);
  memcpy(tag, "0001_", 5);
  tag[sizeof tag - 1] = '\0';
  kind = EMBARK_LEDGER_NATIVE;
  made_bundle *made = made_with(tag, twice);
  victim_dies(made, EMBARK_EVENT_STATEMENT, tag, 1);
  drive_expect(made, EMBARK_E_INTERRUPTED);
  obey_hint(2);
  drive_ok(made);
  expect_rows("1 1 2");
}
END_TEST

/* --- the operations --------------------------------------------------------------------------- */

static void settle(embark_op op, const made_bundle *made, embark_code code)
{
  ck_assert_msg(drive_op(op, made) == (int)code, "%s: %s", embark_code_name(drive_error.code),
                drive_error.message);
}

START_TEST(g8_the_operation_done_goes_on_behind_it)
{
  made_bundle *made = given_interrupted(EMBARK_LEDGER_NATIVE, 1);
  settle(EMBARK_RESUME_DONE, made, EMBARK_OK);
  expect_rows("1");
  expect_settled("1 done");
  settle(EMBARK_RESUME_DONE, made, EMBARK_E_ARGUMENT);
  drive_ok(made);
  expect_rows("1 2");
}
END_TEST

START_TEST(g8_the_operation_again_runs_it_again)
{
  made_bundle *made = given_interrupted(EMBARK_LEDGER_DRIZZLE, 2);
  settle(EMBARK_RESUME_AGAIN, made, EMBARK_OK);
  expect_settled("2 again");
  drive_ok(made);
  expect_rows("1 2 2");
}
END_TEST

START_TEST(g8_a_last_statement_that_is_done_leaves_only_the_row)
{
  made_bundle *made = given_interrupted(EMBARK_LEDGER_NATIVE, 2);
  settle(EMBARK_RESUME_DONE, made, EMBARK_OK);
  drive_ok(made);
  expect_rows("1 2");
  db_expect_rows("0000_a 0001_n 0002_b",
                 "SELECT string_agg(tag, ' ' ORDER BY position) FROM embark.migrations");
}
END_TEST

START_TEST(g8_every_verdict_is_kept)
{
  made_bundle *made = given_interrupted(EMBARK_LEDGER_NATIVE, 1);
  settle(EMBARK_RESUME_AGAIN, made, EMBARK_OK);
  victim_dies(made, EMBARK_EVENT_STATEMENT, "0001_n", 1);
  settle(EMBARK_RESUME_DONE, made, EMBARK_OK);
  expect_settled("1 again; .* 1 done");
  drive_ok(made);
  expect_rows("1 1 2");
}
END_TEST

START_TEST(g8_where_nothing_is_interrupted_there_is_nothing_to_say)
{
  kind = EMBARK_LEDGER_NATIVE;
  made_bundle *made = inserts();
  const char *mark = db_mark();
  settle(EMBARK_RESUME_DONE, made, EMBARK_E_ARGUMENT);
  drive_expect_error("no migration is interrupted", NULL, NULL);
  db_expect_mark(mark);
  drive_given(made);
  settle(EMBARK_RESUME_AGAIN, made, EMBARK_E_ARGUMENT);
}
END_TEST

START_TEST(g8_nothing_is_said_while_somebody_else_migrates)
{
  made_bundle *made = given_interrupted(EMBARK_LEDGER_NATIVE, 1);
  drive_options.has_lock_key = 1;
  drive_options.lock_key = 7;
  db_exec(db_watch, "BEGIN; SELECT pg_advisory_xact_lock(7)");
  settle(EMBARK_RESUME_DONE, made, EMBARK_E_LOCKED);
  db_exec(db_watch, "COMMIT");
  settle(EMBARK_RESUME_DONE, made, EMBARK_OK);
}
END_TEST

START_TEST(g8_only_one_of_two_verdicts_counts)
{
  made_bundle *made = given_interrupted(EMBARK_LEDGER_NATIVE, 1);
  db_exec(db_watch, "BEGIN; UPDATE embark.progress SET state = 'again'");
  PGconn *other = db_connect("");
  embark_run *run = drive_start(EMBARK_RESUME_DONE, made);
  const char *waiting = keep_printf("SELECT count(*) FROM pg_locks WHERE pid = %d AND NOT granted",
                                    PQbackendPID(db_conn));
  while (strcmp(db_value(other, "%s", waiting), "1") != 0) {
    ck_assert_int_ne(embark_run_poll(run), EMBARK_POLL_FAILED);
  }
  db_exec(db_watch, "COMMIT");
  ck_assert_int_eq(drive_run(run), EMBARK_E_ARGUMENT);
  embark_run_free(run);
  drive_ok(made);
  expect_rows("1 1 2");
}
END_TEST

START_TEST(g8_nothing_is_said_while_the_statement_still_runs)
{
  kind = EMBARK_LEDGER_NATIVE;
  made_bundle *made =
      made_with("0001_n", "insert into a (x) select 5 from pg_advisory_xact_lock(9);\n");
  db_exec(db_watch, "SELECT pg_advisory_lock(9)");
  pid_t victim = victim_start(made);
  victim_wait_blocked("insert");
  victim_kill(victim);
  settle(EMBARK_RESUME_AGAIN, made, EMBARK_E_LOCKED);
  drive_expect_error("the interrupted statement is still running", NULL, NULL);
  ck_assert_ptr_nonnull(strstr(drive_error.hint, "pg_cancel_backend("));
  drive_options.lock_wait_ms = EMBARK_WAIT_NONE;
  drive_expect(made, EMBARK_E_LOCKED);
  victim_end_orphan();
  db_exec(db_watch, "SELECT pg_advisory_unlock(9)");
  drive_options.lock_wait_ms = 0; /* the session that held the lock of the run before is leaving */
  settle(EMBARK_RESUME_AGAIN, made, EMBARK_OK);
  drive_ok(made);
  expect_rows("5");
}
END_TEST

/* --- without a person ------------------------------------------------------------------------- */

START_TEST(g8_a_statement_that_may_be_repeated_runs_again)
{
  kind = EMBARK_LEDGER_NATIVE;
  made_bundle *made = made_with("0001_n", REPEATABLE "insert into a (x) values (1);\nvacuum a;\n");
  victim_dies(made, EMBARK_EVENT_STATEMENT, "0001_n", 1);
  victim_dies(made, EMBARK_EVENT_STATEMENT, "0001_n", 2);
  drive_ok(made);
  expect_rows("1 1");
}
END_TEST

START_TEST(g8_a_block_is_all_or_nothing)
{
  kind = EMBARK_LEDGER_DRIZZLE;
  made_bundle *made = made_with(
      "0001_n",
      keep_printf("vacuum a;\nbegin;\n%scommit;\nvacuum a;\nbegin;\n%scommit;\n", twice, twice));
  for (uint32_t statement = 1; statement <= 10; statement++) {
    victim_dies(made, EMBARK_EVENT_STATEMENT, "0001_n", statement);
    expect_rows(statement < 5 ? "" : statement < 10 ? "1 2" : "1 2 1 2");
  }
  drive_ok(made);
  expect_rows("1 2 1 2");
}
END_TEST

START_TEST(g8_settings_of_earlier_statements_are_made_anew)
{
  kind = EMBARK_LEDGER_NATIVE;
  made_bundle *made = made_with("0001_n", "create schema s;\nset search_path = s, public;\n"
                                          "set work_mem = '3MB';\ncreate table c ();\n"
                                          "insert into a select 1, current_setting('work_mem') ="
                                          " '3MB' and to_regclass('c') = 's.c'::regclass;\n");
  made->statements[5].flags = 0;
  victim_dies(made, EMBARK_EVENT_STATEMENT, "0001_n", 3);
  db_exec(db_watch, "ALTER TABLE a ALTER x TYPE bool USING false");
  drive_ok(made);
  db_expect_rows("1|t", "SELECT * FROM a");
}
END_TEST

Suite *test_suite(void)
{
  return drive_suite(
      "settle", g8_a_statement_that_may_have_taken_effect_stops_the_run,
      g8_the_hints_first_command_says_that_it_is_done, g8_the_hints_second_command_has_it_run_again,
      g8_the_hints_commands_know_how_to_quote, g8_the_hints_commands_are_whole_however_long_the_tag,
      g8_the_operation_done_goes_on_behind_it, g8_the_operation_again_runs_it_again,
      g8_a_last_statement_that_is_done_leaves_only_the_row, g8_every_verdict_is_kept,
      g8_where_nothing_is_interrupted_there_is_nothing_to_say,
      g8_nothing_is_said_while_somebody_else_migrates, g8_only_one_of_two_verdicts_counts,
      g8_nothing_is_said_while_the_statement_still_runs,
      g8_a_statement_that_may_be_repeated_runs_again, g8_a_block_is_all_or_nothing,
      g8_settings_of_earlier_statements_are_made_anew, NULL);
}
