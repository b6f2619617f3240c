/* Plain folders: NNNN_name.sql, in the order of their numbers. Numbers may be counters or
 * timestamps, of any width; names after the number are free. */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "layout.h"
#include "when.h"

/* A file name taken apart: digits without leading zeros, and the tag. */
typedef struct plain_name {
  const char *name;
  const char *digits;
  size_t digit_count;
  size_t tag_size;
} plain_name;

static plain_name take_apart(const char *name)
{
  plain_name p = {.name = name, .digits = name};
  const char *end = name + strspn(name, "0123456789");
  while (p.digits < end && *p.digits == '0') {
    p.digits++;
  }
  p.digit_count = (size_t)(end - p.digits);
  bool up = name_ends_with(name, ".up.sql");
  p.tag_size = strlen(name) - strlen(up ? ".up.sql" : ".sql");
  return p;
}

/* As numbers, however many digits: the longer one is the larger. */
static int compare_numbers(const plain_name *a, const plain_name *b)
{
  if (a->digit_count != b->digit_count) {
    return a->digit_count < b->digit_count ? -1 : 1;
  }
  return strncmp(a->digits, b->digits, a->digit_count);
}

static int by_number(const void *a, const void *b)
{
  const plain_name *left = a;
  const plain_name *right = b;
  int order = compare_numbers(left, right);
  return order != 0 ? order : strcmp(left->name, right->name);
}

/* The names of the folder that are migrations, in order. Returns how many. */
static size_t collect(plain_name *names, const char *dir, const folder *f, diag *d)
{
  size_t count = 0;
  for (size_t i = 0; i < f->count; i++) {
    const char *name = f->entries[i].name;
    if (!name_ends_with(name, ".sql") || layout_is_down(name)) {
      continue;
    }
    if (name[0] < '0' || name[0] > '9') {
      diag_error(d, "Rename it to NNNN_name.sql, or move it out of the folder.",
                 "%s/%s does not begin with a number, so it has no place in the order", dir, name);
      continue;
    }
    names[count++] = take_apart(name);
  }
  if (count > 0) {
    qsort(names, count, sizeof names[0], by_number);
  }
  return count;
}

static void check_duplicates(const plain_name *names, size_t count, const char *dir, diag *d)
{
  for (size_t i = 1; i < count; i++) {
    if (compare_numbers(&names[i - 1], &names[i]) == 0) {
      diag_error(d, "Give one of them another number.",
                 "%s: %s and %s have the same number, so their order is open", dir,
                 names[i - 1].name, names[i].name);
    }
  }
}

int layout_plain_read(migration_list *list, const char *dir, const folder *f, diag *d)
{
  size_t errors = d->errors;
  plain_name *names = alloc_bytes(f->count * sizeof *names);
  size_t count = collect(names, dir, f, d);
  check_duplicates(names, count, dir, d);
  for (size_t i = 0; i < count; i++) {
    size_t all_digits = strspn(names[i].name, "0123456789");
    migration_add(list, names[i].name, names[i].tag_size, names[i].name,
                  when_from_digits(names[i].name, all_digits));
  }
  free(names);
  if (count == 0 && d->errors == errors) {
    diag_error(d, "Is the path right? Migrations are files called NNNN_name.sql in this folder.",
               "%s holds no migrations", dir);
  }
  return d->errors == errors ? 0 : -1;
}
