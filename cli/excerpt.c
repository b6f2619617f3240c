/* excerpt.c - lines of a file as the bundle carries it, in the columns of a terminal. */
#include "excerpt.h"

#include <string.h>

#define TAB    8
#define GUTTER 9 /* "   123 | " */

typedef struct line {
  const char *at;
  size_t size; /* without what ends it */
} line;

static const embark_migration *find_in(const embark_migration *list, uint32_t count,
                                       const char *file)
{
  for (uint32_t i = 0; i < count; i++) {
    if (strcmp(list[i].file, file) == 0) {
      return &list[i];
    }
  }
  return NULL;
}

static const embark_migration *find_migration(const embark_bundle *b, const embark_error *err)
{
  const embark_migration *m = find_in(b->migrations, b->migration_count, err->file);
  return m != NULL ? m : find_in(b->downs, b->down_count, err->file);
}

/* Line `number` of the migration's file, from 1; NULL when there is none. */
static line find_line(const embark_bundle *b, const embark_migration *m, uint32_t number)
{
  const char *at = (const char *)b->sql + m->sql_offset;
  const char *end = at + m->sql_length;
  for (; number > 1 && at < end; number--) {
    const char *next = memchr(at, '\n', (size_t)(end - at));
    at = next != NULL ? next + 1 : end;
  }
  if (at >= end) {
    return (line){NULL, 0};
  }
  const char *stop = memchr(at, '\n', (size_t)(end - at));
  size_t size = (size_t)((stop != NULL ? stop : end) - at);
  return (line){at, size > 0 && at[size - 1] == '\r' ? size - 1 : size};
}

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

static void put_line(text *out, const screen *s, line l, uint32_t number, uint32_t column)
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

void excerpt_put(text *out, const screen *s, const embark_bundle *b, const embark_error *err)
{
  const embark_migration *m = b == NULL || err->line == 0 ? NULL : find_migration(b, err);
  if (m == NULL) {
    return;
  }
  line before = err->line > 1 ? find_line(b, m, err->line - 1) : (line){NULL, 0};
  line l = find_line(b, m, err->line);
  if (before.at != NULL) {
    put_line(out, s, before, err->line - 1, 0);
  }
  if (l.at != NULL) {
    put_line(out, s, l, err->line, err->column);
  }
}
