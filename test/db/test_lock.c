/* G5: the migration lock, held by somebody else. */
#include <string.h>

#include "drive.h"
#include "keep.h"
#include "record.h"
#include "suite.h"

#define KEY 4711

static made_bundle *two(void)
{
  return bundle_tables(EMBARK_LEDGER_NATIVE, 2);
}

/* Another session holds the lock that the test's runs want. */
static PGconn *given_holder(void)
{
  PGconn *holder = db_connect("application_name=holder");
  drive_options.has_lock_key = 1;
  drive_options.lock_key = KEY;
  db_exec(holder, "BEGIN; SELECT pg_advisory_xact_lock(%d)", KEY);
  return holder;
}

START_TEST(g5_a_run_that_may_not_wait_fails_at_once_and_names_the_holder)
{
  PGconn *holder = given_holder();
  drive_options.lock_wait_ms = EMBARK_WAIT_NONE;
  drive_expect(two(), EMBARK_E_LOCKED);
  drive_expect_error("another session is migrating this database",
                     keep_printf("The migration lock is held by pid %d (holder, user %s, idle in "
                                 "transaction).",
                                 PQbackendPID(holder), db_user()),
                     NULL);
  db_expect_tables("");
  db_exec(holder, "ROLLBACK");
  drive_ok(two());
}
END_TEST

START_TEST(g5_a_run_that_waited_long_enough_fails_and_names_the_holder)
{
  PGconn *holder = given_holder();
  drive_options.lock_wait_ms = 30;
  drive_expect(two(), EMBARK_E_LOCKED);
  ck_assert_ptr_nonnull(strstr(drive_error.detail, keep_printf("pid %d", PQbackendPID(holder))));
}
END_TEST

static PGconn *the_holder;
static unsigned waits;

static int release_at_first_wait(const embark_event *event)
{
  if (event->type == EMBARK_EVENT_LOCK_WAIT && ++waits == 1) {
    db_exec(the_holder, "COMMIT");
  }
  return 0;
}

START_TEST(g5_a_run_that_waits_goes_on_when_the_lock_is_free)
{
  the_holder = given_holder();
  drive_options.on_event = record_event;
  record_react = release_at_first_wait;
  drive_ok(two());
  ck_assert_uint_eq(record_count(EMBARK_EVENT_LOCK_WAIT), 1);
  ck_assert_int_eq(record_holder(), PQbackendPID(the_holder));
  ck_assert_ptr_nonnull(strstr(record_message(), "(holder, user "));
  db_expect_tables("t0000 t0001");
}
END_TEST

static int migrate_and_release(const embark_event *event)
{
  if (event->type == EMBARK_EVENT_LOCK_WAIT && ++waits == 1) {
    db_exec(the_holder, "COMMIT");
    drive_given(two());
  }
  return 0;
}

START_TEST(g1_a_run_that_waited_finds_the_work_done_by_the_other)
{
  the_holder = given_holder();
  drive_options.on_event = record_event;
  record_react = migrate_and_release;
  drive_ok(two());
  ck_assert_str_eq(record_text(), "LOCK_WAIT\nDONE 0");
}
END_TEST

static const char *seen_state;

static int look_at_the_waiting_session(const embark_event *event)
{
  if (event->type == EMBARK_EVENT_LOCK_WAIT && ++waits == 1) {
    seen_state = db_rows(db_watch,
                         "SELECT state, backend_xid, backend_xmin,"
                         " (SELECT count(*) FROM pg_locks AS l WHERE l.pid = a.pid)"
                         " FROM pg_stat_activity AS a WHERE pid = %d",
                         PQbackendPID(db_conn));
    db_exec(the_holder, "COMMIT");
  }
  return 0;
}

START_TEST(g5_a_run_that_waits_holds_no_transaction_snapshot_or_lock)
{
  the_holder = given_holder();
  drive_options.on_event = record_event;
  record_react = look_at_the_waiting_session;
  drive_ok(two());
  ck_assert_str_eq(seen_state, "idle|||0");
}
END_TEST

START_TEST(g5_create_index_concurrently_is_not_held_up_by_a_run_that_waits)
{
  PGconn *holder = given_holder();
  db_exec(db_watch, "CREATE SCHEMA s; CREATE TABLE s.t (id int)");
  drive_options.adopt = EMBARK_ADOPT_ASSUME;
  embark_run *run = drive_start(EMBARK_MIGRATE, two());
  while (drive_step(run) != EMBARK_POLL_TIMER) {
  }
  db_exec(db_watch, "CREATE INDEX CONCURRENTLY ON s.t (id)");
  db_exec(holder, "COMMIT");
  ck_assert_int_eq(drive_run(run), EMBARK_OK);
  embark_run_free(run);
}
END_TEST

START_TEST(g6_a_run_with_nothing_to_do_does_not_mind_the_lock)
{
  drive_given(two());
  given_holder();
  drive_options.lock_wait_ms = EMBARK_WAIT_NONE;
  drive_ok(two());
}
END_TEST

START_TEST(a_lock_of_another_database_is_another_lock)
{
  PGconn *elsewhere = PQconnectdb("dbname=postgres");
  db_exec(elsewhere, "BEGIN; SELECT pg_advisory_xact_lock(%d)", KEY);
  drive_options.has_lock_key = 1;
  drive_options.lock_key = KEY;
  drive_options.lock_wait_ms = EMBARK_WAIT_NONE;
  drive_ok(two());
  PQfinish(elsewhere);
}
END_TEST

START_TEST(any_key_will_do)
{
  static const int64_t keys[] = {0, -1, INT64_MIN, INT64_MAX, INT64_C(0x100000001)};
  for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
    db_exec(db_watch, "BEGIN; SELECT pg_advisory_xact_lock(%lld)", (long long)keys[i]);
    drive_options.has_lock_key = 1;
    drive_options.lock_key = keys[i];
    drive_options.lock_wait_ms = EMBARK_WAIT_NONE;
    drive_expect(two(), EMBARK_E_LOCKED);
    ck_assert_ptr_nonnull(
        strstr(drive_error.detail, keep_printf("pid %d", PQbackendPID(db_watch))));
    db_exec(db_watch, "ROLLBACK");
  }
  drive_ok(two());
}
END_TEST

START_TEST(a_drizzle_ledger_has_the_key_that_others_use_too)
{
  db_exec(db_watch, "BEGIN; SELECT pg_advisory_xact_lock(%d)", 0x4d495252);
  drive_options.lock_wait_ms = EMBARK_WAIT_NONE;
  drive_expect(bundle_tables(EMBARK_LEDGER_DRIZZLE, 1), EMBARK_E_LOCKED);
  db_exec(db_watch, "ROLLBACK");
  drive_ok(bundle_tables(EMBARK_LEDGER_DRIZZLE, 1));
}
END_TEST

/* The key that a run holds, read while its first migration waits for a table. */
static const char *key_of_a_run(const char *ledger_table)
{
  PGconn *blocker = db_connect("");
  made_bundle *made = bundle_native("0000_a", "select from s.t;\n", NULL);
  drive_options.ledger_table = ledger_table;
  db_exec(blocker, "BEGIN; LOCK TABLE s.t");
  embark_run *run = drive_start(EMBARK_MIGRATE, made);
  while (db_value(db_watch, "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid = %d",
                  PQbackendPID(db_conn))[0] == '0') {
    ck_assert_int_ne(embark_run_poll(run), EMBARK_POLL_FAILED);
  }
  const char *key = db_value(db_watch,
                             "SELECT concat(classid, ' ', objid) FROM pg_locks"
                             " WHERE locktype = 'advisory' AND pid = %d",
                             PQbackendPID(db_conn));
  db_exec(blocker, "COMMIT");
  ck_assert_int_eq(drive_run(run), EMBARK_OK);
  embark_run_free(run);
  db_exec(db_watch, "DROP TABLE embark.%s", ledger_table);
  return key;
}

START_TEST(g5_ledgers_of_different_names_have_different_locks)
{
  db_exec(db_watch, "CREATE SCHEMA s; CREATE TABLE s.t ()");
  db_exec(db_watch, "CREATE EXTENSION btree_gist; ALTER EXTENSION btree_gist ADD TABLE s.t");
  const char *one = key_of_a_run("one"), *other = key_of_a_run("other");
  ck_assert_str_ne(one, "");
  ck_assert_str_ne(other, "");
  ck_assert_str_ne(one, other);
}
END_TEST

Suite *test_suite(void)
{
  return drive_suite("lock", g5_a_run_that_may_not_wait_fails_at_once_and_names_the_holder,
                     g5_a_run_that_waited_long_enough_fails_and_names_the_holder,
                     g5_a_run_that_waits_goes_on_when_the_lock_is_free,
                     g1_a_run_that_waited_finds_the_work_done_by_the_other,
                     g5_a_run_that_waits_holds_no_transaction_snapshot_or_lock,
                     g5_create_index_concurrently_is_not_held_up_by_a_run_that_waits,
                     g6_a_run_with_nothing_to_do_does_not_mind_the_lock,
                     a_lock_of_another_database_is_another_lock, any_key_will_do,
                     a_drizzle_ledger_has_the_key_that_others_use_too,
                     g5_ledgers_of_different_names_have_different_locks, NULL);
}
