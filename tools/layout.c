/* Chooses the layout, and refuses what this version knows but cannot read. */
#include "layout.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "utf8.h"

/* The subfolder is a migration in a layout of which we know that it exists. */
static bool refuse_diesel(const char *dir, const folder_entry *entry, diag *d)
{
  char *path = alloc_path(dir, entry->name);
  bool refused = entry->is_folder && folder_has(path, "up.sql");
  if (refused) {
    diag_error(d, "Keep each migration in a file of its own, NNNN_name.sql, in one folder.",
               "%s/up.sql: diesel's folder layout is not supported by this version; a later"
               " version will read it",
               path);
  }
  free(path);
  return refused;
}

/* drizzle-kit 1 refuses that too: the journal is from before. */
static bool refuse_both(const char *dir, const folder_entry *entry, diag *d)
{
  bool refused = layout_is_folder(dir, entry);
  if (refused) {
    diag_error(d,
               "Run \"drizzle-kit up\", which moves all migrations into folders, and remove meta;"
               " or remove the folders.",
               "%s/%s/migration.sql lies beside %s/" LAYOUT_JOURNAL ", which does not know it", dir,
               entry->name, dir);
  }
  return refused;
}

static bool is_read(layout_kind kind, const char *dir, const folder_entry *entry)
{
  return !entry->is_folder || strcmp(entry->name, "meta") == 0 ||
         name_ends_with(entry->name, ".sql") ||
         (kind == LAYOUT_FOLDERS && layout_is_folder(dir, entry));
}

/* One error about the layout says it all, however many folders are like that. */
static int check_subfolders(layout_kind kind, const char *dir, const folder *f, diag *d)
{
  for (size_t i = 0; i < f->count; i++) {
    if (refuse_diesel(dir, &f->entries[i], d) ||
        (kind == LAYOUT_DRIZZLE && refuse_both(dir, &f->entries[i], d))) {
      return -1;
    }
  }
  for (size_t i = 0; i < f->count; i++) {
    if (!is_read(kind, dir, &f->entries[i])) {
      diag_note(d, "the subfolder %s/%s is not read", dir, f->entries[i].name);
    }
  }
  return 0;
}

/* Snapshots of drizzle-kit without its journal: read as plain, the folder would get another ledger.
 */
static int check_lost_journal(const char *dir, diag *d)
{
  folder meta = {0};
  diag ignored = {0};
  bool lost = false;
  char *path = alloc_path(dir, "meta");
  if (folder_has(dir, "meta") && folder_read(&meta, path, &ignored) == 0) {
    for (size_t i = 0; i < meta.count; i++) {
      lost = lost || name_ends_with(meta.entries[i].name, "_snapshot.json");
    }
  }
  if (lost) {
    diag_error(d, "Restore the journal from version control; drizzle-kit writes it.",
               "%s holds Drizzle's snapshots, but there is no %s/" LAYOUT_JOURNAL, path, dir);
  }
  folder_free(&meta);
  diag_free(&ignored);
  free(path);
  return lost ? -1 : 0;
}

/* Names go into messages, JSON and the ledger, so they must be text. */
static int check_names(const char *dir, const folder *f, diag *d)
{
  size_t errors = d->errors;
  for (size_t i = 0; i < f->count; i++) {
    const char *name = f->entries[i].name;
    bool printable = utf8_check(name, strlen(name)) == strlen(name);
    for (const char *p = name; *p != '\0' && printable; p++) {
      printable = (unsigned char)*p >= 0x20 && *p != 0x7f;
    }
    if ((name_ends_with(name, ".sql") || layout_is_folder(dir, &f->entries[i])) && !printable) {
      diag_error(d, "Rename it.", "%s: the name of the file %s is not printable UTF-8", dir, name);
    }
    if (name_ends_with(name, ".sql") && f->entries[i].is_folder) {
      diag_error(d, "Rename it, or move it elsewhere.", "%s/%s is a folder, not a file", dir, name);
    }
  }
  return d->errors == errors ? 0 : -1;
}

static layout_kind find_kind(const char *dir, const folder *f)
{
  if (folder_has(dir, LAYOUT_JOURNAL)) {
    return LAYOUT_DRIZZLE;
  }
  for (size_t i = 0; i < f->count; i++) {
    if (layout_is_folder(dir, &f->entries[i])) {
      return LAYOUT_FOLDERS;
    }
  }
  return LAYOUT_PLAIN;
}

static int read_kind(layout_kind kind, migration_list *list, const char *dir, const folder *f,
                     bool strict, diag *d)
{
  if (kind == LAYOUT_FOLDERS) {
    return layout_folders_read(list, dir, f, d);
  }
  if (kind == LAYOUT_PLAIN && check_lost_journal(dir, d) != 0) {
    return -1;
  }
  int status = kind == LAYOUT_DRIZZLE ? layout_drizzle_read(list, dir, f, strict, d)
                                      : layout_plain_read(list, dir, f, d);
  return status == 0 ? layout_pair_downs(list, dir, f, d) : -1;
}

int layout_read(layout_kind *kind, migration_list *list, const char *dir, bool strict, diag *d)
{
  folder f = {0};
  int status = folder_read(&f, dir, d);
  if (status == 0) {
    *kind = find_kind(dir, &f);
    status = check_names(dir, &f, d);
  }
  if (status == 0) {
    status = check_subfolders(*kind, dir, &f, d);
  }
  if (status == 0) {
    status = read_kind(*kind, list, dir, &f, strict, d);
  }
  folder_free(&f);
  return status;
}
