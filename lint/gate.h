/* gate.h - the linter in the way of a bundle: embark-bundle --lint. */
#ifndef EMBARK_LINT_GATE_H
#define EMBARK_LINT_GATE_H

#include "diag.h"
#include "pack.h"

/* Tell all findings in `d`. since: only the migrations behind that tag; NULL: all. Returns 0, or -1
 * when one of them is an error, there is no such tag, or no parser. */
int gate_pass(const pack *p, const char *since, diag *d);

#endif
