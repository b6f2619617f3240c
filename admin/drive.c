/* drive.c - runs that are waited for. */
#include "drive.h"

#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

int64_t drive_now_us(void)
{
  struct timespec now = {0, 0};
  clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail: the clock is there and &now is valid */
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t drive_now_ms(void)
{
  return drive_now_us() / 1000;
}

bool drive_is_over(embark_poll wants)
{
  return wants == EMBARK_POLL_DONE || wants == EMBARK_POLL_FAILED;
}

void drive_wait(const embark_run *run, embark_poll wants, int64_t limit_ms)
{
  int socket = wants == EMBARK_POLL_TIMER ? -1 : embark_run_socket(run);
  short events = (short)(wants == EMBARK_POLL_WRITE ? POLLIN | POLLOUT : POLLIN);
  struct pollfd wanted = {socket, events, 0};
  int64_t ms = embark_run_timeout_ms(run);
  if (ms < 0 || (limit_ms >= 0 && limit_ms < ms)) {
    ms = limit_ms;
  }
  /* One that fails for want of kernel memory ends at once, and is tried again by polling on. */
  (void)poll(&wanted, socket < 0 ? 0 : 1, ms < 0 ? -1 : ms > INT_MAX ? INT_MAX : (int)ms);
}

embark_options drive_look_options(embark_op op, const embark_options *options)
{
  embark_options o = *options;
  o.flags = op == EMBARK_STATUS ? 0 : o.flags;
  o.on_event = NULL;
  o.event_data = NULL;
  return o;
}

void drive_no_run(embark_error *err, int code)
{
  bool is_memory = code == EMBARK_E_MEMORY;
  memset(err, 0, sizeof *err);
  err->code = code;
  snprintf(err->message, sizeof err->message, "%s",
           is_memory ? "out of memory" : "the program's options are not usable");
  snprintf(err->hint, sizeof err->hint, "%s",
           is_memory ? "Try again." : "The program has to start from EMBARK_OPTIONS_INIT.");
}

int drive_look(embark_run **run, embark_op op, PGconn *conn, const embark_bundle *bundle,
               const embark_options *options, embark_error *err)
{
  embark_options o = drive_look_options(op, options);
  int code = embark_run_start(run, op, conn, bundle, &o);
  if (*run == NULL) {
    drive_no_run(err, code);
    return code;
  }
  if (code == EMBARK_OK) {
    embark_poll wants = embark_run_poll(*run);
    while (!drive_is_over(wants)) {
      drive_wait(*run, wants, -1);
      wants = embark_run_poll(*run);
    }
  }
  *err = *embark_run_error(*run);
  return err->code;
}
