/* Bringing a database up to date: what is applied, what is recorded, what is left alone. */
#include <stdio.h>
#include <string.h>

#include "drive.h"
#include "keep.h"
#include "record.h"
#include "suite.h"

static const char *native_rows(void)
{
  return db_rows(db_watch,
                 "SELECT component, tag, position, hash, chain, when_ms, state, applied_by"
                 " FROM embark.migrations ORDER BY component, position");
}

static const char *expected_native_rows(const made_bundle *made)
{
  const char *rows = "";
  for (uint32_t i = 0; i < made->bundle.migration_count; i++) {
    const embark_migration *m = &made->migrations[i];
    rows = keep_printf("%s%smain|%s|%u|%s|%s|%lld|applied|%s", rows, i > 0 ? "\n" : "", m->tag, i,
                       m->hash, m->chain, (long long)m->when_ms, db_user());
  }
  return rows;
}

START_TEST(an_empty_database_gets_every_migration_and_a_ledger)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 5);
  drive_ok(made);
  db_expect_tables("t0000 t0001 t0002 t0003 t0004");
  ck_assert_str_eq(native_rows(), expected_native_rows(made));
  db_expect_rows("t",
                 "SELECT bool_and(applied_at <= now() AND duration >= '0') FROM embark.migrations");
}
END_TEST

START_TEST(a_partly_migrated_database_gets_the_rest)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 5);
  drive_given(bundle_head(made, 2));
  drive_ok(made);
  db_expect_tables("t0000 t0001 t0002 t0003 t0004");
  ck_assert_str_eq(native_rows(), expected_native_rows(made));
}
END_TEST

START_TEST(the_ledger_keeps_the_outline_that_a_migration_has)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 2);
  made->migrations[1].outline = "0123456789abcdef0123456789abcdef";
  drive_ok(made);
  db_expect_rows("0000_t|\n0001_t|0123456789abcdef0123456789abcdef",
                 "SELECT tag, outline FROM embark.migrations ORDER BY position");
  db_expect_rows("0000_t", "SELECT tag FROM embark.migrations WHERE outline IS NULL");
}
END_TEST

START_TEST(g6_an_up_to_date_database_is_not_written_to)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 3);
  drive_given(made);
  const char *before = db_mark();
  drive_ok(made);
  db_expect_mark(before);
  ck_assert_str_eq(native_rows(), expected_native_rows(made));
}
END_TEST

START_TEST(every_migration_is_applied_once_however_often_it_is_asked_for)
{
  made_bundle *made =
      bundle_native("0000_a", "create table a (n int);\ninsert into a values (1);\n", "0001_b",
                    "insert into a values (2);\n", NULL);
  for (int i = 0; i < 4; i++) {
    drive_ok(made);
  }
  db_expect_rows("1\n2", "SELECT n FROM a ORDER BY n");
}
END_TEST

START_TEST(a_bundle_that_grows_is_followed_step_by_step)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 6);
  for (unsigned count = 1; count <= 6; count++) {
    drive_ok(bundle_head(made, count));
  }
  ck_assert_str_eq(native_rows(), expected_native_rows(made));
}
END_TEST

START_TEST(a_bundle_without_migrations_is_success_and_makes_no_ledger)
{
  drive_ok(bundle_tables(EMBARK_LEDGER_NATIVE, 0));
  db_expect_rows("f", "SELECT to_regclass('embark.migrations') IS NOT NULL");
}
END_TEST

START_TEST(a_migration_of_comments_alone_is_recorded)
{
  made_bundle *made = bundle_native("0000_a", "-- nothing yet\n", "0001_b", "", "0002_c",
                                    "create table c ();\n", NULL);
  drive_ok(made);
  ck_assert_str_eq(native_rows(), expected_native_rows(made));
}
END_TEST

START_TEST(two_hundred_migrations_are_applied_in_one_run)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 200);
  drive_ok(made);
  db_expect_rows("200", "SELECT count(*) FROM pg_class WHERE relname ~ '^t[0-9]{4}$'");
  db_expect_rows("200|0|199",
                 "SELECT count(*), min(position), max(position) FROM embark.migrations");
}
END_TEST

START_TEST(each_migration_has_a_transaction_of_its_own)
{
  drive_ok(bundle_native("0000_a", "create type mood as enum ('ok');\ncreate table a (x text);\n",
                         "0001_b", "alter type mood add value 'glad';\n", "0002_c",
                         "insert into a values ('glad'::mood::text);\n", "0003_d",
                         "insert into a select count(distinct xmin::text) from a;\n", NULL));
  db_expect_rows("1\nglad", "SELECT x FROM a ORDER BY x");
}
END_TEST

START_TEST(what_a_migration_selects_is_read_and_dropped)
{
  drive_ok(bundle_native("0000_a",
                         "select repeat('x', 100) from generate_series(1, 20000);\n"
                         "select;\nselect 1 where false;\ncreate table a ();\n",
                         "0001_b", "values (1), (2);\nshow all;\n", NULL));
  db_expect_tables("a");
}
END_TEST

START_TEST(a_migration_may_listen_prepare_and_declare_and_undo_it)
{
  drive_ok(bundle_native(
      "0000_a", "prepare p as select 1;\nexecute p;\ndeallocate p;\n", "0001_b",
      "declare c cursor for select 1;\nfetch all from c;\n", "0002_c",
      "savepoint s;\ncreate table gone ();\nrollback to s;\ncreate table a ();\n", NULL));
  db_expect_tables("a");
}
END_TEST

START_TEST(a_statement_larger_than_any_buffer_is_sent_whole)
{
  char *sql = keep_zeros(3000000);
  int at = snprintf(sql, 100, "create table a (x text);\ninsert into a values ('");
  for (; at < 2900000; at++) {
    sql[at] = (char)('a' + at % 26);
  }
  memcpy(sql + at, "');\n", 4);
  drive_ok(bundle_native("0000_a", sql, "0001_b", "create table b ();\n", NULL));
  db_expect_rows(keep_printf("%zu", (size_t)at - strlen("create table a (x text);\n") -
                                        strlen("insert into a values ('")),
                 "SELECT length(x) FROM a");
}
END_TEST

START_TEST(quotes_dollars_and_percent_signs_reach_the_server_untouched)
{
  drive_ok(bundle_native(
      "0000_a",
      "create function f() returns text language sql as $f$ select 'it''s $1 100%% %T'; $f$;\n"
      "create table a as select f() as x;\n",
      NULL));
  db_expect_rows("it's $1 100%% %T", "SELECT x FROM a");
}
END_TEST

START_TEST(a_database_ahead_of_the_program_is_success_with_a_flag)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 4);
  drive_given(made);
  drive_options.on_event = record_event;
  drive_ok(bundle_head(made, 2));
  ck_assert_str_eq(record_text(), "DONE 0 ahead");
  ck_assert_int_eq(drive_ahead, drive_through == DRIVE_POLLABLE);
  ck_assert_str_eq(native_rows(), expected_native_rows(made));
}
END_TEST

START_TEST(an_up_to_date_database_is_not_ahead)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 2);
  drive_given(made);
  drive_options.on_event = record_event;
  drive_ok(made);
  ck_assert_str_eq(record_text(), "DONE 0");
  ck_assert_int_eq(drive_ahead, 0);
}
END_TEST

START_TEST(two_components_share_a_ledger_and_do_not_see_each_other)
{
  made_bundle *ours = bundle_native("0000_init", "create table ours ();\n", "0001_more",
                                    "create table more_of_ours ();\n", NULL);
  made_bundle *theirs = bundle_native("0000_init", "create table theirs ();\n", NULL);
  theirs->bundle.component = "billing";
  drive_ok(ours);
  drive_ok(theirs);
  drive_ok(ours);
  drive_ok(theirs);
  db_expect_tables("more_of_ours ours theirs");
  db_expect_rows("billing|0000_init|0\nmain|0000_init|0\nmain|0001_more|1",
                 "SELECT component, tag, position FROM embark.migrations ORDER BY 1, 3");
}
END_TEST

Suite *test_suite(void)
{
  return drive_suite(
      "migrate", an_empty_database_gets_every_migration_and_a_ledger,
      the_ledger_keeps_the_outline_that_a_migration_has, a_partly_migrated_database_gets_the_rest,
      g6_an_up_to_date_database_is_not_written_to,
      every_migration_is_applied_once_however_often_it_is_asked_for,
      a_bundle_that_grows_is_followed_step_by_step,
      a_bundle_without_migrations_is_success_and_makes_no_ledger,
      a_migration_of_comments_alone_is_recorded, two_hundred_migrations_are_applied_in_one_run,
      each_migration_has_a_transaction_of_its_own, what_a_migration_selects_is_read_and_dropped,
      a_migration_may_listen_prepare_and_declare_and_undo_it,
      a_statement_larger_than_any_buffer_is_sent_whole,
      quotes_dollars_and_percent_signs_reach_the_server_untouched,
      a_database_ahead_of_the_program_is_success_with_a_flag, an_up_to_date_database_is_not_ahead,
      two_components_share_a_ledger_and_do_not_see_each_other, NULL);
}
