/* diag.h - what the tool has to say about a folder: errors with their place, and notes.
 *
 * Everything is collected and printed once, so that one run shows the first error of every file.
 * Messages begin in lower case and have no full stop; hints are sentences and say what to do.
 */
#ifndef EMBARK_TOOLS_DIAG_H
#define EMBARK_TOOLS_DIAG_H

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

struct source;

typedef struct diag {
  text out;
  size_t errors;
} diag;

/* An error without a place in a file. hint may be NULL. */
void diag_error(diag *d, const char *hint, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* An error at a byte of a file: PATH:LINE:COLUMN, the line, and a caret below the byte. */
void diag_error_at(diag *d, const struct source *src, size_t offset, const char *hint,
                   const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Something the user should know, which is no error. */
void diag_note(diag *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

void diag_free(diag *d);

#endif
