/* allowed.h - what the files themselves say is fine. */
#ifndef EMBARK_LINT_ALLOWED_H
#define EMBARK_LINT_ALLOWED_H

#include <stdbool.h>

#include "finding.h"
#include "migration.h"

/* The directive, one of `m`, is about this finding in `m`. */
bool allowed_by(const allow *a, const migration *m, const finding *f);

/* The reason that `m` gives for the finding; NULL: it is not allowed. Borrowed from `m`. */
const char *allowed_reason(const migration *m, const finding *f);

#endif
