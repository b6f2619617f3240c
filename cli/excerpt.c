/* excerpt.c - lines of a file as the bundle carries it. */
#include "excerpt.h"

#include <string.h>

#include "excerpt_line.h"

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

void excerpt_put(text *out, const screen *s, const embark_bundle *b, const embark_error *err)
{
  const embark_migration *m = b == NULL || err->line == 0 ? NULL : find_migration(b, err);
  if (m == NULL) {
    return;
  }
  line before = err->line > 1 ? find_line(b, m, err->line - 1) : (line){NULL, 0};
  line l = find_line(b, m, err->line);
  if (before.at != NULL) {
    excerpt_line(out, s, before, err->line - 1, 0);
  }
  if (l.at != NULL) {
    excerpt_line(out, s, l, err->line, err->column);
  }
}
