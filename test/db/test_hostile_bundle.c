/* Bundles that no bundler makes: statements that answer with COPY data which the bundle does not
 * announce. The call ends, and nothing of the migration is committed. */
#include <string.h>

#include "drive.h"
#include "keep.h"
#include "record.h"
#include "suite.h"

/* A migration that is well, and one whose second statement is this, said to be a COPY or not. */
static made_bundle *hostile(const char *sql, uint16_t copy)
{
  made_bundle *made =
      bundle_native("0000_a", "create table a (id int);\ninsert into a values (1);\n", "0001_b",
                    keep_printf("create table b ();\n%s;\nselect 1;\n", sql), "0002_c",
                    "create table c ();\n", NULL);
  made->statements[3].flags = copy;
  made->statements[3].data_offset = made->statements[3].offset;
  made->statements[3].data_length = copy != 0 ? 4 : 0;
  return made;
}

/* The connection is of no use any more, and is not asked for its session. */
static void expect_refusal(const embark_bundle *bundle)
{
  int code = drive_unasked(db_conn, bundle);
  ck_assert_msg(code == EMBARK_E_CONNECTION || code == EMBARK_E_SQL, "%s: %s",
                embark_code_name(code), drive_error.message);
  int pid = PQbackendPID(db_conn);
  db_reconnect("");
  db_wait_until("NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = %d)", pid);
}

/* The server waits for the data, so nothing behind it has happened. */
static void takes(uint16_t copy, const char *sql)
{
  made_bundle *made = hostile(sql, copy);
  expect_refusal(&made->bundle);
  drive_expect_place("0001_b", drive_error.statement, drive_error.line, drive_error.column);
  db_expect_tables("a");
  db_expect_rows("0000_a", "SELECT tag FROM embark.migrations");
  drive_ok(bundle_head(made, 1));
}

/* The server sends data and goes on with what is queued: what it commits is recorded. */
static void sends(uint16_t copy, const char *sql)
{
  expect_refusal(&hostile(sql, copy)->bundle);
  db_expect_rows("t", "SELECT (SELECT array_agg(relname::text ORDER BY relname) FROM pg_class"
                      "   WHERE relnamespace = 'public'::regnamespace AND relkind = 'r')"
                      " = (SELECT array_agg(right(tag, 1) ORDER BY tag) FROM embark.migrations)");
}

START_TEST(a_copy_that_sends_data_is_refused)
{
  sends(0, "copy a to stdout");
}
END_TEST

START_TEST(a_copy_that_sends_data_and_is_said_to_take_some_is_refused)
{
  sends(1, "copy a to stdout");
}
END_TEST

START_TEST(a_copy_that_sends_much_data_is_refused)
{
  sends(0, "copy (select repeat('x', 1000) from generate_series(1, 20000)) to stdout");
}
END_TEST

START_TEST(a_copy_that_sends_much_data_and_is_said_to_take_some_is_refused)
{
  sends(1, "copy (select repeat('x', 1000) from generate_series(1, 20000)) to stdout");
}
END_TEST

START_TEST(a_copy_that_takes_data_which_the_bundle_has_not_is_refused)
{
  takes(0, "copy a from stdin ");
}
END_TEST

START_TEST(a_copy_without_data_is_refused_without_a_hook_too)
{
  drive_options.on_event = NULL;
  takes(0, "copy a from stdin ");
}
END_TEST

/* The last one, behind which the queue is empty. */
START_TEST(a_copy_that_sends_data_at_the_very_end_is_refused)
{
  made_bundle *made =
      bundle_native("0000_a", "create table a (id int);\ncopy a to stdout;\n", NULL);
  expect_refusal(&made->bundle);
  db_expect_rows("t", "SELECT (to_regclass('a') IS NOT NULL)"
                      " = EXISTS (SELECT FROM embark.migrations)");
}
END_TEST

/* A NUL within a statement would hide what is behind it from the server, not from the ledger. */
START_TEST(g4_a_statement_with_a_nul_inside_is_refused_before_anything_is_written)
{
  made_bundle *made = bundle_native("0000_a", "create table a ();\ncreate table b ();\n", NULL);
  made->statements[0].length = made->statements[1].offset + made->statements[1].length;
  made->migrations[0].statement_count = 1;
  const char *before = db_mark();
  drive_expect(made, EMBARK_E_BUNDLE);
  db_expect_mark(before);
}
END_TEST

START_TEST(g4_hazards_that_nobody_knows_are_refused_before_anything_is_written)
{
  const char *before = db_mark();
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 2);
  made->statements[1].hazards = UINT16_MAX;
  drive_expect(made, EMBARK_E_BUNDLE);
  made->statements[1].hazards = EMBARK_HAZARD_ALL;
  made->statements[1].made_by = 3;
  drive_expect(made, EMBARK_E_BUNDLE);
  made->statements[1].made_by = 2;
  made->bundle.forbid = UINT32_MAX;
  drive_expect(made, EMBARK_E_BUNDLE);
  db_expect_mark(before);
  made->bundle.forbid = EMBARK_HAZARD_ALL;
  drive_ok(made);
}
END_TEST

Suite *test_suite(void)
{
  return drive_suite("hostile_bundle", a_copy_that_sends_data_is_refused,
                     a_copy_that_sends_data_and_is_said_to_take_some_is_refused,
                     a_copy_that_sends_much_data_is_refused,
                     a_copy_that_sends_much_data_and_is_said_to_take_some_is_refused,
                     a_copy_that_takes_data_which_the_bundle_has_not_is_refused,
                     a_copy_without_data_is_refused_without_a_hook_too,
                     a_copy_that_sends_data_at_the_very_end_is_refused,
                     g4_a_statement_with_a_nul_inside_is_refused_before_anything_is_written,
                     g4_hazards_that_nobody_knows_are_refused_before_anything_is_written, NULL);
}
