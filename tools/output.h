/* output.h - a file that is written under a temporary name and put in place whole, or not at
 * all. */
#ifndef EMBARK_TOOLS_OUTPUT_H
#define EMBARK_TOOLS_OUTPUT_H

#include <stddef.h>

#include "diag.h"
#include "text.h"

typedef struct output {
  const char *path; /* borrowed */
  char *temp;       /* NULL when there is none */
  int fd;
} output;

/* Begin the file that shall be `path`. Returns 0, or -1 with the error in `d` and nothing left
 * over. */
int output_open(output *out, const char *path, diag *d);

/* Write all of `t`, of which `name` is the file. Returns 0, or -1 with the error in `d`. */
int output_write(int fd, const char *name, const text *t, diag *d);

/* Write out and close; the next step is output_place. Returns 0, or -1 with the error in `d`. */
int output_close(output *out, diag *d);

/* Put the closed file in place. Returns 0, or -1 with the error in `d`. */
int output_place(output *out, diag *d);

/* Forget the file: what was not placed is removed. Harmless after output_place and on a zeroed
 * one. */
void output_drop(output *out);

#endif
