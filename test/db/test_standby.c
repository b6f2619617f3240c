/* A hot standby: it can say that all is applied, and applies nothing. */
#include <string.h>

#include "drive.h"
#include "keep.h"
#include "server.h"
#include "suite.h"
#include "trace.h"

static PGconn *standby;
static server follower;

static void start_standby(void)
{
  db_make();
  server_make(&follower, "standby");
  server_start(&follower);
}

static void remove_standby(void)
{
  server_remove(&follower);
}

static void set_up(void)
{
  db_set_up();
  drive_options = (embark_options)EMBARK_OPTIONS_INIT;
}

static void tear_down(void)
{
  PQfinish(standby);
  standby = NULL;
  db_tear_down();
  keep_free_all();
}

/* Connect to the standby once it has all that the test has done so far. */
static void follow(void)
{
  const char *here = db_value(db_watch, "select pg_current_wal_lsn()");
  standby =
      PQconnectdb(keep_printf("%s dbname=%s user=%s", follower.address, db_name(), db_user()));
  ck_assert_msg(PQstatus(standby) == CONNECTION_OK, "%s", PQerrorMessage(standby));
  db_wait_until("select exists (select from pg_stat_replication where replay_lsn >= '%s')", here);
  ck_assert_str_eq(db_value(standby, "select pg_is_in_recovery()"), "t");
}

static made_bundle *two(embark_ledger kind)
{
  return bundle_make(kind, "0000_a", "create table a ();\n", "0001_b", "create table b ();\n",
                     NULL);
}

/* Both entrances, as every database test. */
static int migrate_standby(const made_bundle *made)
{
  int code[2];
  for (drive_through = DRIVE_BLOCKING; drive_through <= DRIVE_POLLABLE; drive_through++) {
    const char *before = db_session(standby);
    trace_start(standby);
    code[drive_through] = drive_unasked(standby, &made->bundle);
    trace_stop(standby);
    db_expect_session(standby, before);
  }
  ck_assert_int_eq(code[0], code[1]);
  return code[0];
}

START_TEST(g6_a_standby_that_is_up_to_date_takes_one_round_trip)
{
  made_bundle *made = two((embark_ledger)_i);
  drive_given(made);
  follow();
  ck_assert_int_eq(migrate_standby(made), EMBARK_OK);
  ck_assert_uint_eq(trace_round_trips(), 1);
}
END_TEST

START_TEST(a_standby_refuses_what_is_pending)
{
  made_bundle *made = two((embark_ledger)_i);
  drive_given(bundle_head(made, 1));
  follow();
  ck_assert_int_eq(migrate_standby(made), EMBARK_E_READ_ONLY);
  ck_assert_str_eq(drive_error.detail, "It is a standby, in recovery.");
  ck_assert_str_eq(drive_error.hint,
                   "Migrate on the primary: target_session_attrs=read-write in the connection "
                   "string finds it.");
  db_expect_tables("a");
}
END_TEST

/* Nor does it ask for the second connection that such a migration needs: there is none to be
 * had. */
START_TEST(g8_a_standby_refuses_a_pending_migration_without_a_transaction_and_nothing_else)
{
  made_bundle *made =
      bundle_make((embark_ledger)_i, "0000_a", "create table a (x int);\n", "0001_n",
                  "-- embark: no-transaction\ncreate index concurrently i on a "
                  "(x);\n",
                  NULL);
  const char *role = db_role("CONNECTION LIMIT 1");
  drive_given(bundle_head(made, 1));
  const char *schema = made->bundle.ledger_schema;
  db_exec(db_watch, "GRANT USAGE ON SCHEMA %s TO %s", schema, role);
  db_exec(db_watch, "GRANT SELECT ON ALL TABLES IN SCHEMA %s TO %s", schema, role);
  follow();
  PQfinish(standby);
  standby = PQconnectdb(keep_printf("%s dbname=%s user=%s", follower.address, db_name(), role));
  ck_assert_msg(PQstatus(standby) == CONNECTION_OK, "%s", PQerrorMessage(standby));
  ck_assert_int_eq(migrate_standby(made), EMBARK_E_READ_ONLY);
  ck_assert_uint_eq(trace_round_trips(), 2);
  db_expect_rows("0", "SELECT count(*) FROM pg_class WHERE relname IN ('progress', 'i')");
}
END_TEST

START_TEST(an_empty_standby_refuses_all)
{
  follow();
  ck_assert_int_eq(migrate_standby(two((embark_ledger)_i)), EMBARK_E_READ_ONLY);
  db_expect_tables("");
}
END_TEST

START_TEST(a_standby_knows_drift_when_it_sees_it)
{
  made_bundle *made = two(EMBARK_LEDGER_NATIVE);
  drive_given(made);
  follow();
  ck_assert_int_eq(migrate_standby(bundle_rotated(made, 0)), EMBARK_E_REORDERED);
}
END_TEST

static int op_on_standby(embark_op op, const made_bundle *made)
{
  embark_run *run = NULL;
  ck_assert_int_eq(embark_run_start(&run, op, standby, &made->bundle, &drive_options), EMBARK_OK);
  int code = drive_run(run);
  embark_run_free(run);
  return code;
}

START_TEST(a_standby_refuses_what_writes_and_says_what_a_dry_run_asks)
{
  made_bundle *made = bundle_reversible((embark_ledger)_i, 2);
  drive_given(bundle_head(made, 1));
  follow();
  drive_options.steps = 1;
  ck_assert_int_eq(op_on_standby(EMBARK_REVERT, made), EMBARK_E_READ_ONLY);
  ck_assert_str_eq(drive_error.message,
                   "the server is read only, and 1 migrations are to be reverted");
  ck_assert_int_eq(op_on_standby(EMBARK_ADOPT, made), EMBARK_E_READ_ONLY);
  drive_options.flags = EMBARK_DRY_RUN;
  ck_assert_int_eq(op_on_standby(EMBARK_REVERT, made), EMBARK_OK);
  ck_assert_int_eq(op_on_standby(EMBARK_ADOPT, made), EMBARK_OK);
}
END_TEST

START_TEST(a_standby_tells_its_status)
{
  embark_run *run = NULL;
  const embark_entry *entries = NULL;
  made_bundle *made = two((embark_ledger)_i);
  drive_given(bundle_head(made, 1));
  follow();
  ck_assert_int_eq(embark_run_start(&run, EMBARK_STATUS, standby, &made->bundle, &drive_options),
                   EMBARK_OK);
  ck_assert_int_eq(drive_run(run), EMBARK_OK);
  ck_assert_uint_eq(embark_run_entries(run, &entries), 2);
  ck_assert_int_eq(entries[0].state, EMBARK_STATE_APPLIED);
  ck_assert_int_eq(entries[1].state, EMBARK_STATE_PENDING);
  embark_run_free(run);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("standby");
  TCase *tc = tcase_create("standby");
  tcase_set_timeout(tc, 120);
  tcase_add_unchecked_fixture(tc, start_standby, remove_standby);
  tcase_add_checked_fixture(tc, set_up, tear_down);
  tcase_add_loop_test(tc, g6_a_standby_that_is_up_to_date_takes_one_round_trip, 1, 4);
  tcase_add_loop_test(tc, a_standby_refuses_what_is_pending, 1, 4);
  tcase_add_loop_test(
      tc, g8_a_standby_refuses_a_pending_migration_without_a_transaction_and_nothing_else, 1, 4);
  tcase_add_loop_test(tc, an_empty_standby_refuses_all, 1, 4);
  tcase_add_loop_test(tc, a_standby_refuses_what_writes_and_says_what_a_dry_run_asks, 1, 4);
  tcase_add_loop_test(tc, a_standby_tells_its_status, 1, 4);
  tcase_add_test(tc, a_standby_knows_drift_when_it_sees_it);
  suite_add_tcase(suite, tc);
  return suite;
}
