/* table.h - rows of texts in columns, aligned, and no wider than a terminal. */
#ifndef EMBARK_CLI_TABLE_H
#define EMBARK_CLI_TABLE_H

#include "screen.h"

#define TABLE_COLUMNS 8

typedef struct table_column {
  const char *title;
  bool right; /* numbers end below each other */
  int gives;  /* where a terminal is too narrow the greatest gives way first, 0 last */
  int least;  /* the width down to which it is cut then, if that helps; 0: it goes as a whole */
} table_column;

typedef struct table_cell {
  char *string;
  screen_style style;
} table_cell;

typedef struct table {
  const table_column *columns; /* borrowed */
  int count;
  table_cell *cells; /* row by row */
  size_t used;
  size_t capacity;
} table;

/* `count` columns, TABLE_COLUMNS at most. table_free() is due. */
void table_open(table *t, const table_column *columns, int count);

/* The next cell; the one behind a row's last is the first of a new row. Control characters are made
 * harmless. NULL is "". */
void table_put(table *t, screen_style style, const char *string);

/* As above; takes `string`. */
void table_take(table *t, screen_style style, text *string);

/* Append all of it, titles first, as `s` has room: a terminal cuts texts and leaves columns out,
 * anything else has all. A column without any text is left out. */
void table_print(const table *t, const screen *s, text *out);

void table_free(table *t);

#endif
