/* G3, G12: where rows of a native ledger stand after late migrations and other line endings. */
#include "drive.h"
#include "keep.h"
#include "record.h"
#include "suite.h"
#include "trace.h"

#define LATE 1
#define MANY 6

/* Six tables; the last migration as it is given. */
static made_bundle *six(const char *last)
{
  return bundle_native("0000_a", "create table a ();\n", "0001_b", "create table b ();\n", "0002_c",
                       "create table c ();\n", "0003_d", "create table d ();\n", "0004_e",
                       "create table e ();\n", "0005_f", last, NULL);
}

static made_bundle *whole(void)
{
  return six("create table f ();\n");
}

/* The first five without the late one are applied; a run that applies that fails at the last. */
static void given_late_and_failed(void)
{
  made_bundle *broken = six("create table f ();\nselect 1/0;\n");
  drive_given(bundle_without(bundle_head(broken, MANY - 1), LATE));
  drive_options.flags = EMBARK_OUT_OF_ORDER;
  drive_expect(broken, EMBARK_E_SQL);
  drive_expect_place("0005_f", 2, 2, 0);
  db_expect_tables("a b c d e");
}

/* The ledger is as that of a database this bundle alone has made, and one look at it is enough. */
static void expect_as_new(const made_bundle *made)
{
  db_expect_rows(keep_printf("%u", made->bundle.migration_count),
                 "SELECT count(*) FROM embark.migrations");
  for (uint32_t i = 0; i < made->bundle.migration_count; i++) {
    db_expect_rows(keep_printf("%s|%s", made->migrations[i].tag, made->migrations[i].chain),
                   "SELECT tag, chain FROM embark.migrations WHERE position = %u", i);
  }
  drive_options.flags = 0;
  trace_start(db_conn);
  ck_assert_int_eq(drive_unasked(db_conn, &made->bundle), EMBARK_OK);
  trace_stop(db_conn);
  ck_assert_uint_eq(trace_round_trips(), 1);
}

START_TEST(g3_a_late_migration_is_no_drift_though_a_later_one_of_its_run_failed)
{
  given_late_and_failed();
  drive_ok(whole());
  db_expect_tables("a b c d e f");
  expect_as_new(whole());
}
END_TEST

START_TEST(g3_a_late_migration_is_no_drift_to_a_mended_run_without_the_flag)
{
  given_late_and_failed();
  drive_options.flags = 0;
  drive_ok(whole());
  expect_as_new(whole());
}
END_TEST

START_TEST(g3_a_late_migration_is_no_drift_though_the_failed_one_is_given_up)
{
  given_late_and_failed();
  drive_options.flags = 0;
  drive_ok(bundle_head(whole(), MANY - 1));
  db_expect_tables("a b c d e");
  drive_ok(whole());
  expect_as_new(whole());
}
END_TEST

START_TEST(g3_two_late_migrations_of_two_failed_runs_are_no_drift)
{
  made_bundle *broken = six("select 1/0;\n");
  made_bundle *head = bundle_head(broken, MANY - 1);
  drive_given(bundle_without(bundle_without(head, 3), 1));
  drive_options.flags = EMBARK_OUT_OF_ORDER;
  drive_expect(bundle_without(broken, 1), EMBARK_E_SQL);
  drive_expect(broken, EMBARK_E_SQL);
  drive_ok(whole());
  expect_as_new(whole());
}
END_TEST

/* Each of three migrations, which ends its line so; the last two know the other way. */
static made_bundle *three(const char *line_end)
{
  static const char *others[3][2];
  made_bundle *made[2] = {NULL, NULL};
  for (int i = 0; i < 2; i++) {
    const char *end = i == 0 ? line_end : line_end[0] == '\n' ? "\r\n" : "\n";
    made[i] = bundle_native("0000_a", keep_printf("create table a ();%s", end), "0001_b",
                            keep_printf("create table b ();%s", end), "0002_c",
                            keep_printf("create table c ();%s", end), NULL);
  }
  for (int i = 0; i < 3; i++) {
    others[i][0] = made[1]->migrations[i].hash;
    made[0]->migrations[i].other_hashes = others[i];
  }
  return made[0];
}

START_TEST(g12_what_is_pending_behind_other_line_endings_is_applied)
{
  drive_given(bundle_head(three("\r\n"), 2));
  drive_ok(three("\n"));
  db_expect_tables("a b c");
  drive_ok(three("\n"));
  expect_as_new(three("\n"));
}
END_TEST

START_TEST(g12_what_is_pending_behind_one_file_of_other_line_endings_is_applied)
{
  drive_given(bundle_head(three("\n"), 1));
  drive_options.flags = 0;
  drive_ok(bundle_head(three("\r\n"), 2));
  drive_ok(three("\n"));
  db_expect_tables("a b c");
  expect_as_new(three("\n"));
}
END_TEST

/* --- rights ----------------------------------------------------------------------------------- */

static void given_role_that_may(const char *rights)
{
  const char *role = db_role("");
  drive_given(bundle_without(bundle_head(whole(), MANY - 1), LATE));
  db_exec(db_watch,
          "GRANT CREATE ON SCHEMA public TO %s; GRANT USAGE ON SCHEMA public, embark TO %s;"
          "GRANT %s ON embark.migrations TO %s",
          role, role, rights, role);
  db_reconnect(keep_printf("user=%s", role));
  drive_options.flags = EMBARK_OUT_OF_ORDER;
}

START_TEST(a_role_that_may_not_update_the_ledger_is_told_so_by_a_late_migration)
{
  given_role_that_may("SELECT, INSERT");
  drive_expect(bundle_head(whole(), MANY - 1), EMBARK_E_PERMISSION);
  drive_expect_error("the ledger embark.migrations may not be updated",
                     "ERROR: permission denied for table migrations (SQLSTATE 42501)", NULL);
  db_expect_tables("a c d e");
}
END_TEST

START_TEST(a_role_that_may_update_the_ledger_applies_a_late_migration)
{
  given_role_that_may("SELECT, INSERT, UPDATE");
  drive_ok(whole());
  expect_as_new(whole());
}
END_TEST

Suite *test_suite(void)
{
  return drive_suite("stamp", g3_a_late_migration_is_no_drift_though_a_later_one_of_its_run_failed,
                     g3_a_late_migration_is_no_drift_to_a_mended_run_without_the_flag,
                     g3_a_late_migration_is_no_drift_though_the_failed_one_is_given_up,
                     g3_two_late_migrations_of_two_failed_runs_are_no_drift,
                     g12_what_is_pending_behind_other_line_endings_is_applied,
                     g12_what_is_pending_behind_one_file_of_other_line_endings_is_applied,
                     a_role_that_may_not_update_the_ledger_is_told_so_by_a_late_migration,
                     a_role_that_may_update_the_ledger_applies_a_late_migration, NULL);
}
