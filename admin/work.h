/* work.h - the run of an attempt: begun, driven, and in the end written down. Belongs to one thread
 * at a time. */
#ifndef EMBARK_ADMIN_WORK_H
#define EMBARK_ADMIN_WORK_H

#include <stdbool.h>

#include "borrowed.h"
#include "outcome.h"
#include "terms.h"

typedef struct work {
  borrowed connection;
  terms terms;
  embark_run *run;
  embark_run *status; /* after a refusal: why each step was in the plan */
  outcome outcome;
  text document; /* when it is over: as `embark migrate --json`, on one line */
  int code;
} work;

/* Begin to apply. `hook` gets the events. A run that is refused has begun, too, and is over with
 * the first step. Returns EMBARK_OK; or a code for which there is no run (drive_no_run()), and then
 * the connection is still the caller's. work_free() is due in either case. */
int work_begin(work *w, const call *c, const borrowed *b, embark_event_fn hook, void *data);

/* Whether it is refused. */
bool work_is_refused(const work *w);

/* Go as far as is possible without waiting; *wants is for work_wait(). Returns whether it is over:
 * then the document is there, and what it had is given back, connection and all. */
bool work_step(work *w, embark_poll *wants);

/* Wait for what it wants, limit_ms at most (-1: no limit). */
void work_wait(const work *w, embark_poll wants, int64_t limit_ms);

/* Free one that is over. */
void work_free(work *w);

#endif
