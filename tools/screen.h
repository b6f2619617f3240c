/* screen.h - one of the standard streams: whether people look at it, how wide it is, and whether
 * it takes colour. And texts by the columns that they take there. */
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
  bool can_redraw; /* a terminal on which a line can be drawn anew */
  bool has_color;
  int width; /* in columns; of a terminal as it was when last measured; 80 for all else */
} screen;

/* no_color: as the command line has it; NO_COLOR and TERM=dumb in the environment count as well. */
void screen_open(screen *s, FILE *file, bool no_color);

/* Find the width anew: people change it. */
void screen_measure(screen *s);

/* Append `string` in a style, where the stream takes any. */
void screen_put(const screen *s, text *out, screen_style style, const char *string);

/* Write out what is in `t`, and empty it. Returns 0, or -1 when the stream does not take it. */
int screen_flush(const screen *s, text *t);

/* How many columns the character at *at takes, which moves behind it; invalid bytes are one each.
 * Not to be called at the NUL. */
int screen_step(const char **at);

/* How many columns a UTF-8 text takes. */
int screen_columns(const char *string);

/* Append what fits into `columns`, cut at a character and ended by "..." where it does not. */
void screen_cut(text *out, const char *string, int columns);

/* Append a text of others so that it cannot steer a terminal: of what is no printable character
 * only line feeds and tabs come through. */
void screen_clean(text *out, const char *string);

/* As screen_clean(), in one line: white space of any length is a blank. */
void screen_clean_line(text *out, const char *string);

#endif
