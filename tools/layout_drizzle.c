/* drizzle-kit's journal layout: meta/_journal.json lists the migrations in the order in which they
 * run, each in the file <tag>.sql. Knows the journal; leaves the files' text to others. */
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "alloc.h"
#include "layout.h"

typedef struct journal {
  const char *path; /* for messages */
  const char *dir;
  json_t *root;
  migration_list *list;
  diag *diag;
} journal;

static json_t *parse(const char *path, diag *d)
{
  source src = {0};
  json_error_t error;
  json_t *root = NULL;
  if (source_read(&src, path, d) == 0) {
    root = json_loadb(src.bytes, src.size, JSON_REJECT_DUPLICATES, &error);
    if (root == NULL) {
      size_t at = error.position > 0 ? (size_t)error.position - 1 : 0;
      diag_error_at(d, &src, at < src.size ? at : src.size,
                    "Restore the journal from version control; drizzle-kit writes it.", "%s",
                    error.text);
    }
  }
  source_free(&src);
  return root;
}

/* Only what was made for PostgreSQL can run there. Old journals say "pg". */
static int check_dialect(const journal *j)
{
  json_t *dialect = json_object_get(j->root, "dialect");
  const char *name = json_string_value(dialect);
  if (dialect == NULL ||
      (name != NULL && (strcmp(name, "postgresql") == 0 || strcmp(name, "pg") == 0))) {
    return 0;
  }
  diag_error(j->diag, "Embark migrates PostgreSQL only.",
             "%s: the dialect is \"%s\", not \"postgresql\"", j->path, name != NULL ? name : "?");
  return -1;
}

/* A tag becomes a file name, so it must stay inside the folder. */
static bool is_tag(const char *tag)
{
  if (tag[0] == '\0' || tag[0] == '.') {
    return false;
  }
  for (; *tag != '\0'; tag++) {
    if ((unsigned char)*tag < 0x20 || *tag == 0x7f || *tag == '/' || *tag == '\\') {
      return false;
    }
  }
  return true;
}

static void bad_entry(const journal *j, size_t index, const char *what)
{
  diag_error(j->diag, "Restore the journal from version control; drizzle-kit writes it.",
             "%s: entry %zu %s", j->path, index + 1, what);
}

static void read_entry(const journal *j, size_t index, const json_t *entry)
{
  const char *tag = json_string_value(json_object_get(entry, "tag"));
  json_t *when = json_object_get(entry, "when");
  if (!json_is_object(entry)) {
    bad_entry(j, index, "is not an object");
  } else if (tag == NULL) {
    bad_entry(j, index, "has no \"tag\" that is a string");
  } else if (!is_tag(tag)) {
    bad_entry(j, index, "has a \"tag\" that cannot be a file name");
  } else if (!json_is_integer(when) || json_integer_value(when) < 0) {
    bad_entry(j, index, "has no \"when\" that is a whole number of milliseconds");
  } else {
    text file = {0};
    text_printf(&file, "%s.sql", tag);
    migration_add(j->list, tag, strlen(tag), text_string(&file), json_integer_value(when));
    text_free(&file);
  }
}

static int read_entries(const journal *j)
{
  size_t errors = j->diag->errors;
  size_t index = 0;
  json_t *entry = NULL;
  json_t *entries = json_object_get(j->root, "entries");
  if (!json_is_array(entries)) {
    diag_error(j->diag, "Restore the journal from version control; drizzle-kit writes it.",
               "%s: it has no list of \"entries\"", j->path);
    return -1;
  }
  json_array_foreach(entries, index, entry)
  {
    read_entry(j, index, entry);
  }
  return j->diag->errors == errors ? 0 : -1;
}

static void check_duplicates(const journal *j, migration *const *sorted)
{
  for (size_t i = 1; i < j->list->count; i++) {
    if (strcmp(sorted[i - 1]->tag, sorted[i]->tag) == 0) {
      diag_error(j->diag, "Remove one of the entries, or rename it together with its file.",
                 "%s: two entries have the tag \"%s\"", j->path, sorted[i]->tag);
    }
  }
}

static void check_files(const journal *j)
{
  for (size_t i = 0; i < j->list->count; i++) {
    const migration *m = &j->list->items[i];
    if (!folder_has(j->dir, m->file)) {
      diag_error(j->diag, "Restore the file, or remove the entry if it was never applied.",
                 "%s: entry %zu names \"%s\", but there is no file %s/%s", j->path, i + 1, m->tag,
                 j->dir, m->file);
    }
  }
}

/* drizzle-orm would skip such a migration in silence where the later one is applied; we run it. */
static void note_backwards(const journal *j)
{
  const migration *items = j->list->items;
  for (size_t i = 1; i < j->list->count; i++) {
    if (items[i].when_ms < items[i - 1].when_ms) {
      diag_note(j->diag, "%s: \"%s\" is older than \"%s\" before it; the journal's order counts",
                j->path, items[i].tag, items[i - 1].tag);
    }
  }
}

/* Files that the journal does not name are leftovers, or a merge gone wrong. What reverts a
 * migration is looked at by layout_pair_downs(). */
static void check_leftovers(const journal *j, const folder *f, migration *const *sorted,
                            bool strict)
{
  for (size_t i = 0; i < f->count; i++) {
    const char *name = f->entries[i].name;
    size_t size = strlen(name) - strlen(".sql");
    if (!name_ends_with(name, ".sql") || layout_is_down(name) ||
        migration_find(sorted, j->list->count, name, size) != NULL) {
      continue;
    }
    if (strict) {
      diag_error(j->diag, "Remove the file, or add it to the journal.",
                 "%s/%s is not in the journal", j->dir, name);
    } else {
      diag_note(j->diag, "%s/%s is not in the journal, so it is no migration", j->dir, name);
    }
  }
}

int layout_drizzle_read(migration_list *list, const char *dir, const folder *f, bool strict,
                        diag *d)
{
  size_t errors = d->errors;
  char *path = alloc_path(dir, LAYOUT_JOURNAL);
  journal j = {.path = path, .dir = dir, .list = list, .diag = d};
  j.root = parse(path, d);
  if (j.root != NULL && check_dialect(&j) == 0 && read_entries(&j) == 0) {
    migration **sorted = migration_list_sorted(list);
    check_duplicates(&j, sorted);
    check_files(&j);
    note_backwards(&j);
    check_leftovers(&j, f, sorted, strict);
    free(sorted);
  }
  json_decref(j.root);
  free(path);
  return d->errors == errors ? 0 : -1;
}
