/* refuse.h - what a migration may not hold, because it runs inside a transaction. */
#ifndef EMBARK_TOOLS_REFUSE_H
#define EMBARK_TOOLS_REFUSE_H

#include "diag.h"
#include "source.h"
#include "split.h"

/* A file that is one BEGIN ... COMMIT as a whole loses these two statements.
 * Then: 0, or -1 with the first statement that cannot be in a migration in `d`. */
int refuse_script(script *s, const source *src, diag *d);

#endif
