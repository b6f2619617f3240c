/* G12: the ledger and the bundle differ, and the error says how. Nothing is written then. */
#include "drive.h"
#include "keep.h"
#include "record.h"
#include "suite.h"

#define NATIVE      EMBARK_LEDGER_NATIVE
#define DRIZZLE     EMBARK_LEDGER_DRIZZLE
#define DRIZZLE_TAG EMBARK_LEDGER_DRIZZLE_TAG

/* The call ends so, and has written nothing. */
static void expect_drift(const made_bundle *made, embark_code code)
{
  const char *before = db_mark();
  drive_expect(made, code);
  db_expect_mark(before);
}

static made_bundle *three(embark_ledger kind, const char *second)
{
  return bundle_make(kind, "0000_a", "create table a ();\n", "0001_b", second, "0002_c",
                     "create table c ();\n", NULL);
}

START_TEST(g12_an_edited_migration_is_named_as_changed)
{
  drive_given(three(NATIVE, "create table b ();\n"));
  made_bundle *edited = three(NATIVE, "create table b (id int);\n");
  expect_drift(edited, EMBARK_E_CHANGED);
  drive_expect_error(
      "migration \"0001_b\" was changed after it was applied",
      keep_printf("Its hash is now %s; the ledger has another.", edited->migrations[1].hash),
      "Put the file back as it was, and make the change in a new migration.");
  drive_expect_place("0001_b", 0, 0, 0);
}
END_TEST

START_TEST(g12_an_edited_migration_of_a_drizzle_ledger_is_named_as_changed)
{
  drive_given(three(DRIZZLE, "create table b ();\n"));
  expect_drift(three(DRIZZLE, "create table b (id int);\n"), EMBARK_E_CHANGED);
  drive_expect_place("0001_b", 0, 0, 0);
}
END_TEST

START_TEST(g12_a_ledger_of_tags_cannot_tell_that_a_migration_was_edited)
{
  drive_given(three(DRIZZLE_TAG, "create table b ();\n"));
  drive_ok(three(DRIZZLE_TAG, "create table b (id int);\n"));
}
END_TEST

START_TEST(g12_a_change_is_found_though_later_migrations_are_pending)
{
  drive_given(bundle_head(three(NATIVE, "create table b ();\n"), 2));
  expect_drift(three(NATIVE, "create table b (id int);\n"), EMBARK_E_CHANGED);
  db_expect_tables("a b");
}
END_TEST

static void with_other_line_endings(embark_ledger kind)
{
  drive_given(three(kind, "create table b ();\r\n"));
  made_bundle *unix_style = three(kind, "create table b ();\n");
  const char *others[] = {"no such hash", three(kind, "create table b ();\r\n")->migrations[1].hash,
                          NULL};
  unix_style->migrations[1].other_hashes = others;
  expect_drift(unix_style, EMBARK_OK);
}

START_TEST(g12_other_line_endings_are_no_change)
{
  with_other_line_endings(NATIVE);
}
END_TEST

START_TEST(g12_other_line_endings_are_no_change_in_a_drizzle_ledger)
{
  with_other_line_endings(DRIZZLE);
}
END_TEST

START_TEST(g12_a_migration_gone_from_the_bundle_is_named_as_missing)
{
  made_bundle *made = bundle_tables(NATIVE, 3);
  drive_given(made);
  expect_drift(bundle_without(made, 1), EMBARK_E_MISSING);
  drive_expect_error(
      "applied migration \"0001_t\" is not in the bundle",
      "The ledger has it before others that are.",
      "Put the file back; or, if it is gone for good, delete its row from the ledger.");
  ck_assert_str_eq(drive_error.tag, "0001_t");
  ck_assert_str_eq(drive_error.file, "");
}
END_TEST

START_TEST(g12_a_migration_missing_from_a_drizzle_ledgers_bundle_is_named_by_its_hash)
{
  made_bundle *made = bundle_tables(DRIZZLE, 3);
  drive_given(made);
  expect_drift(bundle_without(made, 0), EMBARK_E_MISSING);
  ck_assert_str_eq(drive_error.tag, made->migrations[0].hash);
  ck_assert_str_eq(drive_error.detail,
                   "The ledger has it at created_at 1700000000000, before others that are.");
}
END_TEST

START_TEST(g12_a_migration_missing_from_a_ledger_of_tags_is_named_by_its_tag)
{
  made_bundle *made = bundle_tables(DRIZZLE_TAG, 3);
  drive_given(made);
  expect_drift(bundle_without(made, 0), EMBARK_E_MISSING);
  ck_assert_str_eq(drive_error.tag, "0000_t");
}
END_TEST

START_TEST(g12_another_order_than_the_ledgers_is_named_as_reordered)
{
  made_bundle *made = bundle_tables(NATIVE, 3);
  drive_given(made);
  expect_drift(bundle_rotated(made, 0), EMBARK_E_REORDERED);
  drive_expect_error("migration \"0001_t\" was applied in another order", NULL,
                     "Put the files back in the order in which they were applied, or set "
                     "EMBARK_OUT_OF_ORDER if the order does not matter.");
  drive_options.flags = EMBARK_OUT_OF_ORDER;
  expect_drift(bundle_rotated(made, 0), EMBARK_OK);
}
END_TEST

START_TEST(g12_a_drizzle_ledger_has_no_order_that_could_differ)
{
  made_bundle *made = bundle_tables(DRIZZLE, 3);
  drive_given(made);
  expect_drift(bundle_rotated(made, 0), EMBARK_OK);
}
END_TEST

static void with_unknown_tail(embark_ledger kind, int named_by_hash)
{
  made_bundle *made = bundle_tables(kind, 4);
  made_bundle *theirs = bundle_without(made, 2);
  drive_given(theirs);
  expect_drift(bundle_head(made, 3), EMBARK_E_UNKNOWN);
  const char *name = named_by_hash ? made->migrations[3].hash : "0003_t";
  drive_expect_error(
      keep_printf("the database has migration \"%s\", which this bundle does not know", name),
      "The bundle itself has migrations that are pending.", NULL);
  ck_assert_str_eq(drive_error.tag, name);
  drive_options.flags = EMBARK_OUT_OF_ORDER; /* which is about other orders, not other bundles */
  expect_drift(bundle_head(made, 3), EMBARK_E_UNKNOWN);
  db_expect_tables("t0000 t0001 t0003");
}

START_TEST(g12_an_unknown_tail_stops_a_bundle_that_has_something_to_apply)
{
  with_unknown_tail(NATIVE, 0);
}
END_TEST

START_TEST(g12_an_unknown_tail_of_a_drizzle_ledger_stops_a_bundle_that_has_something_to_apply)
{
  with_unknown_tail(DRIZZLE, 1);
}
END_TEST

START_TEST(g12_an_unknown_tail_of_a_ledger_of_tags_stops_a_bundle_that_has_something_to_apply)
{
  with_unknown_tail(DRIZZLE_TAG, 0);
}
END_TEST

static void ahead(embark_ledger kind)
{
  made_bundle *made = bundle_tables(kind, 4);
  drive_given(made);
  drive_options.on_event = record_event;
  expect_drift(bundle_head(made, 3), EMBARK_OK);
  ck_assert_str_eq(record_text(), "DONE 0 ahead");
  ck_assert_int_eq(drive_ahead, drive_through == DRIVE_POLLABLE);
}

START_TEST(g12_a_drizzle_ledger_ahead_of_the_program_is_success_with_a_flag)
{
  ahead(DRIZZLE);
}
END_TEST

START_TEST(g12_a_ledger_of_tags_ahead_of_the_program_is_success_with_a_flag)
{
  ahead(DRIZZLE_TAG);
}
END_TEST

static void refuses_out_of_order(embark_ledger kind)
{
  made_bundle *made = bundle_tables(kind, 4);
  drive_given(bundle_without(made, 1));
  expect_drift(made, EMBARK_E_OUT_OF_ORDER);
  drive_expect_error("migration \"0001_t\" is pending, but a later one is applied",
                     "\"0003_t\" is applied already.",
                     "Give it a place after the applied ones, or set EMBARK_OUT_OF_ORDER to "
                     "apply it late.");
  drive_expect_place("0001_t", 0, 0, 0);
}

START_TEST(g3_a_late_migration_is_refused)
{
  refuses_out_of_order(NATIVE);
}
END_TEST

START_TEST(g3_a_late_migration_is_refused_with_a_drizzle_ledger)
{
  refuses_out_of_order(DRIZZLE);
}
END_TEST

START_TEST(g3_a_late_migration_is_refused_with_a_ledger_of_tags)
{
  refuses_out_of_order(DRIZZLE_TAG);
}
END_TEST

START_TEST(g3_late_migrations_are_applied_when_asked_for_and_leave_a_ledger_as_good_as_new)
{
  made_bundle *made = bundle_tables(NATIVE, 6);
  drive_given(bundle_without(bundle_without(bundle_head(made, 5), 3), 1));
  drive_options.flags = EMBARK_OUT_OF_ORDER;
  drive_ok(made);
  db_expect_tables("t0000 t0001 t0002 t0003 t0004 t0005");
  for (uint32_t i = 0; i < 6; i++) {
    db_expect_rows(keep_printf("%s|%s", made->migrations[i].tag, made->migrations[i].chain),
                   "SELECT tag, chain FROM embark.migrations WHERE position = %u", i);
  }
  drive_options.flags = 0;
  expect_drift(made, EMBARK_OK);
}
END_TEST

START_TEST(g3_late_migrations_are_applied_when_asked_for_with_a_drizzle_ledger)
{
  made_bundle *made = bundle_tables(DRIZZLE, 5);
  drive_given(bundle_without(bundle_without(made, 3), 1));
  drive_options.flags = EMBARK_OUT_OF_ORDER;
  drive_ok(made);
  db_expect_tables("t0000 t0001 t0002 t0003 t0004");
  drive_options.flags = 0;
  expect_drift(made, EMBARK_OK);
}
END_TEST

static void same_bytes(embark_ledger kind)
{
  made_bundle *made = bundle_make(kind, "0000_a", "select 1;\n", "0001_b", "select 1;\n", "0002_c",
                                  "select 1;\n", NULL);
  drive_given(bundle_head(made, 2));
  drive_ok(made);
  expect_drift(made, EMBARK_OK);
}

START_TEST(migrations_of_the_same_bytes_are_told_apart)
{
  same_bytes(NATIVE);
}
END_TEST

START_TEST(migrations_of_the_same_bytes_are_told_apart_in_a_drizzle_ledger)
{
  same_bytes(DRIZZLE);
}
END_TEST

START_TEST(migrations_of_the_same_bytes_are_told_apart_in_a_ledger_of_tags)
{
  same_bytes(DRIZZLE_TAG);
}
END_TEST

START_TEST(a_row_of_a_newer_version_is_not_touched)
{
  made_bundle *made = bundle_tables(NATIVE, 2);
  drive_given(made);
  db_exec(db_watch, "UPDATE embark.migrations SET state = 'running' WHERE position = 1");
  expect_drift(made, EMBARK_E_LEDGER);
  drive_expect_error("the ledger's row for \"0001_t\" is in an unknown state", NULL, NULL);
}
END_TEST

START_TEST(a_drizzle_row_written_twice_is_no_drift)
{
  made_bundle *made = bundle_tables(DRIZZLE, 2);
  drive_given(made);
  db_exec(db_watch, "INSERT INTO drizzle.__drizzle_migrations (hash, created_at)"
                    " SELECT hash, created_at FROM drizzle.__drizzle_migrations");
  expect_drift(made, EMBARK_OK);
  ck_assert_int_eq(drive_ahead, 0);
}
END_TEST

START_TEST(a_drizzle_row_without_a_time_is_a_row_of_somebody_else)
{
  made_bundle *made = bundle_tables(DRIZZLE, 2);
  drive_given(made);
  db_exec(db_watch, "INSERT INTO drizzle.__drizzle_migrations (hash) VALUES ('odd')");
  expect_drift(made, EMBARK_OK);
  ck_assert_int_eq(drive_ahead, drive_through == DRIVE_POLLABLE);
}
END_TEST

Suite *test_suite(void)
{
  return drive_suite(
      "drift", g12_an_edited_migration_is_named_as_changed,
      g12_an_edited_migration_of_a_drizzle_ledger_is_named_as_changed,
      g12_a_ledger_of_tags_cannot_tell_that_a_migration_was_edited,
      g12_a_change_is_found_though_later_migrations_are_pending,
      g12_other_line_endings_are_no_change,
      g12_other_line_endings_are_no_change_in_a_drizzle_ledger,
      g12_a_migration_gone_from_the_bundle_is_named_as_missing,
      g12_a_migration_missing_from_a_drizzle_ledgers_bundle_is_named_by_its_hash,
      g12_a_migration_missing_from_a_ledger_of_tags_is_named_by_its_tag,
      g12_another_order_than_the_ledgers_is_named_as_reordered,
      g12_a_drizzle_ledger_has_no_order_that_could_differ,
      g12_an_unknown_tail_stops_a_bundle_that_has_something_to_apply,
      g12_an_unknown_tail_of_a_drizzle_ledger_stops_a_bundle_that_has_something_to_apply,
      g12_an_unknown_tail_of_a_ledger_of_tags_stops_a_bundle_that_has_something_to_apply,
      g12_a_drizzle_ledger_ahead_of_the_program_is_success_with_a_flag,
      g12_a_ledger_of_tags_ahead_of_the_program_is_success_with_a_flag,
      g3_a_late_migration_is_refused, g3_a_late_migration_is_refused_with_a_drizzle_ledger,
      g3_a_late_migration_is_refused_with_a_ledger_of_tags,
      g3_late_migrations_are_applied_when_asked_for_and_leave_a_ledger_as_good_as_new,
      g3_late_migrations_are_applied_when_asked_for_with_a_drizzle_ledger,
      migrations_of_the_same_bytes_are_told_apart,
      migrations_of_the_same_bytes_are_told_apart_in_a_drizzle_ledger,
      migrations_of_the_same_bytes_are_told_apart_in_a_ledger_of_tags,
      a_row_of_a_newer_version_is_not_touched, a_drizzle_row_written_twice_is_no_drift,
      a_drizzle_row_without_a_time_is_a_row_of_somebody_else, NULL);
}
