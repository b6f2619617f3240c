/* record.c - writing down events. */
#include "record.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <check.h>

int (*record_react)(const embark_event *event);

static char heard[65536];
static size_t length;
static unsigned counts[EMBARK_EVENT_RESUMED + 1];
static int32_t holder;
static char message[EMBARK_TEXT_SIZE];

void record_reset(void)
{
  length = 0;
  heard[0] = '\0';
  holder = 0;
  message[0] = '\0';
  memset(counts, 0, sizeof counts);
  record_react = NULL;
}

static void line(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void line(const char *format, ...)
{
  va_list args;
  if (length + 512 > sizeof heard) {
    return; /* the tests that look at the text are short */
  }
  length += (size_t)snprintf(heard + length, 2, "%s", length > 0 ? "\n" : "");
  va_start(args, format);
  int written = vsnprintf(heard + length, 500, format, args);
  va_end(args);
  length += (size_t)(written < 500 ? written : 499);
}

static void write_down(const embark_event *e)
{
  switch (e->type) {
  case EMBARK_EVENT_PLANNED:
    line("PLANNED %u", e->steps);
    break;
  case EMBARK_EVENT_STARTED:
    line("STARTED %u/%u %s", e->step, e->steps, e->tag);
    break;
  case EMBARK_EVENT_STATEMENT:
    line("STATEMENT %u/%u %s %u/%u", e->step, e->steps, e->tag, e->statement, e->statements);
    break;
  case EMBARK_EVENT_APPLIED:
    line("APPLIED %u/%u %s", e->step, e->steps, e->tag);
    break;
  case EMBARK_EVENT_NOTICE:
    line("NOTICE %s %s %s", e->sqlstate, e->severity, e->message);
    break;
  case EMBARK_EVENT_LOCK_WAIT:
    line("LOCK_WAIT");
    holder = e->holder_pid;
    snprintf(message, sizeof message, "%s", e->message);
    break;
  case EMBARK_EVENT_RETRY:
    line("RETRY %u/%u %s %s", e->step, e->steps, e->tag, e->sqlstate);
    break;
  case EMBARK_EVENT_RESUMED:
    line("RESUMED %u/%u %s %u/%u", e->step, e->steps, e->tag, e->statement, e->statements);
    break;
  case EMBARK_EVENT_DONE:
    line("DONE %u%s", e->steps, e->ahead ? " ahead" : "");
    break;
  }
}

int record_event(void *data, const embark_event *event)
{
  (void)data;
  ck_assert_ptr_nonnull(event->tag);
  ck_assert_ptr_nonnull(event->sqlstate);
  ck_assert_ptr_nonnull(event->severity);
  ck_assert_ptr_nonnull(event->message);
  ck_assert_int_ge(event->elapsed_ms, 0);
  ck_assert_int_ge((int)event->type, (int)EMBARK_EVENT_PLANNED);
  ck_assert_int_le((int)event->type, (int)EMBARK_EVENT_RESUMED);
  counts[event->type]++;
  write_down(event);
  return record_react != NULL ? record_react(event) : 0;
}

const char *record_text(void)
{
  return heard;
}

unsigned record_count(embark_event_type type)
{
  return counts[type];
}

int32_t record_holder(void)
{
  return holder;
}

const char *record_message(void)
{
  return message;
}
