/* What may be in the way of REVERT, ADOPT and ACCEPT: rights, locks, memory, a cancel, a crowd. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drive.h"
#include "failing_alloc.h"
#include "keep.h"
#include "record.h"
#include "suite.h"
#include "trace.h"

static const embark_ledger kinds[] = {EMBARK_LEDGER_NATIVE, EMBARK_LEDGER_DRIZZLE,
                                      EMBARK_LEDGER_DRIZZLE_TAG};
static const embark_op ops[] = {EMBARK_REVERT, EMBARK_ADOPT, EMBARK_ACCEPT};

/* --- bundles and what is given ---------------------------------------------------------------- */

/* Of three migrations two are applied, and the first was edited since: each op has work to do. */
typedef struct work {
  made_bundle *given;
  made_bundle *made;
} work;

static work work_for(embark_op op, embark_ledger kind)
{
  work w = {bundle_head(bundle_reversible(kind, 3), 2), bundle_reversible(kind, 3)};
  if (op == EMBARK_ACCEPT) {
    w.made = bundle_make(kind, "0000_t", "-- edited\ncreate table t0000 (id int);\n", "0001_t",
                         "create table t0001 (id int);\n", NULL);
  }
  drive_options.steps = op == EMBARK_REVERT ? 1 : 0;
  drive_options.reason = "a test";
  return w;
}

static void expect_op(embark_op op, const made_bundle *made, embark_code code)
{
  int got = drive_op(op, made);
  char text[2048];
  embark_error_format(&drive_error, text, sizeof text);
  ck_assert_msg(got == (int)code, "%s instead of %s: %s", embark_code_name(got),
                embark_code_name((int)code), text);
}

/* --- rights ----------------------------------------------------------------------------------- */

/* The role under test: it owns the tables, and may do this with the ledger. */
static const char *given_role(const char *rights, const char *audit_rights)
{
  const char *role = db_role("");
  db_exec(db_watch,
          "GRANT ALL ON SCHEMA public TO %s; ALTER TABLE t0000 OWNER TO %s;"
          "ALTER TABLE t0001 OWNER TO %s; GRANT USAGE ON SCHEMA embark TO %s;"
          "GRANT %s ON embark.migrations TO %s",
          role, role, role, role, rights, role);
  if (audit_rights != NULL) {
    db_exec(db_watch,
            "CREATE TABLE embark.audit (at timestamptz NOT NULL, by text NOT NULL,"
            " op text NOT NULL, ledger text NOT NULL, component text NOT NULL,"
            " tag text NOT NULL, hash_before text, hash_after text, reason text);"
            "GRANT %s ON embark.audit TO %s",
            audit_rights, role);
  }
  db_reconnect(keep_printf("user=%s", role));
  return role;
}

START_TEST(a_role_that_may_not_delete_from_the_ledger_is_told_so)
{
  work w = work_for(EMBARK_REVERT, EMBARK_LEDGER_NATIVE);
  drive_given(w.given);
  given_role("SELECT, INSERT, UPDATE", "INSERT");
  expect_op(EMBARK_REVERT, w.made, EMBARK_E_PERMISSION);
  drive_expect_error("the ledger embark.migrations may not be written",
                     "ERROR: permission denied for table migrations (SQLSTATE 42501)",
                     "Have it created beforehand (docs/ledger.md has the SQL) and grant the role "
                     "USAGE on its schema and SELECT, INSERT, UPDATE and DELETE on it.");
  db_expect_tables("t0000 t0001");
}
END_TEST

START_TEST(a_role_that_may_not_update_the_ledger_is_told_so)
{
  work w = work_for(EMBARK_ACCEPT, EMBARK_LEDGER_NATIVE);
  drive_given(w.given);
  given_role("SELECT, INSERT", "INSERT");
  expect_op(EMBARK_ACCEPT, w.made, EMBARK_E_PERMISSION);
  drive_expect_error("the ledger embark.migrations may not be written", NULL,
                     "Have it created beforehand (docs/ledger.md has the SQL) and grant the role "
                     "USAGE on its schema and SELECT, INSERT and UPDATE on it.");
}
END_TEST

START_TEST(a_role_that_may_not_write_the_audit_is_told_so)
{
  embark_op op = ops[_i];
  work w = work_for(op, EMBARK_LEDGER_NATIVE);
  drive_given(w.given);
  given_role("ALL", "SELECT");
  expect_op(op, w.made, EMBARK_E_PERMISSION);
  drive_expect_error("the table embark.audit may not be written",
                     "ERROR: permission denied for table audit (SQLSTATE 42501)",
                     "Have it created beforehand (docs/ledger.md has the SQL) and grant the role "
                     "USAGE on its schema and INSERT on it.");
  db_expect_tables("t0000 t0001");
}
END_TEST

START_TEST(a_role_that_may_not_create_the_audit_is_told_so)
{
  work w = work_for(EMBARK_REVERT, EMBARK_LEDGER_NATIVE);
  drive_given(w.given);
  given_role("ALL", NULL);
  expect_op(EMBARK_REVERT, w.made, EMBARK_E_PERMISSION);
  drive_expect_error("the table embark.audit may not be created", NULL, NULL);
  db_expect_tables("t0000 t0001");
}
END_TEST

START_TEST(the_grants_of_the_manual_are_enough)
{
  embark_op op = ops[_i];
  work w = work_for(op, EMBARK_LEDGER_NATIVE);
  drive_given(w.given);
  given_role("SELECT, INSERT, UPDATE, DELETE", "INSERT");
  expect_op(op, w.made, EMBARK_OK);
  db_expect_rows("1", "SELECT count(*) FROM embark.audit");
}
END_TEST

START_TEST(a_dry_run_needs_no_more_than_to_read)
{
  embark_op op = ops[_i];
  work w = work_for(op, EMBARK_LEDGER_NATIVE);
  drive_given(w.given);
  given_role("SELECT", NULL);
  const char *before = db_mark();
  drive_options.flags = EMBARK_DRY_RUN;
  expect_op(op, w.made, EMBARK_OK);
  db_expect_mark(before);
}
END_TEST

/* --- locks ------------------------------------------------------------------------------------ */

static PGconn *blocker;
static unsigned retries;

static int release_at_second_retry(const embark_event *event)
{
  if (event->type == EMBARK_EVENT_RETRY && ++retries == 2) {
    db_exec(blocker, "COMMIT");
  }
  return 0;
}

static made_bundle *given_blocked(void)
{
  made_bundle *made = bundle_reversible(EMBARK_LEDGER_NATIVE, 3);
  drive_given(made);
  blocker = db_connect("application_name=blocker");
  db_exec(blocker, "BEGIN; SELECT * FROM t0001");
  drive_options.lock_timeout_ms = 20;
  drive_options.target = "";
  return made;
}

START_TEST(a_revert_is_tried_again_until_the_lock_is_free)
{
  made_bundle *made = given_blocked();
  record_react = release_at_second_retry;
  expect_op(EMBARK_REVERT, made, EMBARK_OK);
  db_expect_tables("");
  ck_assert_uint_eq(record_count(EMBARK_EVENT_APPLIED), 3);
  ck_assert_ptr_nonnull(strstr(record_text(), "\nRETRY 2/3 0001_t 55P03\n"));
}
END_TEST

START_TEST(a_revert_that_does_not_get_its_locks_names_who_has_them)
{
  made_bundle *made = given_blocked();
  drive_options.retries = 1;
  drive_options.lock_timeout_ms = 1;
  expect_op(EMBARK_REVERT, made, EMBARK_E_LOCK_TIMEOUT);
  drive_expect_error("reverting migration \"0001_t\" did not get its locks at statement 1", NULL,
                     NULL);
  ck_assert_ptr_eq(strstr(drive_error.hint,
                          "The revert was rolled back, 1 times; earlier ones stay "
                          "reverted. "),
                   drive_error.hint);
  ck_assert_ptr_nonnull(strstr(drive_error.detail, "(blocker, user"));
  ck_assert_str_eq(drive_error.file, "0001_t.down.sql");
  db_expect_tables("t0000 t0001");
}
END_TEST

static int cancel_at_first(const embark_event *event)
{
  return event->type == EMBARK_EVENT_APPLIED;
}

START_TEST(a_cancelled_revert_leaves_what_is_reverted_so)
{
  made_bundle *made = bundle_reversible(EMBARK_LEDGER_NATIVE, 2);
  bundle_down(made, "0000_t", "select pg_sleep(600);\n");
  drive_given(made);
  drive_options.steps = 2;
  record_react = cancel_at_first;
  expect_op(EMBARK_REVERT, made, EMBARK_E_CANCELLED);
  ck_assert_str_eq(drive_error.hint,
                   "What was reverted before stays; run again to go on from there.");
  db_expect_tables("t0000");
  ck_assert_int_eq(drive_op(EMBARK_VERIFY, bundle_head(made, 1)), EMBARK_OK);
}
END_TEST

START_TEST(who_waits_for_the_lock_and_gives_up_says_so)
{
  embark_op op = ops[_i];
  work w = work_for(op, EMBARK_LEDGER_NATIVE);
  drive_given(w.given);
  drive_options.has_lock_key = 1;
  drive_options.lock_key = 42;
  drive_options.lock_wait_ms = EMBARK_WAIT_NONE;
  db_exec(db_watch, "SELECT pg_advisory_lock(42)");
  expect_op(op, w.made, EMBARK_E_LOCKED);
  db_exec(db_watch, "SELECT pg_advisory_unlock(42)");
  db_expect_tables("t0000 t0001");
}
END_TEST

/* --- memory ----------------------------------------------------------------------------------- */

/* The op did all it was to, or nothing of it. */
static void expect_all_or_nothing(embark_op op, const char *before)
{
  const char *all = op == EMBARK_REVERT ? "t0000" : "t0000 t0001";
  if (strcmp(db_mark(), before) != 0) {
    db_expect_tables(all);
    db_expect_rows("1", "SELECT count(*) FROM embark.audit");
  }
}

static void forget_all(void)
{
  db_exec(db_watch, "DROP TABLE IF EXISTS t0000, t0001, t0002; DROP SCHEMA embark CASCADE;"
                    "DROP SCHEMA IF EXISTS drizzle CASCADE");
}

static void fail_every_allocation(embark_op op, embark_ledger kind)
{
  int code = EMBARK_E_MEMORY;
  for (size_t n = 1; code == EMBARK_E_MEMORY; n++) {
    failing_alloc alloc;
    work w = work_for(op, kind);
    drive_given(w.given);
    db_exec(db_watch, "CREATE SCHEMA IF NOT EXISTS embark");
    const char *before = db_mark();
    failing_alloc_init(&alloc, n);
    drive_options.allocator = &alloc.alloc;
    code = drive_op(op, w.made);
    ck_assert_uint_eq(alloc.blocks, 0);
    drive_options.allocator = NULL;
    ck_assert_msg(code == EMBARK_OK || code == EMBARK_E_MEMORY, "%s", drive_error.message);
    expect_all_or_nothing(op, before);
    forget_all();
  }
}

START_TEST(g13_any_allocation_may_fail_in_a_revert)
{
  fail_every_allocation(EMBARK_REVERT, kinds[_i]);
}
END_TEST

START_TEST(g13_any_allocation_may_fail_when_adopting)
{
  fail_every_allocation(EMBARK_ADOPT, kinds[_i]);
}
END_TEST

START_TEST(g13_any_allocation_may_fail_when_accepting)
{
  if (kinds[_i] != EMBARK_LEDGER_DRIZZLE_TAG) {
    fail_every_allocation(EMBARK_ACCEPT, kinds[_i]);
  }
}
END_TEST

/* --- round trips ------------------------------------------------------------------------------ */

static unsigned round_trips_of(embark_op op, const made_bundle *made)
{
  embark_run *run = drive_start(op, made);
  trace_start(db_conn);
  ck_assert_msg(drive_run(run) == EMBARK_OK, "%s", drive_error.message);
  trace_stop(db_conn);
  embark_run_free(run);
  return trace_round_trips();
}

START_TEST(reverting_a_thousand_takes_at_most_five_round_trips_in_all)
{
  enum { MANY = 1000 };
  const char *tags[MANY], *texts[MANY];
  for (int i = 0; i < MANY; i++) {
    tags[i] = keep_printf("%04d_m", i);
    texts[i] = keep_printf("select %d;\n", i);
  }
  made_bundle *made = bundle_make_array(kinds[_i], MANY, tags, texts, NULL);
  bundle_downs(made, "select 1;\n");
  drive_given(made);
  drive_options.target = "";
  ck_assert_uint_le(round_trips_of(EMBARK_REVERT, made), 5);
  db_expect_rows("1000", "SELECT count(*) FROM embark.audit");
}
END_TEST

START_TEST(adopting_and_accepting_take_at_most_four_round_trips)
{
  work w = work_for(EMBARK_ADOPT, kinds[_i]);
  drive_given(w.given);
  ck_assert_uint_le(round_trips_of(EMBARK_ADOPT, w.made), 4);
  w = work_for(EMBARK_ACCEPT, kinds[_i]);
  forget_all();
  drive_given(w.given);
  ck_assert_uint_le(round_trips_of(EMBARK_ACCEPT, w.made), 4);
}
END_TEST

/* --- many at once ----------------------------------------------------------------------------- */

enum { CROWD = 12, TURNS = 4 };

/* In a child: turns of migrating and reverting. Ends with 0 when all of them succeed. */
static void take_turns(const made_bundle *made, int who)
{
  PGconn *conn = PQconnectdb(keep_printf("dbname=%s user=%s", db_name(), db_user()));
  embark_options options = EMBARK_OPTIONS_INIT;
  options.target = "0000_t";
  for (int turn = 0; turn < TURNS; turn++) {
    embark_run *run = NULL;
    embark_op op = (turn + who) % 2 == 0 ? EMBARK_MIGRATE : EMBARK_REVERT;
    if (embark_run_start(&run, op, conn, &made->bundle, op == EMBARK_REVERT ? &options : NULL) !=
            EMBARK_OK ||
        drive_run(run) != EMBARK_OK) {
      _exit(1);
    }
    embark_run_free(run);
  }
  _exit(0);
}

START_TEST(g1_a_crowd_that_migrates_and_reverts_leaves_a_sound_database)
{
  pid_t pids[CROWD];
  made_bundle *made = bundle_reversible(kinds[_i], 4);
  drive_given(made);
  for (int i = 0; i < CROWD; i++) {
    pids[i] = fork();
    ck_assert_int_ge(pids[i], 0);
    if (pids[i] == 0) {
      take_turns(made, i);
    }
  }
  for (int i = 0; i < CROWD; i++) {
    int status = -1;
    ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
    ck_assert_int_eq(status, 0);
  }
  int code = drive_op(EMBARK_VERIFY, made);
  ck_assert_msg(code == EMBARK_OK || code == EMBARK_E_PENDING, "%s", drive_error.message);
  drive_ok(made);
  db_expect_tables("t0000 t0001 t0002 t0003");
  drive_options.target = "0000_t";
  expect_op(EMBARK_REVERT, made, EMBARK_OK);
  db_expect_tables("t0000");
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("revert_trouble");
  drive_add_single(suite, a_role_that_may_not_delete_from_the_ledger_is_told_so,
                   a_role_that_may_not_update_the_ledger_is_told_so,
                   a_role_that_may_not_create_the_audit_is_told_so,
                   a_revert_is_tried_again_until_the_lock_is_free,
                   a_revert_that_does_not_get_its_locks_names_who_has_them,
                   a_cancelled_revert_leaves_what_is_reverted_so, NULL);
  drive_add_loop(suite, 3, a_role_that_may_not_write_the_audit_is_told_so,
                 the_grants_of_the_manual_are_enough, a_dry_run_needs_no_more_than_to_read,
                 who_waits_for_the_lock_and_gives_up_says_so,
                 g13_any_allocation_may_fail_in_a_revert, g13_any_allocation_may_fail_when_adopting,
                 g13_any_allocation_may_fail_when_accepting,
                 reverting_a_thousand_takes_at_most_five_round_trips_in_all,
                 adopting_and_accepting_take_at_most_four_round_trips,
                 g1_a_crowd_that_migrates_and_reverts_leaves_a_sound_database, NULL);
  return suite;
}
