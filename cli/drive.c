/* drive.c - the loop around embark_run_poll(). */
#include "drive.h"

#include <errno.h>
#include <string.h>
#include <sys/select.h>

#include "signals.h"

#define TICK_MS 100

bool drive_was_interrupted(void)
{
  return signals_came();
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
    if (signals_came() && !stopping) {
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
  signals before;
  watch = watch != NULL ? watch : &nobody;
  options.on_event = watch->on_event;
  options.event_data = watch->data;
  memset(err, 0, sizeof *err);
  err->code = embark_run_start(run, op, c->conn, c->bundle, &options);
  if (err->code == EMBARK_OK) {
    signals_take(&before);
    poll_to_end(*run, watch, &before.mask);
    signals_give_back(&before);
  }
  if (*run != NULL) {
    *err = *embark_run_error(*run);
  }
  return err->code;
}
