/* event.c - telling the caller's hook. Knows the hook's contract: strings are never NULL, and what
 * is not zero stops the run. */
#include "event.h"

#include "sys.h"

static const char *or_empty(const char *text)
{
  return text != NULL ? text : "";
}

void embark__events_tell(embark__events *events, embark_event *event)
{
  if (events->fn == NULL) {
    return;
  }
  event->elapsed_ms = embark__sys_now_ms() - events->started_ms;
  event->tag = or_empty(event->tag);
  event->sqlstate = or_empty(event->sqlstate);
  event->severity = or_empty(event->severity);
  event->message = or_empty(event->message);
  if (events->fn(events->data, event) != 0) {
    events->stop = 1;
  }
}
