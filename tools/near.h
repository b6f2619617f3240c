/* near.h - the names that somebody may have meant who wrote another one. */
#ifndef EMBARK_TOOLS_NEAR_H
#define EMBARK_TOOLS_NEAR_H

#include <stddef.h>

#include "text.h"

#define NEAR_MOST 3

/* The nearest names so far, the nearest first. A zeroed one with `wanted` set is ready for use. All
 * names are borrowed. */
typedef struct near_names {
  const char *wanted; /* as it was written */
  const char *names[NEAR_MOST];
  size_t distances[NEAR_MOST];
  size_t count;
} near_names;

/* Look at a name that there is. It is kept when it has `wanted` as a part, or a few letters of
 * difference, capitals counting as small ones. */
void near_look(near_names *n, const char *name);

/* Append "a", "b" or "c", each in its quotes; nothing where none is near. */
void near_put(text *out, const near_names *n);

#endif
