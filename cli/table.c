/* table.c - widths, and who gives way. */
#include "table.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"

#define GAP 2 /* between columns */

void table_open(table *t, const table_column *columns, int count)
{
  *t = (table){.columns = columns, .count = count};
}

void table_put(table *t, screen_style style, const char *string)
{
  text clean = {0};
  screen_clean_line(&clean, string != NULL ? string : "");
  table_take(t, style, &clean);
}

void table_take(table *t, screen_style style, text *string)
{
  t->cells = alloc_one_more(t->cells, &t->capacity, t->used, sizeof *t->cells);
  t->cells[t->used].string = alloc_string(text_string(string), string->size);
  t->cells[t->used].style = style;
  t->used++;
  text_free(string);
}

void table_free(table *t)
{
  for (size_t i = 0; i < t->used; i++) {
    free(t->cells[i].string);
  }
  free(t->cells);
  *t = (table){0};
}

/* --- widths ----------------------------------------------------------------------------------- */

/* `widths` are zeros. */
static void measure(const table *t, int *widths)
{
  for (size_t i = 0; i < t->used; i++) {
    int columns = screen_columns(t->cells[i].string);
    int *width = &widths[i % (size_t)t->count];
    *width = columns > *width ? columns : *width;
  }
  for (int column = 0; column < t->count; column++) {
    int title = screen_columns(t->columns[column].title);
    if (widths[column] > 0 && title > widths[column]) {
      widths[column] = title;
    }
  }
}

static int sum(const table *t, const int *widths)
{
  int all = 0;
  for (int column = 0; column < t->count; column++) {
    all += widths[column] > 0 ? widths[column] + (all > 0 ? GAP : 0) : 0;
  }
  return all;
}

/* Of the columns that are still there the one to give way; -1 when it is the last one's turn. */
static int giver(const table *t, const int *widths)
{
  int found = -1;
  for (int column = 0; column < t->count; column++) {
    int gives = t->columns[column].gives;
    if (widths[column] > 0 && gives > 0 && (found < 0 || gives > t->columns[found].gives)) {
      found = column;
    }
  }
  return found;
}

/* By how much a column can be cut. */
static int slack(const table *t, const int *widths, int column)
{
  int least = t->columns[column].least;
  return least > 0 && widths[column] > least ? widths[column] - least : 0;
}

/* Cut by `over` in all, the first to give way first. Returns false, and cuts nothing, when that
 * cannot be done. */
static bool cut(const table *t, int *widths, int over)
{
  int all = 0;
  for (int column = 0; column < t->count; column++) {
    all += slack(t, widths, column);
  }
  for (int gives = TABLE_COLUMNS; all >= over && over > 0 && gives > 0; gives--) {
    for (int column = 0; column < t->count; column++) {
      int most = t->columns[column].gives == gives ? slack(t, widths, column) : 0;
      int by = most < over ? most : over;
      widths[column] -= by;
      over -= by;
    }
  }
  return over <= 0;
}

static void give_way(const table *t, int *widths, int room)
{
  int over;
  while ((over = sum(t, widths) - room) > 0) {
    int column = giver(t, widths);
    if (column < 0) {
      break;
    }
    if (t->columns[column].least == 0 || !cut(t, widths, over)) {
      widths[column] = 0;
    }
  }
  for (int column = 0; over > 0 && column < t->count; column++) {
    if (t->columns[column].gives == 0) {
      widths[column] = widths[column] - over > 4 ? widths[column] - over : 4;
    }
  }
}

/* --- printing --------------------------------------------------------------------------------- */

static void put_cell(const table *t, const screen *s, text *out, int column, int width,
                     const table_cell *cell, bool is_last)
{
  text cut = {0};
  screen_cut(&cut, cell->string, width);
  int blanks = width - screen_columns(text_string(&cut));
  bool right = t->columns[column].right;
  text_printf(out, "%*s", right ? blanks : 0, "");
  screen_put(s, out, cell->style, text_string(&cut));
  text_printf(out, "%*s", right || is_last ? 0 : blanks, "");
  text_free(&cut);
}

/* The last column that has a text in this row: nothing is padded behind it. */
static int last_of(const table *t, const int *widths, const table_cell *row)
{
  int last = 0;
  for (int column = 0; column < t->count; column++) {
    if (widths[column] > 0 && row[column].string[0] != '\0') {
      last = column;
    }
  }
  return last;
}

static void put_row(const table *t, const screen *s, text *out, const int *widths,
                    const table_cell *row)
{
  int last = last_of(t, widths, row);
  for (int column = 0, begun = 0; column <= last; column++) {
    if (widths[column] > 0) {
      text_printf(out, "%*s", begun ? GAP : 0, "");
      put_cell(t, s, out, column, widths[column], &row[column], column == last);
      begun = 1;
    }
  }
  text_putc(out, '\n');
}

static void put_titles(const table *t, const screen *s, text *out, const int *widths)
{
  table_cell titles[TABLE_COLUMNS] = {0};
  for (int column = 0; column < t->count; column++) {
    size_t size = strlen(t->columns[column].title);
    titles[column] = (table_cell){alloc_string(t->columns[column].title, size), STYLE_BOLD};
  }
  put_row(t, s, out, widths, titles);
  for (int column = 0; column < t->count; column++) {
    free(titles[column].string);
  }
}

void table_print(const table *t, const screen *s, text *out)
{
  int widths[TABLE_COLUMNS] = {0};
  if (t->count < 1) {
    return;
  }
  measure(t, widths);
  if (s->is_terminal) {
    give_way(t, widths, s->width);
  }
  put_titles(t, s, out, widths);
  for (size_t at = 0; at + (size_t)t->count <= t->used; at += (size_t)t->count) {
    put_row(t, s, out, widths, &t->cells[at]);
  }
}
