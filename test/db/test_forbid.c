/* What is forbidden is refused before anything runs, unless it is approved by its name. */
#include <string.h>

#include "drive.h"
#include "keep.h"
#include "meanwhile.h"
#include "record.h"
#include "suite.h"
#include "trace.h"

#define D EMBARK_HAZARD_DESTRUCTIVE
#define R EMBARK_HAZARD_REWRITES

static const embark_ledger kinds[] = {EMBARK_LEDGER_NATIVE, EMBARK_LEDGER_DRIZZLE,
                                      EMBARK_LEDGER_DRIZZLE_TAG};

static const char *const drop_approved[] = {"no_such", "0002_drop", NULL};

/* The bundler would say this of the migration's statement, counted from 1. */
static void endanger(made_bundle *made, uint32_t migration, uint32_t statement, uint16_t hazards,
                     uint32_t made_by)
{
  embark_statement *s =
      &made->statements[made->migrations[migration].first_statement + statement - 1];
  s->hazards |= hazards;
  s->made_by = made_by;
}

/* A column is made, rewritten and dropped. */
static made_bundle *history(embark_ledger kind)
{
  made_bundle *made =
      bundle_make(kind, "0000_make", "create table t (id int, old int);\n", "0001_widen",
                  "alter table t alter old type bigint;\n", "0002_drop",
                  "alter table t add new int;\nalter table t drop old;\n", "0003_more",
                  "create table u ();\n", NULL);
  endanger(made, 1, 1, R, 1);
  endanger(made, 2, 2, D, 1);
  return made;
}

/* The first two are applied, and nothing that destroys may run. */
static made_bundle *given_two(embark_ledger kind)
{
  made_bundle *made = history(kind);
  drive_given(bundle_head(made, 2));
  drive_options.forbid = D;
  return made;
}

static void expect_columns(const char *names)
{
  db_expect_rows(names, "SELECT string_agg(attname, ' ' ORDER BY attname) FROM pg_attribute"
                        " WHERE attrelid = to_regclass('t') AND attnum > 0 AND NOT attisdropped");
}

/* Refused, and nothing is written or held. */
static void expect_refused(const made_bundle *made)
{
  const char *before = db_mark();
  drive_expect(made, EMBARK_E_FORBIDDEN);
  db_expect_mark(before);
  db_expect_rows("0", "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database"
                      " WHERE locktype = 'advisory' AND d.datname = current_database()");
}

START_TEST(g4_what_is_forbidden_is_refused_before_anything_runs)
{
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    expect_refused(given_two(kinds[i]));
    drive_expect_place("0002_drop", 2, 2, 0);
    ck_assert_str_eq(drive_error.file, "0002_drop.sql");
    drive_expect_error("migration \"0002_drop\" is destructive, which is forbidden here", "",
                       "Read it. If it shall run, approve it by its name: option `approved`, or "
                       "\"embark migrate --approve TAG\".");
    expect_columns("id old");
    drive_options.forbid = 0;
    db_empty();
    db_reconnect("");
  }
}
END_TEST

START_TEST(what_is_approved_by_its_name_runs)
{
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    made_bundle *made = given_two(kinds[i]);
    drive_options.approved = drop_approved;
    drive_ok(made);
    expect_columns("id new");
    db_expect_tables("t u");
    drive_options.forbid = 0;
    db_empty();
    db_reconnect("");
  }
}
END_TEST

START_TEST(another_ones_approval_does_not_help)
{
  static const char *const others[] = {"0003_more", "0002", "0002_drop.sql", "", NULL};
  made_bundle *made = given_two(EMBARK_LEDGER_NATIVE);
  drive_options.approved = others;
  expect_refused(made);
}
END_TEST

START_TEST(every_one_that_is_refused_is_named)
{
  made_bundle *made = given_two(EMBARK_LEDGER_NATIVE);
  endanger(made, 3, 1, D | R, 0);
  expect_refused(made);
  drive_expect_place("0002_drop", 2, 2, 0);
  drive_expect_error("migration \"0002_drop\" is destructive, which is forbidden here",
                     "Refused as well: \"0003_more\"", NULL);
  drive_options.approved = drop_approved;
  expect_refused(made);
  drive_expect_place("0003_more", 1, 1, 0);
  drive_expect_error("migration \"0003_more\" is destructive, which is forbidden here", "", NULL);
}
END_TEST

START_TEST(hazards_that_are_not_forbidden_are_no_obstacle)
{
  made_bundle *made = history(EMBARK_LEDGER_NATIVE);
  drive_given(bundle_head(made, 1));
  drive_options.forbid = EMBARK_HAZARD_ALL & ~(D | R);
  drive_ok(made);
  expect_columns("id new");
}
END_TEST

START_TEST(the_bundle_may_forbid_and_a_call_may_forbid_more)
{
  made_bundle *made = history(EMBARK_LEDGER_NATIVE);
  drive_given(bundle_head(made, 1));
  made->bundle.forbid = D;
  expect_refused(made);
  drive_expect_place("0002_drop", 2, 2, 0);
  drive_options.forbid = R;
  expect_refused(made);
  drive_expect_place("0001_widen", 1, 1, 0);
  drive_expect_error("migration \"0001_widen\" rewrites a table, which is forbidden here",
                     "Refused as well: \"0002_drop\"", NULL);
}
END_TEST

/* --- what was there --------------------------------------------------------------------------- */

START_TEST(a_new_database_may_have_all_of_its_history)
{
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    drive_options.forbid = EMBARK_HAZARD_ALL;
    drive_ok(history(kinds[i]));
    expect_columns("id new");
    db_empty();
    db_reconnect("");
  }
}
END_TEST

START_TEST(what_nobody_knows_the_maker_of_counts_in_a_new_database_too)
{
  made_bundle *made = history(EMBARK_LEDGER_NATIVE);
  endanger(made, 2, 1, EMBARK_HAZARD_UNCLASSIFIED, 0);
  drive_options.forbid = EMBARK_HAZARD_UNCLASSIFIED;
  expect_refused(made);
  drive_expect_place("0002_drop", 1, 1, 0);
  db_expect_tables("");
  db_expect_rows("", "SELECT nspname FROM pg_namespace WHERE nspname = 'embark'");
}
END_TEST

START_TEST(what_is_adopted_is_not_run_and_so_not_refused)
{
  made_bundle *made = history(EMBARK_LEDGER_NATIVE);
  endanger(made, 3, 1, D, 0);
  db_exec(db_watch, "CREATE TABLE legacy ()");
  drive_options.forbid = EMBARK_HAZARD_ALL;
  drive_options.adopt = EMBARK_ADOPT_ASSUME;
  drive_ok(made);
  db_expect_tables("legacy");
}
END_TEST

static PGconn *blocker;

static int release(const embark_event *event)
{
  if (event->type == EMBARK_EVENT_RETRY) {
    db_exec(blocker, "COMMIT");
  }
  return 0;
}

/* By the second plan 0001_make is applied, by this very run. */
START_TEST(a_run_that_plans_anew_may_drop_what_it_made_itself)
{
  made_bundle *made = bundle_native("0000_busy", "create table busy ();\n", "0001_make",
                                    "create table t (id int, old int);\n", "0002_drop",
                                    "lock table busy;\nalter table t drop old;\n", NULL);
  endanger(made, 2, 2, D, 2);
  drive_given(bundle_head(made, 1));
  blocker = db_connect("application_name=blocker");
  db_exec(blocker, "BEGIN; SELECT FROM busy");
  drive_options.forbid = D;
  drive_options.lock_timeout_ms = 20;
  drive_options.on_event = record_event;
  record_react = release;
  drive_ok(made);
  ck_assert_uint_ge(record_count(EMBARK_EVENT_PLANNED), 2);
  expect_columns("id");
}
END_TEST

/* --- how far ---------------------------------------------------------------------------------- */

START_TEST(only_what_this_run_would_apply_is_asked_about)
{
  made_bundle *made = history(EMBARK_LEDGER_NATIVE);
  drive_given(bundle_head(made, 1));
  drive_options.forbid = D;
  drive_options.target = "0001_widen";
  drive_ok(made);
  drive_options.target = "0002_drop";
  expect_refused(made);
  drive_options.target = NULL;
  drive_options.steps = 1;
  expect_refused(made);
}
END_TEST

START_TEST(what_is_applied_already_is_asked_about_no_more)
{
  made_bundle *made = history(EMBARK_LEDGER_NATIVE);
  drive_given(bundle_head(made, 3));
  drive_options.forbid = EMBARK_HAZARD_ALL;
  drive_ok(made);
  db_expect_tables("t u");
  trace_start(db_conn);
  drive_unasked(db_conn, &made->bundle);
  trace_stop(db_conn);
  ck_assert_uint_eq(trace_round_trips(), 1);
}
END_TEST

START_TEST(g12_drift_comes_first)
{
  made_bundle *made = given_two(EMBARK_LEDGER_NATIVE);
  db_exec(db_watch, "UPDATE embark.migrations SET hash = repeat('0', 64)"
                    " WHERE tag = '0000_make'");
  drive_expect(made, EMBARK_E_CHANGED);
}
END_TEST

START_TEST(g3_a_late_one_is_refused_too)
{
  made_bundle *made = history(EMBARK_LEDGER_NATIVE);
  drive_given(bundle_without(made, 2));
  drive_options.forbid = D;
  drive_expect(made, EMBARK_E_OUT_OF_ORDER);
  drive_options.flags = EMBARK_OUT_OF_ORDER;
  expect_refused(made);
  drive_expect_place("0002_drop", 2, 2, 0);
  drive_options.approved = drop_approved;
  drive_ok(made);
  expect_columns("id new");
}
END_TEST

/* --- without a transaction -------------------------------------------------------------------- */

static const char *const outside_approved[] = {"0001_o", NULL};

/* The second statement fails until there is a table w. */
static made_bundle *given_outside(void)
{
  made_bundle *made = bundle_native("0000_a", "create table t (id int);\n", "0001_o",
                                    "-- embark: no-transaction\ntruncate t;\n"
                                    "insert into w values (1);\n",
                                    NULL);
  drive_given(bundle_head(made, 1));
  db_exec(db_watch, "INSERT INTO t VALUES (1)");
  endanger(made, 1, 1, D, 1);
  drive_options.forbid = D;
  return made;
}

START_TEST(g8_what_is_forbidden_does_not_begin_without_a_transaction_either)
{
  made_bundle *made = given_outside();
  expect_refused(made);
  drive_expect_place("0001_o", 1, 2, 0);
  db_expect_rows("1", "SELECT id FROM t");
  db_expect_rows("", "SELECT relname FROM pg_class WHERE relname = 'progress'");
}
END_TEST

/* It was approved as a whole, and is asked about as a whole, whatever is left of it. */
START_TEST(g8_one_that_was_interrupted_has_to_be_approved_again)
{
  made_bundle *made = given_outside();
  drive_options.approved = outside_approved;
  drive_expect(made, EMBARK_E_SQL);
  db_expect_rows("2|again", "SELECT statement, state FROM embark.progress");
  db_exec(db_watch, "CREATE TABLE w (id int)");
  drive_options.approved = NULL;
  expect_refused(made);
  drive_expect_place("0001_o", 1, 2, 0);
  drive_options.approved = outside_approved;
  drive_ok(made);
  db_expect_rows("1", "SELECT id FROM w");
}
END_TEST

/* --- what is told ----------------------------------------------------------------------------- */

static uint32_t planned, started[4];

static int note_hazards(const embark_event *event)
{
  if (event->type == EMBARK_EVENT_PLANNED) {
    planned = event->hazards;
  } else if (event->type == EMBARK_EVENT_STARTED) {
    started[event->step - 1] = event->hazards;
  } else {
    ck_assert_uint_eq(event->hazards, 0);
  }
  return 0;
}

START_TEST(events_tell_the_hazards)
{
  made_bundle *made = history(EMBARK_LEDGER_NATIVE);
  drive_given(bundle_head(made, 1));
  drive_options.on_event = record_event;
  record_react = note_hazards;
  drive_ok(made);
  ck_assert_uint_eq(planned, D | R);
  ck_assert_uint_eq(started[0], R);
  ck_assert_uint_eq(started[1], D);
  ck_assert_uint_eq(started[2], 0);
}
END_TEST

START_TEST(g8_events_of_one_without_a_transaction_tell_them_too)
{
  made_bundle *made = given_outside();
  db_exec(db_watch, "CREATE TABLE w (id int)");
  drive_options.forbid = 0;
  drive_options.on_event = record_event;
  record_react = note_hazards;
  drive_ok(made);
  ck_assert_uint_eq(planned, D);
  ck_assert_uint_eq(started[0], D);
}
END_TEST

START_TEST(a_refusal_is_no_event_and_no_wait)
{
  made_bundle *made = given_two(EMBARK_LEDGER_NATIVE);
  drive_options.on_event = record_event;
  drive_expect(made, EMBARK_E_FORBIDDEN);
  ck_assert_str_eq(record_text(), "");
}
END_TEST

static void expect_step(const embark_step *step, const char *tag, uint32_t hazards, int forbidden)
{
  ck_assert_str_eq(step->tag, tag);
  ck_assert_uint_eq(step->hazards, hazards);
  ck_assert_int_eq(step->forbidden, forbidden);
}

/* Plan, dry run, and the run itself. */
START_TEST(the_steps_can_be_read_though_they_are_refused)
{
  const embark_step *steps = NULL;
  made_bundle *made = history(EMBARK_LEDGER_NATIVE);
  drive_given(bundle_head(made, 1));
  drive_options.forbid = D;
  drive_options.flags = _i == 1 ? EMBARK_DRY_RUN : 0;
  const char *before = db_mark();
  embark_run *run = drive_start(_i == 0 ? EMBARK_PLAN : EMBARK_MIGRATE, made);
  ck_assert_int_eq(drive_run(run), EMBARK_E_FORBIDDEN);
  drive_expect_place("0002_drop", 2, 2, 0);
  ck_assert_uint_eq(embark_run_steps(run, &steps), 3);
  expect_step(&steps[0], "0001_widen", R, 0);
  expect_step(&steps[1], "0002_drop", D, 1);
  expect_step(&steps[2], "0003_more", 0, 0);
  embark_run_free(run);
  db_expect_mark(before);
}
END_TEST

static void expect_entry(const embark_entry *entry, embark_state state, uint32_t hazards,
                         int forbidden)
{
  ck_assert_int_eq(entry->state, state);
  ck_assert_uint_eq(entry->hazards, hazards);
  ck_assert_int_eq(entry->forbidden, forbidden);
}

static embark_run *status_of(const made_bundle *made, const embark_entry **entries)
{
  embark_run *run = drive_start(EMBARK_STATUS, made);
  ck_assert_int_eq(drive_run(run), EMBARK_OK);
  ck_assert_uint_gt(embark_run_entries(run, entries), 0);
  return run;
}

START_TEST(status_tells_the_hazards_of_what_is_pending)
{
  const embark_entry *entries = NULL;
  made_bundle *made = given_two(kinds[_i]);
  embark_run *run = status_of(made, &entries);
  expect_entry(&entries[1], EMBARK_STATE_APPLIED, 0, 0);
  expect_entry(&entries[2], EMBARK_STATE_PENDING, D, 1);
  expect_entry(&entries[3], EMBARK_STATE_PENDING, 0, 0);
  embark_run_free(run);
  drive_options.approved = drop_approved;
  run = status_of(made, &entries);
  expect_entry(&entries[2], EMBARK_STATE_PENDING, D, 0);
  embark_run_free(run);
}
END_TEST

START_TEST(status_tells_the_hazards_of_what_was_interrupted)
{
  const embark_entry *entries = NULL;
  made_bundle *made = given_outside();
  drive_options.approved = outside_approved;
  embark_run *run = drive_start(EMBARK_MIGRATE, made);
  ck_assert_int_eq(drive_run(run), EMBARK_E_SQL);
  embark_run_free(run);
  drive_options.approved = NULL;
  run = status_of(made, &entries);
  expect_entry(&entries[1], EMBARK_STATE_RUNNING, D, 1);
  embark_run_free(run);
}
END_TEST

START_TEST(reverting_is_a_persons_own_act)
{
  made_bundle *made = bundle_reversible(EMBARK_LEDGER_NATIVE, 2);
  const embark_migration *down = &made->downs[made->migrations[1].down - 1];
  made->statements[down->first_statement].hazards = D;
  drive_given(made);
  drive_options.steps = 1;
  drive_options.forbid = EMBARK_HAZARD_ALL;
  ck_assert_int_eq(drive_op(EMBARK_REVERT, made), EMBARK_OK);
  db_expect_tables("t0000");
}
END_TEST

/* --- others ----------------------------------------------------------------------------------- */

/* It has seen what is forbidden once, and does not believe it yet. */
static void until_it_looks_again(embark_run *run)
{
  embark_poll wants = EMBARK_POLL_READ;
  while (wants == EMBARK_POLL_READ || wants == EMBARK_POLL_WRITE) {
    wants = drive_step(run);
  }
  ck_assert_int_eq(wants, EMBARK_POLL_TIMER);
}

/* Nobody has the lock, but somebody may be between two migrations: it looks once more. */
START_TEST(what_somebody_else_applies_meanwhile_is_not_refused)
{
  made_bundle *made = given_two(EMBARK_LEDGER_NATIVE);
  embark_run *run = drive_start(EMBARK_MIGRATE, made);
  until_it_looks_again(run);
  drive_options.approved = drop_approved;
  meanwhile_run(EMBARK_MIGRATE, made, 0);
  ck_assert_int_eq(drive_run(run), EMBARK_OK);
  embark_run_free(run);
  expect_columns("id new");
}
END_TEST

START_TEST(one_that_looks_once_more_can_be_cancelled)
{
  made_bundle *made = given_two(EMBARK_LEDGER_NATIVE);
  embark_run *run = drive_start(EMBARK_MIGRATE, made);
  until_it_looks_again(run);
  embark_run_cancel(run);
  ck_assert_int_eq(drive_run(run), EMBARK_E_CANCELLED);
  embark_run_free(run);
}
END_TEST

START_TEST(g5_while_another_migrates_nothing_is_refused_yet)
{
  made_bundle *made = given_two(EMBARK_LEDGER_NATIVE);
  PGconn *holder = db_connect("");
  drive_options.has_lock_key = 1;
  drive_options.lock_key = 4711;
  drive_options.lock_wait_ms = EMBARK_WAIT_NONE;
  db_exec(holder, "BEGIN; SELECT pg_advisory_xact_lock(4711)");
  drive_expect(made, EMBARK_E_LOCKED);
  db_exec(holder, "COMMIT");
  expect_refused(made);
}
END_TEST

START_TEST(g10_a_refusal_is_not_remembered)
{
  made_bundle *made = given_two(EMBARK_LEDGER_NATIVE);
  embark_error err;
  ck_assert_int_eq(embark_migrate_once(db_conn, &made->bundle, &drive_options, &err),
                   EMBARK_E_FORBIDDEN);
  ck_assert_str_eq(err.tag, "0002_drop");
  drive_options.approved = drop_approved;
  ck_assert_int_eq(embark_migrate_once(db_conn, &made->bundle, &drive_options, &err), EMBARK_OK);
  expect_columns("id new");
  drive_options.approved = NULL;
  ck_assert_int_eq(embark_migrate_once(db_conn, &made->bundle, &drive_options, &err), EMBARK_OK);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = drive_suite(
      "forbid", g4_what_is_forbidden_is_refused_before_anything_runs,
      what_is_approved_by_its_name_runs, another_ones_approval_does_not_help,
      every_one_that_is_refused_is_named, hazards_that_are_not_forbidden_are_no_obstacle,
      the_bundle_may_forbid_and_a_call_may_forbid_more, a_new_database_may_have_all_of_its_history,
      what_nobody_knows_the_maker_of_counts_in_a_new_database_too,
      what_is_adopted_is_not_run_and_so_not_refused,
      a_run_that_plans_anew_may_drop_what_it_made_itself,
      only_what_this_run_would_apply_is_asked_about, what_is_applied_already_is_asked_about_no_more,
      g12_drift_comes_first, g3_a_late_one_is_refused_too,
      g8_what_is_forbidden_does_not_begin_without_a_transaction_either,
      g8_one_that_was_interrupted_has_to_be_approved_again, events_tell_the_hazards,
      g8_events_of_one_without_a_transaction_tell_them_too, a_refusal_is_no_event_and_no_wait,
      g5_while_another_migrates_nothing_is_refused_yet, NULL);
  drive_add_single(
      suite, status_tells_the_hazards_of_what_was_interrupted, reverting_is_a_persons_own_act,
      what_somebody_else_applies_meanwhile_is_not_refused,
      one_that_looks_once_more_can_be_cancelled, g10_a_refusal_is_not_remembered, NULL);
  drive_add_loop(suite, 3, the_steps_can_be_read_though_they_are_refused,
                 status_tells_the_hazards_of_what_is_pending, NULL);
  return suite;
}
