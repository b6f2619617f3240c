/* depfile.h - what a generated file was made from, in make's syntax (and ninja's). */
#ifndef EMBARK_TOOLS_DEPFILE_H
#define EMBARK_TOOLS_DEPFILE_H

#include "pack.h"
#include "text.h"

/* The rule for `target`: it depends on the folder itself, so that a new file counts, on the
 * journal if there is one, on every migration, and on what reverts it. Each gets an empty rule of
 * its own as with gcc -MP, so that make goes on when one of them is gone. */
void depfile_put(text *out, const char *target, const char *dir, const pack *p);

#endif
