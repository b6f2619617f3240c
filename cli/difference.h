/* difference.h - two texts, line by line, as diff shows them. */
#ifndef EMBARK_CLI_DIFFERENCE_H
#define EMBARK_CLI_DIFFERENCE_H

#include "screen.h"

typedef struct difference_text {
  const char *bytes;
  size_t size;
} difference_text;

/* Append lines with "-" that only `before` has, with "+" those that only `after` has, and a few
 * that both have around them; `most` lines in all, and then that there are more. */
void difference_put(text *out, const screen *s, difference_text before, difference_text after,
                    int most);

#endif
