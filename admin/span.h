/* span.h - a piece of somebody else's string: what paths, headers and forms are read with. */
#ifndef EMBARK_ADMIN_SPAN_H
#define EMBARK_ADMIN_SPAN_H

#include <stdbool.h>
#include <stddef.h>

typedef struct span {
  const char *bytes;
  size_t size;
} span;

/* All of a string; NULL is an empty one. */
span span_of(const char *string);

/* Without the blanks and tabs around it. */
span span_trim(span s);

/* What stands before the first `c`, or all; *rest is left with what stands behind it. */
span span_cut(span *rest, char c);

/* Whether it is that word, in letters of either case. Knows ASCII alone. */
bool span_is(span s, const char *word);

/* The byte that it begins with, written as %XX; -1 when that is no '%' and two digits. */
int span_decode(span s);

#endif
