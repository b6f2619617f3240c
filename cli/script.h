/* script.h - migrations as one script for psql: with the lock, the checks and the ledger's rows
 * that a run of the library has. */
#ifndef EMBARK_CLI_SCRIPT_H
#define EMBARK_CLI_SCRIPT_H

#include <embark.h>
#include <stdbool.h>
#include <stdint.h>

#include "text.h"

typedef struct script_plan {
  const embark_bundle *bundle;
  const embark_options *options; /* the ledger's name, timeouts, EMBARK_OUT_OF_ORDER */
  const bool *is_step;           /* of each migration: the script applies it */
  const uint32_t *hazards;       /* of each migration: EMBARK_HAZARD_*, of what it applies */
  uint32_t step_count;
  bool is_offline; /* no database was asked */
  bool adopts;     /* where there are tables and no ledger, the steps are recorded and not run */
} script_plan;

/* Returns 0, or -1 when memory was not enough. */
int script_put(text *out, const script_plan *plan);

#endif
