/* G8: migrations without a transaction, when nothing goes wrong: order, ledgers, events. */
#include <string.h>

#include "drive.h"
#include "keep.h"
#include "record.h"
#include "suite.h"

#define NO_TRANSACTION "-- embark: no-transaction\n"

static void expect_indexes(const char *names)
{
  db_expect_rows(names,
                 "SELECT string_agg(c.relname || CASE WHEN i.indisvalid THEN '' ELSE ' INVALID'"
                 " END, ' ' ORDER BY c.relname) FROM pg_index i JOIN pg_class c"
                 " ON c.oid = i.indexrelid WHERE c.relnamespace = 'public'::regnamespace");
}

START_TEST(g8_an_index_is_built_concurrently_between_other_migrations)
{
  made_bundle *made = bundle_native(
      "0000_a", "create table a (id int, x int);\n", "0001_i",
      NO_TRANSACTION
      "create index concurrently i on a (id);\ncreate index concurrently j on a (x);\n",
      "0002_b", "create table b ();\n", NULL);
  drive_ok(made);
  db_expect_tables("a b");
  expect_indexes("i j");
  db_expect_rows("0000_a|0|applied\n0001_i|1|applied\n0002_b|2|applied",
                 "SELECT tag, position, state FROM embark.migrations ORDER BY position");
  db_expect_rows("\"embark\".\"migrations\"|main|0001_i|applied|2|32|",
                 "SELECT ledger, component, tag, state, statement, length(done), settled"
                 " FROM embark.progress");
  drive_ok(made);
}
END_TEST

START_TEST(g8_several_of_them_take_turns_with_migrations_that_have_a_transaction)
{
  made_bundle *made = bundle_native(
      "0000_v", NO_TRANSACTION "create table a (id int);\nvacuum a;\n", "0001_w",
      NO_TRANSACTION "create index concurrently i on a (id);\n", "0002_b", "create table b ();\n",
      "0003_c", "create table c (id int);\n", "0004_x", NO_TRANSACTION "vacuum;\n", "0005_d",
      "create table d ();\n", "0006_y", NO_TRANSACTION "drop index concurrently i;\n", NULL);
  drive_ok(made);
  db_expect_tables("a b c d");
  expect_indexes("");
  db_expect_rows(
      "0 1 2 3 4 5 6",
      "SELECT string_agg(position::text, ' ' ORDER BY applied_at) FROM embark.migrations");
  db_expect_rows("0000_v applied, 0001_w applied, 0004_x applied, 0006_y applied",
                 "SELECT string_agg(tag || ' ' || state, ', ' ORDER BY tag) FROM embark.progress");
}
END_TEST

START_TEST(g8_the_only_migration_may_be_one)
{
  made_bundle *made = bundle_native("0000_v", NO_TRANSACTION "vacuum;\n", NULL);
  drive_ok(made);
  drive_ok(made);
  db_expect_rows("0000_v|applied", "SELECT tag, state FROM embark.migrations");
}
END_TEST

START_TEST(g8_one_without_statements_is_recorded)
{
  made_bundle *made = bundle_native("0000_v", NO_TRANSACTION, "0001_b", "create table b ();\n",
                                    "0002_w", NO_TRANSACTION "-- nothing\n", NULL);
  drive_ok(made);
  db_expect_tables("b");
  db_expect_rows("3", "SELECT count(*) FROM embark.migrations WHERE state = 'applied'");
}
END_TEST

/* --- ledgers ---------------------------------------------------------------------------------- */

static made_bundle *drizzle(embark_ledger kind)
{
  return bundle_make(kind, "0000_a", "create table a (id int);\n", "0001_i",
                     NO_TRANSACTION "create index concurrently i on a (id);\n", "0002_b",
                     "create table b ();\n", NULL);
}

START_TEST(g8_a_drizzle_ledger_has_its_row_at_the_end_and_the_progress_elsewhere)
{
  made_bundle *made = drizzle(EMBARK_LEDGER_DRIZZLE);
  drive_ok(made);
  drive_ok(made);
  expect_indexes("i");
  db_expect_rows("1 2 3", "SELECT string_agg(id::text, ' ' ORDER BY created_at)"
                          " FROM drizzle.__drizzle_migrations");
  db_expect_rows(made->migrations[1].hash,
                 "SELECT hash FROM drizzle.__drizzle_migrations WHERE id = 2");
  db_expect_rows("\"drizzle\".\"__drizzle_migrations\"|0001_i|applied",
                 "SELECT ledger, tag, state FROM embark.progress");
  db_expect_rows("__drizzle_migrations",
                 "SELECT string_agg(tablename, ' ') FROM pg_tables WHERE schemaname = 'drizzle'");
}
END_TEST

START_TEST(g8_a_drizzle_ledger_with_tags_likewise)
{
  made_bundle *made = drizzle(EMBARK_LEDGER_DRIZZLE_TAG);
  drive_ok(made);
  drive_ok(made);
  expect_indexes("i");
  db_expect_rows("0000_a 0001_i 0002_b", "SELECT string_agg(hash, ' ' ORDER BY id) FROM %s.%s",
                 made->bundle.ledger_schema, made->bundle.ledger_table);
}
END_TEST

START_TEST(g8_the_row_of_a_drizzle_ledger_comes_after_the_last_statement)
{
  made_bundle *made = bundle_make(
      EMBARK_LEDGER_DRIZZLE, "0000_a", "create table a (n int);\n", "0001_n",
      NO_TRANSACTION "insert into a select count(*) from drizzle.__drizzle_migrations;\n"
                     "insert into a select 10 * count(*) from drizzle.__drizzle_migrations;\n",
      NULL);
  drive_ok(made);
  db_expect_rows("1 10", "SELECT string_agg(n::text, ' ' ORDER BY n) FROM a");
}
END_TEST

START_TEST(g8_a_ledger_of_another_name_keeps_its_progress_beside_it)
{
  drive_options.ledger_schema = "My \"Ledger\"";
  drive_options.ledger_table = "a b";
  drive_ok(drizzle(EMBARK_LEDGER_NATIVE));
  db_expect_rows("\"My \"\"Ledger\"\"\".\"a b\"|applied",
                 "SELECT ledger, state FROM \"My \"\"Ledger\"\"\".progress");
  drive_options.ledger_schema = drive_options.ledger_table = NULL;
}
END_TEST

START_TEST(g8_what_is_adopted_is_not_run)
{
  db_exec(db_watch, "CREATE TABLE a (id int)");
  drive_options.adopt = EMBARK_ADOPT_ASSUME;
  drive_ok(drizzle(EMBARK_LEDGER_NATIVE));
  expect_indexes("");
  db_expect_rows("adopted", "SELECT DISTINCT state FROM embark.migrations");
}
END_TEST

/* --- events and steps ------------------------------------------------------------------------- */

START_TEST(g8_events_come_in_order)
{
  drive_options.on_event = record_event;
  drive_ok(bundle_native("0000_a", "create table a (id int);\n", "0001_i",
                         NO_TRANSACTION "create index concurrently i on a (id);\nvacuum a;\n",
                         "0002_b", "create table b ();\n", NULL));
  ck_assert_str_eq(record_text(),
                   "PLANNED 3\n"
                   "STARTED 1/3 0000_a\nSTATEMENT 1/3 0000_a 1/1\nAPPLIED 1/3 0000_a\n"
                   "STARTED 2/3 0001_i\nSTATEMENT 2/3 0001_i 1/2\n"
                   "STATEMENT 2/3 0001_i 2/2\nAPPLIED 2/3 0001_i\n"
                   "STARTED 3/3 0002_b\nSTATEMENT 3/3 0002_b 1/1\n"
                   "APPLIED 3/3 0002_b\nDONE 3");
}
END_TEST

START_TEST(g8_a_plan_says_which_run_outside_and_connects_nowhere)
{
  const embark_step *steps;
  embark_run *run = drive_start(EMBARK_PLAN, drizzle(EMBARK_LEDGER_NATIVE));
  ck_assert_int_eq(drive_run(run), EMBARK_OK);
  ck_assert_uint_eq(embark_run_steps(run, &steps), 3);
  ck_assert_int_eq(steps[0].outside, 0);
  ck_assert_int_eq(steps[1].outside, 1);
  ck_assert_int_eq(steps[2].outside, 0);
  embark_run_free(run);
  db_expect_rows("0", "SELECT count(*) FROM pg_namespace WHERE nspname = 'embark'");
}
END_TEST

START_TEST(g8_verify_says_that_one_is_pending)
{
  made_bundle *made = drizzle(EMBARK_LEDGER_NATIVE);
  drive_given(bundle_head(made, 1));
  ck_assert_int_eq(drive_op(EMBARK_VERIFY, made), EMBARK_E_PENDING);
  drive_given(made);
  ck_assert_int_eq(drive_op(EMBARK_VERIFY, made), EMBARK_OK);
}
END_TEST

/* --- statements ------------------------------------------------------------------------------- */

START_TEST(g8_what_cannot_run_in_a_transaction_runs)
{
  const char *other = keep_printf("%s_other", db_name());
  db_exec(db_watch, "DROP DATABASE IF EXISTS %s", other);
  drive_ok(bundle_native(
      "0000_p",
      "create table p (id int) partition by range (id);\n"
      "create table p1 partition of p for values from (0) to (10);\n"
      "create index p1_id on p1 (id);\n"
      "create procedure twice() language plpgsql as $$ begin insert into p values (1);"
      " commit; insert into p values (2); rollback; end $$;\n",
      "0001_all",
      keep_printf(NO_TRANSACTION "vacuum full p1;\n"
                                 "alter system set work_mem = '4MB';\n"
                                 "alter system reset work_mem;\n"
                                 "create database %s;\n"
                                 "drop database %s;\n"
                                 "reindex index concurrently p1_id;\n"
                                 "call twice();\n"
                                 "%s"
                                 "discard all;\n",
                  other, other,
                  PQserverVersion(db_conn) >= 140000
                      ? "alter table p detach partition p1 concurrently;\n"
                      : "alter table p detach partition p1;\n"),
      "0002_b", "create table b ();\n", NULL));
  db_expect_rows("1|", "SELECT count(*), (SELECT min(id) FROM p) FROM p1");
  db_expect_rows("0", "SELECT count(*) FROM pg_inherits WHERE inhparent = 'p'::regclass");
  db_expect_tables("b p p1");
}
END_TEST

START_TEST(g8_a_block_of_the_files_own_is_atomic_with_the_progress)
{
  made_bundle *made = bundle_native(
      "0000_a", "create table a (id int, state text, statement int);\n", "0001_n",
      NO_TRANSACTION "vacuum a;\nbegin;\n"
                     "insert into a select 1, state, statement from embark.progress;\n"
                     "copy a (id) from stdin;\n2\n3\n\\.\ncommit;\nvacuum a;\n",
      NULL);
  drive_ok(made);
  db_expect_rows("1|running|2\n2||\n3||", "SELECT * FROM a ORDER BY id");
  db_expect_rows("t", "SELECT count(DISTINCT xmin::text) = 1 FROM a");
}
END_TEST

START_TEST(g8_copy_takes_its_data_outside_of_a_block_too)
{
  drive_ok(bundle_native("0000_n",
                         NO_TRANSACTION "create table a (id int);\ncopy a from stdin;\n1\n2\n\\.\n"
                                        "create index concurrently i on a (id);\n",
                         NULL));
  db_expect_rows("2", "SELECT count(*) FROM a");
  expect_indexes("i");
}
END_TEST

Suite *test_suite(void)
{
  return drive_suite("outside", g8_an_index_is_built_concurrently_between_other_migrations,
                     g8_several_of_them_take_turns_with_migrations_that_have_a_transaction,
                     g8_the_only_migration_may_be_one, g8_one_without_statements_is_recorded,
                     g8_a_drizzle_ledger_has_its_row_at_the_end_and_the_progress_elsewhere,
                     g8_a_drizzle_ledger_with_tags_likewise,
                     g8_the_row_of_a_drizzle_ledger_comes_after_the_last_statement,
                     g8_a_ledger_of_another_name_keeps_its_progress_beside_it,
                     g8_what_is_adopted_is_not_run, g8_events_come_in_order,
                     g8_a_plan_says_which_run_outside_and_connects_nowhere,
                     g8_verify_says_that_one_is_pending, g8_what_cannot_run_in_a_transaction_runs,
                     g8_a_block_of_the_files_own_is_atomic_with_the_progress,
                     g8_copy_takes_its_data_outside_of_a_block_too, NULL);
}
