/* Plain folders: NNNN_name.sql, in the order of their numbers. Numbers may be counters or
 * timestamps, of any width; names after the number are free. */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "layout.h"
#include "number.h"
#include "when.h"

/* A file name taken apart. */
typedef struct plain_name {
  const char *name;
  size_t digit_count;
  size_t tag_size;
} plain_name;

static plain_name take_apart(const char *name)
{
  bool up = name_ends_with(name, ".up.sql");
  return (plain_name){.name = name,
                      .digit_count = number_size(name),
                      .tag_size = strlen(name) - strlen(up ? ".up.sql" : ".sql")};
}

static int compare_numbers(const plain_name *a, const plain_name *b)
{
  return number_compare(a->name, a->digit_count, b->name, b->digit_count);
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
    migration_add(list, names[i].name, names[i].tag_size, names[i].name,
                  when_from_digits(names[i].name, names[i].digit_count));
  }
  free(names);
  return d->errors == errors ? 0 : -1;
}
