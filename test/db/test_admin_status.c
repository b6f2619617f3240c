/* What the admin endpoint shows: the status of databases in every state, and a migration's SQL. */
#include <string.h>

#include "ask.h"
#include "keep.h"
#include "server.h"
#include "suite.h"

static made_bundle *three(void)
{
  return bundle_native("0000_a", "create table a ();\n", "0001_b", "create table b ();\n", "0002_c",
                       "create table c ();\n", NULL);
}

/* The status, which has changed nothing, in the states of its migrations. */
static json_t *expect_states(const made_bundle *made, const char *states)
{
  const char *before = db_mark();
  ask_answer a = ask_get(made, "/status");
  db_expect_mark(before);
  ck_assert_msg(a.status == 200 && a.json != NULL, "%d: %s", a.status, a.body);
  ck_assert_str_eq(ask_each(a.json, "migrations", "state"), states);
  ask_expect_value(a.json, "exit", "0");
  ask_expect_released();
  return a.json;
}

START_TEST(a_new_database_has_all_migrations_pending)
{
  json_t *json = expect_states(three(), "pending pending pending");
  ck_assert_str_eq(ask_each(json, "migrations", "tag"), "0000_a 0001_b 0002_c");
  ck_assert_str_eq(ask_each(json, "migrations", "position"), "1 2 3");
  ck_assert_str_eq(ask_each(json, "migrations", "applied_at"), "null null null");
  ask_expect_value(json, "counts.pending", "3");
  ask_expect_value(json, "counts.applied", "0");
  ask_expect_value(json, "ahead", "false");
  ask_expect_value(json, "running", "false");
}
END_TEST

START_TEST(it_shows_what_is_applied_when_and_by_whom)
{
  made_bundle *made = three();
  drive_given(bundle_head(made, 2));
  json_t *json = expect_states(made, "applied applied pending");
  ask_expect_value(json, "migrations.0.applied_by", db_user());
  ask_expect_value(json, "migrations.0.ledger_hash", made->migrations[0].hash);
  ask_expect_value(json, "migrations.0.hash", made->migrations[0].hash);
  ck_assert_ptr_nonnull(strchr(ask_value(json, "migrations.0.applied_at"), 'Z'));
  ck_assert_str_ne(ask_value(json, "migrations.0.duration_ms"), "null");
  ask_expect_value(json, "counts.applied", "2");
}
END_TEST

START_TEST(it_shows_a_complete_database_and_one_that_is_ahead)
{
  made_bundle *made = three();
  drive_given(made);
  expect_states(made, "applied applied applied");
  json_t *json = expect_states(bundle_head(made, 2), "applied applied unknown");
  ask_expect_value(json, "ahead", "true");
  ask_expect_value(json, "migrations.2.position", "null");
  ask_expect_value(json, "migrations.2.file", "null");
}
END_TEST

START_TEST(g12_it_shows_drift_which_is_no_error_here)
{
  made_bundle *made = three();
  drive_given(made);
  db_exec(db_watch, "UPDATE embark.migrations SET hash = repeat('0', 64) WHERE tag = '0001_b'");
  json_t *json = expect_states(made, "applied changed applied");
  ask_expect_value(json, "counts.changed", "1");
  expect_states(bundle_without(made, 0), "changed applied missing");
}
END_TEST

START_TEST(it_shows_what_was_interrupted)
{
  made_bundle *made = bundle_native("0000_o",
                                    "-- embark: no-transaction\ncreate table a (id int);\n"
                                    "insert into w values (1);\n",
                                    NULL);
  ask_expect(made, "", 500, 1);
  json_t *json = expect_states(made, "running");
  ask_expect_value(json, "migrations.0.statement", "2");
  json_t *plan = ask_expect(made, "dry-run", 200, 0).json;
  ask_expect_value(plan, "steps.0.why", "interrupted");
  ask_expect_value(plan, "steps.0.statement", "2");
  ask_expect_value(plan, "steps.0.transaction", "false");
}
END_TEST

START_TEST(it_shows_what_has_to_be_approved)
{
  static const char *const approved[] = {"0001_b", NULL};
  made_bundle *made = three();
  drive_given(bundle_head(made, 1));
  made->statements[1].hazards = EMBARK_HAZARD_DESTRUCTIVE | EMBARK_HAZARD_REWRITES;
  made->statements[2].hazards = EMBARK_HAZARD_REWRITES;
  json_t *json = expect_states(made, "applied pending pending");
  ck_assert_str_eq(ask_each(json, "migrations", "hazards"),
                   "[] [\"destructive\",\"rewrites\"] [\"rewrites\"]");
  ck_assert_str_eq(ask_each(json, "migrations", "forbidden"), "false true false");
  drive_options.approved = approved;
  json = expect_states(made, "applied pending pending");
  ck_assert_str_eq(ask_each(json, "migrations", "forbidden"), "false false false");
}
END_TEST

START_TEST(it_shows_program_and_server)
{
  made_bundle *made = three();
  json_t *json = expect_states(made, "pending pending pending");
  const char *version = db_value(db_watch, "select split_part(version(), ' ', 2)");
  ask_expect_value(json, "command", "status");
  ask_expect_value(json, "server_version", version);
  ask_expect_value(json, "database.name", db_name());
  ask_expect_value(json, "bundle.digest", made->bundle.digest);
  ask_expect_value(json, "bundle.component", made->bundle.component);
  ask_expect_value(json, "bundle.migrations", "3");
  ask_expect_value(json, "bundle.ledger", "native");
  ask_expect_value(json, "bundle.table", "embark.migrations");
  drive_options.ledger_table = "others";
  ask_expect_value(ask_get(made, "/status").json, "bundle.table", "embark.others");
}
END_TEST

START_TEST(it_shows_ledgers_of_drizzles)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_DRIZZLE, 2);
  drive_given(bundle_head(made, 1));
  json_t *json = expect_states(made, "applied pending");
  ask_expect_value(json, "bundle.ledger", "drizzle");
  ask_expect_value(json, "bundle.table", "drizzle.__drizzle_migrations");
  made_bundle *tags = bundle_tables(EMBARK_LEDGER_DRIZZLE_TAG, 1);
  ask_expect_value(ask_get(tags, "/status").json, "bundle.ledger", "drizzle-tag");
}
END_TEST

START_TEST(the_mount_shows_the_same)
{
  made_bundle *made = three();
  ck_assert_str_eq(ask_get(made, "").body, ask_get(made, "/status").body);
}
END_TEST

START_TEST(head_says_how_long_it_would_be)
{
  made_bundle *made = three();
  embark_admin_response r;
  embark_admin_request request = EMBARK_ADMIN_REQUEST_INIT;
  request.method = "HEAD";
  request.target = ASK_MOUNT "/status";
  request.authorization = "Bearer correct-horse-battery";
  int code = embark_admin_handle(NULL, &made->bundle, NULL, &ask_admin, &request, &r);
  ck_assert_int_eq(code, EMBARK_OK);
  ck_assert_int_eq(r.status, 200);
  ck_assert_uint_eq(r.body_size, 0);
  ck_assert_uint_eq(r.content_length, strlen(ask_get(made, "/status").body));
  embark_admin_response_free(&r);
  ask_expect_released();
}
END_TEST

START_TEST(a_status_that_is_not_to_be_had_is_an_error)
{
  made_bundle *made = three();
  drive_given(made);
  const char *stranger = db_role("");
  ask_conninfo = keep_printf("dbname=%s user=%s", db_name(), stranger);
  ask_answer a = ask_get(made, "/status");
  ck_assert_int_eq(a.status, 500);
  ask_expect_value(a.json, "error.code", "EMBARK_E_PERMISSION");
  ask_expect_value(a.json, "bundle.digest", made->bundle.digest);
  ask_expect_value(a.json, "migrations", "");
}
END_TEST

/* --- SQL -------------------------------------------------------------------------------------- */

START_TEST(the_sql_of_a_migration_is_shown_without_a_database)
{
  made_bundle *made = bundle_native("0000_a", "-- one\nselect 1;\n\n  select\n 'x';\n", "0001_b",
                                    "-- nothing\n", NULL);
  made->statements[1].hazards = EMBARK_HAZARD_DATA_CHANGE;
  json_t *json = ask_get(made, "/sql?tag=0000_a").json;
  ask_expect_value(json, "command", "sql");
  ask_expect_value(json, "tag", "0000_a");
  ask_expect_value(json, "file", "0000_a.sql");
  ask_expect_value(json, "hash", made->migrations[0].hash);
  ask_expect_value(
      json, "statements",
      "[{\"column\":1,\"hazards\":[],\"line\":2,\"sql\":\"select 1\",\"statement\":1},"
      "{\"column\":3,\"hazards\":[\"data-change\"],\"line\":4,\"sql\":\"select\\n 'x'\","
      "\"statement\":2}]");
  ask_expect_value(json, "exit", "0");
  ask_expect_value(ask_get(made, "/sql?tag=0001_b").json, "statements", "[]");
  ck_assert_uint_eq(ask_connections(), 0);
}
END_TEST

START_TEST(the_sql_of_a_migration_that_is_none_is_not_found)
{
  made_bundle *made = three();
  ck_assert_int_eq(ask_get(made, "/sql?tag=0009_z").status, 404);
  ck_assert_int_eq(ask_get(made, "/sql").status, 400);
  ck_assert_int_eq(ask_get(made, "/sql?tag=").status, 404);
}
END_TEST

/* --- a standby -------------------------------------------------------------------------------- */

static server follower;

static void start_standby(void)
{
  server_make(&follower, "standby");
  server_start(&follower);
}

static void remove_standby(void)
{
  server_remove(&follower);
}

/* Requests go to the standby once it has all that the test has done so far. */
static void follow(void)
{
  const char *here = db_value(db_watch, "select pg_current_wal_lsn()");
  db_wait_until("select exists (select from pg_stat_replication where replay_lsn >= '%s')", here);
  ask_conninfo = keep_printf("%s dbname=%s user=%s", follower.address, db_name(), db_user());
}

START_TEST(g6_a_hot_standby_shows_its_status_and_applies_nothing)
{
  made_bundle *made = three();
  drive_given(bundle_head(made, 2));
  follow();
  ask_answer a = ask_get(made, "/status");
  ck_assert_str_eq(ask_each(a.json, "migrations", "state"), "applied applied pending");
  ask_expect_value(ask_expect(made, "", 409, 1).json, "error.code", "EMBARK_E_READ_ONLY");
  ask_expect(bundle_head(made, 2), "", 200, 0);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = ask_suite(
      "admin_status", a_new_database_has_all_migrations_pending,
      it_shows_what_is_applied_when_and_by_whom, it_shows_a_complete_database_and_one_that_is_ahead,
      g12_it_shows_drift_which_is_no_error_here, it_shows_what_was_interrupted,
      it_shows_what_has_to_be_approved, it_shows_program_and_server, it_shows_ledgers_of_drizzles,
      the_mount_shows_the_same, head_says_how_long_it_would_be,
      a_status_that_is_not_to_be_had_is_an_error,
      the_sql_of_a_migration_is_shown_without_a_database,
      the_sql_of_a_migration_that_is_none_is_not_found, NULL);
  ask_add_case(suite, "standby", start_standby, remove_standby,
               g6_a_hot_standby_shows_its_status_and_applies_nothing, NULL);
  return suite;
}
