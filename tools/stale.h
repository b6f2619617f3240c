/* stale.h - is a generated file still what the folder would give? */
#ifndef EMBARK_TOOLS_STALE_H
#define EMBARK_TOOLS_STALE_H

#include "diag.h"
#include "emit.h"

typedef enum stale_result { STALE_NO, STALE_YES, STALE_FAILED } stale_result;

/* Compare the source file `path` and the header `header_path` with what `b` gives now. What is
 * stale, and which migrations are new, changed or removed, is said in `d`; so are errors.
 * Changes no file. */
stale_result stale_check(const char *path, const char *header_path, const embark_bundle *b,
                         const emit_names *names, diag *d);

#endif
