/* Chooses the layout, and refuses those that this version knows but cannot read. */
#include "layout.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "utf8.h"

static const struct {
  const char *file;
  const char *layout;
} later_layouts[] = {
    {"migration.sql", "drizzle-kit's folder layout (and Prisma's)"},
    {"up.sql",        "diesel's folder layout"                    },
};

/* The subfolder is a migration in a layout of which we know that it exists. */
static bool refuse_subfolder(const char *dir, const char *name, diag *d)
{
  bool refused = false;
  char *path = alloc_path(dir, name);
  for (size_t i = 0; i < sizeof later_layouts / sizeof later_layouts[0] && !refused; i++) {
    if (folder_has(path, later_layouts[i].file)) {
      diag_error(d, "Keep each migration in a file of its own, NNNN_name.sql, in one folder.",
                 "%s/%s: %s is not supported by this version; a later version will read it", path,
                 later_layouts[i].file, later_layouts[i].layout);
      refused = true;
    }
  }
  free(path);
  return refused;
}

/* One error about the layout says it all, however many folders are like that. */
static int check_subfolders(const char *dir, const folder *f, diag *d)
{
  for (size_t i = 0; i < f->count; i++) {
    const char *name = f->entries[i].name;
    if (f->entries[i].is_folder && strcmp(name, "meta") != 0 && refuse_subfolder(dir, name, d)) {
      return -1;
    }
  }
  for (size_t i = 0; i < f->count; i++) {
    const char *name = f->entries[i].name;
    if (f->entries[i].is_folder && strcmp(name, "meta") != 0 && !name_ends_with(name, ".sql")) {
      diag_note(d, "the subfolder %s/%s is not read", dir, name);
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
    if (name_ends_with(name, ".sql") && !printable) {
      diag_error(d, "Rename the file.", "%s: the name of the file %s is not printable UTF-8", dir,
                 name);
    }
    if (name_ends_with(name, ".sql") && f->entries[i].is_folder) {
      diag_error(d, "Rename it, or move it elsewhere.", "%s/%s is a folder, not a file", dir, name);
    }
  }
  return d->errors == errors ? 0 : -1;
}

int layout_read(layout_kind *kind, migration_list *list, const char *dir, bool strict, diag *d)
{
  folder f = {0};
  int status = folder_read(&f, dir, d);
  *kind = folder_has(dir, LAYOUT_JOURNAL) ? LAYOUT_DRIZZLE : LAYOUT_PLAIN;
  if (status == 0) {
    status = check_names(dir, &f, d);
  }
  if (status == 0) {
    status = check_subfolders(dir, &f, d);
  }
  if (status == 0 && *kind == LAYOUT_PLAIN) {
    status = check_lost_journal(dir, d);
  }
  if (status == 0) {
    status = *kind == LAYOUT_DRIZZLE ? layout_drizzle_read(list, dir, &f, strict, d)
                                     : layout_plain_read(list, dir, &f, d);
  }
  if (status == 0) {
    status = layout_pair_downs(list, dir, &f, d);
  }
  folder_free(&f);
  return status;
}
