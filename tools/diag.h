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

/* An error in its parts, for whoever prints it in another form. Texts have no control characters;
 * one without bytes says nothing. */
typedef struct diag_finding {
  text message; /* without program and place */
  text hint;
  text path;   /* the file that it is in, if it has a place in one */
  size_t line; /* from 1; 0 without a place */
  size_t column;
} diag_finding;

/* A zeroed one is ready for use. */
typedef struct diag {
  text out;
  size_t errors;
  diag_finding first;  /* the first error, once `errors` is not 0 */
  const char *program; /* borrowed; what messages begin with; NULL: embark-bundle */
} diag;

/* What messages begin with. */
const char *diag_program(const diag *d);

/* An error without a place in a file. hint may be NULL. */
void diag_error(diag *d, const char *hint, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* An error in the command line: the hint says which command lists the options. */
void diag_usage(diag *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* An error at a byte of a file: PATH:LINE:COLUMN, the line, and a caret below the byte. */
void diag_error_at(diag *d, const struct source *src, size_t offset, const char *hint,
                   const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Something the user should know, which is no error. */
void diag_note(diag *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

void diag_free(diag *d);

#endif
