/* G6, and the budget of an apply: round trips, counted on the wire. */
#include <stdio.h>

#include "drive.h"
#include "keep.h"
#include "suite.h"
#include "trace.h"

#define NATIVE  EMBARK_LEDGER_NATIVE
#define DRIZZLE EMBARK_LEDGER_DRIZZLE

/* `count` migrations that are quickly applied. */
static made_bundle *many(embark_ledger kind, unsigned count)
{
  const char **tags = keep_zeros(count * sizeof *tags);
  const char **texts = keep_zeros(count * sizeof *texts);
  for (unsigned i = 0; i < count; i++) {
    tags[i] = keep_printf("%04u_m", i);
    texts[i] = keep_printf("select %u;\n", i);
  }
  return bundle_make_array(kind, count, tags, texts, NULL);
}

static int traced(const made_bundle *made)
{
  trace_start(db_conn);
  int code = drive_unasked(db_conn, &made->bundle);
  trace_stop(db_conn);
  ck_assert_uint_eq(trace_syncs(), trace_round_trips());
  return code;
}

/* One round trip that asks one thing, and leaves no trace in the database. */
static void expect_nothing_done(const made_bundle *made)
{
  const char *before = db_mark();
  ck_assert_int_eq(traced(made), EMBARK_OK);
  ck_assert_uint_eq(trace_round_trips(), 1);
  ck_assert_uint_eq(trace_statements(), 1);
  ck_assert_uint_eq(trace_count("\tParse\t \"\" \"SELECT "), 1);
  ck_assert_uint_eq(trace_count("lock"), 0);
  ck_assert_uint_le(trace_count("DataRow"), 1);
  db_expect_mark(before);
}

START_TEST(g6_a_database_with_10_migrations_takes_one_round_trip)
{
  drive_given(many(NATIVE, 10));
  expect_nothing_done(many(NATIVE, 10));
}
END_TEST

START_TEST(g6_a_database_with_100_migrations_takes_one_round_trip)
{
  drive_given(many(NATIVE, 100));
  expect_nothing_done(many(NATIVE, 100));
}
END_TEST

START_TEST(g6_a_database_with_1000_migrations_takes_one_round_trip)
{
  drive_given(many(NATIVE, 1000));
  expect_nothing_done(many(NATIVE, 1000));
}
END_TEST

START_TEST(g6_a_drizzle_database_takes_one_round_trip)
{
  drive_given(many(DRIZZLE, 300));
  expect_nothing_done(many(DRIZZLE, 300));
}
END_TEST

START_TEST(g6_a_drizzle_database_with_tags_takes_one_round_trip)
{
  drive_given(many(EMBARK_LEDGER_DRIZZLE_TAG, 30));
  expect_nothing_done(many(EMBARK_LEDGER_DRIZZLE_TAG, 30));
}
END_TEST

START_TEST(g6_an_adopted_database_takes_one_round_trip)
{
  db_exec(db_watch, "create table t ()");
  drive_options.adopt = EMBARK_ADOPT_ASSUME;
  drive_ok(many(NATIVE, 3));
  expect_nothing_done(many(NATIVE, 3));
}
END_TEST

START_TEST(g6_a_database_with_migrations_without_a_transaction_takes_one_round_trip)
{
  made_bundle *made = bundle_native("0000_a", "create table a (id int);\n", "0001_i",
                                    "-- embark: no-transaction\nvacuum a;\n", NULL);
  drive_given(made);
  expect_nothing_done(made);
}
END_TEST

START_TEST(g6_nothing_is_written_not_even_where_that_is_allowed)
{
  drive_given(many(NATIVE, 3));
  db_exec(db_conn, "set default_transaction_read_only = on");
  expect_nothing_done(many(NATIVE, 3));
}
END_TEST

/* As a role that may do nothing else. */
static void expect_reading_enough(const made_bundle *made)
{
  drive_given(made);
  const char *role = db_role("");
  const char *schema = made->bundle.ledger_schema;
  db_exec(db_watch,
          "revoke all on schema public from public; grant usage on schema %s to %s;"
          "grant select on %s.%s to %s",
          schema, role, schema, made->bundle.ledger_table, role);
  db_reconnect(keep_printf("user=%s", role));
  expect_nothing_done(made);
}

START_TEST(g6_the_right_to_read_the_ledger_is_enough)
{
  expect_reading_enough(many(NATIVE, 3));
}
END_TEST

START_TEST(g6_the_right_to_read_a_drizzle_ledger_is_enough)
{
  expect_reading_enough(many(DRIZZLE, 3));
}
END_TEST

START_TEST(g6_a_database_that_is_ahead_takes_one_round_trip)
{
  made_bundle *whole = many(NATIVE, 5);
  drive_given(whole);
  const char *before = db_mark();
  ck_assert_int_eq(traced(bundle_head(whole, 3)), EMBARK_OK);
  ck_assert_uint_eq(trace_round_trips(), 1);
  ck_assert_uint_eq(trace_statements(), 1);
  ck_assert_int_eq(drive_ahead, drive_through == DRIVE_POLLABLE);
  db_expect_mark(before);
}
END_TEST

START_TEST(g6_a_drizzle_database_that_is_ahead_takes_two_round_trips)
{
  made_bundle *whole = many(DRIZZLE, 5);
  drive_given(whole);
  const char *before = db_mark();
  ck_assert_int_eq(traced(bundle_head(whole, 3)), EMBARK_OK);
  ck_assert_uint_eq(trace_round_trips(), 2);
  ck_assert_int_eq(drive_ahead, drive_through == DRIVE_POLLABLE);
  db_expect_mark(before);
}
END_TEST

START_TEST(g6_a_late_migration_applied_out_of_order_leaves_one_round_trip)
{
  made_bundle *whole = many(NATIVE, 5);
  drive_given(bundle_without(whole, 2));
  drive_options.flags = EMBARK_OUT_OF_ORDER;
  drive_ok(whole);
  expect_nothing_done(whole);
}
END_TEST

/* --- applying -------------------------------------------------------------------------------- */

static void expect_applied(const made_bundle *made, unsigned most)
{
  ck_assert_int_eq(traced(made), EMBARK_OK);
  ck_assert_uint_le(trace_round_trips(), most);
}

START_TEST(a_thousand_migrations_take_at_most_five_round_trips_in_all)
{
  expect_applied(many(NATIVE, 1000), 5);
  db_expect_rows("1000", "select count(*) from embark.migrations");
}
END_TEST

START_TEST(a_thousand_drizzle_migrations_take_at_most_five_round_trips_in_all)
{
  expect_applied(many(DRIZZLE, 1000), 5);
  db_expect_rows("1000", "select count(*) from drizzle.__drizzle_migrations");
}
END_TEST

START_TEST(one_migration_takes_as_many_round_trips_as_a_thousand)
{
  expect_applied(many(NATIVE, 1), 5);
  unsigned one = trace_round_trips();
  db_exec(db_watch, "drop schema embark cascade");
  expect_applied(many(NATIVE, 1000), one);
}
END_TEST

START_TEST(settings_that_migrations_change_take_at_most_one_round_trip_more)
{
  made_bundle *loud =
      bundle_native("0000_a", "set search_path = pg_catalog;\nset work_mem = '5MB';\n", "0001_b",
                    "set lock_timeout = 77;\nset role none;\n", NULL);
  loud->migrations[0].flags = EMBARK_MIGRATION_SETTINGS;
  loud->migrations[1].flags = EMBARK_MIGRATION_SETTINGS;
  expect_applied(many(NATIVE, 300), 4);
  db_exec(db_watch, "drop schema embark cascade");
  expect_applied(loud, 5);
}
END_TEST

START_TEST(every_statement_of_a_migration_is_sent_once)
{
  made_bundle *made = many(NATIVE, 50);
  ck_assert_int_eq(traced(made), EMBARK_OK);
  for (unsigned i = 0; i < 50; i++) {
    ck_assert_uint_eq(trace_count(keep_printf("\"select %u\"", i)), 1);
  }
}
END_TEST

/* --- other ops ------------------------------------------------------------------------------- */

START_TEST(verify_of_a_sound_database_takes_one_round_trip)
{
  drive_given(many(NATIVE, 20));
  embark_run *run = drive_start(EMBARK_VERIFY, many(NATIVE, 20));
  trace_start(db_conn);
  ck_assert_int_eq(drive_run(run), EMBARK_OK);
  trace_stop(db_conn);
  ck_assert_uint_eq(trace_round_trips(), 1);
  embark_run_free(run);
}
END_TEST

START_TEST(plan_of_a_database_that_is_behind_takes_two_round_trips)
{
  made_bundle *whole = many(NATIVE, 20);
  drive_given(bundle_head(whole, 10));
  const char *before = db_mark();
  embark_run *run = drive_start(EMBARK_PLAN, whole);
  trace_start(db_conn);
  ck_assert_int_eq(drive_run(run), EMBARK_OK);
  trace_stop(db_conn);
  ck_assert_uint_eq(trace_round_trips(), 2);
  embark_run_free(run);
  db_expect_mark(before);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = drive_suite(
      "wire", g6_a_database_with_10_migrations_takes_one_round_trip,
      g6_a_database_with_100_migrations_takes_one_round_trip,
      g6_a_database_with_1000_migrations_takes_one_round_trip,
      g6_a_drizzle_database_takes_one_round_trip,
      g6_a_drizzle_database_with_tags_takes_one_round_trip,
      g6_an_adopted_database_takes_one_round_trip,
      g6_a_database_with_migrations_without_a_transaction_takes_one_round_trip,
      g6_nothing_is_written_not_even_where_that_is_allowed,
      g6_the_right_to_read_the_ledger_is_enough, g6_the_right_to_read_a_drizzle_ledger_is_enough,
      g6_a_database_that_is_ahead_takes_one_round_trip,
      g6_a_drizzle_database_that_is_ahead_takes_two_round_trips,
      g6_a_late_migration_applied_out_of_order_leaves_one_round_trip,
      a_thousand_migrations_take_at_most_five_round_trips_in_all,
      a_thousand_drizzle_migrations_take_at_most_five_round_trips_in_all,
      one_migration_takes_as_many_round_trips_as_a_thousand,
      settings_that_migrations_change_take_at_most_one_round_trip_more,
      every_statement_of_a_migration_is_sent_once, NULL);
  drive_add_single(suite, verify_of_a_sound_database_takes_one_round_trip,
                   plan_of_a_database_that_is_behind_takes_two_round_trips, NULL);
  return suite;
}
