/* foresee.h - what a Drizzle ledger will say when a bundle is applied. */
#ifndef EMBARK_TOOLS_FORESEE_H
#define EMBARK_TOOLS_FORESEE_H

#include "diag.h"
#include "pack.h"

/* Fill in p->ledger_digest; a native ledger has none. Returns 0, or -1 with the migrations in `d`
 * that the ledger could not tell apart. */
int foresee_ledger(pack *p, diag *d);

#endif
