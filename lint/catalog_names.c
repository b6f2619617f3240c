/* Names of indexes and constraints, as PostgreSQL's makeObjectName() and its callers put them
 * together. */
#include "catalog_names.h"

#include <stdio.h>
#include <string.h>

#include "alloc.h"
#include "text.h"

enum { NAME_MOST = 63 }; /* NAMEDATALEN - 1 */

/* Not more of the columns' names than fit: the server stops behind the one that fills it. */
static void put_columns(text *out, const char *columns)
{
  while (*columns != '\0' && out->size <= NAME_MOST) {
    size_t length = strcspn(columns, ",");
    if (out->size > 0) {
      text_putc(out, '_');
    }
    text_put(out, columns, length);
    columns += length + (columns[length] == ',');
  }
}

/* Cut before a character that would be cut in two. */
static size_t clip(const char *name, size_t size)
{
  while (size > 0 && ((unsigned char)name[size] & 0xC0u) == 0x80u) {
    size--;
  }
  return size;
}

static void put_name(text *out, const char *table, const char *columns, const char *label)
{
  size_t first = strlen(table);
  size_t second = strlen(columns);
  size_t rest = strlen(label) + 1 + (second > 0);
  while (first + second + rest > NAME_MOST && first + second > 0) {
    if (first > second) {
      first--;
    } else {
      second--;
    }
  }
  text_put(out, table, clip(table, first));
  if (second > 0) {
    text_putc(out, '_');
    text_put(out, columns, clip(columns, second));
  }
  text_printf(out, "_%s", label);
}

static bool is_taken(const catalog *c, const object *table, const char *name)
{
  return object_constraint(table, name) != NULL ||
         catalog_find(c, OBJECT_INDEX, table->schema, name) != NULL;
}

char *catalog_make_name(const catalog *c, const object *table, const char *columns,
                        const char *label)
{
  text joined = {0};
  text name = {0};
  put_columns(&joined, columns);
  put_name(&name, table->name, text_string(&joined), label);
  for (unsigned pass = 1; is_taken(c, table, text_string(&name)); pass++) {
    char numbered[32];
    snprintf(numbered, sizeof numbered, "%s%u", label, pass);
    text_free(&name);
    put_name(&name, table->name, text_string(&joined), numbered);
  }
  char *made = alloc_string(text_string(&name), name.size);
  text_free(&joined);
  text_free(&name);
  return made;
}

const char *catalog_label(char kind)
{
  switch (kind) {
  case 'p':
    return "pkey";
  case 'f':
    return "fkey";
  case 'c':
    return "check";
  case 'x':
    return "excl";
  default:
    return "key";
  }
}
