/* G7, G9, G11: one run behind PgBouncer, and what may happen to it there: the pooler ends, reloads,
 * loses patience, changes the server connection. The error says what it was, or the run completes.
 */
#include <string.h>

#include "bouncer.h"
#include "drive.h"
#include "keep.h"
#include "record.h"
#include "suite.h"

#define NATIVE EMBARK_LEDGER_NATIVE
#define MANY   50 /* tables, a migration each */

static PGconn *through;

static void given_pooler(const char *mode, int size, const char *setting)
{
  bouncer_start(mode, size, setting);
  through = bouncer_connect();
}

static void expect(const made_bundle *made, embark_code code)
{
  char text[2048];
  int got = drive_unasked(through, &made->bundle);
  embark_error_format(&drive_error, text, sizeof text);
  ck_assert_msg(got == (int)code, "%s: %s", embark_code_name(got), text);
}

static void expect_text(const char *field, const char *part)
{
  ck_assert_msg(strstr(field, part) != NULL, "no \"%s\" in: %s", part, field);
}

#define LOG_HINT "The connection goes through a pooler: its log may say more."

/* --- sessions -------------------------------------------------------------------------------- */

START_TEST(g9_a_session_behind_a_session_pooler_comes_back_as_it_was)
{
  made_bundle *made =
      bundle_native("0000_a", "create table a ();\nset search_path to pg_catalog;\n", "0001_b",
                    "create table public.b ();\nset lock_timeout = '7s';\n", NULL);
  given_pooler("session", 1, "");
  db_exec(through, "set work_mem = '123kB'");
  const char *before = db_session(through);
  expect(made, EMBARK_OK);
  db_expect_session(through, before);
  db_expect_tables("a b");
}
END_TEST

/* Another client that asks for the server connection which the last transaction of `through` ran
 * on, and keeps it: the next will run on another one. */
static void take_server_connection(PGconn *taker)
{
  const char *used = db_value(through, "select pg_backend_pid()");
  db_exec(taker, "begin");
  ck_assert_str_eq(db_value(taker, "select pg_backend_pid()"), used);
}

static void expect_session_hint(const made_bundle *whole, const char *sqlstate)
{
  given_pooler("transaction", 2, "");
  PGconn *taker = bouncer_connect();
  expect(bundle_head(whole, 1), EMBARK_OK);
  take_server_connection(taker);
  expect(whole, EMBARK_E_SQL);
  ck_assert_str_eq(drive_error.sqlstate, sqlstate);
  expect_text(drive_error.hint, "The connection goes through a pooler, which may give every "
                                "transaction another session: ");
}

START_TEST(g7_a_temporary_table_of_another_session_is_explained_by_the_pooler)
{
  expect_session_hint(bundle_native("0000_a", "create temp table made (a int);\n", "0001_b",
                                    "insert into made values (1);\n", NULL),
                      "42P01");
}
END_TEST

START_TEST(g7_a_prepared_statement_of_another_session_is_explained_by_the_pooler)
{
  expect_session_hint(
      bundle_native("0000_a", "prepare made as select 1;\n", "0001_b", "execute made;\n", NULL),
      "26000");
}
END_TEST

START_TEST(g7_an_error_of_the_migrations_own_is_not_blamed_on_the_pooler)
{
  given_pooler("transaction", 2, "");
  expect(bundle_native("0000_a", "select 1/0;\n", NULL), EMBARK_E_SQL);
  ck_assert_ptr_null(strstr(drive_error.hint, "pooler"));
}
END_TEST

START_TEST(g7_without_a_pooler_no_error_speaks_of_one)
{
  through = db_connect("");
  expect(bundle_native("0000_a", "execute made;\n", NULL), EMBARK_E_SQL);
  ck_assert_ptr_null(strstr(drive_error.hint, "pooler"));
}
END_TEST

static PGconn *first_taker, *second_taker;

/* When the plan is made, the other server connection is the one that is free. */
static int swap_connections(const embark_event *event)
{
  if (event->type == EMBARK_EVENT_PLANNED) {
    db_exec(second_taker, "begin");
    db_exec(first_taker, "commit");
  }
  return 0;
}

/* Somebody's careless SET stays in one of the two server connections; the plan is made on that one
 * and carried out on the other. */
START_TEST(g9_settings_of_one_server_connection_are_not_carried_to_another)
{
  made_bundle *made =
      bundle_native("0000_a", "create table a ();\nset work_mem = '123kB';\n", NULL);
  given_pooler("transaction", 2, "");
  first_taker = bouncer_connect();
  second_taker = bouncer_connect();
  db_exec(first_taker, "begin");
  const char *before = db_value(first_taker, "select pg_backend_pid()");
  db_exec(through, "set lock_timeout = '7s'");
  record_react = swap_connections;
  expect(made, EMBARK_OK);
  ck_assert_str_eq(db_value(through, "select pg_backend_pid()"), before);
  ck_assert_str_eq(db_value(through, "show lock_timeout"), "0");
  ck_assert_str_eq(db_value(through, "show work_mem"), "4MB");
}
END_TEST

/* --- the pooler's own doings ----------------------------------------------------------------- */

/* What happens at the APPLIED of the migration in the middle. */
static void (*happen)(void);

static int in_the_middle(const embark_event *event)
{
  if (event->type == EMBARK_EVENT_APPLIED && event->step == MANY / 2) {
    happen();
  }
  return 0;
}

static void given_in_the_middle(void (*what)(void))
{
  happen = what;
  record_react = in_the_middle;
  drive_options.on_event = record_event;
}

static void expect_lost_then_complete(const made_bundle *made)
{
  expect(made, EMBARK_E_CONNECTION);
  ck_assert_str_ne(drive_error.detail, "");
  expect_text(drive_error.hint, "Connect anew and run again");
  expect_text(drive_error.hint, LOG_HINT);
  record_react = NULL;
}

START_TEST(g11_a_pooler_that_ends_on_the_way_is_no_harm)
{
  made_bundle *made = bundle_tables(NATIVE, MANY);
  given_pooler("transaction", 2, "");
  given_in_the_middle(bouncer_kill);
  expect_lost_then_complete(made);
  given_pooler("transaction", 2, "");
  expect(made, EMBARK_OK);
  bouncer_expect_clean(2);
  db_expect_rows("50|50", "SELECT count(*), count(DISTINCT tag) FROM embark.migrations");
}
END_TEST

#define GATE 9

/* What comes behind the middle waits for a lock of db_watch's. Had the server done it all when the
 * hook hears of the middle, the pooler would put another connection in the place of one that has
 * nothing more to say. */
static made_bundle *gated(void)
{
  const char *tags[MANY], *texts[MANY];
  for (int i = 0; i < MANY; i++) {
    const char *gate =
        i == MANY / 2 ? keep_printf("select pg_advisory_xact_lock(%d);\n", GATE) : "";
    tags[i] = keep_printf("%04d_t", i);
    texts[i] = keep_printf("%screate table t%04d (id int);\n", gate, i);
  }
  drive_options.lock_timeout_ms = EMBARK_NO_TIMEOUT;
  db_exec(db_watch, "SELECT pg_advisory_lock(%d)", GATE);
  return bundle_make_array(NATIVE, MANY, tags, texts, NULL);
}

static void end_server_connections(void)
{
  db_exec(db_watch,
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
          " WHERE datname = current_database() AND pid <> pg_backend_pid()"
          " AND pid <> %d",
          PQbackendPID(db_conn));
}

START_TEST(g11_a_server_connection_that_is_ended_behind_the_pooler_is_no_harm)
{
  made_bundle *made = gated();
  given_pooler("transaction", 2, "");
  given_in_the_middle(end_server_connections);
  expect_lost_then_complete(made);
  db_exec(db_watch, "SELECT pg_advisory_unlock(%d)", GATE);
  through = bouncer_connect();
  expect(made, EMBARK_OK);
  bouncer_expect_clean(2);
}
END_TEST

static void reload(void)
{
  bouncer_command("RELOAD");
  bouncer_command("RECONNECT");
}

START_TEST(g11_a_pooler_that_reloads_and_reconnects_on_the_way_is_not_noticed)
{
  made_bundle *made = bundle_tables(NATIVE, MANY);
  given_pooler("transaction", 2, "");
  given_in_the_middle(reload);
  expect(made, EMBARK_OK);
  expect(made, EMBARK_OK);
  bouncer_expect_clean(2);
}
END_TEST

/* --- its limits ------------------------------------------------------------------------------ */

START_TEST(g7_a_pooler_that_does_not_let_us_wait_for_a_server_connection_is_quoted)
{
  made_bundle *made = bundle_tables(NATIVE, 1);
  given_pooler("transaction", 1, "query_wait_timeout = 1");
  PGconn *taker = bouncer_connect();
  db_exec(taker, "begin");
  expect(made, EMBARK_E_CONNECTION);
  expect_text(drive_error.detail, "FATAL:  query_wait_timeout");
  db_exec(taker, "commit");
  through = bouncer_connect();
  expect(made, EMBARK_OK);
}
END_TEST

START_TEST(g7_a_pooler_that_takes_no_more_clients_leaves_a_connection_that_says_so)
{
  made_bundle *made = bundle_tables(NATIVE, 1);
  given_pooler("transaction", 1, "max_client_conn = 1");
  PGconn *refused =
      PQconnectdb(keep_printf("%s dbname=%s user=%s", bouncer_address(), db_name(), db_user()));
  ck_assert_int_eq(drive_unasked(refused, &made->bundle), EMBARK_E_CONNECTION);
  drive_expect_error("the connection is not open", NULL, NULL);
  expect_text(drive_error.hint, "PQerrorMessage() says why");
  expect_text(PQerrorMessage(refused), "no more connections allowed (max_client_conn)");
  PQfinish(refused);
  expect(made, EMBARK_OK);
}
END_TEST

/* --- statement pooling ----------------------------------------------------------------------- */

static void expect_no_transactions(const made_bundle *made)
{
  given_pooler("statement", 1, "");
  expect(made, EMBARK_E_SERVER);
  drive_expect_error("the pooler does not allow transactions (statement pooling)",
                     "FATAL:  transaction blocks not allowed in statement pooling mode",
                     "Use transaction or session pooling, or a direct connection to the server.");
  db_expect_tables("");
}

START_TEST(g6_nothing_to_do_succeeds_through_statement_pooling)
{
  made_bundle *made = bundle_tables(NATIVE, 2);
  drive_given(made);
  given_pooler("statement", 1, "");
  expect(made, EMBARK_OK);
}
END_TEST

START_TEST(g7_copy_data_is_told_that_statement_pooling_allows_no_transactions)
{
  expect_no_transactions(
      bundle_native("0000_a", "create table a (id int);\ncopy a from stdin;\n1\n2\n\\.\n", NULL));
}
END_TEST

START_TEST(g7_a_migration_that_fails_is_told_that_statement_pooling_allows_no_transactions)
{
  expect_no_transactions(bundle_native("0000_a", "create table a ();\nselect 1/0;\n", NULL));
}
END_TEST

/* --- waiting --------------------------------------------------------------------------------- */

#define KEY 4711

/* Lets go of the lock when the server connection that was there first is closed. */
static int wait_until_closed(const embark_event *event)
{
  static const char *first = "";
  if (event->type != EMBARK_EVENT_LOCK_WAIT) {
    return 0;
  }
  const char *others = keep_printf("datname = current_database() AND pid NOT IN (%d, %d)",
                                   PQbackendPID(db_conn), PQbackendPID(db_watch));
  if (first[0] == '\0') {
    first = db_value(db_watch, "SELECT min(pid) FROM pg_stat_activity WHERE %s", others);
  } else if (db_value(db_watch, "SELECT 1 FROM pg_stat_activity WHERE %s AND pid = %s", others,
                      first)[0] == '\0') {
    db_exec(db_conn, "ROLLBACK");
  }
  return 0;
}

START_TEST(g5_a_server_connection_that_is_closed_while_a_run_waits_is_not_missed)
{
  made_bundle *made = bundle_tables(NATIVE, 2);
  given_pooler("transaction", 1, "server_idle_timeout = 0.05");
  drive_options.has_lock_key = 1;
  drive_options.lock_key = KEY;
  db_exec(db_conn, "BEGIN; SELECT pg_advisory_xact_lock(%d)", KEY);
  record_react = wait_until_closed;
  expect(made, EMBARK_OK);
  bouncer_expect_clean(1);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("pooler trouble");
  drive_add_single(suite, g9_a_session_behind_a_session_pooler_comes_back_as_it_was,
                   g7_a_temporary_table_of_another_session_is_explained_by_the_pooler,
                   g7_a_prepared_statement_of_another_session_is_explained_by_the_pooler,
                   g9_settings_of_one_server_connection_are_not_carried_to_another,
                   g5_a_server_connection_that_is_closed_while_a_run_waits_is_not_missed,
                   g7_an_error_of_the_migrations_own_is_not_blamed_on_the_pooler,
                   g7_without_a_pooler_no_error_speaks_of_one,
                   g11_a_pooler_that_ends_on_the_way_is_no_harm,
                   g11_a_server_connection_that_is_ended_behind_the_pooler_is_no_harm,
                   g11_a_pooler_that_reloads_and_reconnects_on_the_way_is_not_noticed,
                   g6_nothing_to_do_succeeds_through_statement_pooling,
                   g7_copy_data_is_told_that_statement_pooling_allows_no_transactions,
                   g7_a_migration_that_fails_is_told_that_statement_pooling_allows_no_transactions,
                   g7_a_pooler_that_does_not_let_us_wait_for_a_server_connection_is_quoted,
                   g7_a_pooler_that_takes_no_more_clients_leaves_a_connection_that_says_so, NULL);
  return suite;
}
