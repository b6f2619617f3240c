/* drive.c - the loop around embark_run_poll(). Signals are let in only while it waits, so that one
 * is never missed between looking and waiting. */
#include "drive.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/select.h>

#define TICK_MS 100

static const int stop_signals[] = {SIGINT, SIGTERM, SIGHUP};
enum { STOP_SIGNALS = sizeof stop_signals / sizeof stop_signals[0] };

static volatile sig_atomic_t interrupted;

/* The second signal finds the system's own action, which ends the process. */
static void note_signal(int signal_number)
{
  (void)signal_number;
  interrupted = 1;
}

bool drive_was_interrupted(void)
{
  return interrupted != 0;
}

typedef struct signal_state {
  sigset_t mask;
  struct sigaction actions[STOP_SIGNALS];
} signal_state;

/* A signal that is ignored stays so: nohup and shells' background jobs mean it. */
static void take_signals(signal_state *before)
{
  sigset_t stops;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = note_signal;
  action.sa_flags = (int)SA_RESETHAND;
  sigemptyset(&stops);
  for (int i = 0; i < STOP_SIGNALS; i++) {
    sigaction(stop_signals[i], NULL, &before->actions[i]);
    if (before->actions[i].sa_handler != SIG_IGN) {
      sigaction(stop_signals[i], &action, NULL);
      sigaddset(&stops, stop_signals[i]);
    }
  }
  sigprocmask(SIG_BLOCK, &stops, &before->mask);
}

static void give_signals_back(const signal_state *before)
{
  for (int i = 0; i < STOP_SIGNALS; i++) {
    sigaction(stop_signals[i], &before->actions[i], NULL);
  }
  sigprocmask(SIG_SETMASK, &before->mask, NULL);
}

/* Wait until the run wants to be polled, a tick is due, or a signal comes. */
static void wait_for(const embark_run *run, embark_poll wants, const sigset_t *mask, bool ticks)
{
  int64_t ms = embark_run_timeout_ms(run);
  int fd = wants == EMBARK_POLL_TIMER ? -1 : embark_run_socket(run);
  fd_set readable;
  fd_set writable;
  FD_ZERO(&readable);
  FD_ZERO(&writable);
  if (fd >= 0 && fd < FD_SETSIZE) {
    FD_SET(fd, &readable);
    if (wants == EMBARK_POLL_WRITE) {
      FD_SET(fd, &writable);
    }
  }
  if (ticks && (ms < 0 || ms > TICK_MS)) {
    ms = TICK_MS;
  }
  struct timespec limit = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000L};
  pselect(fd + 1, &readable, &writable, NULL, ms < 0 ? NULL : &limit, mask);
}

static void poll_to_end(embark_run *run, const drive_watch *watch, const sigset_t *mask)
{
  bool stopping = false;
  for (;;) {
    embark_poll wants = embark_run_poll(run);
    if (wants == EMBARK_POLL_DONE || wants == EMBARK_POLL_FAILED) {
      return;
    }
    wait_for(run, wants, mask, watch->on_tick != NULL);
    if (interrupted && !stopping) {
      stopping = true;
      embark_run_cancel(run);
      if (watch->on_interrupt != NULL) {
        watch->on_interrupt(watch->data);
      }
    }
    if (watch->on_tick != NULL) {
      watch->on_tick(watch->data);
    }
  }
}

int drive(cli *c, embark_op op, embark_options options, const drive_watch *watch, embark_run **run,
          embark_error *err)
{
  static const drive_watch nobody = {0};
  signal_state before;
  watch = watch != NULL ? watch : &nobody;
  options.on_event = watch->on_event;
  options.event_data = watch->data;
  memset(err, 0, sizeof *err);
  err->code = embark_run_start(run, op, c->conn, c->bundle, &options);
  if (err->code == EMBARK_OK) {
    take_signals(&before);
    poll_to_end(*run, watch, &before.mask);
    give_signals_back(&before);
  }
  if (*run != NULL) {
    *err = *embark_run_error(*run);
  }
  return err->code;
}
