/* A folder for each migration: <time>_name/migration.sql, and down.sql beside it, as drizzle-kit 1
 * and Prisma have them. Knows names; leaves the files' text to others. */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "layout.h"
#include "number.h"
#include "when.h"

#define UP   "migration.sql"
#define DOWN "down.sql"

typedef struct reader {
  const char *dir;
  const char **names; /* of the migrations' folders */
  size_t count;
  diag *diag;
} reader;

static bool holds(const char *dir, const char *name, const char *file)
{
  char *path = alloc_path(dir, name);
  bool found = folder_has(path, file);
  free(path);
  return found;
}

bool layout_is_folder(const char *dir, const folder_entry *entry)
{
  return entry->is_folder && holds(dir, entry->name, UP);
}

/* By number, and where that is the same by name: drizzle-kit cuts times to seconds, so two that
 * were made at once have the same. */
static int by_number(const void *a, const void *b)
{
  const char *left = *(const char *const *)a;
  const char *right = *(const char *const *)b;
  int order = number_compare(left, number_size(left), right, number_size(right));
  return order != 0 ? order : strcmp(left, right);
}

static void take_entry(reader *r, const folder_entry *entry)
{
  const char *name = entry->name;
  bool is_migration = layout_is_folder(r->dir, entry);
  if (!entry->is_folder && name_ends_with(name, ".sql")) {
    diag_error(r->diag, "Move it into a folder of its own, as " UP ", or elsewhere.",
               "%s/%s lies beside folders with a " UP ", so it has no place in the order", r->dir,
               name);
  } else if (is_migration && number_size(name) == 0) {
    diag_error(r->diag, "Rename it to YYYYMMDDHHMMSS_name, or move it out of the folder.",
               "%s/%s does not begin with a number, so it has no place in the order", r->dir, name);
  } else if (is_migration) {
    r->names[r->count++] = name;
  } else if (entry->is_folder && holds(r->dir, name, DOWN)) {
    diag_error(r->diag, "Put " UP " back, or remove the folder.",
               "%s/%s/" DOWN " reverts no migration: there is no " UP " beside it", r->dir, name);
  }
}

static void add(const reader *r, migration_list *list, const char *name)
{
  text file = {0};
  text_printf(&file, "%s/" UP, name);
  migration *m = migration_add(list, name, strlen(name), text_string(&file),
                               when_from_digits(name, number_size(name)));
  text_free(&file);
  if (holds(r->dir, name, DOWN)) {
    text_printf(&file, "%s/" DOWN, name);
    m->down_file = alloc_string(text_string(&file), file.size);
    text_free(&file);
  }
}

/* Whoever sorts names by a language's rules may find another order. */
static void note_same_numbers(const reader *r)
{
  for (size_t i = 1; i < r->count; i++) {
    const char *a = r->names[i - 1];
    const char *b = r->names[i];
    if (number_compare(a, number_size(a), b, number_size(b)) == 0) {
      diag_note(r->diag, "%s: %s and %s have the same number; they are ordered by their bytes",
                r->dir, a, b);
    }
  }
}

int layout_folders_read(migration_list *list, const char *dir, const folder *f, diag *d)
{
  size_t errors = d->errors;
  reader r = {.dir = dir, .names = alloc_bytes(f->count * sizeof *r.names), .diag = d};
  for (size_t i = 0; i < f->count; i++) {
    take_entry(&r, &f->entries[i]);
  }
  if (r.count > 0) {
    qsort(r.names, r.count, sizeof *r.names, by_number);
  }
  for (size_t i = 0; i < r.count; i++) {
    add(&r, list, r.names[i]);
  }
  note_same_numbers(&r);
  free(r.names);
  return d->errors == errors ? 0 : -1;
}
