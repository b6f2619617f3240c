/* event.h - telling the caller's hook. L1. */
#ifndef EMBARK_EVENT_H
#define EMBARK_EVENT_H

#include <embark.h>

typedef struct embark__events {
  embark_event_fn fn; /* NULL: nobody listens */
  void *data;
  int64_t started_ms;
  int stop; /* the hook asked to stop; stays set */
} embark__events;

/* Call the hook, if there is one, with `event`: elapsed_ms is filled in and missing strings become
 * "". */
void embark__events_tell(embark__events *events, embark_event *event);

#endif
