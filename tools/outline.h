/* outline.h - digests of a file's text that see less than its hash does, so that they tell what
 * kind of change a change is.
 *
 * The first leaves out white space between tokens and in comments, the second leaves out comments
 * too, but for directives. Whoever cuts the text says which parts of it are tokens and which are
 * COPY data, from the front to the back; all between is white space and comments.
 * docs/bundle-format.md has what is hashed, byte by byte.
 */
#ifndef EMBARK_TOOLS_OUTLINE_H
#define EMBARK_TOOLS_OUTLINE_H

#include <stddef.h>

#include <embark_bundle.h>

#include "hash.h"
#include "lex.h"

typedef struct outline {
  const char *text;
  size_t at;     /* behind the last part */
  token pending; /* a token that may go on: an operator, byte by byte */
  hash_run all;
  hash_run code; /* without comments */
} outline;

void outline_begin(outline *o, const char *text);

void outline_token(outline *o, token t);

/* A comment that is a directive: no mere comment. */
void outline_directive(outline *o, token comment);

void outline_data(outline *o, size_t start, size_t end);

/* The inverse of outline_begin, at the text's end: both digests, one after the other. */
void outline_end(outline *o, size_t size, char digits[EMBARK_OUTLINE_LENGTH + 1]);

#endif
