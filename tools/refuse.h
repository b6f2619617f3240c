/* refuse.h - what a migration, and what reverts one, may not hold, because it runs inside a
 * transaction. */
#ifndef EMBARK_TOOLS_REFUSE_H
#define EMBARK_TOOLS_REFUSE_H

#include "diag.h"
#include "source.h"
#include "split.h"

/* A file that is one BEGIN ... COMMIT as a whole loses these two statements.
 * Then: 0, or -1 with the first statement that cannot be in a migration in `d`. */
int refuse_script(script *s, const source *src, diag *d);

/* The same for a file that reverts a migration: it always runs in a transaction, together with the
 * removal of the ledger's row. */
int refuse_down(script *s, const source *src, diag *d);

#endif
