/* Generates again, compares byte by byte, and names the migrations that differ by reading the
 * tables in the old file. Knows how emit.c lays them out; knows nothing of folders. */
#include "stale.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "literal.h"
#include "output.h"

#define RUN_AGAIN "Run it again with -o and the options that the file was made with."

/* A migration, by its tag, or what reverts one, by its file. */
typedef struct entry {
  char *name;
  char hash[65];
} entry;

typedef struct entry_list {
  entry *items;
  size_t count;
  size_t capacity;
} entry_list;

static void add_entry(entry_list *list, const char *name, const char *hex)
{
  list->items = alloc_one_more(list->items, &list->capacity, list->count, sizeof list->items[0]);
  entry *out = &list->items[list->count++];
  *out = (entry){.name = alloc_string(name, strlen(name))};
  memcpy(out->hash, hex, 64);
}

static void entry_list_free(entry_list *list)
{
  for (size_t i = 0; i < list->count; i++) {
    free(list->items[i].name);
  }
  free(list->items);
}

/* What stands behind `prefix` in the line; NULL when it begins otherwise. */
static const char *behind(const char *line, const char *prefix)
{
  size_t size = strlen(prefix);
  return strncmp(line, prefix, size) == 0 ? line + size : NULL;
}

/* Read `    {"tag", "file",` and the line below it, which begins with the hash, or has it in a
 * comment. */
static void read_entry(entry_list *list, const char *line, const char *next)
{
  static const char digits[] = "0123456789abcdef";
  text tag = {0};
  text file = {0};
  const char *at = behind(line, "    {");
  const char *of_migration = behind(next, "     \"");
  const char *of_down = behind(next, "     NULL, NULL, /* ");
  const char *hex = of_migration != NULL ? of_migration : of_down;
  if (at != NULL && hex != NULL && strspn(hex, digits) == 64) {
    at = literal_read(&tag, at);
    at = at != NULL ? behind(at, ", ") : NULL;
    at = at != NULL ? literal_read(&file, at) : NULL;
    if (at != NULL) {
      add_entry(list, text_string(of_down != NULL ? &file : &tag), hex);
    }
  }
  text_free(&tag);
  text_free(&file);
}

/* The list ends where the bytes begin; what an edited file makes of it is at worst a shorter
 * list. */
static void read_old(entry_list *list, FILE *file)
{
  char *line = NULL;
  char *before = alloc_string("", 0);
  size_t line_size = 0;
  while (getline(&line, &line_size, file) >= 0 && strncmp(line, "  0x", 4) != 0) {
    read_entry(list, before, line);
    free(before);
    before = alloc_string(line, strlen(line));
  }
  free(before);
  free(line);
}

static void read_new(entry_list *list, const embark_bundle *b)
{
  for (uint32_t i = 0; i < b->migration_count; i++) {
    add_entry(list, b->migrations[i].tag, b->migrations[i].hash);
  }
  for (uint32_t i = 0; i < b->down_count; i++) {
    add_entry(list, b->downs[i].file, emit_down_hash(b, &b->downs[i]).hex);
  }
}

static int by_name(const void *a, const void *b)
{
  return strcmp(((const entry *)a)->name, ((const entry *)b)->name);
}

static void sort(entry_list *list)
{
  if (list->count > 0) {
    qsort(list->items, list->count, sizeof list->items[0], by_name);
  }
}

/* `list` is sorted. */
static const entry *find(const entry_list *list, const entry *key)
{
  return list->count > 0 ? bsearch(key, list->items, list->count, sizeof *key, by_name) : NULL;
}

static size_t say_new_and_changed(const entry_list *old, const entry_list *new, diag *d)
{
  size_t said = 0;
  for (size_t i = 0; i < new->count; i++) {
    const entry *found = find(old, &new->items[i]);
    if (found == NULL || strcmp(found->hash, new->items[i].hash) != 0) {
      text_printf(&d->out, "  %s %s\n",
                  found == NULL ? "new:    " : "changed:", new->items[i].name);
      said++;
    }
  }
  return said;
}

static size_t say_removed(const entry_list *old, const entry_list *new, diag *d)
{
  size_t said = 0;
  for (size_t i = 0; i < old->count; i++) {
    if (find(new, &old->items[i]) == NULL) {
      text_printf(&d->out, "  removed: %s\n", old->items[i].name);
      said++;
    }
  }
  return said;
}

/* The same migrations may still stand in another order, or all differs but them. */
static const char *other_reason(const entry_list *old, const entry_list *new)
{
  for (size_t i = 0; i < old->count && i < new->count; i++) {
    if (by_name(&old->items[i], &new->items[i]) != 0) {
      return "the order of the migrations changed";
    }
  }
  return "the migrations are the same: other options, another version, or edited by hand";
}

static void say_differences(FILE *old_file, const char *path, const embark_bundle *b, diag *d)
{
  entry_list old = {0};
  entry_list new = {0};
  rewind(old_file);
  read_old(&old, old_file);
  read_new(&new, b);
  const char *otherwise = other_reason(&old, &new);
  text_printf(&d->out, "%s: %s is stale\n", diag_program(d), path);
  sort(&old);
  size_t said = say_new_and_changed(&old, &new, d);
  sort(&new);
  said += say_removed(&old, &new, d);
  if (said == 0) {
    text_printf(&d->out, "  %s\n", otherwise);
  }
  text_puts(&d->out, "HINT:  " RUN_AGAIN "\n");
  entry_list_free(&old);
  entry_list_free(&new);
}

static bool same_bytes(FILE *a, FILE *b)
{
  char left[8192];
  char right[8192];
  size_t size = 0;
  do {
    size = fread(left, 1, sizeof left, a);
    if (fread(right, 1, sizeof right, b) != size || memcmp(left, right, size) != 0) {
      return false;
    }
  } while (size == sizeof left);
  return true;
}

static FILE *open_old(const char *path, stale_result *result, diag *d)
{
  FILE *file = fopen(path, "r");
  if (file == NULL && errno == ENOENT) {
    diag_error(d, RUN_AGAIN, "%s does not exist", path);
    *result = STALE_YES;
  } else if (file == NULL) {
    diag_error(d, "Check the path and its permissions.", "cannot read %s: %s", path,
               strerror(errno));
    *result = STALE_FAILED;
  }
  return file;
}

/* Compare the file with `fresh`, which is at its start. */
static stale_result compare(const char *path, FILE *fresh, const embark_bundle *b, diag *d)
{
  stale_result result = STALE_NO;
  FILE *old = open_old(path, &result, d);
  if (old == NULL) {
    return result;
  }
  bool same = same_bytes(old, fresh);
  if (ferror(old) || ferror(fresh)) {
    diag_error(d, "Check the path and its permissions.", "cannot read %s", path);
    result = STALE_FAILED;
  } else if (!same && b != NULL) {
    say_differences(old, path, b, d);
    result = STALE_YES;
  } else if (!same) {
    diag_error(d, RUN_AGAIN, "%s is stale", path);
    result = STALE_YES;
  }
  fclose(old); /* only read from */
  return result;
}

static stale_result check_source(const char *path, const embark_bundle *b, const emit_names *names,
                                 diag *d)
{
  stale_result result = STALE_FAILED;
  FILE *fresh = tmpfile();
  if (fresh == NULL) {
    diag_error(d, NULL, "cannot make a temporary file: %s", strerror(errno));
    return STALE_FAILED;
  }
  if (emit_source(fileno(fresh), "a temporary file", b, names, d) == 0) {
    rewind(fresh);
    result = compare(path, fresh, b, d);
  }
  fclose(fresh); /* it is gone with that */
  return result;
}

static stale_result check_header(const char *path, const emit_names *names, diag *d)
{
  stale_result result = STALE_FAILED;
  text header = {0};
  emit_header(&header, names);
  FILE *fresh = tmpfile();
  if (fresh == NULL || output_write(fileno(fresh), "a temporary file", &header, d) != 0) {
    diag_error(d, NULL, "cannot make a temporary file: %s", strerror(errno));
  } else {
    rewind(fresh);
    result = compare(path, fresh, NULL, d);
  }
  if (fresh != NULL) {
    fclose(fresh);
  }
  text_free(&header);
  return result;
}

stale_result stale_check(const char *path, const char *header_path, const embark_bundle *b,
                         const emit_names *names, diag *d)
{
  stale_result of_source = check_source(path, b, names, d);
  if (of_source == STALE_FAILED) {
    return STALE_FAILED;
  }
  stale_result of_header = check_header(header_path, names, d);
  return of_header > of_source ? of_header : of_source;
}
