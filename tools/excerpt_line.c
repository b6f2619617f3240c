/* Draws lines as they look on a screen. Knows nothing of where they come from. */
#include "excerpt_line.h"

#include <string.h>

#define TAB    8
#define GUTTER 9 /* "   123 | " */

/* Append the character at `p`, of `left` bytes at most, as it is shown: a tab as blanks up to the
 * next stop, the bundle's NUL byte as the semicolon that it was. Returns its bytes. */
static size_t spread_one(text *out, const char *p, size_t left, int *used)
{
  char one[5] = {0};
  const char *end = one;
  if (*p == '\t') {
    int blanks = TAB - *used % TAB;
    text_printf(out, "%*s", blanks, "");
    *used += blanks;
    return 1;
  }
  memcpy(one, p, left < 4 ? left : 4);
  one[0] = *p == '\0' ? ';' : *p;
  *used += screen_step(&end);
  one[end - one] = '\0';
  screen_clean(out, one);
  return (size_t)(end - one);
}

/* The line as it is shown, up to `most` bytes behind character `column`, from 1. Returns the offset
 * of the byte which shows that. */
static size_t spread(text *out, line l, uint32_t column, size_t most)
{
  int used = 0;
  size_t offset = 0;
  uint32_t number = 1;
  for (size_t at = 0; at < l.size && out->size <= offset + most; number++) {
    if (number <= column) {
      offset = out->size;
    }
    at += spread_one(out, l.at + at, l.size - at, &used);
  }
  return number <= column ? out->size : offset;
}

/* Where to begin, so that the byte at `offset` is within `columns`: a third of them before it. */
static size_t begin_at(const char *string, size_t offset, int columns)
{
  const char *at = string;
  int before = 0;
  for (const char *p = string; p < string + offset;) {
    before += screen_step(&p);
  }
  if (before < columns - 4) {
    return 0;
  }
  for (int skip = before - columns / 3; skip > 0;) {
    skip -= screen_step(&at);
  }
  return (size_t)(at - string);
}

static void put_number(text *out, const screen *s, uint32_t number)
{
  char gutter[24];
  snprintf(gutter, sizeof gutter, number > 0 ? "%6u | " : "       | ", (unsigned)number);
  screen_put(s, out, STYLE_DIM, gutter);
}

void excerpt_line(text *out, const screen *s, line l, uint32_t number, uint32_t column)
{
  int columns = s->width > GUTTER + 20 ? s->width - GUTTER - 1 : 20;
  text shown = {0};
  size_t offset = spread(&shown, l, column, (size_t)columns * 4);
  size_t from = begin_at(text_string(&shown), offset, columns);
  const char *dots = from > 0 ? "..." : "";
  put_number(out, s, number);
  text_puts(out, dots);
  screen_cut(out, text_string(&shown) + from, columns - (int)strlen(dots));
  text_putc(out, '\n');
  if (column > 0) {
    put_number(out, s, 0);
    text_printf(out, "%*s", (int)strlen(dots), "");
    for (const char *p = text_string(&shown) + from; p < text_string(&shown) + offset;) {
      text_printf(out, "%*s", screen_step(&p), "");
    }
    screen_put(s, out, STYLE_BAD, "^");
    text_putc(out, '\n');
  }
  text_free(&shown);
}
