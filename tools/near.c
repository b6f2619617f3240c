/* near.c - Levenshtein's distance between two names, and which are worth to be told. */
#include "near.h"

#include <stdbool.h>
#include <string.h>

#define LENGTH_MOST 128 /* of what is compared; tags are no longer */

static char small(char c)
{
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static size_t least(size_t a, size_t b)
{
  return a < b ? a : b;
}

/* How many bytes have to be put in, taken out or changed. One row of the table at a time. */
static size_t distance(const char *a, size_t a_size, const char *b, size_t b_size)
{
  size_t row[LENGTH_MOST + 1];
  for (size_t k = 0; k <= b_size; k++) {
    row[k] = k;
  }
  for (size_t i = 0; i < a_size; i++) {
    size_t before = row[0]; /* of the row above, one to the left */
    row[0] = i + 1;
    for (size_t k = 0; k < b_size; k++) {
      size_t changed = before + (small(a[i]) != small(b[k]));
      before = row[k + 1];
      row[k + 1] = least(changed, least(before, row[k]) + 1);
    }
  }
  return row[b_size];
}

/* Whether `name` has `part`: a migration's number alone is one, a single letter is none. */
static bool has_part(const char *name, const char *part, size_t size)
{
  return size >= 3 && strstr(name, part) != NULL;
}

static void keep(near_names *n, const char *name, size_t far)
{
  size_t at = n->count < NEAR_MOST ? n->count++ : NEAR_MOST - 1;
  if (n->names[at] != NULL && n->distances[at] <= far) {
    return;
  }
  for (; at > 0 && n->distances[at - 1] > far; at--) {
    n->names[at] = n->names[at - 1];
    n->distances[at] = n->distances[at - 1];
  }
  n->names[at] = name;
  n->distances[at] = far;
}

void near_look(near_names *n, const char *name)
{
  size_t wanted = strlen(n->wanted);
  size_t size = strlen(name);
  if (wanted == 0 || wanted > LENGTH_MOST || size > LENGTH_MOST) {
    return;
  }
  size_t far = distance(n->wanted, wanted, name, size);
  if (far <= 1 + wanted / 4) {
    keep(n, name, far);
  } else if (has_part(name, n->wanted, wanted)) {
    keep(n, name, LENGTH_MOST + far); /* behind those that are mistyped */
  }
}

void near_put(text *out, const near_names *n)
{
  for (size_t i = 0; i < n->count; i++) {
    const char *before = i == 0 ? "" : i + 1 < n->count ? ", " : " or ";
    text_printf(out, "%s\"%s\"", before, n->names[i]);
  }
}
