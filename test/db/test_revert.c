/* The op REVERT: down files, newest first, each with its row. */
#include <string.h>

#include "drive.h"
#include "keep.h"
#include "record.h"
#include "suite.h"

static const embark_ledger kinds[] = {EMBARK_LEDGER_NATIVE, EMBARK_LEDGER_DRIZZLE,
                                      EMBARK_LEDGER_DRIZZLE_TAG};

static void expect_revert(const made_bundle *made, embark_code code)
{
  int got = drive_op(EMBARK_REVERT, made);
  char text[2048];
  embark_error_format(&drive_error, text, sizeof text);
  ck_assert_msg(got == (int)code, "%s instead of %s: %s", embark_code_name(got),
                embark_code_name((int)code), text);
}

/* REVERT of so many ends so. */
static void revert(const made_bundle *made, uint32_t steps, embark_code code)
{
  drive_options.steps = steps;
  expect_revert(made, code);
  drive_options.steps = 0;
}

static void revert_to(const made_bundle *made, const char *target, embark_code code)
{
  drive_options.target = target;
  expect_revert(made, code);
  drive_options.target = NULL;
}

static void expect_verified(const made_bundle *made)
{
  ck_assert_msg(drive_op(EMBARK_VERIFY, made) == EMBARK_OK, "%s", drive_error.message);
}

START_TEST(the_newest_is_reverted_with_its_row)
{
  made_bundle *made = bundle_reversible(kinds[_i], 3);
  drive_given(made);
  revert(made, 1, EMBARK_OK);
  db_expect_tables("t0000 t0001");
  expect_verified(bundle_head(made, 2));
  db_expect_rows("revert|0002_t", "SELECT op, tag FROM embark.audit");
  drive_ok(made);
  db_expect_tables("t0000 t0001 t0002");
  expect_verified(made);
}
END_TEST

START_TEST(all_behind_the_target_are_reverted_newest_first)
{
  made_bundle *made = bundle_reversible(kinds[_i], 4);
  drive_given(made);
  revert_to(made, "0000_t", EMBARK_OK);
  db_expect_tables("t0000");
  ck_assert_str_eq(record_text(),
                   "PLANNED 3\n"
                   "STARTED 1/3 0003_t\nSTATEMENT 1/3 0003_t 1/1\nAPPLIED 1/3 0003_t\n"
                   "STARTED 2/3 0002_t\nSTATEMENT 2/3 0002_t 1/1\nAPPLIED 2/3 0002_t\n"
                   "STARTED 3/3 0001_t\nSTATEMENT 3/3 0001_t 1/1\nAPPLIED 3/3 0001_t\n"
                   "DONE 3");
  expect_verified(bundle_head(made, 1));
}
END_TEST

START_TEST(an_empty_target_is_all_of_them)
{
  made_bundle *made = bundle_reversible(kinds[_i], 3);
  drive_given(made);
  revert_to(made, "", EMBARK_OK);
  db_expect_tables("");
  revert_to(made, "", EMBARK_OK);
  drive_ok(made);
  db_expect_tables("t0000 t0001 t0002");
}
END_TEST

START_TEST(target_and_steps_both_hold)
{
  made_bundle *made = bundle_reversible(EMBARK_LEDGER_NATIVE, 4);
  drive_given(made);
  drive_options.target = "0000_t";
  revert(made, 2, EMBARK_OK);
  db_expect_tables("t0000 t0001");
  revert(made, 2, EMBARK_OK);
  db_expect_tables("t0000");
}
END_TEST

START_TEST(the_audit_says_who_when_and_why)
{
  made_bundle *made = bundle_reversible(EMBARK_LEDGER_NATIVE, 2);
  drive_given(made);
  drive_options.reason = "the index was 'wrong'";
  revert(made, 1, EMBARK_OK);
  db_expect_rows(keep_printf("t|%s|revert|\"embark\".\"migrations\"|main|0001_t|%s||the index was "
                             "'wrong'",
                             db_user(), made->migrations[1].hash),
                 "SELECT at > now() - interval '1 min', by, op, ledger, component, tag,"
                 " hash_before, hash_after, reason FROM embark.audit");
}
END_TEST

START_TEST(a_row_with_another_form_of_the_hash_goes_too_and_the_audit_has_that_form)
{
  static const char *others[] = {"", NULL};
  made_bundle *made = bundle_reversible(EMBARK_LEDGER_DRIZZLE, 2);
  others[0] = keep_printf("%064d", 7);
  drive_given(made);
  db_exec(db_watch, "UPDATE drizzle.__drizzle_migrations SET hash = '%s' WHERE id = 2", others[0]);
  made->migrations[1].other_hashes = others;
  revert(made, 1, EMBARK_OK);
  db_expect_rows(others[0], "SELECT hash_before FROM embark.audit");
  db_expect_rows("1", "SELECT count(*) FROM drizzle.__drizzle_migrations");
}
END_TEST

START_TEST(what_was_adopted_can_be_reverted)
{
  made_bundle *made = bundle_reversible(EMBARK_LEDGER_NATIVE, 2);
  db_exec(db_watch, "CREATE TABLE t0000 (); CREATE TABLE t0001 ()");
  drive_options.adopt = EMBARK_ADOPT_ASSUME;
  drive_ok(made);
  revert(made, 1, EMBARK_OK);
  db_expect_tables("t0000");
}
END_TEST

START_TEST(without_a_target_or_steps_it_is_refused)
{
  made_bundle *made = bundle_reversible(EMBARK_LEDGER_NATIVE, 1);
  drive_given(made);
  const char *before = db_mark();
  revert(made, 0, EMBARK_E_ARGUMENT);
  drive_expect_error("it is not said what to revert", "", NULL);
  db_expect_mark(before);
}
END_TEST

START_TEST(a_target_that_the_bundle_does_not_have_is_refused)
{
  made_bundle *made = bundle_reversible(EMBARK_LEDGER_NATIVE, 1);
  drive_given(made);
  revert_to(made, "0009_x", EMBARK_E_TARGET);
  drive_expect_error("the bundle has no migration \"0009_x\"", "",
                     "\"embark-bundle --list\" shows the tags of a folder.");
  ck_assert_str_eq(drive_error.tag, "0009_x");
}
END_TEST

START_TEST(a_target_that_is_not_applied_is_refused)
{
  made_bundle *made = bundle_reversible(kinds[_i], 3);
  drive_given(bundle_head(made, 2));
  revert_to(made, "0002_t", EMBARK_E_TARGET);
  drive_expect_error("migration \"0002_t\" is not applied", "", "Name one that the ledger has.");
  db_expect_tables("t0000 t0001");
}
END_TEST

START_TEST(one_without_a_down_file_stops_all_before_anything_runs)
{
  made_bundle *made = bundle_tables(kinds[_i], 3);
  bundle_down(made, "0002_t", "drop table t0002;\n");
  drive_given(made);
  const char *before = db_mark();
  revert(made, 2, EMBARK_E_IRREVERSIBLE);
  drive_expect_error("migration \"0001_t\" cannot be reverted: it has no down file", "", NULL);
  ck_assert_str_eq(drive_error.tag, "0001_t");
  db_expect_mark(before);
  revert(made, 1, EMBARK_OK);
  db_expect_tables("t0000 t0001");
}
END_TEST

START_TEST(drift_of_the_history_is_refused)
{
  made_bundle *made = bundle_reversible(EMBARK_LEDGER_NATIVE, 3);
  drive_given(made);
  const char *before = db_mark();
  revert(bundle_without(made, 1), 1, EMBARK_E_MISSING);
  revert(bundle_rotated(made, 0), 1, EMBARK_E_REORDERED);
  made->migrations[0].hash = made->migrations[2].hash;
  revert(made, 1, EMBARK_E_CHANGED);
  db_expect_mark(before);
}
END_TEST

START_TEST(a_database_ahead_of_the_bundle_is_not_reverted)
{
  made_bundle *made = bundle_reversible(kinds[_i], 3);
  drive_given(made);
  const char *before = db_mark();
  revert(bundle_head(made, 2), 1, EMBARK_E_UNKNOWN);
  drive_expect_error(drive_error.message, "",
                     "It is newer than all that the bundle has: revert with the one that has it.");
  db_expect_mark(before);
}
END_TEST

START_TEST(where_there_is_nothing_to_revert_it_succeeds_and_writes_nothing)
{
  made_bundle *made = bundle_reversible(EMBARK_LEDGER_NATIVE, 2);
  const char *before = db_mark();
  revert(made, 3, EMBARK_OK);
  db_expect_mark(before);
  drive_given(made);
  before = db_mark();
  revert_to(made, "0001_t", EMBARK_OK);
  db_expect_mark(before);
}
END_TEST

START_TEST(g7_a_failure_in_the_middle_leaves_those_before_reverted)
{
  made_bundle *made = bundle_tables(kinds[_i], 4);
  bundle_down(made, "0003_t", "drop table t0003;\n");
  bundle_down(made, "0002_t", "drop table t0002;\n");
  bundle_down(made, "0001_t", "drop table t0000;\n\n-- gone\nselect 1;\n  drop table nothing;\n");
  bundle_down(made, "0000_t", "drop table t0000;\n");
  drive_given(made);
  revert_to(made, "", EMBARK_E_SQL);
  drive_expect_error("reverting migration \"0001_t\" failed at statement 3",
                     "ERROR: table \"nothing\" does not exist (SQLSTATE 42P01)",
                     "The revert was rolled back; earlier reverts of this run stay reverted. Mend "
                     "the file, bundle it, and run again.");
  ck_assert_str_eq(drive_error.tag, "0001_t");
  ck_assert_str_eq(drive_error.file, "0001_t.down.sql");
  ck_assert_uint_eq(drive_error.statement, 3);
  ck_assert_uint_eq(drive_error.line, 5);
  db_expect_tables("t0000 t0001");
  expect_verified(bundle_head(made, 2));
}
END_TEST

START_TEST(g7_a_syntax_error_in_a_down_file_is_placed_to_the_column)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 2);
  bundle_down(made, "0001_t", "select 1;\nselect 2;\n  drop tabel t0001;\n");
  drive_given(made);
  revert(made, 1, EMBARK_E_SQL);
  ck_assert_uint_eq(drive_error.line, 3);
  ck_assert_uint_eq(drive_error.column, 8);
  ck_assert_uint_eq(drive_error.statement, 3);
}
END_TEST

START_TEST(a_down_may_copy_data_back)
{
  made_bundle *made = bundle_tables(kinds[_i], 2);
  bundle_down(
      made, "0001_t",
      "drop table t0001;\ncopy t0000 from stdin;\n1\n2\n\\.\ninsert into t0000 values (3);\n");
  drive_given(made);
  revert(made, 1, EMBARK_OK);
  db_expect_rows("1\n2\n3", "SELECT id FROM t0000 ORDER BY id");
}
END_TEST

START_TEST(g9_settings_and_role_of_a_down_end_with_it)
{
  made_bundle *made = bundle_reversible(EMBARK_LEDGER_NATIVE, 2);
  const char *role = db_role("");
  drive_given(made);
  made->bundle.down_count = 0;
  made->downs = NULL;
  bundle_down(
      made, "0001_t",
      keep_printf("drop table t0001;\nset search_path = nowhere;\nset role \"%s\";\n", role));
  bundle_down(made, "0000_t", "drop table t0000;\n");
  revert(made, 2, EMBARK_OK);
  db_expect_tables("");
}
END_TEST

START_TEST(a_down_file_of_comments_alone_removes_the_row)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 2);
  bundle_down(made, "0001_t", "-- nothing to do\n");
  drive_given(made);
  revert(made, 1, EMBARK_OK);
  db_expect_tables("t0000 t0001");
  expect_verified(bundle_head(made, 1));
}
END_TEST

START_TEST(limits_of_the_down_file_itself_hold)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 1);
  bundle_down(made, "0000_t",
              "create table seen as select current_setting('lock_timeout') as l,"
              " current_setting('statement_timeout') as s;\n");
  made->downs[0].lock_timeout_ms = 1234;
  made->downs[0].statement_timeout_ms = 60000;
  drive_given(made);
  revert(made, 1, EMBARK_OK);
  db_expect_rows("1234ms|1min", "SELECT l, s FROM seen");
}
END_TEST

START_TEST(a_row_that_something_keeps_in_the_ledger_rolls_it_back)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 1);
  bundle_down(made, "0000_t", "drop table t0000;\ndelete from embark.migrations;\n");
  drive_given(made);
  revert(made, 1, EMBARK_E_LEDGER);
  db_expect_tables("t0000");
  expect_verified(made);
}
END_TEST

START_TEST(one_without_a_transaction_can_be_reverted_and_applied_again)
{
  made_bundle *made =
      bundle_make(kinds[_i], "0000_t", "create table t (id int);\n", "0001_i",
                  "-- embark: no-transaction\ncreate index concurrently i on t (id);\n", NULL);
  bundle_down(made, "0001_i", "drop index i;\n");
  for (int round = 0; round < 2; round++) {
    drive_ok(made);
    db_expect_rows("1", "SELECT count(*) FROM pg_class WHERE relname = 'i'");
    revert(made, 1, EMBARK_OK);
    db_expect_rows("0", "SELECT count(*) FROM pg_class WHERE relname = 'i'");
  }
  drive_ok(made);
  expect_verified(made);
}
END_TEST

START_TEST(one_that_is_begun_and_not_finished_stops_a_revert)
{
  made_bundle *made =
      bundle_make(EMBARK_LEDGER_NATIVE, "0000_t", "create table t (id int);\n", "0001_i",
                  "-- embark: no-transaction\ninsert into t values (1);\n"
                  "insert into nothing values (1);\n",
                  NULL);
  bundle_down(made, "0000_t", "drop table t;\n");
  ck_assert_int_eq(drive(made), EMBARK_E_SQL);
  const char *before = db_mark();
  revert(made, 1, EMBARK_E_INTERRUPTED);
  drive_expect_error("migration \"0001_i\" is begun, and not finished", "", NULL);
  db_expect_mark(before);
}
END_TEST

START_TEST(late_migrations_do_not_confuse_it)
{
  made_bundle *made = bundle_reversible(EMBARK_LEDGER_NATIVE, 4);
  drive_given(bundle_without(made, 1));
  revert(made, 1, EMBARK_OK);
  db_expect_tables("t0000 t0002");
  drive_options.flags = EMBARK_OUT_OF_ORDER;
  drive_ok(made);
  revert(made, 3, EMBARK_OK);
  db_expect_tables("t0000");
  drive_ok(made);
  expect_verified(made);
}
END_TEST

START_TEST(another_order_in_the_ledger_does_not_stop_it_when_that_is_allowed)
{
  made_bundle *made = bundle_reversible(EMBARK_LEDGER_NATIVE, 3);
  drive_given(bundle_rotated(made, 0));
  drive_options.flags = EMBARK_OUT_OF_ORDER;
  revert(made, 2, EMBARK_OK);
  db_expect_tables("t0000");
}
END_TEST

START_TEST(a_dry_run_says_what_would_be_reverted_and_writes_nothing)
{
  const embark_step *steps = NULL;
  made_bundle *made = bundle_reversible(kinds[_i], 3);
  drive_given(made);
  const char *before = db_mark();
  drive_options.flags = EMBARK_DRY_RUN;
  drive_options.steps = 2;
  embark_run *run = drive_start(EMBARK_REVERT, made);
  ck_assert_int_eq(drive_run(run), EMBARK_OK);
  ck_assert_uint_eq(embark_run_steps(run, &steps), 2);
  ck_assert_str_eq(steps[0].tag, "0002_t");
  ck_assert_str_eq(steps[0].file, "0002_t.down.sql");
  ck_assert_str_eq(steps[1].tag, "0001_t");
  ck_assert_int_eq(steps[0].applied, 0);
  embark_run_free(run);
  db_expect_mark(before);
}
END_TEST

START_TEST(the_steps_of_a_revert_are_done_when_it_is)
{
  const embark_step *steps = NULL;
  made_bundle *made = bundle_reversible(EMBARK_LEDGER_NATIVE, 2);
  drive_given(made);
  drive_options.steps = 2;
  embark_run *run = drive_start(EMBARK_REVERT, made);
  ck_assert_int_eq(drive_run(run), EMBARK_OK);
  ck_assert_uint_eq(embark_run_steps(run, &steps), 2);
  ck_assert_int_eq(steps[0].applied && steps[1].applied, 1);
  embark_run_free(run);
}
END_TEST

START_TEST(the_audit_table_does_not_make_a_database_look_used)
{
  made_bundle *made = bundle_reversible(kinds[_i], 1);
  drive_given(made);
  revert(made, 1, EMBARK_OK);
  db_exec(db_watch, kinds[_i] == EMBARK_LEDGER_NATIVE ? "DROP TABLE embark.migrations"
                                                      : "DROP TABLE drizzle.__drizzle_migrations");
  drive_ok(made);
}
END_TEST

START_TEST(a_view_in_the_place_of_the_audit_table_is_refused)
{
  made_bundle *made = bundle_reversible(kinds[_i], 1);
  drive_given(made);
  db_exec(db_watch, "CREATE SCHEMA IF NOT EXISTS embark;"
                    "CREATE VIEW embark.audit AS SELECT 1 AS at");
  revert(made, 1, EMBARK_E_LEDGER);
  drive_expect_error("embark.audit cannot be trusted as a ledger", "It is not an ordinary table.",
                     NULL);
  db_expect_tables("t0000");
}
END_TEST

START_TEST(a_ledger_in_the_schema_of_the_audits_is_made_with_them)
{
  made_bundle *made = bundle_reversible(kinds[_i], 2);
  drive_options.ledger_schema = "embark";
  drive_options.ledger_table = "mine";
  drive_ok(made);
  revert(made, 2, EMBARK_OK);
  db_expect_rows("revert|\"embark\".\"mine\"|0001_t\nrevert|\"embark\".\"mine\"|0000_t",
                 "SELECT op, ledger, tag FROM embark.audit ORDER BY at");
}
END_TEST

START_TEST(an_audit_schema_that_would_be_on_the_path_is_refused)
{
  made_bundle *made = bundle_reversible(EMBARK_LEDGER_DRIZZLE, 1);
  drive_given(made);
  db_exec(db_conn, "SET search_path = embark, public");
  revert(made, 1, EMBARK_E_LEDGER);
  drive_expect_error("the ledger's schema \"embark\" would become part of the search_path", NULL,
                     NULL);
  db_expect_tables("t0000");
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("revert");
  drive_add_single(
      suite, target_and_steps_both_hold, the_audit_says_who_when_and_why,
      a_row_with_another_form_of_the_hash_goes_too_and_the_audit_has_that_form,
      what_was_adopted_can_be_reverted, without_a_target_or_steps_it_is_refused,
      a_target_that_the_bundle_does_not_have_is_refused, drift_of_the_history_is_refused,
      where_there_is_nothing_to_revert_it_succeeds_and_writes_nothing,
      g7_a_syntax_error_in_a_down_file_is_placed_to_the_column,
      g9_settings_and_role_of_a_down_end_with_it, a_down_file_of_comments_alone_removes_the_row,
      limits_of_the_down_file_itself_hold, a_row_that_something_keeps_in_the_ledger_rolls_it_back,
      one_that_is_begun_and_not_finished_stops_a_revert, late_migrations_do_not_confuse_it,
      another_order_in_the_ledger_does_not_stop_it_when_that_is_allowed,
      the_steps_of_a_revert_are_done_when_it_is,
      an_audit_schema_that_would_be_on_the_path_is_refused, NULL);
  drive_add_loop(suite, 3, the_newest_is_reverted_with_its_row,
                 all_behind_the_target_are_reverted_newest_first, an_empty_target_is_all_of_them,
                 a_target_that_is_not_applied_is_refused,
                 one_without_a_down_file_stops_all_before_anything_runs,
                 a_database_ahead_of_the_bundle_is_not_reverted,
                 g7_a_failure_in_the_middle_leaves_those_before_reverted, a_down_may_copy_data_back,
                 one_without_a_transaction_can_be_reverted_and_applied_again,
                 a_dry_run_says_what_would_be_reverted_and_writes_nothing,
                 the_audit_table_does_not_make_a_database_look_used,
                 a_view_in_the_place_of_the_audit_table_is_refused,
                 a_ledger_in_the_schema_of_the_audits_is_made_with_them, NULL);
  return suite;
}
