/* xxd.h - bytes as the inside of a C array, by `xxd -i`. */
#ifndef EMBARK_TOOLS_XXD_H
#define EMBARK_TOOLS_XXD_H

#include "diag.h"
#include "text.h"

/* Add `bytes` at the end of the file `fd` (open for reading too) as 0x.. values with commas
 * between, none behind the last. Starts one process, none when there are no bytes; SIGPIPE must
 * be ignored. Returns 0, or -1 with the error in `d`, which calls the file `name`. */
int xxd_write(int fd, const char *name, const text *bytes, diag *d);

#endif
