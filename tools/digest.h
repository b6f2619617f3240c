/* digest.h - one hash over everything in a bundle that matters at run time. */
#ifndef EMBARK_TOOLS_DIGEST_H
#define EMBARK_TOOLS_DIGEST_H

#include "diag.h"
#include "pack.h"

/* Fill in p->digest; all else is there by then. Returns 0, or -1 with the error in `d`. */
int digest_pack(pack *p, diag *d);

#endif
