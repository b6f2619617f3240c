/* ahead.h - looking at the other statements of a migration, where one alone does not tell. */
#ifndef EMBARK_LINT_AHEAD_H
#define EMBARK_LINT_AHEAD_H

#include "check.h"

typedef bool ahead_test(json_t *node, const void *data);

/* Whether the migration has, from its statement `first` on, one of `kind` about `relation` that is
 * what the test says. Not those inside of DO. relation: the statement's member that is a RangeVar,
 * and has this name and schema. */
bool ahead_has(const check *c, size_t first, const char *kind, const char *relation,
               const subject *about, ahead_test *is_it, const void *data);

#endif
