/* G8: the process is gone, and what it had sent last, the commit of a block or the ledger's row, is
 * not through in the server. */
#include <string.h>

#include "drive.h"
#include "record.h"
#include "suite.h"
#include "victim.h"

#define NO_TRANSACTION "-- embark: no-transaction\n"

static PGconn *blocker;

/* It dies while the server waits for the blocker on its behalf. */
static void given_waiting(const made_bundle *made, const char *text)
{
  pid_t victim = victim_start(made);
  victim_wait_blocked(text);
  victim_kill(victim);
}

static void expect_waited_for(const made_bundle *made)
{
  drive_options.lock_wait_ms = EMBARK_WAIT_NONE;
  drive_expect(made, EMBARK_E_LOCKED);
  db_exec(blocker, "COMMIT");
  drive_options.lock_wait_ms = 0;
  drive_ok(made);
}

/* A trigger at the commit waits for the blocker. */
static made_bundle *block(void)
{
  return bundle_native(
      "0000_a",
      "create table a (x int);\ncreate function slow() returns trigger language plpgsql as"
      " 'begin perform pg_advisory_xact_lock(77); return null; end';\n"
      "create constraint trigger t after insert on a deferrable initially deferred for each row"
      " execute function slow();\n",
      "0001_n", NO_TRANSACTION "begin;\ninsert into a values (1);\ncommit;\n", NULL);
}

START_TEST(g8_a_commit_that_is_under_way_is_waited_for)
{
  drive_ok(bundle_head(block(), 1));
  blocker = db_connect("");
  db_exec(blocker, "BEGIN; SELECT pg_advisory_xact_lock(77)");
  given_waiting(block(), "commit");
  expect_waited_for(block());
  db_expect_rows("1", "SELECT count(*) FROM a");
}
END_TEST

static const char *marks;

/* Another run, which has the lock since our keeper is lost, does the block in our stead. */
static int overtake(const embark_event *event)
{
  if (event->type == EMBARK_EVENT_STATEMENT && event->statement == 2 &&
      strcmp(db_value(db_watch, "SELECT count(*) FROM a"), "0") == 0) {
    db_exec(db_watch,
            "INSERT INTO a VALUES (1);"
            "UPDATE embark.progress SET state = 'done', statement = 3, done = '%s'",
            marks);
  }
  return 0;
}

START_TEST(g8_a_block_that_another_run_has_done_meanwhile_is_rolled_back)
{
  made_bundle *made =
      bundle_native("0000_a", "create table a (x int);\n", "0001_n",
                    NO_TRANSACTION "begin;\ninsert into a values (1);\ncommit;\n", NULL);
  marks = made->migrations[1].marks;
  drive_options.on_event = record_event;
  record_react = overtake;
  drive_ok(made);
  db_expect_rows("1", "SELECT count(*) FROM a");
}
END_TEST

static made_bundle *drizzle(void)
{
  return bundle_make(EMBARK_LEDGER_DRIZZLE, "0000_a", "create table a (x int);\n", "0001_n",
                     NO_TRANSACTION "vacuum a;\n", NULL);
}

/* No key of a Drizzle ledger keeps a second row out. */
START_TEST(g8_a_row_that_is_under_way_is_not_written_twice)
{
  drive_ok(bundle_head(drizzle(), 1));
  blocker = db_connect("");
  db_exec(blocker, "BEGIN; LOCK TABLE drizzle.__drizzle_migrations IN SHARE MODE");
  given_waiting(drizzle(), "");
  expect_waited_for(drizzle());
  db_expect_rows("2", "SELECT count(*) FROM drizzle.__drizzle_migrations");
}
END_TEST

Suite *test_suite(void)
{
  return drive_suite("outside_orphan", g8_a_commit_that_is_under_way_is_waited_for,
                     g8_a_block_that_another_run_has_done_meanwhile_is_rolled_back,
                     g8_a_row_that_is_under_way_is_not_written_twice, NULL);
}
