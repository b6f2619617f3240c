/* meter.h - a run as people watch it: a line for what is done, and on a terminal one that lives.
 *
 * On standard error, and with --json or --quiet nowhere. What was done is kept, for the document
 * and for the summary.
 */
#ifndef EMBARK_CLI_METER_H
#define EMBARK_CLI_METER_H

#include <jansson.h>

#include "cli.h"
#include "watch.h"

typedef struct meter {
  cli *c;
  embark_op op;
  uint32_t done;                   /* steps that are committed */
  uint32_t base;                   /* of them, before the run last made its plan */
  uint32_t steps;                  /* of that plan */
  uint32_t found;                  /* where the migration of the last event is in the bundle */
  const embark_migration *running; /* what is under way, a down file's of a REVERT; or NULL */
  const char *tag;                 /* of it */
  uint32_t statement;              /* of it, from 1 */
  uint32_t hazards;                /* of it, EMBARK_HAZARD_* */
  int64_t began_ms;                /* the run */
  int64_t step_us;                 /* when what is under way was begun, and its statement */
  int64_t statement_ms;
  int64_t drawn_ms;
  int64_t told_ms;   /* of a wait */
  char waiting[256]; /* for whom, "" while the run works */
  bool is_drawn;     /* the living line is on the terminal */
  bool is_stopping;  /* after Ctrl-C: it is drawn no more */
  watch watch;       /* the build of an index */
  json_t *finished;  /* for the document: what was done, in order; NULL without one */
} meter;

/* A zeroed one is opened for one op; meter_close() is due. */
void meter_open(meter *m, cli *c, embark_op op);
void meter_close(meter *m);

/* Run the op, as drive() does, and show it. Nothing of the living line is left. Of an error that
 * says that the run was cancelled the detail is filled: what stays, what was rolled back. */
int meter_drive(meter *m, embark_options options, embark_run **run, embark_error *err);

/* What was done, an array for the document; the caller's. */
json_t *meter_finished(const meter *m);

#endif
