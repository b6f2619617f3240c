/* A migration that does not get its locks is rolled back and tried again. */
#include <string.h>

#include "drive.h"
#include "keep.h"
#include "record.h"
#include "suite.h"

static PGconn *blocker;
static unsigned retries;

/* Another session reads table b and stays in its transaction. */
static made_bundle *given_blocked(void)
{
  made_bundle *made = bundle_native("0000_b", "create table b (id int);\n", "0001_c",
                                    "create table c ();\nalter table b add x int;\n", "0002_d",
                                    "create table d ();\n", NULL);
  drive_given(bundle_head(made, 1));
  blocker = db_connect("application_name=blocker");
  db_exec(blocker, "BEGIN; SELECT * FROM b");
  drive_options.lock_timeout_ms = 20;
  drive_options.on_event = record_event;
  return made;
}

static int release_at_second_retry(const embark_event *event)
{
  if (event->type == EMBARK_EVENT_RETRY && ++retries == 2) {
    db_exec(blocker, "COMMIT");
  }
  return 0;
}

START_TEST(a_migration_is_tried_again_until_the_lock_is_free)
{
  made_bundle *made = given_blocked();
  record_react = release_at_second_retry;
  drive_ok(made);
  db_expect_tables("b c d");
  ck_assert_uint_ge(record_count(EMBARK_EVENT_RETRY), 2);
  ck_assert_uint_eq(record_count(EMBARK_EVENT_APPLIED), 2);
  ck_assert_ptr_nonnull(strstr(record_text(), "\nRETRY 1/2 0001_c 55P03\n"));
}
END_TEST

/* The error says what the server did, and who may have been in the way. */
static void expect_blamed(const char *who, const char *how)
{
  const char *detail = drive_error.detail;
  const char *pid = keep_printf("\nIn the way may be pid %d ", PQbackendPID(blocker));
  ck_assert_ptr_eq(strstr(detail, "ERROR: canceling statement due to lock timeout"), detail);
  ck_assert_msg(strstr(detail, pid) != NULL, "%s", detail);
  ck_assert_msg(strstr(detail, who) != NULL && strstr(detail, how) != NULL, "%s", detail);
}

START_TEST(retries_come_to_an_end)
{
  made_bundle *made = given_blocked();
  drive_options.retries = 2;
  drive_options.lock_timeout_ms = 1;
  drive_expect(made, EMBARK_E_LOCK_TIMEOUT);
  ck_assert_uint_eq(record_count(EMBARK_EVENT_RETRY), 2);
  drive_expect_error("migration \"0001_c\" did not get its locks at statement 2", NULL, NULL);
  expect_blamed("(blocker, user", "idle in transaction): it holds AccessShareLock on public.b");
  drive_expect_place("0001_c", 2, 2, 0);
  db_expect_tables("b");
  db_exec(blocker, "COMMIT");
  drive_ok(made);
}
END_TEST

START_TEST(what_was_applied_before_a_retry_is_not_applied_again)
{
  made_bundle *blocked = given_blocked();
  made_bundle *made =
      bundle_native("0000_b", "create table b (id int);\n", "0001_a", "create table a ();\n",
                    "0002_x", "alter table b add x int;\n", "0003_d", "create table d ();\n", NULL);
  ck_assert_uint_eq(blocked->bundle.migration_count, 3);
  record_react = release_at_second_retry;
  drive_ok(made);
  ck_assert_uint_eq(record_count(EMBARK_EVENT_APPLIED), 3);
  db_expect_tables("a b d");
}
END_TEST

START_TEST(the_migration_lock_is_let_go_between_retries)
{
  made_bundle *made = given_blocked();
  record_react = release_at_second_retry;
  embark_run *run = drive_start(EMBARK_MIGRATE, made);
  while (drive_step(run) != EMBARK_POLL_TIMER) {
  }
  db_expect_rows("0", "SELECT count(*) FROM pg_locks WHERE pid = %d", PQbackendPID(db_conn));
  ck_assert_int_eq(drive_run(run), EMBARK_OK);
  embark_run_free(run);
}
END_TEST

START_TEST(a_directives_lock_timeout_goes_before_that_of_the_options)
{
  made_bundle *made = given_blocked();
  made->migrations[1].lock_timeout_ms = 1;
  drive_options.lock_timeout_ms = EMBARK_NO_TIMEOUT;
  drive_options.retries = 1;
  drive_expect(made, EMBARK_E_LOCK_TIMEOUT);
}
END_TEST

START_TEST(a_serialization_failure_is_tried_again)
{
  db_exec(db_watch, "CREATE SEQUENCE tries");
  made_bundle *made = bundle_native(
      "0000_a",
      "do $$ begin if nextval('tries') < 3 then"
      " raise exception 'again' using errcode = 'serialization_failure'; end if; end $$;\n"
      "create table a ();\n",
      NULL);
  drive_options.on_event = record_event;
  drive_ok(made);
  ck_assert_uint_eq(record_count(EMBARK_EVENT_RETRY), 2);
  db_expect_tables("a");
}
END_TEST

START_TEST(a_deadlock_is_tried_again)
{
  db_exec(db_watch, "CREATE SEQUENCE tries");
  made_bundle *made = bundle_native("0000_a",
                                    "do $$ begin if nextval('tries') < 2 then"
                                    " raise exception 'x' using errcode = 'deadlock_detected';"
                                    " end if; end $$;\ncreate table a ();\n",
                                    NULL);
  drive_ok(made);
  db_expect_rows("2", "SELECT last_value FROM tries");
}
END_TEST

START_TEST(a_cancel_ends_the_wait_for_another_try)
{
  made_bundle *made = given_blocked();
  embark_run *run = drive_start(EMBARK_MIGRATE, made);
  while (drive_step(run) != EMBARK_POLL_TIMER) {
  }
  embark_run_cancel(run);
  ck_assert_int_eq(drive_run(run), EMBARK_E_CANCELLED);
  embark_run_free(run);
  db_exec(blocker, "COMMIT");
  drive_ok(made);
}
END_TEST

Suite *test_suite(void)
{
  return drive_suite("retry", a_migration_is_tried_again_until_the_lock_is_free,
                     retries_come_to_an_end, what_was_applied_before_a_retry_is_not_applied_again,
                     the_migration_lock_is_let_go_between_retries,
                     a_directives_lock_timeout_goes_before_that_of_the_options,
                     a_serialization_failure_is_tried_again, a_deadlock_is_tried_again,
                     a_cancel_ends_the_wait_for_another_try, NULL);
}
