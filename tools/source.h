/* source.h - one file as it was read: its bytes and where a byte lies in it. */
#ifndef EMBARK_TOOLS_SOURCE_H
#define EMBARK_TOOLS_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "diag.h"

/* `bytes` are the file's without a byte order mark, with a NUL behind them that is not counted. */
typedef struct source {
  char *path; /* as messages print it: the folder as it was given, and the file's name */
  char *bytes;
  size_t size;
  bool bom; /* the file began with a UTF-8 byte order mark */
} source;

typedef struct source_place {
  size_t line;       /* from 1; only \n ends a line */
  size_t column;     /* from 1, in characters, not bytes */
  size_t line_start; /* offsets of the line's first byte and of the \n that ends it */
  size_t line_end;
} source_place;

/* Read the file at `path`, whose text must be UTF-8 without NUL bytes.
 * Returns 0, or -1 with the error in `d`; `src` is then to be freed all the same. */
int source_read(source *src, const char *path, diag *d);

source_place source_find(const source *src, size_t offset);

void source_free(source *src);

#endif
