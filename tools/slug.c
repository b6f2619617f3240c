/* Makes names that are safe in any file system, journal and ledger. Knows letters and digits. */
#include "slug.h"

#include <string.h>

#include "folder.h"

enum { SLUG_MAX = 100 };

static char lower(char c)
{
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_kept(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* One called add_orders.sql is meant to become a file of that name. */
static size_t size_without_suffix(const char *name)
{
  return strlen(name) - (name_ends_with(name, ".sql") ? strlen(".sql") : 0);
}

int slug_put(text *out, const char *name, diag *d)
{
  size_t start = out->size;
  size_t size = size_without_suffix(name);
  bool gap = false;
  for (size_t i = 0; i < size; i++) {
    char c = lower(name[i]);
    if (is_kept(c)) {
      text_puts(out, gap && out->size > start ? "_" : "");
      text_putc(out, c);
    }
    gap = !is_kept(c);
  }
  if (out->size == start) {
    diag_error(d, "Say in a few words what it does, such as add_orders.",
               "\"%s\" has no letter of a to z and no digit that a file could be called by", name);
    return -1;
  }
  if (out->size - start > SLUG_MAX) {
    diag_error(d, "Say it shorter, and the rest in the file.",
               "the name has %zu letters, more than %d", out->size - start, (int)SLUG_MAX);
    return -1;
  }
  return 0;
}
