/* history.h - what EMBARK_STATUS has found: every migration of the bundle and of the ledger. */
#ifndef EMBARK_CLI_HISTORY_H
#define EMBARK_CLI_HISTORY_H

#include <jansson.h>

#include "cli.h"
#include "state_word.h"

typedef struct history {
  embark_run *run;
  const embark_entry *entries;
  size_t count;
  size_t of[STATE_WORDS]; /* how many there are of each state */
  size_t late;            /* pending, and older than an applied one */
} history;

/* Ask the server on c->conn. Returns EMBARK_OK, or the code of *err. history_free() is due in
 * either case. */
int history_read(history *h, cli *c, embark_error *err);

void history_free(history *h);

/* The migration of the bundle that an entry is about; NULL when it is none of its. */
const embark_migration *history_migration(const cli *c, const embark_entry *e);

/* EXIT_DRIFT when a person has to decide, else EXIT_PENDING when there is something to be run, else
 * EXIT_DONE. A database that is ahead is done. */
int history_exit(const history *h);

#endif
