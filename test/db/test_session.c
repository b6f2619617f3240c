/* G9: the session comes back as it was, whatever the SQL did and however the run ended; and every
 * migration starts with what the session had. drive() makes the comparison. */
#include <string.h>

#include "drive.h"
#include "keep.h"
#include "suite.h"

/* Writes down what a migration starts with. */
static const char note[] =
    "create table if not exists public.seen (what text);\n"
    "insert into public.seen values (concat_ws(' ', session_user, current_user,"
    " current_setting('search_path'), current_setting('TimeZone'),"
    " current_setting('work_mem'), current_setting('DateStyle'),"
    " current_setting('client_encoding')));\n";

/* Between two migrations that note it, one with this SQL; both have noted the same. */
static made_bundle *between(const char *sql)
{
  return bundle_native("0000_before", note, "0001_sql", sql, "0002_after", note, NULL);
}

static void expect_same_seen(void)
{
  db_expect_rows("2|1", "SELECT count(*), count(DISTINCT what) FROM public.seen");
}

static void leaves_no_trace(const char *sql)
{
  drive_ok(between(sql));
  expect_same_seen();
}

START_TEST(g9_a_baseline_of_pg_dump_does_not_empty_the_search_path)
{
  drive_ok(bundle_native("0000_baseline",
                         "set statement_timeout = 0;\nset lock_timeout = 0;\n"
                         "set idle_in_transaction_session_timeout = 0;\n"
                         "set client_encoding = 'UTF8';\nset standard_conforming_strings = on;\n"
                         "select pg_catalog.set_config('search_path', '', false);\n"
                         "set check_function_bodies = false;\nset xmloption = content;\n"
                         "set client_min_messages = warning;\nset row_security = off;\n"
                         "set default_tablespace = '';\nset default_table_access_method = heap;\n"
                         "create table public.a ();\n",
                         "0001_b", "create table b ();\n", NULL));
  db_expect_tables("a b");
}
END_TEST

START_TEST(g9_settings_of_a_migration_end_with_it)
{
  leaves_no_trace(
      "set search_path = pg_catalog;\nset timezone = 'Asia/Tokyo';\n"
      "set work_mem = '17MB';\nset datestyle = 'German';\n"
      "set statement_timeout = '1h';\nset lock_timeout = '1h';\n"
      "set synchronous_commit = off;\nset default_transaction_read_only = on;\n"
      "set default_transaction_isolation = 'serializable';\n"
      "set standard_conforming_strings = off;\nset session_replication_role = replica;\n");
}
END_TEST

START_TEST(g9_the_encoding_of_a_migration_ends_with_it)
{
  leaves_no_trace("set client_encoding = 'LATIN1';\n");
}
END_TEST

START_TEST(g9_the_role_of_a_migration_ends_with_it)
{
  leaves_no_trace(keep_printf("set role %s;\n", db_role("")));
}
END_TEST

START_TEST(g9_the_session_user_of_a_migration_ends_with_it)
{
  leaves_no_trace(keep_printf("set session authorization %s;\n", db_role("")));
}
END_TEST

START_TEST(g9_local_settings_of_a_migration_end_with_it)
{
  leaves_no_trace(keep_printf("set local search_path = pg_catalog;\nset local timezone = 'UTC';\n"
                              "set local role %s;\n",
                              db_role("")));
}
END_TEST

START_TEST(g9_settings_changed_out_of_sight_are_put_back_at_the_end)
{
  made_bundle *made =
      bundle_native("0000_a",
                    "create function f() returns text language sql as"
                    " $$ select pg_catalog.set_config('search_path', 'pg_catalog', false) $$;\n"
                    "select f();\n",
                    NULL);
  made->migrations[0].flags = 0; /* so says a bundler that does not look into functions */
  drive_ok(made);
}
END_TEST

static void set_by_host(void)
{
  db_exec(db_conn, "SET work_mem = '9MB'; SET timezone = 'Europe/Oslo'; SET datestyle = 'SQL, DMY';"
                   "SET search_path = public, pg_catalog; SET \"app.user\" = 'it''s \"me\" \\';"
                   "SET application_name = 'a \"quoted\", {name} \\'; SET lock_timeout = '7s'");
}

START_TEST(g9_what_the_host_had_set_stays_set)
{
  set_by_host();
  leaves_no_trace("create table a ();\n");
  ck_assert_str_eq(db_value(db_conn, "SHOW \"app.user\""), "it's \"me\" \\");
}
END_TEST

START_TEST(g9_what_the_host_had_set_is_set_again)
{
  set_by_host();
  leaves_no_trace("set work_mem = '17MB';\nset timezone = 'UTC';\nset datestyle = 'ISO';\n"
                  "set search_path = pg_catalog;\nset application_name = 'x';\n");
}
END_TEST

START_TEST(g9_what_the_host_had_set_survives_a_reset)
{
  set_by_host();
  leaves_no_trace("reset all;\n");
}
END_TEST

START_TEST(g9_what_the_host_had_set_survives_a_failure)
{
  set_by_host();
  drive_expect(between("reset all;\nset search_path = pg_catalog;\nselect no_such();\n"),
               EMBARK_E_SQL);
}
END_TEST

START_TEST(g9_settings_of_earlier_migrations_are_gone_after_a_failure)
{
  const char *role = db_role("");
  drive_expect(bundle_native("0000_a", keep_printf("set search_path = 'x';\nset role %s;\n", role),
                             "0001_b", "select no_such();\n", NULL),
               EMBARK_E_SQL);
  drive_expect(bundle_native("0000_a", keep_printf("set search_path = 'x';\nset role %s;\n", role),
                             "0001_b", "set role none;\nset timezone = 'UTC';\nselect 1/0;\n",
                             NULL),
               EMBARK_E_SQL);
}
END_TEST

START_TEST(g9_a_hosts_role_is_kept_for_migrations_and_ledger)
{
  const char *role = db_role("");
  db_exec(db_watch, "GRANT ALL ON DATABASE %s TO %s; GRANT ALL ON SCHEMA public TO %s", db_name(),
          role, role);
  db_exec(db_conn, "SET ROLE %s", role);
  leaves_no_trace("reset role;\ncreate table by_superuser ();\n");
  db_expect_rows(role, "SELECT tableowner FROM pg_tables WHERE tablename = 'migrations'");
}
END_TEST

START_TEST(g9_a_hosts_session_user_is_kept)
{
  const char *role = db_role("");
  db_exec(db_watch, "GRANT ALL ON DATABASE %s TO %s; GRANT ALL ON SCHEMA public TO %s", db_name(),
          role, role);
  db_exec(db_conn, "SET SESSION AUTHORIZATION %s", role);
  leaves_no_trace("create table a ();\n");
  leaves_no_trace("create table a ();\n");
}
END_TEST

/* --- sessions with odd defaults --------------------------------------------------------------- */

typedef struct oddity {
  const char *name;
  const char *value;
} oddity;

static const oddity oddities[] = {
    {"default_transaction_read_only",       "on"                },
    {"default_transaction_isolation",       "serializable"      },
    {"default_transaction_deferrable",      "on"                },
    {"standard_conforming_strings",         "off"               },
    {"search_path",                         ""                  },
    {"row_security",                        "off"               },
    {"lock_timeout",                        "1"                 },
    {"idle_in_transaction_session_timeout", "1"                 },
    {"synchronous_commit",                  "off"               },
    {"synchronous_commit",                  "local"             },
    {"array_nulls",                         "off"               },
    {"transform_null_equals",               "on"                },
    {"quote_all_identifiers",               "on"                },
    {"bytea_output",                        "escape"            },
    {"intervalstyle",                       "iso_8601"          },
    {"datestyle",                           "German"            },
    {"extra_float_digits",                  "-15"               },
    {"client_min_messages",                 "error"             },
    {"plan_cache_mode",                     "force_generic_plan"},
    {"enable_seqscan",                      "off"               },
    {"backslash_quote",                     "off"               },
    {"default_tablespace",                  "pg_default"        },
    {"role",                                "none"              },
};
enum { ODDITIES = sizeof oddities / sizeof oddities[0] };

/* A migration for each oddity and each way to come by it. Backslash and umlaut go through
 * untouched. */
static made_bundle *odd_bundle(void)
{
  const char *tags[ODDITIES * 3 + 1], *texts[ODDITIES * 3 + 1];
  tags[0] = "0000_table";
  texts[0] = "create table public.t (x text);\n";
  for (int i = 1; i <= ODDITIES * 3; i++) {
    tags[i] = keep_printf("%04d_row", i);
    texts[i] =
        "insert into public.t values ('a\\nbü' || case when null = null then '?' else '' end);\n";
  }
  return bundle_make_array(EMBARK_LEDGER_NATIVE, ODDITIES * 3 + 1, tags, texts, NULL);
}

/* Apply the migrations from *done to done + ODDITIES, each with its oddity. */
static void apply_odd(const char *how, unsigned *done)
{
  made_bundle *made = odd_bundle();
  const char *role = db_role("SUPERUSER");
  drive_given(bundle_head(made, ++*done));
  for (int i = 0; i < ODDITIES; i++) {
    const oddity *o = &oddities[i];
    db_exec(db_watch, "ALTER ROLE %s RESET ALL", role);
    if (strcmp(how, "role") == 0) {
      db_exec(db_watch, "ALTER ROLE %s SET %s = '%s'", role, o->name, o->value);
    }
    db_reconnect(strcmp(how, "startup") == 0
                     ? keep_printf("user=%s options='-c %s=%s'", role, o->name, o->value)
                     : keep_printf("user=%s", role));
    if (strcmp(how, "session") == 0) {
      db_exec(db_conn, "SET %s = '%s'", o->name, o->value);
    }
    int code = drive(bundle_head(made, ++*done));
    ck_assert_msg(code == EMBARK_OK, "%s = %s by %s: %s\n%s", o->name, o->value, how,
                  drive_error.message, drive_error.detail);
  }
  db_expect_rows("a\\nbü", "SELECT DISTINCT x FROM public.t WHERE x <> 'a\\nbü?'");
  db_expect_rows(keep_printf("%u", *done), "SELECT count(*) FROM embark.migrations");
}

START_TEST(g9_odd_defaults_of_a_role_are_no_obstacle)
{
  unsigned done = 0;
  apply_odd("role", &done);
}
END_TEST

START_TEST(g9_odd_settings_of_a_connection_string_are_no_obstacle)
{
  unsigned done = 0;
  apply_odd("startup", &done);
}
END_TEST

START_TEST(g9_odd_settings_of_a_session_are_no_obstacle)
{
  unsigned done = 0;
  apply_odd("session", &done);
}
END_TEST

START_TEST(a_statement_timeout_of_the_session_does_not_end_a_migration)
{
  /* It holds for all questions before and after, so it is one that a loaded machine can meet. */
  db_exec(db_conn, "SET statement_timeout = '2s'");
  drive_ok(bundle_native("0000_a", "select pg_sleep(2.5);\n", NULL));
}
END_TEST

START_TEST(a_statement_timeout_of_the_options_ends_a_migration)
{
  drive_options.statement_timeout_ms = 1000;
  drive_expect(bundle_native("0000_a", "select pg_sleep(60);\n", NULL), EMBARK_E_SQL);
  ck_assert_str_eq(drive_error.sqlstate, "57014");
}
END_TEST

START_TEST(a_directives_timeout_goes_before_that_of_the_options)
{
  made_bundle *made = bundle_native("0000_a", "select pg_sleep(0.1);\n", NULL);
  made->migrations[0].statement_timeout_ms = EMBARK_NO_TIMEOUT;
  drive_options.statement_timeout_ms = 10;
  drive_ok(made);
}
END_TEST

Suite *test_suite(void)
{
  return drive_suite(
      "session", g9_a_baseline_of_pg_dump_does_not_empty_the_search_path,
      g9_settings_of_a_migration_end_with_it, g9_the_encoding_of_a_migration_ends_with_it,
      g9_the_role_of_a_migration_ends_with_it, g9_the_session_user_of_a_migration_ends_with_it,
      g9_local_settings_of_a_migration_end_with_it,
      g9_settings_changed_out_of_sight_are_put_back_at_the_end, g9_what_the_host_had_set_stays_set,
      g9_what_the_host_had_set_is_set_again, g9_what_the_host_had_set_survives_a_reset,
      g9_what_the_host_had_set_survives_a_failure,
      g9_settings_of_earlier_migrations_are_gone_after_a_failure,
      g9_a_hosts_role_is_kept_for_migrations_and_ledger, g9_a_hosts_session_user_is_kept,
      g9_odd_defaults_of_a_role_are_no_obstacle,
      g9_odd_settings_of_a_connection_string_are_no_obstacle,
      g9_odd_settings_of_a_session_are_no_obstacle,
      a_statement_timeout_of_the_session_does_not_end_a_migration,
      a_statement_timeout_of_the_options_ends_a_migration,
      a_directives_timeout_goes_before_that_of_the_options, NULL);
}
