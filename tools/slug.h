/* slug.h - what somebody calls a migration, as a part of a file's name. */
#ifndef EMBARK_TOOLS_SLUG_H
#define EMBARK_TOOLS_SLUG_H

#include "diag.h"
#include "text.h"

/* Add `name` in lower case, with _ for each run of anything that is no letter of a to z and no
 * digit. Returns 0, or -1 with the error in `d` when nothing would be left, or too much. */
int slug_put(text *out, const char *name, diag *d);

#endif
