/* difference.c - the longest common subsequence, where the texts are small; else what lies between
 * a common beginning and a common end. */
#include "difference.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"

#define CONTEXT    2
#define TABLE_MOST 1000000 /* lines of the one by lines of the other that are compared one by one */

typedef struct line {
  const char *at;
  size_t size; /* with its \n, if it has one */
} line;

typedef struct lines {
  line *items;
  size_t count;
  size_t capacity;
} lines;

typedef struct printer {
  text *out;
  const screen *screen;
  int left;   /* lines that may still be shown */
  int hidden; /* and those that were too many */
} printer;

static lines cut(difference_text t)
{
  lines l = {0};
  for (size_t at = 0; at < t.size;) {
    const char *stop = memchr(t.bytes + at, '\n', t.size - at);
    size_t end = stop != NULL ? (size_t)(stop - t.bytes) + 1 : t.size;
    l.items = alloc_one_more(l.items, &l.capacity, l.count, sizeof *l.items);
    l.items[l.count++] = (line){t.bytes + at, end - at};
    at = end;
  }
  return l;
}

static bool same(const line *a, const line *b)
{
  return a->size == b->size && memcmp(a->at, b->at, a->size) == 0;
}

/* --- printing --------------------------------------------------------------------------------- */

/* What the eye would miss is spelt out: blanks at the end, \r. */
static void put_line(printer *p, char sign, const line *l)
{
  text raw = {0};
  text clean = {0};
  if (p->left == 0) {
    p->hidden++;
    return;
  }
  p->left--;
  size_t size = l->size;
  size -= size > 0 && l->at[size - 1] == '\n';
  text_putc(&raw, sign);
  text_putc(&raw, ' ');
  for (size_t i = 0; i < size; i++) {
    if (l->at[i] == '\r') {
      text_puts(&raw, "\\r");
    } else {
      text_putc(&raw, l->at[i] != '\0' ? l->at[i] : ';');
    }
  }
  screen_clean(&clean, text_string(&raw));
  screen_style style = sign == '-' ? STYLE_BAD : sign == '+' ? STYLE_GOOD : STYLE_DIM;
  screen_put(p->screen, p->out, style, text_string(&clean));
  text_putc(p->out, '\n');
  text_free(&raw);
  text_free(&clean);
}

static void put_lines(printer *p, char sign, const line *from, size_t count)
{
  for (size_t i = 0; i < count; i++) {
    put_line(p, sign, &from[i]);
  }
}

/* --- comparing -------------------------------------------------------------------------------- */

/* What of `a` and `b`, n and m lines, is in both: length[i][j] is the longest common subsequence of
 * what begins at a[i] and b[j]. */
static uint32_t *measure(const line *a, size_t n, const line *b, size_t m)
{
  uint32_t *length = alloc_bytes((n + 1) * (m + 1) * sizeof *length);
  for (size_t i = n + 1; i-- > 0;) {
    for (size_t j = m + 1; j-- > 0;) {
      uint32_t *at = &length[i * (m + 1) + j];
      if (i == n || j == m) {
        *at = 0;
      } else if (same(&a[i], &b[j])) {
        *at = at[m + 2] + 1;
      } else {
        *at = at[m + 1] > at[1] ? at[m + 1] : at[1];
      }
    }
  }
  return length;
}

/* Lines that both have, between two differences: the middle of many is left out. */
static void put_same(printer *p, const line *from, size_t count)
{
  if (count <= 2 * CONTEXT + 1) {
    put_lines(p, ' ', from, count);
    return;
  }
  static const line dots = {"...", 3};
  put_lines(p, ' ', from, CONTEXT);
  put_line(p, ' ', &dots);
  put_lines(p, ' ', from + count - CONTEXT, CONTEXT);
}

static void put_changes(printer *p, const line *a, size_t n, const line *b, size_t m)
{
  uint32_t *length = measure(a, n, b, m);
  size_t i = 0;
  size_t j = 0;
  while (i < n || j < m) {
    size_t begin = i;
    while (i < n && j < m && same(&a[i], &b[j])) {
      i++;
      j++;
    }
    put_same(p, a + begin, i - begin);
    const uint32_t *at = &length[i * (m + 1) + j];
    if (i < n && (j == m || at[m + 1] >= at[1])) {
      put_line(p, '-', &a[i++]);
    } else if (j < m) {
      put_line(p, '+', &b[j++]);
    }
  }
  free(length);
}

/* `first` lines are the same at the beginning, `last` at the end. */
static void put_all(printer *p, const lines *a, const lines *b, size_t first, size_t last)
{
  size_t n = a->count - first - last;
  size_t m = b->count - first - last;
  size_t before = first < CONTEXT ? first : CONTEXT;
  size_t after = last < CONTEXT ? last : CONTEXT;
  put_lines(p, ' ', a->items + first - before, before);
  if (n == 0 || m == 0 || n > TABLE_MOST / m) {
    put_lines(p, '-', a->items + first, n);
    put_lines(p, '+', b->items + first, m);
  } else {
    put_changes(p, a->items + first, n, b->items + first, m);
  }
  if (p->left > 0) {
    put_lines(p, ' ', a->items + first + n, after);
  }
}

void difference_put(text *out, const screen *s, difference_text before, difference_text after,
                    int most)
{
  lines a = cut(before);
  lines b = cut(after);
  printer p = {out, s, most, 0};
  size_t least = a.count < b.count ? a.count : b.count;
  size_t first = 0;
  size_t last = 0;
  while (first < least && same(&a.items[first], &b.items[first])) {
    first++;
  }
  while (last < least - first && same(&a.items[a.count - 1 - last], &b.items[b.count - 1 - last])) {
    last++;
  }
  put_all(&p, &a, &b, first, last);
  if (p.hidden > 0) {
    text_printf(out, "  (%d more lines)\n", p.hidden);
  }
  free(a.items);
  free(b.items);
}
