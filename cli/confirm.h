/* confirm.h - an op that a person is asked about first: what it would do, the question, the run. */
#ifndef EMBARK_CLI_CONFIRM_H
#define EMBARK_CLI_CONFIRM_H

#include <jansson.h>

#include "cli.h"

typedef struct confirm_op {
  embark_op op;
  const char *question; /* "Revert", before the number of migrations */
  const char *done;     /* "reverted": of the summary, and the document's member */
  const char *nothing;  /* what is said when there is nothing to do */
  /* What is said of a step beside its tag and file, in lines of its own; NULL: nothing. */
  void (*put)(text *out, const embark_step *step, void *data);
  /* A step for the document; NULL: its tag and file, and once done what the run knows of it. */
  json_t *(*describe)(const embark_step *step, void *data);
  void *data;
} confirm_op;

/* Whether the op may begin: nobody has to be asked, or somebody is there. Returns 0, or EXIT_USAGE
 * with the error told. */
int confirm_possible(cli *c);

/* Plan the op; with --dry-run show that, else ask unless --yes is given, run it, and tell what was
 * done. Returns the exit status: EXIT_FAILED too when the answer is no. */
int confirm_run(cli *c, const confirm_op *op, embark_options options);

#endif
