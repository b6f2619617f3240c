/* G8, G11: a process is killed at every event, and at any time, of migrations without a
 * transaction; runs after it complete, and every statement has its effect once. */
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "drive.h"
#include "keep.h"
#include "long_tests.h"
#include "record.h"
#include "suite.h"
#include "victim.h"

#define NO_TRANSACTION "-- embark: no-transaction\n"
#define REPEATABLE     "-- embark: repeatable\n"

static made_bundle *mixed(embark_ledger kind)
{
  return bundle_make(
      kind, "0000_a", "create table a (id int primary key, x int);\ncreate table log (n int);\n",
      "0001_n",
      NO_TRANSACTION
      "create index concurrently i on a (x);\nvacuum a;\nbegin;\ninsert into log values (1);\n"
      "copy log from stdin;\n2\n\\.\ncommit;\n" REPEATABLE
      "insert into a values (1, 1) on conflict do nothing;\n"
      "create unique index concurrently \"J\" on a (x, id);\ndrop index concurrently i;\n",
      "0002_b", "insert into log values (3);\n", "0003_n",
      NO_TRANSACTION "create index concurrently i on log (n);\nvacuum analyze;\n", NULL);
}

static void expect_complete(const made_bundle *made)
{
  db_expect_rows("1 2 3", "SELECT string_agg(n::text, ' ' ORDER BY n) FROM log");
  db_expect_rows("1|1", "SELECT * FROM a");
  db_expect_rows("J|t\na_pkey|t\ni|t",
                 "SELECT c.relname, i.indisvalid AND i.indisready FROM pg_index i JOIN pg_class c"
                 " ON c.oid = i.indexrelid WHERE c.relnamespace = 'public'::regnamespace"
                 " ORDER BY c.relname COLLATE \"C\"");
  db_expect_rows("4", "SELECT count(*) FROM %s.%s", made->bundle.ledger_schema,
                 made->bundle.ledger_table);
  db_expect_rows("2", "SELECT count(*) FROM embark.progress WHERE state = 'applied'");
  db_wait_until("NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND "
                "application_name = 'victim')");
  db_expect_rows("0", "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database"
                      " WHERE locktype = 'advisory' AND datname = current_database()");
}

static void start_anew(void)
{
  db_exec(db_watch, "DROP TABLE IF EXISTS a, log; DROP SCHEMA IF EXISTS embark CASCADE;"
                    "DROP SCHEMA IF EXISTS drizzle CASCADE");
}

static void kill_at_every_event(embark_ledger kind)
{
  made_bundle *made = mixed(kind);
  for (unsigned event = 1; victim_dies_at(made, event); event++) {
    drive_ok(made);
    expect_complete(made);
    start_anew();
  }
  expect_complete(made);
}

START_TEST(g8_a_process_may_be_killed_at_every_event)
{
  kill_at_every_event(EMBARK_LEDGER_NATIVE);
}
END_TEST

START_TEST(g8_a_process_may_be_killed_at_every_event_with_a_drizzle_ledger)
{
  kill_at_every_event(EMBARK_LEDGER_DRIZZLE);
}
END_TEST

/* Kill it after so long; returns 0 when it was through by then. */
static int kill_after(const made_bundle *made, long us)
{
  int status;
  struct timespec pause = {0, us * 1000};
  pid_t victim = victim_start(made);
  nanosleep(&pause, NULL);
  kill(victim, SIGKILL);
  ck_assert_int_eq(waitpid(victim, &status, 0), victim);
  return WIFSIGNALED(status);
}

static void kill_at_any_time(embark_ledger kind, unsigned random)
{
  made_bundle *made = mixed(kind);
  for (int round = 0; round < long_or_short(200, 4); round++) {
    int killed = 1;
    for (int kills = 0; killed && kills < 4; kills++) {
      random = random * 1103515245u + 12345u;
      killed = kill_after(made, (long)(random >> 8) % 150000);
    }
    drive_ok(made);
    expect_complete(made);
    start_anew();
  }
}

START_TEST(g8_a_process_may_be_killed_at_any_time)
{
  kill_at_any_time(EMBARK_LEDGER_NATIVE, 20240601);
}
END_TEST

START_TEST(g8_a_process_may_be_killed_at_any_time_with_a_drizzle_ledger)
{
  kill_at_any_time(EMBARK_LEDGER_DRIZZLE_TAG, 20240602);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("outside_crash");
  drive_add_single(suite, g8_a_process_may_be_killed_at_every_event,
                   g8_a_process_may_be_killed_at_every_event_with_a_drizzle_ledger,
                   g8_a_process_may_be_killed_at_any_time,
                   g8_a_process_may_be_killed_at_any_time_with_a_drizzle_ledger, NULL);
  return suite;
}
