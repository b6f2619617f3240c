/* layout.h - how a folder says which migrations it holds, and in which order. */
#ifndef EMBARK_TOOLS_LAYOUT_H
#define EMBARK_TOOLS_LAYOUT_H

#include <stdbool.h>

#include "diag.h"
#include "folder.h"
#include "migration.h"

typedef enum layout_kind {
  LAYOUT_PLAIN,   /* NNNN_name.sql, by number */
  LAYOUT_DRIZZLE, /* meta/_journal.json and <tag>.sql, as drizzle-kit keeps them */
  LAYOUT_FOLDERS  /* <time>_name/migration.sql, as drizzle-kit 1 and Prisma do */
} layout_kind;

/* The journal's path in its folder. */
#define LAYOUT_JOURNAL "meta/_journal.json"

/* Find out the layout of the folder `dir` and name its migrations in order, without reading them.
 * strict: what would be a note is an error.
 * Returns 0, or -1 with the errors in `d`; `list` is then to be freed all the same. */
int layout_read(layout_kind *kind, migration_list *list, const char *dir, bool strict, diag *d);

/* The name is that of a file that reverts a migration. */
bool layout_is_down(const char *name);

/* Give each migration of `list` the file that reverts it, <tag>.down.sql, if the folder has one.
 * Returns 0, or -1 with the files that revert nothing in `d`. */
int layout_pair_downs(const migration_list *list, const char *dir, const folder *f, diag *d);

/* The layouts themselves; each reports all it finds and returns 0 or -1. */
bool layout_is_folder(const char *dir, const folder_entry *entry); /* of LAYOUT_FOLDERS */
int layout_folders_read(migration_list *list, const char *dir, const folder *f, diag *d);
int layout_plain_read(migration_list *list, const char *dir, const folder *f, diag *d);
int layout_drizzle_read(migration_list *list, const char *dir, const folder *f, bool strict,
                        diag *d);

#endif
