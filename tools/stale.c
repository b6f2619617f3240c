/* Generates again, compares byte by byte, and names the migrations that differ by reading the table
 * in the old file. Knows how emit.c lays that table out; knows nothing of folders. */
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

/* A migration as the old file has it. */
typedef struct old_entry {
  char *tag;
  char hash[65];
} old_entry;

typedef struct old_list {
  old_entry *items;
  size_t count;
  size_t capacity;
} old_list;

static void old_list_free(old_list *list)
{
  for (size_t i = 0; i < list->count; i++) {
    free(list->items[i].tag);
  }
  free(list->items);
}

/* Read `    {"tag", "file",` and the line below it, which begins with the hash. */
static void read_entry(old_list *list, const char *line, const char *next)
{
  text tag = {0};
  text hash_text = {0};
  const char *entry = strncmp(line, "    {\"", 6) == 0 ? line + 5 : NULL;
  const char *below = strncmp(next, "     \"", 6) == 0 ? next + 5 : NULL;
  if (entry != NULL && below != NULL && literal_read(&tag, entry) != NULL &&
      literal_read(&hash_text, below) != NULL && hash_text.size == 64) {
    list->items = alloc_one_more(list->items, &list->capacity, list->count, sizeof list->items[0]);
    old_entry *out = &list->items[list->count++];
    *out = (old_entry){.tag = alloc_string(text_string(&tag), tag.size)};
    memcpy(out->hash, hash_text.bytes, 65);
  }
  text_free(&tag);
  text_free(&hash_text);
}

/* The list ends where the bytes begin; what an edited file makes of it is at worst a shorter
 * list. */
static void read_old(old_list *list, FILE *file)
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

static int by_old_tag(const void *a, const void *b)
{
  return strcmp(((const old_entry *)a)->tag, ((const old_entry *)b)->tag);
}

static int by_tag(const void *a, const void *b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static size_t say_new_and_changed(old_list *old, const pack *p, diag *d)
{
  size_t said = 0;
  for (size_t i = 0; i < p->migrations.count; i++) {
    const migration *m = &p->migrations.items[i];
    old_entry key = {.tag = m->tag};
    const old_entry *found = NULL;
    if (old->count > 0) {
      found = bsearch(&key, old->items, old->count, sizeof key, by_old_tag);
    }
    if (found == NULL || strcmp(found->hash, m->hash.hex) != 0) {
      text_printf(&d->out, "  %s %s\n", found == NULL ? "new:    " : "changed:", m->tag);
      said++;
    }
  }
  return said;
}

static size_t say_removed(const old_list *old, const pack *p, diag *d)
{
  size_t said = 0;
  size_t count = p->migrations.count;
  const char **tags = alloc_bytes(count * sizeof *tags);
  for (size_t i = 0; i < count; i++) {
    tags[i] = p->migrations.items[i].tag;
  }
  qsort(tags, count, sizeof *tags, by_tag);
  for (size_t i = 0; i < old->count; i++) {
    const char *tag = old->items[i].tag;
    if (count == 0 || bsearch(&tag, tags, count, sizeof *tags, by_tag) == NULL) {
      text_printf(&d->out, "  removed: %s\n", tag);
      said++;
    }
  }
  free(tags);
  return said;
}

/* The same migrations may still stand in another order, or all differs but them. */
static const char *other_reason(const old_list *old, const pack *p)
{
  for (size_t i = 0; i < old->count && i < p->migrations.count; i++) {
    if (strcmp(old->items[i].tag, p->migrations.items[i].tag) != 0) {
      return "the order of the migrations changed";
    }
  }
  return "the migrations are the same: other options, another version, or edited by hand";
}

static void say_differences(FILE *old_file, const char *path, const pack *p, diag *d)
{
  old_list old = {0};
  rewind(old_file);
  read_old(&old, old_file);
  const char *otherwise = other_reason(&old, p);
  if (old.count > 0) {
    qsort(old.items, old.count, sizeof old.items[0], by_old_tag);
  }
  text_printf(&d->out, "%s: %s is stale\n", diag_program(d), path);
  size_t said = say_new_and_changed(&old, p, d);
  said += say_removed(&old, p, d);
  if (said == 0) {
    text_printf(&d->out, "  %s\n", otherwise);
  }
  text_puts(&d->out, "HINT:  " RUN_AGAIN "\n");
  old_list_free(&old);
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
static stale_result compare(const char *path, FILE *fresh, const pack *p, diag *d)
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
  } else if (!same && p != NULL) {
    say_differences(old, path, p, d);
    result = STALE_YES;
  } else if (!same) {
    diag_error(d, RUN_AGAIN, "%s is stale", path);
    result = STALE_YES;
  }
  fclose(old); /* only read from */
  return result;
}

static stale_result check_source(const char *path, const pack *p, const emit_names *names, diag *d)
{
  stale_result result = STALE_FAILED;
  FILE *fresh = tmpfile();
  if (fresh == NULL) {
    diag_error(d, NULL, "cannot make a temporary file: %s", strerror(errno));
    return STALE_FAILED;
  }
  if (emit_source(fileno(fresh), "a temporary file", p, names, d) == 0) {
    rewind(fresh);
    result = compare(path, fresh, p, d);
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

stale_result stale_check(const char *path, const char *header_path, const pack *p,
                         const emit_names *names, diag *d)
{
  stale_result of_source = check_source(path, p, names, d);
  if (of_source == STALE_FAILED) {
    return STALE_FAILED;
  }
  stale_result of_header = check_header(header_path, names, d);
  return of_header > of_source ? of_header : of_source;
}
