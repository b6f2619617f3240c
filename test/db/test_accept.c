/* The op ACCEPT: a changed migration gets the hash it has now, and the chain is mended. */
#include <string.h>

#include "drive.h"
#include "keep.h"
#include "meanwhile.h"
#include "record.h"
#include "suite.h"

static const embark_ledger kinds[] = {EMBARK_LEDGER_NATIVE, EMBARK_LEDGER_DRIZZLE};

static void accept_op(const made_bundle *made, const char *target, embark_code code)
{
  drive_options.target = target;
  drive_options.reason = drive_options.reason != NULL ? drive_options.reason : "a comment alone";
  int got = drive_op(EMBARK_ACCEPT, made);
  drive_options.target = NULL;
  char text[2048];
  embark_error_format(&drive_error, text, sizeof text);
  ck_assert_msg(got == (int)code, "%s instead of %s: %s", embark_code_name(got),
                embark_code_name((int)code), text);
}

/* Four migrations, of which those in `edited` (a text of digits) have a comment more. */
static made_bundle *edited(embark_ledger kind, const char *digits)
{
  const char *tags[4], *texts[4];
  for (int i = 0; i < 4; i++) {
    int is_edited = strchr(digits, '0' + i) != NULL;
    tags[i] = keep_printf("%04d_t", i);
    texts[i] = keep_printf("%screate table t%04d (id int);\n", is_edited ? "-- new\n" : "", i);
  }
  return bundle_make_array(kind, 4, tags, texts, NULL);
}

static void expect_verified(const made_bundle *made)
{
  ck_assert_msg(drive_op(EMBARK_VERIFY, made) == EMBARK_OK, "%s", drive_error.message);
}

START_TEST(a_changed_migration_is_accepted_and_all_is_as_new)
{
  made_bundle *now = edited(kinds[_i], "1");
  drive_given(edited(kinds[_i], ""));
  drive_expect(now, EMBARK_E_CHANGED);
  accept_op(now, NULL, EMBARK_OK);
  expect_verified(now);
  drive_ok(now);
  drive_expect(edited(kinds[_i], ""), EMBARK_E_CHANGED);
}
END_TEST

START_TEST(the_audit_has_both_hashes_and_the_reason)
{
  made_bundle *before = edited(kinds[_i], ""), *now = edited(kinds[_i], "1");
  drive_given(before);
  drive_options.reason = "white space";
  accept_op(now, NULL, EMBARK_OK);
  db_expect_rows(keep_printf("%s|accept|0001_t|%s|%s|white space", db_user(),
                             before->migrations[1].hash, now->migrations[1].hash),
                 "SELECT by, op, tag, hash_before, hash_after, reason FROM embark.audit");
}
END_TEST

START_TEST(several_are_accepted_at_once)
{
  made_bundle *now = edited(kinds[_i], "023");
  drive_given(edited(kinds[_i], ""));
  record_reset();
  accept_op(now, NULL, EMBARK_OK);
  ck_assert_str_eq(record_text(),
                   "PLANNED 3\nAPPLIED 1/3 0000_t\nAPPLIED 2/3 0002_t\nAPPLIED 3/3 0003_t\nDONE 3");
  expect_verified(now);
}
END_TEST

START_TEST(with_a_target_the_others_stay_changed)
{
  made_bundle *now = edited(kinds[_i], "02");
  drive_given(edited(kinds[_i], ""));
  accept_op(now, "0000_t", EMBARK_OK);
  drive_expect(now, EMBARK_E_CHANGED);
  ck_assert_str_eq(drive_error.tag, "0002_t");
  accept_op(now, "0002_t", EMBARK_OK);
  expect_verified(now);
}
END_TEST

START_TEST(one_that_is_not_changed_is_a_success_that_writes_nothing)
{
  made_bundle *now = edited(kinds[_i], "1");
  drive_given(edited(kinds[_i], ""));
  const char *before = db_mark();
  accept_op(now, "0000_t", EMBARK_OK);
  accept_op(edited(kinds[_i], ""), NULL, EMBARK_OK);
  db_expect_mark(before);
}
END_TEST

START_TEST(one_that_is_not_applied_is_refused)
{
  made_bundle *now = edited(kinds[_i], "3");
  drive_given(bundle_head(now, 3));
  accept_op(now, "0003_t", EMBARK_E_TARGET);
  drive_expect_error("migration \"0003_t\" is not applied", "", NULL);
}
END_TEST

START_TEST(an_accepted_ledger_is_checked_in_one_round_trip_again)
{
  made_bundle *now = edited(EMBARK_LEDGER_NATIVE, "1");
  drive_given(edited(EMBARK_LEDGER_NATIVE, ""));
  accept_op(now, NULL, EMBARK_OK);
  for (uint32_t i = 0; i < 4; i++) {
    db_expect_rows(keep_printf("%u|%s", (unsigned)i, now->migrations[i].chain),
                   "SELECT \"position\", chain FROM embark.migrations WHERE tag = '%s'",
                   now->migrations[i].tag);
  }
}
END_TEST

START_TEST(the_outline_is_kept_with_the_hash)
{
  made_bundle *now = edited(EMBARK_LEDGER_NATIVE, "1");
  drive_given(edited(EMBARK_LEDGER_NATIVE, ""));
  now->migrations[1].outline = "0123456789abcdef0123456789abcdef";
  accept_op(now, NULL, EMBARK_OK);
  db_expect_rows(now->migrations[1].outline,
                 "SELECT outline FROM embark.migrations WHERE tag = '0001_t'");
}
END_TEST

/* The chain of what lies behind must not vouch for a migration that is gone, or pending. */
START_TEST(other_drift_does_not_stop_it_and_stays_to_be_seen)
{
  made_bundle *now = edited(EMBARK_LEDGER_NATIVE, "2");
  drive_given(edited(EMBARK_LEDGER_NATIVE, ""));
  made_bundle *without = bundle_without(now, 1);
  accept_op(without, NULL, EMBARK_OK);
  drive_expect(without, EMBARK_E_MISSING);
  expect_verified(now);
  drive_ok(now);
}
END_TEST

START_TEST(what_is_pending_before_it_is_not_vouched_for)
{
  made_bundle *now = edited(EMBARK_LEDGER_NATIVE, "2");
  drive_given(bundle_without(edited(EMBARK_LEDGER_NATIVE, ""), 1));
  accept_op(now, NULL, EMBARK_OK);
  drive_expect(now, EMBARK_E_OUT_OF_ORDER);
  drive_options.flags = EMBARK_OUT_OF_ORDER;
  drive_ok(now);
  expect_verified(now);
}
END_TEST

START_TEST(a_database_that_is_ahead_is_no_obstacle)
{
  drive_given(edited(EMBARK_LEDGER_NATIVE, ""));
  made_bundle *now = bundle_head(edited(EMBARK_LEDGER_NATIVE, "1"), 3);
  accept_op(now, NULL, EMBARK_OK);
  drive_ok(now);
}
END_TEST

START_TEST(a_row_in_an_unknown_state_stops_it)
{
  drive_given(edited(EMBARK_LEDGER_NATIVE, ""));
  db_exec(db_watch, "UPDATE embark.migrations SET state = 'odd' WHERE tag = '0003_t'");
  const char *before = db_mark();
  accept_op(edited(EMBARK_LEDGER_NATIVE, "1"), NULL, EMBARK_E_LEDGER);
  db_expect_mark(before);
}
END_TEST

START_TEST(without_a_reason_it_is_refused)
{
  drive_given(edited(EMBARK_LEDGER_NATIVE, ""));
  const char *before = db_mark();
  drive_options.reason = "";
  accept_op(edited(EMBARK_LEDGER_NATIVE, "1"), NULL, EMBARK_E_ARGUMENT);
  drive_expect_error("there is no reason to accept a change", "",
                     "Set `reason`: it is kept in the audit table.");
  db_expect_mark(before);
}
END_TEST

START_TEST(drizzle_rows_of_one_time_are_told_apart_by_their_old_hashes)
{
  made_bundle *before = edited(EMBARK_LEDGER_DRIZZLE, ""),
              *now = edited(EMBARK_LEDGER_DRIZZLE, "1");
  for (int i = 0; i < 4; i++) {
    before->migrations[i].when_ms = now->migrations[i].when_ms = 5;
  }
  drive_given(before);
  accept_op(now, NULL, EMBARK_OK);
  expect_verified(now);
  db_expect_rows("2", "SELECT id FROM drizzle.__drizzle_migrations WHERE hash = '%s'",
                 now->migrations[1].hash);
}
END_TEST

START_TEST(a_ledger_of_tags_knows_of_no_change)
{
  drive_given(edited(EMBARK_LEDGER_DRIZZLE_TAG, ""));
  const char *before = db_mark();
  accept_op(edited(EMBARK_LEDGER_DRIZZLE_TAG, "1"), NULL, EMBARK_OK);
  db_expect_mark(before);
}
END_TEST

START_TEST(without_a_ledger_there_is_nothing_to_accept)
{
  const char *before = db_mark();
  accept_op(edited(kinds[_i], "1"), NULL, EMBARK_OK);
  db_expect_mark(before);
}
END_TEST

START_TEST(a_dry_run_says_what_would_be_accepted_and_writes_nothing)
{
  const embark_step *steps = NULL;
  drive_given(edited(kinds[_i], ""));
  const char *before = db_mark();
  drive_options.flags = EMBARK_DRY_RUN;
  drive_options.reason = "looking";
  embark_run *run = drive_start(EMBARK_ACCEPT, edited(kinds[_i], "13"));
  ck_assert_int_eq(drive_run(run), EMBARK_OK);
  ck_assert_uint_eq(embark_run_steps(run, &steps), 2);
  ck_assert_str_eq(steps[0].tag, "0001_t");
  ck_assert_str_eq(steps[1].tag, "0003_t");
  embark_run_free(run);
  db_expect_mark(before);
}
END_TEST

START_TEST(what_another_accepts_meanwhile_is_left_to_it)
{
  made_bundle *now = edited(kinds[_i], "1");
  drive_given(edited(kinds[_i], ""));
  drive_options.reason = "first";
  meanwhile(EMBARK_ACCEPT, now, EMBARK_ACCEPT, now, 0);
  expect_verified(now);
  db_expect_rows("1", "SELECT count(*) FROM embark.audit");
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("accept");
  drive_add_single(
      suite, an_accepted_ledger_is_checked_in_one_round_trip_again,
      the_outline_is_kept_with_the_hash, other_drift_does_not_stop_it_and_stays_to_be_seen,
      what_is_pending_before_it_is_not_vouched_for, a_database_that_is_ahead_is_no_obstacle,
      a_row_in_an_unknown_state_stops_it, without_a_reason_it_is_refused,
      drizzle_rows_of_one_time_are_told_apart_by_their_old_hashes,
      a_ledger_of_tags_knows_of_no_change, NULL);
  drive_add_loop(suite, 2, a_changed_migration_is_accepted_and_all_is_as_new,
                 the_audit_has_both_hashes_and_the_reason, several_are_accepted_at_once,
                 with_a_target_the_others_stay_changed,
                 one_that_is_not_changed_is_a_success_that_writes_nothing,
                 one_that_is_not_applied_is_refused, without_a_ledger_there_is_nothing_to_accept,
                 a_dry_run_says_what_would_be_accepted_and_writes_nothing,
                 what_another_accepts_meanwhile_is_left_to_it, NULL);
  return suite;
}
