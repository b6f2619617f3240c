/* scaffold_files.h - between scaffold.c and its layouts: a new migration in the making. */
#ifndef EMBARK_TOOLS_SCAFFOLD_FILES_H
#define EMBARK_TOOLS_SCAFFOLD_FILES_H

#include <jansson.h>

#include "migration.h"
#include "scaffold.h"

/* A file of drizzle-kit's, as text and parsed. */
typedef struct document {
  source src;
  json_t *root;
} document;

/* Returns 0, or -1 with the error in `d`; it is to be freed in either case. */
int document_read(document *doc, const char *path, diag *d);

/* Add the byte order mark that was there. */
void document_put_bom(text *out, const document *doc);

void document_free(document *doc);

typedef struct scaffold {
  const char *dir;
  const char *slug;
  bool with_down;
  int64_t now_ms;
  const migration_list *list; /* what the folder has, in its order */
  scaffold_made *made;
  char *made_folder; /* NULL, or the folder of the new migration alone */
  diag *diag;
} scaffold;

/* Make the file DIR/FILE with that text, and keep it in s->made. Returns 0, or -1 with the error in
 * s->diag: it is one to be there already. */
int scaffold_create(scaffold *s, const char *file, const text *content);

/* Set the tag: the number that comes after `last`, `between`, and what the migration is called. */
void scaffold_set_tag(scaffold *s, const char *last, char between);

/* Make the file TAG UP and, if it is wanted, TAG DOWN, which reverts it. */
int scaffold_create_sql(scaffold *s, const char *up, const char *down);

/* Make the snapshot `to`, which has the schema of the snapshot `from` and comes after it; none when
 * there is no such file. Names are relative to the folder. */
int scaffold_copy_snapshot(scaffold *s, const char *from, const char *to);

/* All of a new migration in drizzle-kit's journal layout. */
int scaffold_drizzle(scaffold *s);

#endif
