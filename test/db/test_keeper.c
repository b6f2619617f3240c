/* G8: the second connection, which holds the lock: when there is none to be had, and when it is
 * lost. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "drive.h"
#include "keep.h"
#include "record.h"
#include "suite.h"
#include "victim.h"

#define NO_TRANSACTION "-- embark: no-transaction\n"

/* The library's clock, in the place of libc's: a test may set it forward. */
static time_t ahead_s;

int clock_gettime(clockid_t which, struct timespec *at)
{
  long status = syscall(SYS_clock_gettime, which, at);
  at->tv_sec += which == CLOCK_MONOTONIC ? ahead_s : 0;
  return (int)status;
}

static unsigned polls_unready;

/* libpq's, which must not be called before the socket is ready. */
PostgresPollingStatusType PQconnectPoll(PGconn *conn)
{
  PostgresPollingStatusType (*real)(PGconn *);
  struct pollfd socket = {PQsocket(conn), POLLIN | POLLOUT, 0};
  *(void **)&real = dlsym(RTLD_NEXT, "PQconnectPoll");
  if (PQstatus(conn) == CONNECTION_AWAITING_RESPONSE) {
    socket.events = POLLIN;
  }
  polls_unready += socket.fd >= 0 && poll(&socket, 1, 0) == 0;
  return real(conn);
}

static made_bundle *three(const char *text)
{
  return bundle_native("0000_a", "create table a (id int);\n", "0001_n",
                       keep_printf(NO_TRANSACTION "%s", text), "0002_b", "create table b ();\n",
                       NULL);
}

/* The backend that holds an advisory lock and is not the one under test. */
static const char keeper[] =
    "SELECT l.pid FROM pg_locks l JOIN pg_database d ON d.oid = l.database WHERE"
    " l.locktype = 'advisory' AND d.datname = current_database()";

/* --- none to be had --------------------------------------------------------------------------- */

static void expect_none(made_bundle *made, const char *words)
{
  drive_expect(made, EMBARK_E_KEEPER);
  drive_expect_error("there is no second connection to be had, which a migration without a"
                     " transaction needs",
                     NULL, NULL);
  ck_assert_msg(strstr(drive_error.detail, words) != NULL, "%s", drive_error.detail);
  db_expect_tables("");
}

static const char *given_role(const char *attributes)
{
  const char *role = db_role(attributes);
  db_exec(db_watch, "GRANT USAGE, CREATE ON SCHEMA public TO %s; GRANT CREATE ON DATABASE %s TO %s",
          role, db_name(), role);
  db_reconnect(keep_printf("user=%s", role));
  return role;
}

/* The server counts the one that it refused until that is gone, and shows it nowhere. */
static void drive_ok_once_there_is_room(made_bundle *made)
{
  time_t end = time(NULL) + 120;
  while (drive(made) == EMBARK_E_KEEPER && time(NULL) < end) {
    db_expect_tables("");
  }
  drive_ok(made);
}

START_TEST(g8_nothing_runs_for_a_role_with_one_connection)
{
  const char *role = given_role("CONNECTION LIMIT 1");
  expect_none(three("vacuum a;\n"), "too many connections for role");
  db_exec(db_watch, "ALTER ROLE %s CONNECTION LIMIT 2", role);
  drive_ok_once_there_is_room(three("vacuum a;\n"));
  db_expect_tables("a b");
}
END_TEST

START_TEST(g8_nothing_runs_for_a_database_that_is_full)
{
  given_role("");
  db_exec(db_watch, "ALTER DATABASE %s CONNECTION LIMIT 1", db_name());
  int code = drive(three("vacuum a;\n"));
  db_exec(db_watch, "ALTER DATABASE %s CONNECTION LIMIT -1", db_name());
  ck_assert_int_eq(code, EMBARK_E_KEEPER);
  db_expect_tables("");
  drive_ok(three("vacuum a;\n"));
}
END_TEST

START_TEST(g8_a_role_with_one_connection_may_run_all_else)
{
  given_role("CONNECTION LIMIT 1");
  drive_ok(bundle_native("0000_a", "create table a (id int);\n", NULL));
}
END_TEST

/* --- what it is like -------------------------------------------------------------------------- */

START_TEST(g8_it_goes_where_the_first_connection_went)
{
  PQconninfoOption *o, *all = PQconninfo(db_conn);
  const char *port = PQport(db_conn);
  for (o = all; o->keyword != NULL && strcmp(o->keyword, "host") != 0; o++) {
  }
  const char *host = keep_printf("%s", PQhost(db_conn));
  PQconninfoFree(all);
  db_reconnect(keep_printf("host=/nowhere,%s port=1,%s target_session_attrs=any", host, port));
  drive_ok(three("vacuum a;\n"));
}
END_TEST

/* How long a run has until its keeper is there, as it says when it begins to wait for that. */
static int64_t given_time(const char *more)
{
  int64_t time = -1;
  db_reconnect(more);
  embark_run *run = drive_start(EMBARK_MIGRATE, three("vacuum a;\n"));
  while (time < 0) {
    ck_assert_int_ne(drive_step(run), EMBARK_POLL_DONE);
    ck_assert_int_eq(embark_run_error(run)->code, EMBARK_OK);
    time = embark_run_timeout_ms(run);
  }
  embark_run_free(run);
  return time;
}

START_TEST(g8_it_has_as_long_as_the_first_connection_had)
{
  int64_t usual = given_time("");
  ck_assert_int_le(given_time("connect_timeout=2"), 2000);
  ck_assert(usual > 2000 && usual <= 15000);
  ck_assert_int_gt(given_time("connect_timeout=3600"), 15000);
  ck_assert_int_le(given_time("connect_timeout=0"), 15000);
}
END_TEST

START_TEST(g8_no_session_is_left_behind)
{
  db_reconnect("application_name=of_run");
  drive_ok(three("vacuum a;\n"));
  db_wait_until("(SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                "application_name = 'of_run') = 1");
  drive_expect(bundle_native("0000_a", "create table a (id int);\n", "0001_n",
                             NO_TRANSACTION "vacuum a;\n", "0002_b", "create table b ();\n",
                             "0003_n", NO_TRANSACTION "vacuum nowhere;\n", NULL),
               EMBARK_E_SQL);
  db_wait_until("(SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                "application_name = 'of_run') = 1");
}
END_TEST

/* What the role's settings would do to a session that is idle in a transaction. */
START_TEST(g8_settings_of_the_role_do_not_end_it)
{
  const char *role = given_role("");
  db_exec(db_watch,
          "ALTER ROLE %s SET idle_in_transaction_session_timeout = '20ms';"
          "ALTER ROLE %s SET default_transaction_isolation = serializable;"
          "ALTER ROLE %s SET default_transaction_read_only = on;"
          "ALTER ROLE %s SET client_min_messages = debug1",
          role, role, role, role);
  db_reconnect(keep_printf("user=%s", role));
  drive_ok(three("select pg_sleep(0.1);\nselect pg_sleep(0.1);\n"));
}
END_TEST

static int look_at_keeper(const embark_event *event)
{
  if (event->type == EMBARK_EVENT_STATEMENT && event->step == 2) {
    db_expect_rows("idle in transaction|t|t",
                   "SELECT state, backend_xmin IS NULL, backend_xid IS NULL FROM pg_stat_activity"
                   " WHERE pid = (%s)",
                   keeper);
  }
  return 0;
}

START_TEST(g8_it_holds_the_lock_and_no_snapshot)
{
  drive_options.on_event = record_event;
  record_react = look_at_keeper;
  drive_ok(three("vacuum a;\nvacuum a;\n"));
}
END_TEST

/* --- time ------------------------------------------------------------------------------------- */

static int set_forward(const embark_event *event)
{
  ahead_s += event->type == EMBARK_EVENT_STARTED || event->type == EMBARK_EVENT_STATEMENT ? 60 : 0;
  return 0;
}

/* Only connecting has a limit. */
START_TEST(g8_statements_may_take_their_time)
{
  drive_options.on_event = record_event;
  record_react = set_forward;
  drive_ok(bundle_native("0000_a", "create table a (id int);\n", "0001_n",
                         NO_TRANSACTION "select 1;\nselect 2;\n", "0002_n",
                         NO_TRANSACTION "select 3;\nvacuum a;\nselect 4;\n", NULL));
}
END_TEST

static PGconn *other; /* holds the lock */

static int set_forward_waiting(const embark_event *event)
{
  if (event->type == EMBARK_EVENT_LOCK_WAIT) {
    ahead_s += 30;
    if (record_count(EMBARK_EVENT_LOCK_WAIT) == 3) {
      db_exec(other, "COMMIT");
    }
  }
  return 0;
}

START_TEST(g8_waiting_for_another_migrator_may_take_its_time)
{
  other = db_connect("");
  drive_options.has_lock_key = 1;
  drive_options.lock_key = 7;
  drive_options.lock_wait_ms = EMBARK_WAIT_FOREVER;
  drive_options.on_event = record_event;
  record_react = set_forward_waiting;
  db_exec(other, "BEGIN; SELECT pg_advisory_xact_lock(7)");
  drive_ok(three("select 1;\nvacuum a;\n"));
}
END_TEST

static embark_run *run_until_connecting(const made_bundle *made)
{
  embark_run *run = drive_start(EMBARK_MIGRATE, made);
  while (embark_run_socket(run) == PQsocket(db_conn)) {
    ck_assert_int_ne(drive_step(run), EMBARK_POLL_FAILED);
  }
  return run;
}

/* Its limit is over, but nothing needs it any more: the other one has done that. */
START_TEST(g8_a_limit_does_not_outlast_the_wait_for_it)
{
  made_bundle *made = three("vacuum a;\n");
  drive_options.has_lock_key = 1;
  drive_options.lock_key = 7;
  drive_ok(bundle_head(made, 2));
  db_exec(db_watch, "CREATE TABLE away AS SELECT * FROM embark.migrations WHERE tag = '0001_n';"
                    "DELETE FROM embark.migrations WHERE tag = '0001_n'");
  embark_run *run = run_until_connecting(made);
  other = db_connect("");
  db_exec(other, "BEGIN; SELECT pg_advisory_xact_lock(7)");
  while (drive_step(run) != EMBARK_POLL_TIMER) {
  }
  db_exec(db_watch, "INSERT INTO embark.migrations SELECT * FROM away");
  ahead_s += 30;
  db_exec(other, "COMMIT");
  ck_assert_msg(drive_run(run) == EMBARK_OK, "%s", drive_error.message);
  embark_run_free(run);
}
END_TEST

/* libpq would wait itself, where the network drops what asks for a second connection. */
START_TEST(g8_a_poll_for_no_reason_does_not_hurry_libpq)
{
  embark_run *run = drive_start(EMBARK_MIGRATE, three("vacuum a;\n"));
  polls_unready = 0;
  while (embark_run_socket(run) == PQsocket(db_conn)) {
    ck_assert_int_ne(embark_run_poll(run), EMBARK_POLL_FAILED);
  }
  for (int i = 0; i < 100; i++) {
    ck_assert_int_ne(embark_run_poll(run), EMBARK_POLL_FAILED);
  }
  ck_assert_uint_eq(polls_unready, 0);
  ck_assert_int_eq(drive_run(run), EMBARK_OK);
  embark_run_free(run);
}
END_TEST

/* --- lost ------------------------------------------------------------------------------------- */

static void kill_keeper(void)
{
  db_exec(db_watch, "SELECT pg_terminate_backend((%s))", keeper);
  db_wait_until("NOT EXISTS (%s)", keeper);
}

static void expect_keeper_lost(made_bundle *made)
{
  drive_expect(made, EMBARK_E_CONNECTION);
  drive_expect_error("the second connection, which held the migration lock, is lost", NULL,
                     "Run again: the statements that are done are noted, and the next run goes on "
                     "behind them.");
  ck_assert_msg(strstr(drive_error.detail, "terminating connection") != NULL, "%s",
                drive_error.detail);
  ck_assert_str_eq(drive_error.tag, "0001_n");
  ck_assert_int_eq(PQstatus(db_conn), CONNECTION_OK);
  record_react = NULL;
}

static embark_event_type kill_type;
static uint32_t kill_statement;

static int kill_at(const embark_event *event)
{
  if (event->type == kill_type && strcmp(event->tag, "0001_n") == 0 &&
      event->statement == kill_statement) {
    kill_type = 0;
    kill_keeper();
  }
  return 0;
}

static made_bundle *inserts(void)
{
  return three("insert into a values (1);\ninsert into a values (2);\ninsert into a values (3);\n");
}

static void kill_after(embark_event_type type, uint32_t statement, const char *done)
{
  kill_type = type;
  kill_statement = statement;
  drive_options.on_event = record_event;
  record_react = kill_at;
  expect_keeper_lost(inserts());
  db_expect_rows(done, "SELECT string_agg(id::text, ' ' ORDER BY id) FROM a");
  drive_ok(inserts());
  db_expect_rows("1 2 3", "SELECT string_agg(id::text, ' ' ORDER BY id) FROM a");
}

START_TEST(g8_where_it_is_lost_before_the_first_statement_the_run_stops_behind_that)
{
  kill_after(EMBARK_EVENT_STARTED, 1, "1");
}
END_TEST

START_TEST(g8_where_it_is_lost_the_run_stops_before_the_next_statement)
{
  kill_after(EMBARK_EVENT_STATEMENT, 2, "1 2");
}
END_TEST

START_TEST(g8_where_it_is_lost_at_the_end_the_next_run_writes_the_row)
{
  kill_after(EMBARK_EVENT_STATEMENT, 3, "1 2 3");
}
END_TEST

START_TEST(g8_where_it_is_lost_within_a_block_the_block_is_rolled_back)
{
  made_bundle *made = three("begin;\ninsert into a values (1);\ninsert into a values (2);\n"
                            "commit;\n");
  kill_type = EMBARK_EVENT_STATEMENT;
  kill_statement = 2;
  drive_options.on_event = record_event;
  record_react = kill_at;
  expect_keeper_lost(made);
  db_expect_rows("0", "SELECT count(*) FROM a");
  drive_ok(made);
  db_expect_rows("2", "SELECT count(*) FROM a");
}
END_TEST

static pid_t stopped;

static int stop_keeper(const embark_event *event)
{
  if (event->type == EMBARK_EVENT_APPLIED && strcmp(event->tag, "0001_n") == 0) {
    stopped = (pid_t)strtol(db_value(db_watch, "%s", keeper), NULL, 10);
    ck_assert_int_eq(kill(stopped, SIGSTOP), 0);
  }
  return 0;
}

START_TEST(g8_where_it_never_lets_go_it_is_given_up)
{
  drive_options.on_event = record_event;
  record_react = stop_keeper;
  embark_run *run = drive_start(EMBARK_MIGRATE, bundle_head(three("vacuum a;\n"), 2));
  while (stopped == 0) {
    ck_assert_int_ne(embark_run_poll(run), EMBARK_POLL_FAILED);
  }
  ahead_s += 30;
  int code = drive_run(run);
  kill(stopped, SIGCONT);
  stopped = 0;
  ck_assert_msg(code == EMBARK_OK, "%s", drive_error.message);
  embark_run_free(run);
}
END_TEST

static int kill_idle_keeper(const embark_event *event)
{
  if (event->type == EMBARK_EVENT_STARTED && strcmp(event->tag, "0002_b") == 0) {
    db_exec(db_watch,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'of_run' AND pid <> %d",
            PQbackendPID(db_conn));
    db_wait_until("(SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                  "application_name = 'of_run') = 1");
  }
  return 0;
}

/* It is of no use between two such migrations, and may well be taken for idle by an administrator,
 * or by idle_session_timeout. */
START_TEST(g8_where_it_is_lost_while_it_holds_nothing_there_is_another)
{
  db_reconnect("application_name=of_run");
  drive_options.on_event = record_event;
  record_react = kill_idle_keeper;
  drive_ok(bundle_native("0000_a", "create table a (id int);\n", "0001_n",
                         NO_TRANSACTION "vacuum a;\n", "0002_b", "create table b ();\n", "0003_n",
                         NO_TRANSACTION "vacuum a;\n", NULL));
}
END_TEST

Suite *test_suite(void)
{
  return drive_suite(
      "keeper", g8_nothing_runs_for_a_role_with_one_connection,
      g8_nothing_runs_for_a_database_that_is_full, g8_a_role_with_one_connection_may_run_all_else,
      g8_it_goes_where_the_first_connection_went, g8_it_has_as_long_as_the_first_connection_had,
      g8_no_session_is_left_behind, g8_settings_of_the_role_do_not_end_it,
      g8_it_holds_the_lock_and_no_snapshot, g8_statements_may_take_their_time,
      g8_waiting_for_another_migrator_may_take_its_time,
      g8_a_limit_does_not_outlast_the_wait_for_it, g8_a_poll_for_no_reason_does_not_hurry_libpq,
      g8_where_it_is_lost_before_the_first_statement_the_run_stops_behind_that,
      g8_where_it_is_lost_the_run_stops_before_the_next_statement,
      g8_where_it_is_lost_at_the_end_the_next_run_writes_the_row,
      g8_where_it_is_lost_within_a_block_the_block_is_rolled_back,
      g8_where_it_is_lost_while_it_holds_nothing_there_is_another,
      g8_where_it_never_lets_go_it_is_given_up, NULL);
}
