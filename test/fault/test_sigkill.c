/* G11: the migrating process is killed at any step. Nothing of it is left in the server, what it
 * had heard to be applied is, and the next run completes. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "aftermath.h"
#include "drive.h"
#include "keep.h"
#include "suite.h"

/* What is counted until the victim kills itself. */
typedef enum step { BEFORE_POLL, AFTER_WAIT, IN_EVENT, NEVER } step;

/* The victim's side. */
static step dies_at;
static long steps_left;
static int told[2]; /* a byte for every APPLIED it heard */

static void take_step(step kind)
{
  if (kind == dies_at && steps_left-- == 0) {
    raise(SIGKILL);
  }
}

static int hear(void *data, const embark_event *event)
{
  (void)data;
  if (event->type == EMBARK_EVENT_APPLIED && write(told[1], "", 1) != 1) {
    _exit(EXIT_FAILURE);
  }
  take_step(IN_EVENT);
  return 0;
}

/* In the child: nothing of Check, and a connection of its own. */
static void be_the_victim(const made_bundle *made)
{
  embark_run *run = NULL;
  embark_options options = EMBARK_OPTIONS_INIT;
  embark_poll wants = EMBARK_POLL_READ;
  PGconn *conn = PQconnectdb(keep_printf("dbname=%s user=%s", db_name(), db_user()));
  options.on_event = hear;
  if (embark_run_start(&run, EMBARK_MIGRATE, conn, &made->bundle, &options) != EMBARK_OK) {
    _exit(EXIT_FAILURE);
  }
  while (wants != EMBARK_POLL_DONE && wants != EMBARK_POLL_FAILED) {
    take_step(BEFORE_POLL);
    wants = embark_run_poll(run);
    if (wants == EMBARK_POLL_READ || wants == EMBARK_POLL_WRITE) {
      struct pollfd fd = {embark_run_socket(run), POLLIN, 0};
      fd.events = (short)(wants == EMBARK_POLL_WRITE ? POLLIN | POLLOUT : POLLIN);
      poll(&fd, 1, (int)embark_run_timeout_ms(run));
      take_step(AFTER_WAIT);
    } else if (wants == EMBARK_POLL_TIMER) {
      poll(NULL, 0, (int)embark_run_timeout_ms(run));
    }
  }
  _exit(wants == EMBARK_POLL_DONE ? EXIT_SUCCESS : EXIT_FAILURE);
}

static pid_t start_victim(const made_bundle *made, step kind, long steps)
{
  ck_assert_int_eq(pipe(told), 0);
  dies_at = kind;
  steps_left = steps;
  pid_t pid = fork();
  ck_assert_int_ge(pid, 0);
  if (pid == 0) {
    be_the_victim(made);
  }
  close(told[1]);
  return pid;
}

/* Returns 1 when the victim was killed, 0 when it had succeeded. */
static int bury(pid_t pid)
{
  int status;
  ck_assert_int_eq(waitpid(pid, &status, 0), pid);
  if (WIFEXITED(status)) {
    ck_assert_int_eq(WEXITSTATUS(status), EXIT_SUCCESS);
    return 0;
  }
  ck_assert_int_eq(WTERMSIG(status), SIGKILL);
  return 1;
}

static void expect_aftermath(void)
{
  char heard[64];
  ssize_t applied = read(told[0], heard, sizeof heard);
  ck_assert_int_ge((int)applied, 0);
  close(told[0]);
  aftermath_expect_whole((unsigned)applied);
  aftermath_expect_completed();
}

/* Kill at every step of a kind, until the victim gets through. Returns how many there are. */
static long kill_at_every(const made_bundle *made, step kind)
{
  for (long n = 0;; n++) {
    aftermath_given(0);
    int killed = bury(start_victim(made, kind, n));
    expect_aftermath();
    if (!killed) {
      return n;
    }
  }
}

/* --- at random times -------------------------------------------------------------------------- */

static int64_t now_us(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* What an undisturbed victim takes, as this machine is just now. */
static int64_t victim_us(const made_bundle *made)
{
  aftermath_given(0);
  int64_t begin = now_us();
  ck_assert_int_eq(bury(start_victim(made, NEVER, 0)), 0);
  close(told[0]);
  return now_us() - begin;
}

/* It is the moment that is at random, so nothing here waits for anything. */
static int kill_after_us(const made_bundle *made, int64_t us)
{
  struct timespec moment = {(time_t)(us / 1000000), (long)(us % 1000000) * 1000};
  aftermath_given(0);
  pid_t pid = start_victim(made, NEVER, 0);
  nanosleep(&moment, NULL);
  kill(pid, SIGKILL);
  int killed = bury(pid);
  expect_aftermath();
  return killed;
}

static long kill_at_random(const made_bundle *made, int rounds)
{
  int64_t takes = victim_us(made);
  long killed = 0;
  srand(11);
  for (int i = 0; i < rounds; i++) {
    killed += kill_after_us(made, takes * (rand() % 1000) / 1000);
  }
  return killed;
}

/* The whole campaign over a bundle. */
static void kill_everywhere(const made_bundle *made)
{
  aftermath_learn(made);
  long polls = kill_at_every(made, BEFORE_POLL);
  long waits = kill_at_every(made, AFTER_WAIT);
  long events = kill_at_every(made, IN_EVENT);
  int rounds = aftermath_is_long() ? 200 : 10;
  long random = kill_at_random(made, rounds);
  ck_assert_int_gt(polls, 2);
  ck_assert_int_gt(waits, 2);
  ck_assert_int_gt(events, (long)made->bundle.migration_count);
  if (aftermath_is_long()) {
    printf("killed at %ld polls, %ld waits, %ld events, and in %ld of %d random rounds\n", polls,
           waits, events, random, rounds);
  }
}

static made_bundle *three(embark_ledger kind)
{
  return bundle_make(kind, "0000_a",
                     "create table effect (step text);\n"
                     "create table a (id int primary key, x text);\n"
                     "insert into effect values ('a');\n",
                     "0001_b",
                     "insert into effect values ('b');\ncopy a from stdin;\n1\tone\n2\ttwo\n\\.\n"
                     "alter table a add column y int default 7;\n",
                     "0002_c",
                     "set search_path = pg_catalog;\ninsert into public.effect values ('c');\n"
                     "create index on public.a (x);\n",
                     NULL);
}

START_TEST(g11_a_process_killed_at_any_step_leaves_nothing_to_repair)
{
  kill_everywhere(three(EMBARK_LEDGER_NATIVE));
}
END_TEST

START_TEST(g11_a_process_killed_at_any_step_leaves_nothing_to_repair_in_a_drizzle_ledger)
{
  kill_everywhere(three(EMBARK_LEDGER_DRIZZLE));
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("sigkill");
  drive_add_single(suite, g11_a_process_killed_at_any_step_leaves_nothing_to_repair,
                   g11_a_process_killed_at_any_step_leaves_nothing_to_repair_in_a_drizzle_ledger,
                   NULL);
  return suite;
}
