/* G1: adoption is recorded whole or not at all, however it is interrupted, and what is adopted
 * never runs. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drive.h"
#include "keep.h"
#include "record.h"
#include "suite.h"

#define MANY 1000
#define HALF 500

/* Migrations that would each leave a row in `effect`, which is there already. */
static made_bundle *many(embark_ledger kind)
{
  const char **tags = keep_zeros(MANY * sizeof *tags);
  const char **texts = keep_zeros(MANY * sizeof *texts);
  for (unsigned i = 0; i < MANY; i++) {
    tags[i] = keep_printf("%04u_m", i);
    texts[i] = keep_printf("insert into public.effect values (%u);\n", i);
  }
  drive_options.adopt = EMBARK_ADOPT_ASSUME;
  db_exec(db_watch, "CREATE TABLE effect (id int)");
  return bundle_make_array(kind, MANY, tags, texts, NULL);
}

/* While the ledger is made it gets a trigger, which does this at the row in the middle, the first
 * time there is one. */
static void given_interruption(const char *what)
{
  db_exec(db_watch,
          "CREATE SEQUENCE rows;"
          "CREATE FUNCTION interrupt() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
          " IF nextval('public.rows') = %d THEN %s; END IF; RETURN NEW; END $$;"
          "CREATE FUNCTION prepare() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN"
          " EXECUTE (SELECT 'CREATE TRIGGER i BEFORE INSERT ON ' || object_identity ||"
          " ' FOR EACH ROW EXECUTE FUNCTION public.interrupt()'"
          " FROM pg_event_trigger_ddl_commands() WHERE object_type = 'table'); END $$;"
          "CREATE EVENT TRIGGER e ON ddl_command_end WHEN TAG IN ('CREATE TABLE')"
          " EXECUTE FUNCTION prepare()",
          HALF, what);
}

static const char *ledger_of(const made_bundle *made)
{
  return keep_printf("%s.%s", made->bundle.ledger_schema, made->bundle.ledger_table);
}

/* All or none of them are recorded, and none has run. */
static void expect_whole(const made_bundle *made)
{
  const char *ledger = ledger_of(made);
  if (db_value(db_watch, "SELECT to_regclass('%s')", ledger)[0] != '\0') {
    db_expect_rows(keep_printf("%d", MANY), "SELECT count(*) FROM %s", ledger);
  }
  db_expect_rows("0", "SELECT count(*) FROM effect");
}

static void expect_none(const made_bundle *made)
{
  db_expect_rows("t", "SELECT to_regclass('%s') IS NULL", ledger_of(made));
  expect_whole(made);
}

static void completes(const made_bundle *made)
{
  drive_ok(made);
  db_expect_rows(keep_printf("%d", MANY), "SELECT count(*) FROM %s", ledger_of(made));
  expect_whole(made);
}

static void loses_connection(embark_ledger kind)
{
  made_bundle *made = many(kind);
  given_interruption("PERFORM pg_terminate_backend(pg_backend_pid())");
  drive_expect(made, EMBARK_E_CONNECTION);
  expect_none(made);
  db_reconnect("");
  completes(made);
}

START_TEST(g1_adoption_that_loses_its_connection_records_nothing)
{
  loses_connection(EMBARK_LEDGER_NATIVE);
}
END_TEST

START_TEST(g1_adoption_into_a_drizzle_ledger_that_loses_its_connection_records_nothing)
{
  loses_connection(EMBARK_LEDGER_DRIZZLE);
}
END_TEST

START_TEST(g1_adoption_into_a_ledger_of_tags_that_loses_its_connection_records_nothing)
{
  loses_connection(EMBARK_LEDGER_DRIZZLE_TAG);
}
END_TEST

START_TEST(g1_adoption_that_fails_half_way_records_nothing)
{
  made_bundle *made = many(EMBARK_LEDGER_NATIVE);
  given_interruption("RAISE EXCEPTION 'no more'");
  drive_expect(made, EMBARK_E_SQL);
  drive_expect_error("migration \"0499_m\" failed when its ledger row was written", NULL, NULL);
  expect_none(made);
  completes(made);
}
END_TEST

START_TEST(g1_adoption_that_loses_a_lock_half_way_is_tried_again_from_the_start)
{
  made_bundle *made = many(EMBARK_LEDGER_NATIVE);
  given_interruption("RAISE EXCEPTION 'locked' USING ERRCODE = 'lock_not_available'");
  drive_options.on_event = record_event;
  completes(made);
  ck_assert_uint_eq(record_count(EMBARK_EVENT_RETRY), 1);
  ck_assert_uint_eq(record_count(EMBARK_EVENT_APPLIED), MANY);
}
END_TEST

START_TEST(g1_adoption_that_never_gets_its_lock_records_nothing)
{
  made_bundle *made = many(EMBARK_LEDGER_NATIVE);
  PGconn *blocker = db_connect("");
  db_exec(blocker, "BEGIN; CREATE SCHEMA embark");
  drive_options.lock_timeout_ms = 1;
  drive_options.retries = 1;
  drive_expect(made, EMBARK_E_LOCK_TIMEOUT);
  db_exec(blocker, "ROLLBACK");
  expect_none(made);
  drive_options.retries = 0;
  completes(made);
}
END_TEST

START_TEST(g1_adoption_that_runs_out_of_time_records_nothing)
{
  made_bundle *made = many(EMBARK_LEDGER_NATIVE);
  given_interruption("PERFORM pg_cancel_backend(pg_backend_pid())");
  drive_expect(made, EMBARK_E_SQL);
  expect_none(made);
  completes(made);
}
END_TEST

static pid_t adopt_in_child(const made_bundle *made)
{
  pid_t pid = fork();
  ck_assert_int_ge(pid, 0);
  if (pid == 0) {
    PGconn *own =
        PQconnectdb(keep_printf("dbname=%s user=%s application_name=child", db_name(), db_user()));
    embark_error err;
    _exit(embark_migrate(own, &made->bundle, &drive_options, &err));
  }
  return pid;
}

START_TEST(g1_adoption_by_a_process_that_is_killed_is_whole_or_nothing)
{
  made_bundle *made = many(EMBARK_LEDGER_NATIVE);
  PGconn *blocker = db_connect("");
  db_exec(blocker, "BEGIN; SELECT pg_advisory_xact_lock(77)");
  given_interruption("PERFORM pg_advisory_xact_lock(77)");
  drive_options.on_event = NULL;
  drive_options.lock_timeout_ms = EMBARK_NO_TIMEOUT;
  pid_t child = adopt_in_child(made);
  db_wait_until("EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'child'"
                " AND datname = current_database() AND wait_event_type = 'Lock')");
  ck_assert_int_eq(kill(child, SIGKILL), 0);
  ck_assert_int_eq(waitpid(child, NULL, 0), child);
  db_exec(blocker, "COMMIT");
  db_wait_until("NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = 'child'"
                " AND datname = current_database())");
  expect_whole(made);
  completes(made);
}
END_TEST

START_TEST(g1_adoption_that_is_cancelled_is_whole_or_nothing)
{
  made_bundle *made = many(EMBARK_LEDGER_NATIVE);
  given_interruption("PERFORM pg_sleep(3600)");
  embark_run *run = drive_start(EMBARK_MIGRATE, made);
  int cancelled = 0;
  for (embark_poll got = EMBARK_POLL_READ; !cancelled; got = embark_run_poll(run)) {
    ck_assert(got != EMBARK_POLL_FAILED && got != EMBARK_POLL_DONE);
    /* Tests of other programs sleep too. */
    cancelled = db_value(db_watch, "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'"
                                   " AND datname = current_database()")[0] == '1';
  }
  embark_run_cancel(run);
  ck_assert_int_eq(drive_run(run), EMBARK_E_CANCELLED);
  embark_run_free(run);
  expect_none(made);
  completes(made);
}
END_TEST

Suite *test_suite(void)
{
  return drive_suite("adopt", g1_adoption_that_loses_its_connection_records_nothing,
                     g1_adoption_into_a_drizzle_ledger_that_loses_its_connection_records_nothing,
                     g1_adoption_into_a_ledger_of_tags_that_loses_its_connection_records_nothing,
                     g1_adoption_that_fails_half_way_records_nothing,
                     g1_adoption_that_loses_a_lock_half_way_is_tried_again_from_the_start,
                     g1_adoption_that_never_gets_its_lock_records_nothing,
                     g1_adoption_that_runs_out_of_time_records_nothing,
                     g1_adoption_by_a_process_that_is_killed_is_whole_or_nothing,
                     g1_adoption_that_is_cancelled_is_whole_or_nothing, NULL);
}
