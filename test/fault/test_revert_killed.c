/* G11: the process that reverts, adopts or accepts is killed at any step. What it did is whole, and
 * the next run completes. */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "aftermath.h"
#include "drive.h"
#include "keep.h"
#include "suite.h"

enum { MOST = 4, FAR_TOO_MANY = 1000 };

static const embark_ledger kinds[] = {EMBARK_LEDGER_NATIVE, EMBARK_LEDGER_DRIZZLE,
                                      EMBARK_LEDGER_DRIZZLE_TAG};

/* --- the victim ------------------------------------------------------------------------------- */

/* A step is a poll, the end of a wait, or an event. */
static unsigned steps_left;

static void take_step(void)
{
  if (--steps_left == 0) {
    raise(SIGKILL);
  }
}

static int hear(void *data, const embark_event *event)
{
  (void)data;
  (void)event;
  take_step();
  return 0;
}

static void wait_for(embark_run *run, embark_poll wants)
{
  struct pollfd fd = {embark_run_socket(run), POLLIN, 0};
  fd.events = (short)(wants == EMBARK_POLL_WRITE ? POLLIN | POLLOUT : POLLIN);
  poll(&fd, wants == EMBARK_POLL_TIMER ? 0 : 1, (int)embark_run_timeout_ms(run));
}

static void be_the_victim(embark_op op, const made_bundle *made)
{
  embark_run *run = NULL;
  embark_options options = drive_options;
  embark_poll wants = EMBARK_POLL_READ;
  PGconn *conn =
      PQconnectdb(keep_printf("dbname=%s user=%s application_name=victim", db_name(), db_user()));
  options.on_event = hear;
  if (embark_run_start(&run, op, conn, &made->bundle, &options) != EMBARK_OK) {
    _exit(2);
  }
  while (wants != EMBARK_POLL_DONE && wants != EMBARK_POLL_FAILED) {
    take_step();
    wants = embark_run_poll(run);
    if (wants != EMBARK_POLL_DONE && wants != EMBARK_POLL_FAILED) {
      wait_for(run, wants);
      take_step();
    }
  }
  _exit(wants == EMBARK_POLL_DONE ? 0 : 3);
}

/* In a short run some of the steps. */
static unsigned stride(void)
{
  return aftermath_is_long() ? 1 : 3;
}

/* Returns 1 when it was killed at its n-th step, 0 when it had succeeded before. */
static int kill_at(embark_op op, const made_bundle *made, unsigned n)
{
  int status = -1;
  pid_t pid = fork();
  ck_assert_int_ge(pid, 0);
  if (pid == 0) {
    steps_left = n;
    be_the_victim(op, made);
  }
  ck_assert_int_eq(waitpid(pid, &status, 0), pid);
  db_wait_until("SELECT NOT EXISTS (SELECT FROM pg_stat_activity"
                " WHERE application_name = 'victim' AND datname = current_database())");
  if (WIFEXITED(status)) {
    ck_assert_int_eq(WEXITSTATUS(status), 0);
    return 0;
  }
  ck_assert_int_eq(WTERMSIG(status), SIGKILL);
  return 1;
}

/* --- what is left ----------------------------------------------------------------------------- */

/* The first `count` migrations are there and no other, by the tables and by the ledger. */
static void expect_first(const made_bundle *made, unsigned count)
{
  char names[MOST * 8 + 8] = "";
  for (unsigned i = 0; i < count; i++) {
    snprintf(names + strlen(names), 16, "%st%04u", i > 0 ? " " : "", i);
  }
  db_expect_tables(names);
  if (count > 0) {
    ck_assert_msg(drive_op(EMBARK_VERIFY, bundle_head(made, count)) == EMBARK_OK &&
                      drive_ahead == 0,
                  "%s", drive_error.message);
  }
}

/* How many there are, and as many less are in the audit. */
static unsigned expect_whole(const made_bundle *made)
{
  unsigned count = 0;
  while (count < MOST && db_value(db_watch, "SELECT to_regclass('t%04u')", count)[0] != '\0') {
    count++;
  }
  expect_first(made, count);
  if (count < MOST) {
    db_expect_rows(keep_printf("%u", MOST - count), "SELECT count(*) FROM embark.audit");
  }
  return count;
}

START_TEST(g11_a_revert_may_be_killed_at_any_step)
{
  int killed = 1;
  unsigned seen = 0;
  made_bundle *made = bundle_reversible(kinds[_i], MOST);
  for (unsigned n = 1; killed; n += stride()) {
    ck_assert_uint_lt(n, FAR_TOO_MANY);
    db_empty();
    drive_given(made);
    drive_options.target = "";
    killed = kill_at(EMBARK_REVERT, made, n);
    drive_options.target = NULL;
    db_reconnect("");
    seen |= 1u << expect_whole(made);
    drive_options.target = "";
    ck_assert_int_eq(drive_op(EMBARK_REVERT, made), EMBARK_OK);
    drive_options.target = NULL;
    expect_first(made, 0);
  }
  ck_assert_uint_eq(seen & 1u, 1); /* it got through in the end, and not always */
  ck_assert_uint_eq(seen >> MOST, 1);
}
END_TEST

/* All of it or nothing, and nothing else: as it was before, or as the op leaves it. */
static void kill_at_every_step(embark_op op, const made_bundle *given, const made_bundle *made,
                               const char *rows)
{
  for (unsigned n = 1, killed = 1; killed; n += stride()) {
    ck_assert_uint_lt(n, FAR_TOO_MANY);
    db_empty();
    drive_given(given);
    killed = (unsigned)kill_at(op, made, n);
    db_reconnect("");
    if (db_value(db_watch, "SELECT to_regclass('embark.audit')")[0] != '\0') {
      db_expect_rows(rows, "SELECT count(*) FROM embark.audit");
      ck_assert_int_eq(drive_op(EMBARK_VERIFY, made), EMBARK_OK);
    }
    ck_assert_int_eq(drive_op(op, made), EMBARK_OK);
    ck_assert_int_eq(drive_op(EMBARK_VERIFY, made), EMBARK_OK);
    db_expect_rows(rows, "SELECT count(*) FROM embark.audit");
  }
}

START_TEST(g11_adopting_may_be_killed_at_any_step)
{
  made_bundle *made = bundle_tables(kinds[_i], MOST);
  kill_at_every_step(EMBARK_ADOPT, bundle_head(made, 1), made, "3");
}
END_TEST

START_TEST(g11_accepting_may_be_killed_at_any_step)
{
  if (kinds[_i] == EMBARK_LEDGER_DRIZZLE_TAG) {
    return; /* it knows of no change */
  }
  made_bundle *given = bundle_tables(kinds[_i], 3);
  made_bundle *made = bundle_make(kinds[_i], "0000_t", "-- new\ncreate table t0000 (id int);\n",
                                  "0001_t", "create table t0001 (id int);\n", "0002_t",
                                  "--\ncreate table t0002 (id int);\n", NULL);
  drive_options.reason = "comments";
  kill_at_every_step(EMBARK_ACCEPT, given, made, "2");
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("revert_killed");
  drive_add_loop(suite, 3, g11_a_revert_may_be_killed_at_any_step,
                 g11_adopting_may_be_killed_at_any_step, g11_accepting_may_be_killed_at_any_step,
                 NULL);
  return suite;
}
