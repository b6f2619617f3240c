/* approval.h - what --forbid and --approve come to, and what is said of a migration that waits for
 * a person. */
#ifndef EMBARK_CLI_APPROVAL_H
#define EMBARK_CLI_APPROVAL_H

#include "cli.h"

/* Hold the tags of --approve against c->bundle: a slip must not look like an approval. Returns 0,
 * or EXIT_USAGE with the error told. */
int approval_check(cli *c);

/* Judge, as a run does, what no run has planned: the bundle's first `count` migrations, whose tag,
 * hazards and `forbidden` go into steps that are zeros, and the first refusal into *err. Every
 * hazard counts, since nothing is known of the database. Returns EMBARK_OK, or
 * EMBARK_E_FORBIDDEN. */
int approval_judge(const cli *c, embark_step *steps, size_t count, embark_error *err);

/* Tell an EMBARK_E_FORBIDDEN: the statement, all that are refused, and the command that lets them
 * run. `steps` are those of the plan. Returns EXIT_FORBIDDEN. */
int approval_refuse(cli *c, const embark_step *steps, size_t count, const embark_error *err);

/* The same of a run that ended with it. */
int approval_fail(cli *c, const embark_run *run, const embark_error *err);

#endif
