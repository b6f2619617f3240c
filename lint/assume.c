/* Compares names. Knows no table. */
#include "assume.h"

#include <string.h>

/* `about` is "public.users"; `name` may have no schema. */
static bool is_same_table(const char *about, const char *name, size_t size)
{
  const char *public = "public.";
  size_t skip = memchr(name, '.', size) == NULL && strncmp(about, public, strlen(public)) == 0
                    ? strlen(public)
                    : 0;
  return strlen(about + skip) == size && memcmp(about + skip, name, size) == 0;
}

bool assume_small(const assumption *list, size_t count, const char *about)
{
  bool small = false;
  bool is_named = false;
  for (size_t i = 0; i < count; i++) {
    const assumption *a = &list[i];
    if (is_same_table(about, a->table, a->size)) {
      small = a->is_small;
      is_named = true;
    } else if (!is_named && a->size == 1 && a->table[0] == '*') {
      small = a->is_small;
    }
  }
  return small;
}
