/* COPY ... FROM stdin with its data, among other statements. */
#include <stdio.h>
#include <string.h>

#include "drive.h"
#include "keep.h"
#include "record.h"
#include "suite.h"

static const char table[] = "create table a (id int, x text);\n";

START_TEST(the_data_of_a_copy_arrives)
{
  drive_ok(bundle_native("0000_a", table, "0001_b",
                         "copy a (id, x) from stdin;\n1\tone\n2\t\\N\n3\ttab\\there; --\n\\.\n",
                         NULL));
  db_expect_rows("1|one\n2|\n3|tab\there; --", "SELECT * FROM a ORDER BY id");
  db_expect_rows("2", "SELECT id FROM a WHERE x IS NULL");
}
END_TEST

START_TEST(statements_before_and_after_a_copy_run_in_its_transaction)
{
  drive_ok(bundle_native("0000_a",
                         "create table a (id int, x text);\ninsert into a values (0, 'before');\n"
                         "copy a from stdin;\n1\tone\n\\.\n"
                         "update a set x = x || '!';\ninsert into a values (2, 'after');\n",
                         "0001_b", "insert into a values (3, 'next');\n", NULL));
  db_expect_rows("0|before!\n1|one!\n2|after\n3|next", "SELECT * FROM a ORDER BY id");
  db_expect_rows("2", "SELECT count(DISTINCT xmin::text) FROM a");
}
END_TEST

START_TEST(a_copy_may_be_the_first_and_the_only_statement)
{
  drive_ok(bundle_native("0000_a", table, "0001_b", "copy a from stdin;\n1\tone\n\\.\n", "0002_c",
                         "copy a from stdin;\n2\ttwo\n\\.\n", NULL));
  db_expect_rows("1|one\n2|two", "SELECT * FROM a ORDER BY id");
}
END_TEST

START_TEST(a_copy_may_have_no_data)
{
  drive_ok(bundle_native("0000_a", "create table a (id int);\ncopy a from stdin;\n\\.\n", "0001_b",
                         "copy a from stdin;\n\\.\nselect 1;\n", NULL));
  db_expect_rows("0", "SELECT count(*) FROM a");
}
END_TEST

START_TEST(a_migration_may_have_several_copies)
{
  drive_ok(bundle_native("0000_a", table, "0001_b",
                         "copy a from stdin;\n1\tone\n\\.\ncopy a from stdin;\n2\ttwo\n\\.\n"
                         "insert into a values (3, 'three');\ncopy a from stdin;\n4\tfour\n\\.\n",
                         NULL));
  db_expect_rows("1|one\n2|two\n3|three\n4|four", "SELECT * FROM a ORDER BY id");
}
END_TEST

START_TEST(a_copy_may_change_settings_around_it)
{
  drive_ok(bundle_native("0000_a", table, "0001_b",
                         "set search_path = public, pg_catalog;\ncopy a from stdin;\n1\tone\n\\.\n"
                         "set timezone = 'Asia/Tokyo';\n",
                         "0002_c", "insert into a select 2, current_setting('search_path');\n",
                         NULL));
  db_expect_rows("1|one\n2|\"$user\", public", "SELECT * FROM a ORDER BY id");
}
END_TEST

START_TEST(g7_bad_data_of_a_copy_is_an_exact_error)
{
  drive_expect(bundle_native("0000_a", table, "0001_b",
                             "insert into a values (0, 'x');\n-- data\ncopy a from stdin;\n"
                             "1\tone\ntwo\t2\n\\.\nselect 1;\n",
                             "0002_c", "create table c ();\n", NULL),
               EMBARK_E_SQL);
  drive_expect_error("migration \"0001_b\" failed at statement 2",
                     "ERROR: invalid input syntax for type integer: \"two\" (SQLSTATE 22P02)\n"
                     "Context: COPY a, line 2, column id: \"two\"",
                     NULL);
  drive_expect_place("0001_b", 2, 3, 0);
  db_expect_tables("a");
  db_expect_rows("0", "SELECT count(*) FROM a");
}
END_TEST

START_TEST(g7_a_copy_into_nowhere_is_an_exact_error)
{
  drive_expect(bundle_native("0000_a", table, "0001_b", "copy nowhere from stdin;\n1\n\\.\n", NULL),
               EMBARK_E_SQL);
  drive_expect_error("migration \"0001_b\" failed at statement 1",
                     "ERROR: relation \"nowhere\" does not exist (SQLSTATE 42P01)", NULL);
}
END_TEST

START_TEST(g7_a_failure_behind_a_copy_takes_its_rows_back)
{
  made_bundle *made = bundle_native("0000_a", table, "0001_b",
                                    "copy a from stdin;\n1\tone\n\\.\nselect no_such();\n", NULL);
  drive_expect(made, EMBARK_E_SQL);
  drive_expect_place("0001_b", 2, 4, 8);
  db_expect_rows("0", "SELECT count(*) FROM a");
}
END_TEST

START_TEST(g7_a_copy_that_fails_at_its_end_is_an_exact_error)
{
  drive_expect(bundle_native("0000_a", "create table a (id int primary key);\n", "0001_b",
                             "copy a from stdin;\n1\n2\n1\n\\.\n", NULL),
               EMBARK_E_SQL);
  ck_assert_str_eq(drive_error.sqlstate, "23505");
  drive_expect_place("0001_b", 1, 1, 0);
}
END_TEST

/* The server gives up after it has asked for the data and before it reads any. */
START_TEST(g7_a_copy_that_a_trigger_refuses_is_an_exact_error)
{
  made_bundle *made = bundle_native(
      "0000_a",
      "create table a (id int);\ncreate function no() returns trigger language plpgsql as"
      " $$ begin raise exception 'not now'; end $$;\n"
      "create trigger t before insert on a execute function no();\n",
      "0001_b", "copy a from stdin;\n1\n2\n\\.\n", "0002_c", "create table c ();\n", NULL);
  drive_expect(made, EMBARK_E_SQL);
  ck_assert_ptr_eq(strstr(drive_error.detail, "ERROR: not now (SQLSTATE P0001)\n"),
                   drive_error.detail);
  drive_expect_place("0001_b", 1, 1, 0);
  db_exec(db_watch, "DROP TRIGGER t ON a");
  drive_ok(made);
  db_expect_rows("2", "SELECT count(*) FROM a");
}
END_TEST

START_TEST(the_events_of_a_copy_are_those_of_any_statement)
{
  drive_options.on_event = record_event;
  drive_ok(bundle_native(
      "0000_a", "create table a (id int);\ncopy a from stdin;\n1\n\\.\nselect 1;\n", NULL));
  ck_assert_str_eq(record_text(), "PLANNED 1\nSTARTED 1/1 0000_a\nSTATEMENT 1/1 0000_a 1/3\n"
                                  "STATEMENT 1/1 0000_a 2/3\nSTATEMENT 1/1 0000_a 3/3\n"
                                  "APPLIED 1/1 0000_a\nDONE 1");
}
END_TEST

START_TEST(a_long_copy_arrives_whole)
{
  enum { LINES = 500000 };
  static const char head[] = "create table a (id int, x text);\ncopy a from stdin;\n";
  char *sql = keep_zeros((size_t)LINES * 110 + 1000);
  size_t at = (size_t)sprintf(sql, "%s", head);
  for (int i = 0; i < LINES; i++) {
    at += (size_t)sprintf(sql + at, "%d\t%090d\n", i, i);
  }
  sprintf(sql + at, "\\.\n");
  drive_ok(bundle_native("0000_a", sql, "0001_b", "create table b ();\n", NULL));
  db_expect_rows("500000|499999", "SELECT count(*), max(x::int) FROM a");
}
END_TEST

/* Data that the server refuses early while far more of it is still to be sent. */
START_TEST(a_long_copy_whose_start_is_refused_is_an_exact_error)
{
  enum { LINES = 200000 };
  char *sql = keep_zeros((size_t)LINES * 110 + 1000);
  size_t at = (size_t)sprintf(sql, "copy a from stdin;\nbad\tdata\n");
  for (int i = 0; i < LINES; i++) {
    at += (size_t)sprintf(sql + at, "%d\t%090d\n", i, i);
  }
  sprintf(sql + at, "\\.\n");
  made_bundle *made = bundle_native("0000_a", table, "0001_b", sql, NULL);
  drive_expect(made, EMBARK_E_SQL);
  ck_assert_str_eq(drive_error.sqlstate, "22P02");
  drive_expect(made, EMBARK_E_SQL);
}
END_TEST

Suite *test_suite(void)
{
  return drive_suite(
      "copy", the_data_of_a_copy_arrives, statements_before_and_after_a_copy_run_in_its_transaction,
      a_copy_may_be_the_first_and_the_only_statement, a_copy_may_have_no_data,
      a_migration_may_have_several_copies, a_copy_may_change_settings_around_it,
      g7_bad_data_of_a_copy_is_an_exact_error, g7_a_copy_into_nowhere_is_an_exact_error,
      g7_a_failure_behind_a_copy_takes_its_rows_back,
      g7_a_copy_that_fails_at_its_end_is_an_exact_error,
      g7_a_copy_that_a_trigger_refuses_is_an_exact_error,
      the_events_of_a_copy_are_those_of_any_statement, a_long_copy_arrives_whole,
      a_long_copy_whose_start_is_refused_is_an_exact_error, NULL);
}
