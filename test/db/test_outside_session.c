/* G8, G10: what the session has been set to, by the host or by the file, around and inside
 * migrations without a transaction. */
#include <string.h>

#include "drive.h"
#include "keep.h"
#include "record.h"
#include "suite.h"

#define NO_TRANSACTION "-- embark: no-transaction\n"

/* Notes what a setting is while statement and migration run. */
#define NOTE(setting) "insert into noted values ('" setting "', current_setting('" setting "'));\n"

/* The first migration of those tests. */
#define KEPT                                                                                       \
  "0000_kept", "create schema kept;\n"                                                             \
               "create table kept.noted (name text, value text, at serial);\n"

static void given_path(void)
{
  db_exec(db_conn, "SET search_path = public, kept");
}

static void expect_noted(const char *values)
{
  db_expect_rows(values, "SELECT string_agg(value, ' | ' ORDER BY at) FROM kept.noted");
}

START_TEST(g8_settings_of_the_file_last_to_its_end_and_no_longer)
{
  given_path();
  drive_ok(bundle_native(KEPT, "0001_s",
                         NO_TRANSACTION NOTE("work_mem") "set work_mem = '3MB';\n" NOTE(
                             "work_mem") "vacuum;\nset search_path = kept;\nbegin;\n"
                                         "set statement_timeout = '55s';\ncommit;\n"
                                         "create table mine ();\n" NOTE("statement_timeout"),
                         "0002_t", NOTE("work_mem") NOTE("search_path") "create table next ();\n",
                         NULL));
  expect_noted("4MB | 3MB | 55s | 4MB | public, kept");
  db_expect_tables("next");
  db_expect_rows("t", "SELECT to_regclass('kept.mine') IS NOT NULL");
}
END_TEST

START_TEST(g8_a_setting_of_the_host_is_there_again_after_reset)
{
  given_path();
  db_exec(db_conn, "SET work_mem = '5MB'");
  drive_ok(bundle_native(KEPT, "0001_s",
                         NO_TRANSACTION NOTE("work_mem") "reset work_mem;\n" NOTE("work_mem"),
                         "0002_t", NOTE("work_mem"), NULL));
  expect_noted("5MB | 4MB | 5MB");
}
END_TEST

START_TEST(g8_the_ledger_is_written_as_the_role_that_came)
{
  const char *role = db_role("");
  db_exec(db_watch, "GRANT USAGE, CREATE ON SCHEMA public TO %s", role);
  drive_ok(bundle_native("0000_r",
                         keep_printf(NO_TRANSACTION "set role %s;\ncreate table theirs (id int);\n"
                                                    "create index concurrently i on theirs (id);\n",
                                     role),
                         "0001_b", "create table ours ();\n", NULL));
  db_expect_rows(keep_printf("ours|%s\ntheirs|%s", db_user(), role),
                 "SELECT tablename, tableowner FROM pg_tables WHERE schemaname = 'public'"
                 " ORDER BY 1");
  db_expect_rows(db_user(), "SELECT DISTINCT applied_by FROM embark.migrations");
  db_expect_rows(keep_printf("%s|applied", db_user()),
                 "SELECT changed_by, state FROM embark.progress");
}
END_TEST

/* A role that has nothing but what the ledger needs. */
START_TEST(g8_a_role_of_the_hosts_choice_writes_the_progress)
{
  const char *role = db_role("");
  db_exec(db_watch, "GRANT USAGE, CREATE ON SCHEMA public TO %s; GRANT CREATE ON DATABASE %s TO %s",
          role, db_name(), role);
  db_exec(db_conn, "SET ROLE %s", role);
  drive_ok(bundle_native("0000_r",
                         NO_TRANSACTION "create table a (id int);\nreset role;\nselect 1;\n"
                                        "vacuum a;\n",
                         "0001_b", "create table b ();\n", NULL));
  db_expect_rows(role, "SELECT DISTINCT tableowner FROM pg_tables"
                       " WHERE schemaname IN ('embark', 'public')");
  db_exec(db_watch, "DROP OWNED BY %s", role);
}
END_TEST

START_TEST(g8_a_session_that_is_read_only_and_serializable_is_no_obstacle)
{
  given_path();
  db_exec(db_conn, "SET default_transaction_read_only = on;"
                   "SET default_transaction_isolation = serializable;"
                   "SET default_transaction_deferrable = on");
  drive_ok(bundle_native(KEPT, "0001_s",
                         NO_TRANSACTION "create table a (id int);\n"
                                        "create index concurrently i on a (id);\n" NOTE(
                                            "transaction_isolation") "begin;\n" NOTE("transaction_"
                                                                                     "read_only")
                                            NOTE("transaction_isolation") "commit;\n",
                         "0002_b", "create table b ();\n", NULL));
  expect_noted("read committed | off | read committed");
  db_expect_rows("t", "SELECT indisvalid FROM pg_index WHERE indexrelid = 'i'::regclass");
}
END_TEST

START_TEST(g8_timeouts_of_the_session_do_not_count)
{
  given_path();
  /* The first holds for all questions before and after: one that a loaded machine can meet. */
  db_exec(db_conn, "SET statement_timeout = '2s'; SET lock_timeout = '1ms';"
                   "SET idle_in_transaction_session_timeout = '1ms'");
  drive_ok(bundle_native(KEPT, "0001_s",
                         NO_TRANSACTION "select pg_sleep(2.5);\n" NOTE("statement_timeout")
                             NOTE("lock_timeout") "begin;\nselect pg_sleep(0.1);\ncommit;\n",
                         NULL));
  expect_noted("0 | 5s");
}
END_TEST

START_TEST(g8_a_statement_that_waits_by_design_has_no_lock_timeout)
{
  given_path();
  drive_options.lock_timeout_ms = 1234;
  drive_ok(bundle_native(KEPT, "0001_s", NO_TRANSACTION NOTE("lock_timeout"), "0002_i",
                         NO_TRANSACTION
                         "create table a (id int);\n"
                         "create index concurrently i on a (id);\n" NOTE("lock_timeout"),
                         NULL));
  expect_noted("1234ms | 0");
}
END_TEST

START_TEST(g8_timeouts_by_directive_count)
{
  given_path();
  made_bundle *made =
      bundle_native(KEPT, "0001_i",
                    NO_TRANSACTION "create table a (id int);\n"
                                   "create index concurrently i on a (id);\n" NOTE("lock_timeout")
                                       NOTE("statement_timeout"),
                    NULL);
  made->migrations[1].lock_timeout_ms = 7000;
  made->migrations[1].statement_timeout_ms = 9000;
  drive_ok(made);
  expect_noted("7s | 9s");
}
END_TEST

START_TEST(g8_text_comes_through_a_session_in_latin1)
{
  db_exec(db_conn, "SET client_encoding = 'LATIN1'");
  drive_options.on_event = record_event;
  drive_ok(bundle_native("0000_s",
                         NO_TRANSACTION "create table \"t\xc3\xa4\" (\"\xc3\xb6\" text);\n"
                                        "insert into \"t\xc3\xa4\" values ('\xe2\x82\xac');\n"
                                        "create index concurrently \"\xc3\xbc\" on \"t\xc3\xa4\""
                                        " (\"\xc3\xb6\");\n",
                         "0001_\xc3\xa4", NO_TRANSACTION "vacuum \"t\xc3\xa4\";\n", NULL));
  db_expect_rows("\xe2\x82\xac", "SELECT * FROM \"t\xc3\xa4\"");
  db_expect_rows("t",
                 "SELECT indisvalid FROM pg_index WHERE indexrelid = '\"\xc3\xbc\"'::regclass");
  db_expect_rows("0000_s 0001_\xc3\xa4",
                 "SELECT string_agg(tag, ' ' ORDER BY tag) FROM embark.progress");
}
END_TEST

START_TEST(g8_a_file_that_sets_an_encoding_is_noted_all_the_same)
{
  drive_ok(bundle_native("0000_\xc3\xa4",
                         NO_TRANSACTION "create table a ();\nset client_encoding = 'LATIN1';\n"
                                        "vacuum a;\n",
                         "0001_b", "create table b ();\n", NULL));
  db_expect_rows("0000_\xc3\xa4|applied", "SELECT tag, state FROM embark.progress");
}
END_TEST

Suite *test_suite(void)
{
  return drive_suite("outside_session", g8_settings_of_the_file_last_to_its_end_and_no_longer,
                     g8_a_setting_of_the_host_is_there_again_after_reset,
                     g8_the_ledger_is_written_as_the_role_that_came,
                     g8_a_role_of_the_hosts_choice_writes_the_progress,
                     g8_a_session_that_is_read_only_and_serializable_is_no_obstacle,
                     g8_timeouts_of_the_session_do_not_count,
                     g8_a_statement_that_waits_by_design_has_no_lock_timeout,
                     g8_timeouts_by_directive_count, g8_text_comes_through_a_session_in_latin1,
                     g8_a_file_that_sets_an_encoding_is_noted_all_the_same, NULL);
}
