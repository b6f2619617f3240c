/* G8: a migration without a transaction was interrupted, and the file is another one since. */
#include <string.h>

#include "drive.h"
#include "keep.h"
#include "record.h"
#include "suite.h"
#include "victim.h"

#define NO_TRANSACTION "-- embark: no-transaction\n"

static embark_ledger kind;

static made_bundle *made_with(const char *tag, const char *text)
{
  return bundle_make(kind, "0000_a", "create table a (id serial, x int);\n", tag,
                     keep_printf(NO_TRANSACTION "%s", text), "0002_b", "create table b ();\n",
                     NULL);
}

static const char twice[] = "insert into a (x) values (1);\ninsert into a (x) values (2);\n";

static made_bundle *inserts(void)
{
  return made_with("0001_n", twice);
}

/* The process died when statement `statement` was done but not noted. */
static made_bundle *given_interrupted(embark_ledger of, uint32_t statement)
{
  kind = of;
  made_bundle *made = inserts();
  victim_dies(made, EMBARK_EVENT_STATEMENT, "0001_n", statement);
  return made;
}

static void expect_rows(const char *rows)
{
  db_expect_rows(rows, "SELECT string_agg(x::text, ' ' ORDER BY id) FROM a");
}

static void settle(embark_op op, const made_bundle *made, embark_code code)
{
  ck_assert_msg(drive_op(op, made) == (int)code, "%s: %s", embark_code_name(drive_error.code),
                drive_error.message);
}

START_TEST(g8_what_is_done_may_not_be_changed)
{
  made_bundle *made = given_interrupted(EMBARK_LEDGER_NATIVE, 2);
  const char *mark = db_mark();
  drive_expect(
      made_with("0001_n", "insert into a (x) values (9);\ninsert into a (x) values (2);\n"),
      EMBARK_E_CHANGED);
  drive_expect_error("migration \"0001_n\" was changed from statement 1 on, though 1 of its"
                     " statements are done",
                     NULL, NULL);
  db_expect_mark(mark);
  settle(EMBARK_RESUME_DONE, made, EMBARK_OK);
  drive_expect(made_with("0001_n", "insert into a (x) values (1);\n"), EMBARK_E_CHANGED);
  drive_ok(made);
}
END_TEST

START_TEST(g8_what_was_interrupted_may_not_be_changed)
{
  kind = EMBARK_LEDGER_NATIVE;
  made_bundle *made = made_with("0001_n", "create index concurrently i on a (x);\n");
  victim_dies(made, EMBARK_EVENT_STATEMENT, "0001_n", 1);
  drive_expect(made_with("0001_n", "create index concurrently i on a (id);\n"), EMBARK_E_CHANGED);
  ck_assert_ptr_nonnull(strstr(drive_error.message, "statement 1"));
  drive_expect(made_with("0001_n", "-- nothing\n"), EMBARK_E_CHANGED);
  drive_ok(made);
}
END_TEST

START_TEST(g8_what_is_not_begun_may_be_changed)
{
  made_bundle *made = given_interrupted(EMBARK_LEDGER_NATIVE, 1);
  settle(EMBARK_RESUME_DONE, made, EMBARK_OK);
  drive_ok(made_with("0001_n", "insert into a (x) values (1);\nvacuum a;\n"
                               "insert into a (x) values (8);\n"));
  expect_rows("1 8");
}
END_TEST

START_TEST(g8_a_migration_that_has_a_transaction_meanwhile_is_refused)
{
  given_interrupted(EMBARK_LEDGER_NATIVE, 1);
  made_bundle *now = bundle_native("0000_a", "create table a (id serial, x int);\n", "0001_n",
                                   twice, "0002_b", "create table b ();\n", NULL);
  const char *mark = db_mark();
  drive_expect(now, EMBARK_E_CHANGED);
  drive_expect_error("migration \"0001_n\" was interrupted without a transaction, and now has one",
                     NULL, NULL);
  db_expect_mark(mark);
}
END_TEST

START_TEST(g8_one_of_which_nothing_is_done_may_get_a_transaction)
{
  kind = EMBARK_LEDGER_NATIVE;
  made_bundle *made = made_with("0001_n", "insert into a (x) values (1/0);\n");
  drive_expect(made, EMBARK_E_SQL);
  drive_ok(bundle_native("0000_a", "create table a (id serial, x int);\n", "0001_n", twice,
                         "0002_b", "create table b ();\n", NULL));
  expect_rows("1 2");
}
END_TEST

START_TEST(g8_what_is_said_of_one_is_not_said_of_another)
{
  made_bundle *made = given_interrupted(EMBARK_LEDGER_NATIVE, 1);
  db_exec(db_watch, "INSERT INTO embark.progress SELECT ledger, component, '0009_other', state, 7,"
                    " done, index_before, backend_pid, started_at, changed_at, changed_by"
                    " FROM embark.progress");
  settle(EMBARK_RESUME_DONE, made, EMBARK_OK);
  db_expect_rows("0001_n|done\n0009_other|running",
                 "SELECT tag, state FROM embark.progress ORDER BY tag");
}
END_TEST

/* Nothing at all runs beside a statement that is in doubt, also not what stands before it. */
START_TEST(g8_nothing_runs_before_it_is_settled)
{
  given_interrupted(EMBARK_LEDGER_NATIVE, 1);
  drive_options.flags = EMBARK_OUT_OF_ORDER;
  drive_expect(bundle_native("0000_a", "create table a (id serial, x int);\n", "0000_late",
                             "create table late ();\n", "0001_n",
                             keep_printf(NO_TRANSACTION "%s", twice), NULL),
               EMBARK_E_INTERRUPTED);
  db_expect_tables("a");
}
END_TEST

Suite *test_suite(void)
{
  return drive_suite(
      "outside_changed", g8_what_is_done_may_not_be_changed,
      g8_what_was_interrupted_may_not_be_changed, g8_what_is_not_begun_may_be_changed,
      g8_a_migration_that_has_a_transaction_meanwhile_is_refused,
      g8_one_of_which_nothing_is_done_may_get_a_transaction,
      g8_what_is_said_of_one_is_not_said_of_another, g8_nothing_runs_before_it_is_settled, NULL);
}
