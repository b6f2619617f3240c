/* screen.h - one of the standard streams: whether people look at it, how wide it is, and whether
 * it takes colour. */
#ifndef EMBARK_CLI_SCREEN_H
#define EMBARK_CLI_SCREEN_H

#include <stdbool.h>
#include <stdio.h>

#include "text.h"

typedef enum screen_style {
  STYLE_PLAIN,
  STYLE_GOOD,
  STYLE_BAD,
  STYLE_WARN,
  STYLE_DIM,
  STYLE_BOLD
} screen_style;

typedef struct screen {
  FILE *file;
  bool is_terminal;
  bool has_color;
  int width; /* in columns; of a terminal as it was at the start; 80 for all else */
} screen;

/* no_color: as the command line has it; NO_COLOR and TERM=dumb in the environment count as well. */
void screen_open(screen *s, FILE *file, bool no_color);

/* Append `string` in a style, where the stream takes any. */
void screen_put(const screen *s, text *out, screen_style style, const char *string);

/* Write out what is in `t`, and empty it. Returns 0, or -1 when the stream does not take it. */
int screen_flush(const screen *s, text *t);

/* How many columns a UTF-8 text takes: its characters, wide ones counted as two. */
int screen_columns(const char *string);

#endif
