/* The op STATUS: all that the bundle and the ledger have, whatever is wrong with it. */
#include <string.h>

#include "drive.h"
#include "keep.h"
#include "suite.h"
#include "trace.h"

static embark_run *run;
static const embark_entry *entries;
static size_t count;

static const char *const words[] = {"?",       "pending", "applied", "adopted",
                                    "changed", "missing", "unknown", "running"};

/* What STATUS lists for this connection, an entry a line: tag, state, and the facts that are rare.
 * Nothing is written meanwhile, and the session is as it was. */
static const char *status_of(PGconn *conn, const made_bundle *made)
{
  const char *text = "", *before = db_session(conn), *mark = db_mark();
  embark_run_free(run);
  ck_assert_int_eq(embark_run_start(&run, EMBARK_STATUS, conn, &made->bundle, &drive_options),
                   EMBARK_OK);
  ck_assert_uint_eq(embark_run_entries(run, &entries), 0);
  trace_start(conn);
  int code = drive_run(run);
  trace_stop(conn);
  ck_assert_msg(code == EMBARK_OK, "%s\n%s", drive_error.message, drive_error.detail);
  db_expect_session(conn, before);
  db_expect_mark(mark);
  count = embark_run_entries(run, &entries);
  for (size_t i = 0; i < count; i++) {
    const embark_entry *e = &entries[i];
    text = keep_printf("%s%s%s %s%s", text, i > 0 ? "\n" : "", e->tag, words[e->state],
                       e->is_late ? " late" : "");
  }
  return text;
}

static void expect_status(const made_bundle *made, const char *list)
{
  ck_assert_str_eq(status_of(db_conn, made), list);
}

static void end_run(void)
{
  embark_run_free(run);
  run = NULL;
}

/* --- every kind of ledger --------------------------------------------------------------------- */

static void for_every_kind(void (*test)(embark_ledger kind))
{
  for (int kind = EMBARK_LEDGER_NATIVE; kind <= EMBARK_LEDGER_DRIZZLE_TAG; kind++) {
    test((embark_ledger)kind);
    end_run();
    db_empty();
    db_reconnect("");
  }
}

static void empty(embark_ledger kind)
{
  expect_status(bundle_tables(kind, 2), "0000_t pending\n0001_t pending");
  ck_assert_uint_eq(trace_round_trips(), 1);
  ck_assert_int_eq(drive_ahead, 0);
}

START_TEST(without_a_ledger_everything_is_pending)
{
  for_every_kind(empty);
  end_run();
}
END_TEST

static void with_tables(embark_ledger kind)
{
  db_exec(db_watch, "CREATE TABLE legacy ()");
  expect_status(bundle_tables(kind, 1), "0000_t pending");
}

START_TEST(tables_without_a_ledger_are_no_error)
{
  for_every_kind(with_tables);
  end_run();
}
END_TEST

static void partly_applied(embark_ledger kind)
{
  made_bundle *made = bundle_tables(kind, 3);
  drive_given(bundle_head(made, 2));
  expect_status(made, "0000_t applied\n0001_t applied\n0002_t pending");
  ck_assert_uint_eq(trace_round_trips(), 1);
  ck_assert_uint_eq(entries[1].migration, 1);
  ck_assert_ptr_null(entries[2].hash);
  ck_assert_int_eq(entries[2].duration_us, -1);
}

START_TEST(what_is_applied_and_what_is_not_take_one_round_trip)
{
  for_every_kind(partly_applied);
  end_run();
}
END_TEST

static void late(embark_ledger kind)
{
  made_bundle *made = bundle_tables(kind, 3);
  drive_given(bundle_without(made, 1));
  expect_status(made, "0000_t applied\n0001_t pending late\n0002_t applied");
}

START_TEST(a_late_one_is_said_to_be)
{
  for_every_kind(late);
  end_run();
}
END_TEST

START_TEST(a_bundle_without_migrations_lists_the_ledger)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 2);
  drive_given(made);
  expect_status(bundle_head(made, 0), "0000_t unknown\n0001_t unknown");
  ck_assert_int_eq(drive_ahead, 1);
  end_run();
}
END_TEST

START_TEST(a_drizzle_ledger_knows_no_more_than_hashes)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_DRIZZLE, 5);
  drive_given(made);
  db_exec(db_watch, "UPDATE drizzle.__drizzle_migrations SET hash = 'edited' WHERE id = 3;"
                    "DELETE FROM drizzle.__drizzle_migrations WHERE id = 4");
  made_bundle *ours = bundle_without(bundle_head(made, 4), 1);
  expect_status(ours, keep_printf("0000_t applied\n0002_t changed\n0003_t pending\n%s missing\n"
                                  "%s unknown",
                                  made->migrations[1].hash, made->migrations[4].hash));
  ck_assert_int_eq(drive_ahead, 1);
  ck_assert_str_eq(entries[0].hash, made->migrations[0].hash);
  ck_assert_str_eq(entries[1].hash, "edited");
  ck_assert_ptr_null(entries[0].applied_at);
  ck_assert_ptr_null(entries[0].applied_by);
  ck_assert_int_eq(entries[0].duration_us, -1);
  end_run();
}
END_TEST

START_TEST(a_ledger_of_tags_has_tags_and_no_hashes)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_DRIZZLE_TAG, 2);
  drive_given(made);
  expect_status(bundle_head(made, 1), "0000_t applied\n0001_t unknown");
  ck_assert_ptr_null(entries[0].hash);
  end_run();
}
END_TEST

/* --- the native ledger ------------------------------------------------------------------------ */

static made_bundle *mixed(void)
{
  return bundle_native("0000_a", "create table a ();\n", "0001_gone", "create table b ();\n",
                       "0002_edited", "create table c ();\n", "0003_adopted",
                       "create table d ();\n", "0004_late", "create table e ();\n", "0005_f",
                       "create table f ();\n", "0006_n",
                       "-- embark: no-transaction\nvacuum a;\nvacuum c;\n", "0007_g",
                       "create table g ();\n", "0008_newer", "create table h ();\n", NULL);
}

/* A database in which every state is found, and the bundle to find them with. */
static made_bundle *given_mixture(void)
{
  made_bundle *whole = mixed();
  drive_given(whole);
  db_exec(db_watch,
          "UPDATE embark.migrations SET hash = 'edited' WHERE tag = '0002_edited';"
          "UPDATE embark.migrations SET state = 'adopted' WHERE tag = '0003_adopted';"
          "DELETE FROM embark.migrations WHERE tag IN ('0004_late', '0006_n', '0007_g');"
          "UPDATE embark.progress SET state = 'running', statement = 2, backend_pid = 4711,"
          " started_at = '2026-05-06 07:08:09+02', changed_by = 'bob'");
  return bundle_without(bundle_head(whole, 8), 1);
}

static const char mixture[] = "0000_a applied\n0002_edited changed\n0003_adopted adopted\n"
                              "0004_late pending late\n0005_f applied\n0006_n running\n"
                              "0007_g pending\n0001_gone missing\n0008_newer unknown";

START_TEST(g12_every_state_is_told_in_two_round_trips)
{
  made_bundle *made = given_mixture();
  expect_status(made, mixture);
  ck_assert_uint_eq(trace_round_trips(), 2);
  ck_assert_int_eq(drive_ahead, 1);
  ck_assert_str_eq(entries[1].hash, "edited");
  ck_assert_uint_eq(entries[5].migration, 5);
  ck_assert_uint_eq(entries[5].statement, 2);
  ck_assert_int_eq(entries[5].backend_pid, 4711);
  ck_assert_str_eq(entries[5].applied_at, "2026-05-06T05:08:09.000000Z");
  ck_assert_str_eq(entries[5].applied_by, "bob");
  ck_assert_int_eq(entries[5].is_known, 0);
  ck_assert_uint_eq(entries[7].migration, UINT32_MAX);
  ck_assert_str_eq(entries[7].applied_by, db_user());
  end_run();
}
END_TEST

START_TEST(what_became_of_a_settled_statement_is_known)
{
  static const char *const states[] = {"again", "done"};
  made_bundle *made = given_mixture();
  for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
    db_exec(db_watch, "UPDATE embark.progress SET state = '%s'", states[i]);
    expect_status(made, mixture);
    ck_assert_int_eq(entries[5].is_known, 1);
    end_run();
  }
}
END_TEST

START_TEST(settings_of_the_session_do_not_change_what_is_told)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 1);
  drive_given(made);
  db_exec(db_watch, "UPDATE embark.migrations SET applied_at = '2026-01-02 03:04:05.678901+02',"
                    " applied_by = 'Zo\xc3\xab', duration = '1 day 2.000003 s',"
                    " outline = '0123'");
  db_exec(db_conn, "SET datestyle = 'SQL, DMY'; SET intervalstyle = 'sql_standard';"
                   "SET timezone = 'Asia/Kathmandu'; SET client_encoding = 'LATIN1'");
  expect_status(made, "0000_t applied");
  ck_assert_str_eq(entries[0].applied_at, "2026-01-02T01:04:05.678901Z");
  ck_assert_str_eq(entries[0].applied_by, "Zo\xc3\xab");
  ck_assert_int_eq(entries[0].duration_us, INT64_C(86402000003));
  ck_assert_str_eq(entries[0].outline, "0123");
  end_run();
}
END_TEST

START_TEST(a_time_without_end_is_not_known)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 1);
  drive_given(made);
  db_exec(db_watch, "UPDATE embark.migrations SET applied_at = 'infinity'");
  expect_status(made, "0000_t applied");
  ck_assert_ptr_null(entries[0].applied_at);
  end_run();
}
END_TEST

START_TEST(another_components_rows_are_not_listed)
{
  made_bundle *other = bundle_tables(EMBARK_LEDGER_NATIVE, 2);
  other->bundle.component = "billing";
  drive_given(other);
  expect_status(bundle_native("0000_mine", "select 1;\n", NULL), "0000_mine pending");
  end_run();
}
END_TEST

START_TEST(one_that_runs_before_there_is_a_ledger_is_told)
{
  made_bundle *made = mixed();
  drive_given(made);
  db_exec(db_watch, "UPDATE embark.progress SET state = 'again'; DROP TABLE embark.migrations");
  status_of(db_conn, made);
  ck_assert_uint_eq(trace_round_trips(), 2);
  ck_assert_int_eq(entries[6].state, EMBARK_STATE_RUNNING);
  end_run();
}
END_TEST

START_TEST(one_that_a_newer_program_runs_is_told)
{
  made_bundle *made = mixed();
  drive_given(made);
  db_exec(db_watch, "DELETE FROM embark.migrations WHERE position >= 6;"
                    "UPDATE embark.progress SET state = 'running'");
  expect_status(bundle_head(made, 1), "0000_a applied\n0001_gone unknown\n0002_edited unknown\n"
                                      "0003_adopted unknown\n0004_late unknown\n0005_f unknown\n"
                                      "0006_n running");
  ck_assert_uint_eq(entries[6].migration, UINT32_MAX);
  end_run();
}
END_TEST

/* --- whom it serves --------------------------------------------------------------------------- */

START_TEST(a_role_that_may_only_read_the_ledger_is_not_told_what_runs)
{
  const char *role = db_role("");
  made_bundle *made = given_mixture();
  db_exec(db_watch, "GRANT USAGE ON SCHEMA embark TO %s; GRANT SELECT ON embark.migrations TO %s",
          role, role);
  status_of(db_connect(keep_printf("user=%s", role)), made);
  ck_assert_uint_eq(count, 9);
  ck_assert_int_eq(entries[5].state, EMBARK_STATE_PENDING);
  db_exec(db_watch, "GRANT SELECT ON embark.progress TO %s", role);
  ck_assert_str_eq(status_of(db_connect(keep_printf("user=%s", role)), made), mixture);
  end_run();
}
END_TEST

START_TEST(a_role_that_may_read_nothing_is_told_so)
{
  const char *role = db_role("");
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 2);
  drive_given(made);
  db_reconnect(keep_printf("user=%s", role));
  ck_assert_int_eq(drive_op(EMBARK_STATUS, made), EMBARK_E_PERMISSION);
  end_run();
}
END_TEST

START_TEST(nobody_is_waited_for)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 1);
  drive_options.has_lock_key = 1;
  drive_options.lock_key = 7;
  drive_options.lock_wait_ms = EMBARK_WAIT_NONE;
  db_exec(db_watch, "BEGIN; SELECT pg_advisory_xact_lock(7)");
  expect_status(made, "0000_t pending");
  db_exec(db_watch, "COMMIT");
  end_run();
}
END_TEST

START_TEST(a_view_in_place_of_the_ledger_is_refused)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 1);
  drive_given(made);
  db_exec(db_watch, "ALTER TABLE embark.migrations RENAME TO real;"
                    "CREATE VIEW embark.migrations AS SELECT * FROM embark.real");
  ck_assert_int_eq(drive_op(EMBARK_STATUS, made), EMBARK_E_LEDGER);
  end_run();
}
END_TEST

START_TEST(a_view_in_place_of_the_progress_is_refused)
{
  made_bundle *made = given_mixture();
  db_exec(db_watch, "ALTER TABLE embark.progress RENAME TO real;"
                    "CREATE VIEW embark.progress AS SELECT * FROM embark.real WHERE 1/0 = 1");
  ck_assert_int_eq(drive_op(EMBARK_STATUS, made), EMBARK_E_LEDGER);
  drive_expect_error("embark.progress cannot be trusted as a ledger",
                     "It is not an ordinary table.", NULL);
  end_run();
}
END_TEST

START_TEST(a_state_that_another_version_wrote_is_an_error)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 1);
  drive_given(made);
  db_exec(db_watch, "UPDATE embark.migrations SET state = 'half'");
  ck_assert_int_eq(drive_op(EMBARK_STATUS, made), EMBARK_E_LEDGER);
  end_run();
}
END_TEST

START_TEST(a_status_that_waits_may_be_cancelled)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 1);
  drive_given(made);
  db_exec(db_watch, "BEGIN; LOCK TABLE embark.migrations");
  run = drive_start(EMBARK_STATUS, made);
  ck_assert_int_ne(embark_run_poll(run), EMBARK_POLL_FAILED);
  embark_run_cancel(run);
  ck_assert_int_eq(drive_run(run), EMBARK_E_CANCELLED);
  ck_assert_uint_eq(embark_run_entries(run, &entries), 0);
  db_exec(db_watch, "COMMIT");
  end_run();
}
END_TEST

START_TEST(other_ops_have_no_entries)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 2);
  drive_given(made);
  run = drive_start(EMBARK_VERIFY, made);
  ck_assert_int_eq(drive_run(run), EMBARK_OK);
  ck_assert_uint_eq(embark_run_entries(run, &entries), 0);
  end_run();
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("status");
  drive_add_single(
      suite, without_a_ledger_everything_is_pending, tables_without_a_ledger_are_no_error,
      what_is_applied_and_what_is_not_take_one_round_trip, a_late_one_is_said_to_be,
      a_bundle_without_migrations_lists_the_ledger, a_drizzle_ledger_knows_no_more_than_hashes,
      a_ledger_of_tags_has_tags_and_no_hashes, g12_every_state_is_told_in_two_round_trips,
      what_became_of_a_settled_statement_is_known,
      settings_of_the_session_do_not_change_what_is_told, a_time_without_end_is_not_known,
      another_components_rows_are_not_listed, one_that_runs_before_there_is_a_ledger_is_told,
      one_that_a_newer_program_runs_is_told,
      a_role_that_may_only_read_the_ledger_is_not_told_what_runs,
      a_role_that_may_read_nothing_is_told_so, nobody_is_waited_for,
      a_view_in_place_of_the_ledger_is_refused, a_view_in_place_of_the_progress_is_refused,
      a_state_that_another_version_wrote_is_an_error, a_status_that_waits_may_be_cancelled,
      other_ops_have_no_entries, NULL);
  return suite;
}
