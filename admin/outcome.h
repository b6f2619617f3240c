/* outcome.h - what a run has done so far, and in the end its document. */
#ifndef EMBARK_ADMIN_OUTCOME_H
#define EMBARK_ADMIN_OUTCOME_H

#include <embark.h>

#include "json.h"

typedef struct outcome {
  const embark_bundle *bundle;
  uint32_t found;                  /* where the migration of the last event is in it */
  uint32_t done;                   /* steps that are committed */
  const embark_migration *running; /* what is under way; NULL: nothing is known to be */
  uint32_t hazards;                /* of it */
  int64_t began_us;
  json applied; /* what was done, in order */
} outcome;

void outcome_init(outcome *o, const embark_bundle *bundle);

/* Take in an event of the run. Returns the migration that it is about, which for a notice is the
 * one under way; NULL: none. *us: how long it took, of APPLIED; else as it was. */
const embark_migration *outcome_hear(outcome *o, const embark_event *event, int64_t *us);

/* Write the document of `embark migrate --json`, without its end, of a run that is over. `conn` is
 * the run's; `status` is a run that knows why each step was in the plan, or NULL. */
void outcome_write(const outcome *o, json *j, const PGconn *conn, const embark_run *run,
                   const embark_run *status);

void outcome_free(outcome *o);

#endif
