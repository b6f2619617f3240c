/* xxd.h - bytes as the inside of a C array, by `xxd -i`. */
#ifndef EMBARK_TOOLS_XXD_H
#define EMBARK_TOOLS_XXD_H

#include <stddef.h>

#include "diag.h"

typedef struct xxd_input {
  const unsigned char *bytes;
  size_t size;
} xxd_input;

/* Add the bytes of `in` at the end of the file `fd` (open for reading too) as 0x.. values with
 * commas between, none behind the last. Starts one process, none when there are no bytes; SIGPIPE
 * must be ignored. Returns 0, or -1 with the error in `d`, which calls the file `name`. */
int xxd_write(int fd, const char *name, const xxd_input *in, diag *d);

#endif
