/* place.c - places in a bundle. Shared with the endpoint: depends on nothing but the bundle. */
#include "place.h"

#include <string.h>

const embark_migration *place_migration(const embark_bundle *b, const char *tag)
{
  for (uint32_t i = 0; i < b->migration_count; i++) {
    if (strcmp(b->migrations[i].tag, tag) == 0) {
      return &b->migrations[i];
    }
  }
  return NULL;
}

uint32_t place_next_column(place_cursor *c, const embark_bundle *b, const embark_migration *m,
                           uint32_t index)
{
  uint64_t at = b->statements[m->first_statement + index].offset;
  if (at < m->sql_offset || at >= m->sql_offset + m->sql_length) {
    return 0; /* none of the file's: a BEGIN that drizzle-kit's layout implies */
  }
  if (c->column == 0 || c->at < m->sql_offset || c->at > at) {
    *c = (place_cursor){m->sql_offset, 1};
  }
  for (; c->at < at; c->at++) {
    unsigned char byte = b->sql[c->at];
    c->column += (byte & 0xc0) != 0x80; /* bytes within a character of UTF-8 */
    c->column = byte == '\n' ? 1 : c->column;
  }
  return c->column;
}

uint32_t place_column(const embark_bundle *b, const embark_error *err)
{
  const embark_migration *m = place_migration(b, err->tag);
  place_cursor start = {0, 0};
  if (m == NULL || err->statement == 0 || err->statement > m->statement_count) {
    return 0;
  }
  return place_next_column(&start, b, m, err->statement - 1);
}
