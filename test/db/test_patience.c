/* Locks that others hold: how often they may be lost, and waiting for the ledger itself. */
#include "drive.h"
#include "keep.h"
#include "record.h"
#include "suite.h"

#define MANY 12

/* Migrations each of which loses a lock the first `times` times it runs. */
static made_bundle *losers(int times)
{
  const char **tags = keep_zeros(MANY * sizeof *tags);
  const char **texts = keep_zeros(MANY * sizeof *texts);
  for (int i = 0; i < MANY; i++) {
    db_exec(db_watch, "CREATE SEQUENCE tries%d", i);
    tags[i] = keep_printf("%04d_m", i);
    texts[i] = keep_printf("do $$ begin if nextval('tries%d') <= %d then raise exception 'locked'"
                           " using errcode = 'lock_not_available'; end if; end $$;\n",
                           i, times);
  }
  drive_options.on_event = record_event;
  drive_options.retries = 2;
  return bundle_make_array(EMBARK_LEDGER_NATIVE, MANY, tags, texts, NULL);
}

START_TEST(retries_are_counted_for_each_migration)
{
  drive_ok(losers(1));
  ck_assert_uint_eq(record_count(EMBARK_EVENT_RETRY), MANY);
  ck_assert_uint_eq(record_count(EMBARK_EVENT_APPLIED), MANY);
}
END_TEST

START_TEST(retries_of_each_migration_may_all_be_used)
{
  made_bundle *made = losers(2);
  drive_ok(bundle_head(made, 4));
  ck_assert_uint_eq(record_count(EMBARK_EVENT_RETRY), 8);
}
END_TEST

START_TEST(retries_of_one_migration_are_not_lent_by_another)
{
  drive_expect(losers(3), EMBARK_E_LOCK_TIMEOUT);
  ck_assert_uint_eq(record_count(EMBARK_EVENT_RETRY), 2);
  drive_expect_place("0000_m", 1, 1, 0);
}
END_TEST

/* --- the ledger is being made ----------------------------------------------------------------- */

static PGconn *blocker;
static const char *ending;

static int end_at_second_retry(const embark_event *event)
{
  if (event->type == EMBARK_EVENT_RETRY && record_count(EMBARK_EVENT_RETRY) == 2) {
    db_exec(blocker, "%s", ending);
  }
  return 0;
}

/* Another session makes this and has not committed; at the second retry it ends so. */
static void given_maker(const char *sql, const char *how)
{
  blocker = db_connect("");
  ending = how;
  db_exec(blocker, "BEGIN; %s", sql);
  drive_options.lock_timeout_ms = 20;
  drive_options.on_event = record_event;
  record_react = end_at_second_retry;
}

static void expect_made(void)
{
  drive_ok(bundle_tables(EMBARK_LEDGER_NATIVE, 2));
  db_expect_tables("t0000 t0001");
  ck_assert_uint_ge(record_count(EMBARK_EVENT_RETRY), 2);
}

START_TEST(a_ledger_whose_schema_another_session_makes_is_tried_again_when_that_rolls_back)
{
  given_maker("CREATE SCHEMA embark", "ROLLBACK");
  expect_made();
}
END_TEST

START_TEST(a_ledger_whose_schema_another_session_makes_is_tried_again_when_that_commits)
{
  given_maker("CREATE SCHEMA embark", "COMMIT");
  expect_made();
}
END_TEST

START_TEST(a_ledger_that_another_session_makes_is_tried_again_when_that_rolls_back)
{
  db_exec(db_watch, "CREATE SCHEMA embark");
  given_maker("CREATE TABLE embark.migrations ()", "ROLLBACK");
  expect_made();
}
END_TEST

START_TEST(a_ledger_that_another_session_never_finishes_is_a_lock_timeout)
{
  given_maker("CREATE SCHEMA embark", "");
  drive_options.lock_timeout_ms = 1;
  drive_options.retries = 1;
  drive_expect(bundle_tables(EMBARK_LEDGER_NATIVE, 2), EMBARK_E_LOCK_TIMEOUT);
  drive_expect_error("the ledger could not be locked", NULL, NULL);
  drive_expect_place("", 0, 0, 0);
  ck_assert_str_eq(drive_error.sqlstate, "55P03");
}
END_TEST

/* --- the ledger is locked --------------------------------------------------------------------- */

/* A run that waits for a lock on the ledger, which nothing else would end, is cancelled. */
static void cancel_waiting(embark_op op)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 2);
  drive_given(bundle_head(made, 1));
  const char *before = db_session(db_conn);
  drive_options.lock_timeout_ms = EMBARK_NO_TIMEOUT;
  db_exec(db_watch, "BEGIN; LOCK TABLE embark.migrations IN ACCESS EXCLUSIVE MODE");
  embark_run *run = drive_start(op, made);
  ck_assert_int_eq(embark_run_poll(run), EMBARK_POLL_READ);
  db_wait_until("EXISTS (SELECT FROM pg_locks WHERE pid = %d AND NOT granted)",
                PQbackendPID(db_conn));
  embark_run_cancel(run);
  ck_assert_int_eq(drive_run(run), EMBARK_E_CANCELLED);
  embark_run_free(run);
  db_exec(db_watch, "COMMIT");
  db_expect_session(db_conn, before);
  drive_ok(made);
  db_expect_tables("t0000 t0001");
}

START_TEST(a_cancel_ends_a_check_that_waits_for_a_lock_on_the_ledger)
{
  cancel_waiting(EMBARK_MIGRATE);
}
END_TEST

START_TEST(a_cancel_ends_a_plan_that_waits_for_a_lock_on_the_ledger)
{
  cancel_waiting(EMBARK_PLAN);
}
END_TEST

START_TEST(a_cancel_ends_a_verify_that_waits_for_a_lock_on_the_ledger)
{
  cancel_waiting(EMBARK_VERIFY);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = drive_suite(
      "patience", retries_are_counted_for_each_migration, retries_of_each_migration_may_all_be_used,
      retries_of_one_migration_are_not_lent_by_another,
      a_ledger_whose_schema_another_session_makes_is_tried_again_when_that_rolls_back,
      a_ledger_whose_schema_another_session_makes_is_tried_again_when_that_commits,
      a_ledger_that_another_session_makes_is_tried_again_when_that_rolls_back,
      a_ledger_that_another_session_never_finishes_is_a_lock_timeout, NULL);
  drive_add_single(suite, a_cancel_ends_a_check_that_waits_for_a_lock_on_the_ledger,
                   a_cancel_ends_a_plan_that_waits_for_a_lock_on_the_ledger,
                   a_cancel_ends_a_verify_that_waits_for_a_lock_on_the_ledger, NULL);
  return suite;
}
