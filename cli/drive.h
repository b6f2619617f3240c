/* drive.h - one run of the library from its start to its end: events told, Ctrl-C heard. */
#ifndef EMBARK_CLI_DRIVE_H
#define EMBARK_CLI_DRIVE_H

#include "cli.h"

/* What watches a run; all may be NULL. */
typedef struct drive_watch {
  int (*on_event)(void *data, const embark_event *event); /* as embark_event_fn */
  void (*on_tick)(void *data);      /* about ten times a second while the run waits */
  void (*on_interrupt)(void *data); /* the first Ctrl-C was heard, and the run is being stopped */
  void *data;
} drive_watch;

/* Run `op` on c->conn. *run is there for asking afterwards and is the caller's to free, also after
 * an error, unless it is NULL. SIGINT, SIGTERM and SIGHUP cancel the run; a second one ends the
 * process at once. Returns the run's code: EMBARK_OK, or that of *err. */
int drive(cli *c, embark_op op, embark_options options, const drive_watch *watch, embark_run **run,
          embark_error *err);

/* Whether a signal stopped a run of this process. */
bool drive_was_interrupted(void);

#endif
