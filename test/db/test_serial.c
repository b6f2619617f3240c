/* A Drizzle ledger whose sequence is behind its rows, as a restored dump may leave it. */
#include "drive.h"
#include "keep.h"
#include "record.h"
#include "suite.h"

#define APPLIED 5

/* Five tables, and a migration that counts how often it runs; the count is not rolled back. */
static made_bundle *counted(embark_ledger kind)
{
  return bundle_make(kind, "0000_a", "create table a ();\n", "0001_b", "create table b ();\n",
                     "0002_c", "create table c ();\n", "0003_d", "create table d ();\n", "0004_e",
                     "create table e ();\n", "0005_f",
                     "select nextval('ran');\ncreate table f ();\n", NULL);
}

static void given_sequence_behind(const made_bundle *made)
{
  drive_given(bundle_head(made, APPLIED));
  db_exec(db_watch, "CREATE SEQUENCE ran;"
                    "SELECT setval('drizzle.__drizzle_migrations_id_seq', 1)");
}

static void is_told(embark_ledger kind)
{
  made_bundle *made = counted(kind);
  given_sequence_behind(made);
  drive_options.on_event = record_event;
  drive_expect(made, EMBARK_E_LEDGER);
  drive_expect_error("the ledger's next id is taken already", NULL,
                     "Its sequence is behind its rows: SELECT setval(pg_get_serial_sequence("
                     "'drizzle.__drizzle_migrations', 'id'), (SELECT max(id) FROM "
                     "drizzle.__drizzle_migrations));");
  ck_assert_str_eq(drive_error.sqlstate, "23505");
  ck_assert_uint_eq(record_count(EMBARK_EVENT_STARTED), 1);
  db_expect_rows("1|t", "SELECT last_value, is_called FROM ran");
  db_expect_tables("a b c d e");
}

static void hint_helps(embark_ledger kind)
{
  made_bundle *made = counted(kind);
  given_sequence_behind(made);
  drive_expect(made, EMBARK_E_LEDGER);
  db_exec(db_watch, "SELECT setval(pg_get_serial_sequence('drizzle.__drizzle_migrations', 'id'),"
                    " (SELECT max(id) FROM drizzle.__drizzle_migrations))");
  drive_ok(made);
  db_expect_tables("a b c d e f");
  db_expect_rows("6|6", "SELECT count(*), max(id) FROM drizzle.__drizzle_migrations");
}

START_TEST(a_drizzle_ledger_whose_sequence_is_behind_is_told_at_once)
{
  is_told(EMBARK_LEDGER_DRIZZLE);
}
END_TEST

START_TEST(a_ledger_of_tags_whose_sequence_is_behind_is_told_at_once)
{
  is_told(EMBARK_LEDGER_DRIZZLE_TAG);
}
END_TEST

START_TEST(a_drizzle_ledger_whose_sequence_is_behind_is_mended_as_the_hint_says)
{
  hint_helps(EMBARK_LEDGER_DRIZZLE);
}
END_TEST

START_TEST(a_ledger_of_tags_whose_sequence_is_behind_is_mended_as_the_hint_says)
{
  hint_helps(EMBARK_LEDGER_DRIZZLE_TAG);
}
END_TEST

Suite *test_suite(void)
{
  return drive_suite("serial", a_drizzle_ledger_whose_sequence_is_behind_is_told_at_once,
                     a_ledger_of_tags_whose_sequence_is_behind_is_told_at_once,
                     a_drizzle_ledger_whose_sequence_is_behind_is_mended_as_the_hint_says,
                     a_ledger_of_tags_whose_sequence_is_behind_is_mended_as_the_hint_says, NULL);
}
