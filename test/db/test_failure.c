/* G7: a migration fails, and the error is exact. */
#include <string.h>

#include "drive.h"
#include "keep.h"
#include "suite.h"

static const char hint[] = "The migration was rolled back; earlier migrations of this run stay "
                           "applied. Mend the file, bundle it, and run again.";

static made_bundle *five(const char *third)
{
  return bundle_native("0000_a", "create table a ();\n", "0001_b", "create table b ();\n", "0002_c",
                       third, "0003_d", "create table d ();\n", "0004_e", "create table e ();\n",
                       NULL);
}

START_TEST(g7_a_failing_statement_in_the_third_of_five_leaves_two_applied)
{
  drive_expect(five("create table c ();\nselect no_such();\ncreate table c2 ();\n"), EMBARK_E_SQL);
  db_expect_tables("a b");
  db_expect_rows("0000_a\n0001_b", "SELECT tag FROM embark.migrations ORDER BY position");
}
END_TEST

START_TEST(g7_the_mended_bundle_completes_what_the_failing_one_began)
{
  drive_expect(five("create table c ();\nselect no_such();\n"), EMBARK_E_SQL);
  drive_expect(five("create table c ();\nselect no_such();\n"), EMBARK_E_SQL);
  drive_ok(five("create table c ();\n"));
  db_expect_tables("a b c d e");
}
END_TEST

START_TEST(g7_the_error_says_where_in_the_file_the_server_found_the_fault)
{
  drive_expect(five("-- a comment\n\ncreate table c ();\n"
                    "-- another; with a semicolon\n"
                    "select 'ÄÖÜ',\n  'größer' || no_such(1);\n"),
               EMBARK_E_SQL);
  drive_expect_error(
      "migration \"0002_c\" failed at statement 2",
      "ERROR: function no_such(integer) does not exist (SQLSTATE 42883)\n"
      "Server hint: No function matches the given name and argument types. You might "
      "need to add explicit type casts.",
      hint);
  drive_expect_place("0002_c", 2, 6, 15);
  ck_assert_str_eq(drive_error.sqlstate, "42883");
}
END_TEST

START_TEST(g7_the_column_counts_characters_before_the_statement_on_its_line)
{
  drive_expect(five("create table ä ();\nselect 1;  selec 2;\n"), EMBARK_E_SQL);
  drive_expect_place("0002_c", 2, 2, 12);
}
END_TEST

START_TEST(g7_the_column_counts_characters_of_any_width)
{
  drive_expect(five("/* 😀 */ select '€😀ä', no_such();\n"), EMBARK_E_SQL);
  drive_expect_place("0002_c", 1, 1, 23);
}
END_TEST

START_TEST(g7_an_error_without_a_position_names_the_statements_line)
{
  drive_expect(five("\n\nselect\n 1 / 0;\n"), EMBARK_E_SQL);
  drive_expect_place("0002_c", 1, 3, 0);
  drive_expect_error("migration \"0002_c\" failed at statement 1",
                     "ERROR: division by zero (SQLSTATE 22012)", hint);
}
END_TEST

START_TEST(g7_a_fault_at_the_end_of_the_file_has_a_place)
{
  drive_expect(five("select (1"), EMBARK_E_SQL);
  drive_expect_place("0002_c", 1, 1, 10);
  ck_assert_str_eq(drive_error.sqlstate, "42601");
}
END_TEST

START_TEST(g7_the_servers_detail_hint_and_context_are_kept)
{
  drive_expect(five("do $$ begin raise exception 'no way' using detail = 'It is so.', "
                    "hint = 'Try another.', errcode = 'AB123'; end $$;\n"),
               EMBARK_E_SQL);
  drive_expect_error("migration \"0002_c\" failed at statement 1",
                     "ERROR: no way (SQLSTATE AB123)\nServer detail: It is so.\n"
                     "Server hint: Try another.\n"
                     "Context: PL/pgSQL function inline_code_block line 1 at RAISE",
                     hint);
  ck_assert_str_eq(drive_error.sqlstate, "AB123");
}
END_TEST

START_TEST(g7_an_error_longer_than_its_field_is_cut_between_characters)
{
  char *sql = keep_zeros(3000);
  memcpy(sql, "select '", 8);
  for (int i = 0; i < 1000; i++) {
    memcpy(sql + 8 + 2 * i, "ä", 2);
  }
  memcpy(sql + 2008, "'::int;\n", 8);
  drive_expect(five(sql), EMBARK_E_SQL);
  size_t length = strlen(drive_error.detail);
  ck_assert_uint_le(length, EMBARK_TEXT_SIZE - 1);
  ck_assert_uint_ge(length, EMBARK_TEXT_SIZE - 3);
  ck_assert_str_eq(drive_error.detail + length - strlen("ä..."), "ä...");
}
END_TEST

START_TEST(g7_the_first_migration_of_an_empty_database_may_fail)
{
  drive_expect(bundle_native("0000_a", "select no_such();\n", NULL), EMBARK_E_SQL);
  db_expect_rows("0", "SELECT count(*) FROM embark.migrations");
  drive_ok(bundle_native("0000_a", "create table a ();\n", NULL));
}
END_TEST

START_TEST(g7_the_last_migration_may_fail)
{
  made_bundle *made = five("create table c ();\n");
  made_bundle *more = bundle_native("0000_a", "create table a ();\n", "0001_b",
                                    "create table b ();\nselect no_such();\n", NULL);
  drive_given(bundle_head(made, 1));
  drive_expect(more, EMBARK_E_SQL);
  db_expect_tables("a");
}
END_TEST

START_TEST(g2_a_failure_at_commit_rolls_the_migration_back)
{
  drive_expect(five("create table c (id int unique deferrable initially deferred);\n"
                    "insert into c values (1), (1);\n"),
               EMBARK_E_SQL);
  drive_expect_error("migration \"0002_c\" failed at its end",
                     "ERROR: duplicate key value violates unique constraint \"c_id_key\" (SQLSTATE "
                     "23505)\nServer detail: Key (id)=(1) already exists.",
                     hint);
  drive_expect_place("0002_c", 0, 0, 0);
  db_expect_tables("a b");
  drive_ok(five("create table c ();\n"));
}
END_TEST

START_TEST(g2_a_ledger_row_that_is_refused_rolls_the_migration_back)
{
  made_bundle *made = five("create table c ();\n");
  drive_given(bundle_head(made, 2));
  db_exec(db_watch, "ALTER TABLE embark.migrations ADD CHECK (position < 2)");
  drive_expect(made, EMBARK_E_SQL);
  ck_assert_str_eq(drive_error.message,
                   "migration \"0002_c\" failed when its ledger row was written");
  ck_assert_str_eq(drive_error.sqlstate, "23514");
  db_expect_tables("a b");
}
END_TEST

START_TEST(g2_a_role_that_may_not_write_the_ledger_leaves_no_trace)
{
  made_bundle *made = five("create table c ();\n");
  const char *role = db_role("");
  drive_given(bundle_head(made, 2));
  db_exec(db_watch,
          "GRANT ALL ON SCHEMA public TO %s; GRANT USAGE ON SCHEMA embark TO %s;"
          "GRANT SELECT ON embark.migrations TO %s",
          role, role, role);
  db_reconnect(keep_printf("user=%s", role));
  drive_expect(made, EMBARK_E_PERMISSION);
  drive_expect_error("the ledger embark.migrations may not be written",
                     "ERROR: permission denied for table migrations (SQLSTATE 42501)", NULL);
  db_expect_tables("a b");
}
END_TEST

START_TEST(g7_a_migration_without_rights_is_the_migrations_error)
{
  const char *role = db_role("");
  drive_given(bundle_head(five(""), 2));
  db_exec(db_watch,
          "GRANT ALL ON SCHEMA embark, public TO %s; GRANT ALL ON embark.migrations TO %s", role,
          role);
  db_reconnect(keep_printf("user=%s", role));
  drive_expect(five("drop table a;\n"), EMBARK_E_SQL);
  ck_assert_str_eq(drive_error.sqlstate, "42501");
  drive_expect_place("0002_c", 1, 1, 0);
}
END_TEST

START_TEST(g11_a_backend_that_dies_in_a_migration_is_a_lost_connection)
{
  drive_expect(five("create table c ();\nselect pg_terminate_backend(pg_backend_pid());\n"),
               EMBARK_E_CONNECTION);
  ck_assert_int_eq(PQstatus(db_conn), CONNECTION_BAD);
  ck_assert_int_eq(PQisnonblocking(db_conn), 0);
  drive_expect_error("the connection to the database is lost", NULL, NULL);
  drive_expect_place("0002_c", 0, 0, 0);
  db_reconnect("");
  drive_ok(five("create table c ();\n"));
  db_expect_tables("a b c d e");
}
END_TEST

START_TEST(g11_a_connection_that_dies_can_be_reset_and_used_again)
{
  drive_expect(five("select pg_terminate_backend(pg_backend_pid());\n"), EMBARK_E_CONNECTION);
  PQreset(db_conn);
  ck_assert_int_eq(PQstatus(db_conn), CONNECTION_OK);
  drive_ok(five("create table c ();\n"));
}
END_TEST

START_TEST(g7_an_error_that_nobody_asked_for_is_kept_for_the_thread)
{
  ck_assert_int_eq(embark_migrate(db_conn, &five("select no_such();\n")->bundle, NULL, NULL),
                   EMBARK_E_SQL);
  ck_assert_int_eq(embark_last_error()->code, EMBARK_E_SQL);
  ck_assert_str_eq(embark_last_error()->tag, "0002_c");
  ck_assert_int_eq(embark_migrate(db_conn, &five("create table c ();\n")->bundle, NULL, NULL), 0);
  ck_assert_int_eq(embark_last_error()->code, EMBARK_OK);
}
END_TEST

START_TEST(g13_no_password_is_in_any_error)
{
  db_reconnect("password=hunter2 application_name=hunter");
  drive_expect(five("select no_such();\n"), EMBARK_E_SQL);
  char text[4096];
  embark_error_format(&drive_error, text, sizeof text);
  ck_assert_ptr_null(strstr(text, "hunter"));
  drive_expect(five("select pg_terminate_backend(pg_backend_pid());\n"), EMBARK_E_CONNECTION);
  embark_error_format(&drive_error, text, sizeof text);
  ck_assert_ptr_null(strstr(text, "hunter"));
}
END_TEST

Suite *test_suite(void)
{
  return drive_suite("failure", g7_a_failing_statement_in_the_third_of_five_leaves_two_applied,
                     g7_the_mended_bundle_completes_what_the_failing_one_began,
                     g7_the_error_says_where_in_the_file_the_server_found_the_fault,
                     g7_the_column_counts_characters_before_the_statement_on_its_line,
                     g7_the_column_counts_characters_of_any_width,
                     g7_an_error_without_a_position_names_the_statements_line,
                     g7_a_fault_at_the_end_of_the_file_has_a_place,
                     g7_the_servers_detail_hint_and_context_are_kept,
                     g7_an_error_longer_than_its_field_is_cut_between_characters,
                     g7_the_first_migration_of_an_empty_database_may_fail,
                     g7_the_last_migration_may_fail,
                     g2_a_failure_at_commit_rolls_the_migration_back,
                     g2_a_ledger_row_that_is_refused_rolls_the_migration_back,
                     g2_a_role_that_may_not_write_the_ledger_leaves_no_trace,
                     g7_a_migration_without_rights_is_the_migrations_error,
                     g11_a_backend_that_dies_in_a_migration_is_a_lost_connection,
                     g11_a_connection_that_dies_can_be_reset_and_used_again,
                     g7_an_error_that_nobody_asked_for_is_kept_for_the_thread,
                     g13_no_password_is_in_any_error, NULL);
}
