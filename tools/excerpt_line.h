/* excerpt_line.h - a line of a file in the columns of a terminal, with a caret below a place. */
#ifndef EMBARK_TOOLS_EXCERPT_LINE_H
#define EMBARK_TOOLS_EXCERPT_LINE_H

#include <stddef.h>
#include <stdint.h>

#include "screen.h"

typedef struct line {
  const char *at;
  size_t size; /* without what ends it */
} line;

/* Append line `number`, and below it a caret at character `column`, from 1; 0: without one. A long
 * line is cut around the column, to the width of `s`. A NUL in it is shown as a semicolon: bundles
 * have them in place of these. */
void excerpt_line(text *out, const screen *s, line l, uint32_t number, uint32_t column);

#endif
