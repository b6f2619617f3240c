/* G9: settings that are changed out of the bundler's sight, and settings that only the session's
 * user may put back. */
#include "drive.h"
#include "keep.h"
#include "record.h"
#include "suite.h"

/* Loses a lock the first time it runs. */
static const char loser[] = "do $$ begin if nextval('tries') = 1 then raise exception 'locked'"
                            " using errcode = 'lock_not_available'; end if; end $$;\n"
                            "create table c ();\n";

/* A migration that changes a setting through a function, and one behind it that is tried twice. */
static made_bundle *retried(const char *setting, const char *value)
{
  db_exec(db_watch,
          "CREATE SEQUENCE tries; CREATE FUNCTION f() RETURNS text LANGUAGE sql AS"
          " $$ SELECT pg_catalog.set_config('%s', '%s', false) $$",
          setting, value);
  made_bundle *made = bundle_native("0000_a", "create table a ();\n", "0001_b", "select f();\n",
                                    "0002_c", loser, "0003_d", "create table d ();\n", NULL);
  made->migrations[1].flags = 0; /* so says a bundler that does not look into functions */
  drive_options.on_event = record_event;
  return made;
}

static void expect_retried(const made_bundle *made)
{
  drive_ok(made); /* which compares the session */
  ck_assert_uint_eq(record_count(EMBARK_EVENT_RETRY), 1);
  db_expect_tables("a c d");
}

START_TEST(g9_a_setting_changed_out_of_sight_before_a_retry_is_put_back)
{
  expect_retried(retried("work_mem", "17MB"));
}
END_TEST

START_TEST(g9_what_the_host_had_set_survives_a_change_out_of_sight_before_a_retry)
{
  db_exec(db_conn, "SET work_mem = '9MB'; SET timezone = 'Europe/Oslo'");
  expect_retried(retried("work_mem", "17MB"));
}
END_TEST

START_TEST(g9_a_role_set_out_of_sight_before_a_retry_is_put_back)
{
  const char *role = db_role("SUPERUSER");
  expect_retried(retried("role", role));
}
END_TEST

START_TEST(g9_a_setting_changed_out_of_sight_before_a_retry_that_fails_is_put_back)
{
  made_bundle *made = retried("work_mem", "17MB");
  made_bundle *broken = bundle_native("0000_a", "create table a ();\n", "0001_b", "select f();\n",
                                      "0002_c", loser, "0003_d", "select 1/0;\n", NULL);
  broken->migrations[1].flags = 0;
  ck_assert_uint_eq(made->bundle.migration_count, broken->bundle.migration_count);
  drive_expect(broken, EMBARK_E_SQL);
  ck_assert_uint_eq(record_count(EMBARK_EVENT_RETRY), 1);
}
END_TEST

/* A superuser has set what others may not, and goes on as one of them. */
static void given_superuser_as_app(void)
{
  const char *role = db_role("");
  db_exec(db_watch, "GRANT CREATE ON DATABASE %s TO %s; GRANT ALL ON SCHEMA public TO %s",
          db_name(), role, role);
  db_exec(db_conn, "SET log_min_duration_statement = '1h'; SET ROLE %s", role);
}

START_TEST(g9_what_a_superuser_had_set_survives_a_migration_as_another_role)
{
  given_superuser_as_app();
  drive_ok(bundle_native("0000_a", "set work_mem = '17MB';\ncreate table a ();\n", NULL));
  ck_assert_str_eq(db_value(db_conn, "SHOW log_min_duration_statement"), "1h");
}
END_TEST

START_TEST(g9_what_a_superuser_had_set_survives_a_change_out_of_sight_as_another_role)
{
  given_superuser_as_app();
  made_bundle *made = bundle_native("0000_a", "select set_config('work_mem', '17MB', false);\n",
                                    "0001_b", "create table b ();\n", NULL);
  made->migrations[0].flags = 0;
  drive_ok(made);
}
END_TEST

/* The role's own code cannot set it, but a function of the superuser's can. */
START_TEST(g9_what_a_superuser_had_set_is_set_again_after_a_function_of_the_superusers)
{
  db_exec(db_watch, "CREATE FUNCTION f() RETURNS text LANGUAGE sql SECURITY DEFINER AS $$ SELECT"
                    " pg_catalog.set_config('log_min_duration_statement', '7h', false) $$");
  given_superuser_as_app();
  made_bundle *made =
      bundle_native("0000_a", "select f();\n", "0001_b", "create table b ();\n", NULL);
  made->migrations[0].flags = 0;
  drive_ok(made);
  ck_assert_str_eq(db_value(db_conn, "SHOW log_min_duration_statement"), "1h");
}
END_TEST

START_TEST(g9_what_a_superuser_had_set_survives_a_failure_as_another_role)
{
  given_superuser_as_app();
  drive_expect(bundle_native("0000_a", "set work_mem = '17MB';\n", "0001_b", "select 1/0;\n", NULL),
               EMBARK_E_SQL);
}
END_TEST

Suite *test_suite(void)
{
  return drive_suite("settings", g9_a_setting_changed_out_of_sight_before_a_retry_is_put_back,
                     g9_what_the_host_had_set_survives_a_change_out_of_sight_before_a_retry,
                     g9_a_role_set_out_of_sight_before_a_retry_is_put_back,
                     g9_a_setting_changed_out_of_sight_before_a_retry_that_fails_is_put_back,
                     g9_what_a_superuser_had_set_survives_a_migration_as_another_role,
                     g9_what_a_superuser_had_set_survives_a_change_out_of_sight_as_another_role,
                     g9_what_a_superuser_had_set_is_set_again_after_a_function_of_the_superusers,
                     g9_what_a_superuser_had_set_survives_a_failure_as_another_role, NULL);
}
