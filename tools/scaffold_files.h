/* scaffold_files.h - between scaffold.c and its layouts: a new migration in the making. */
#ifndef EMBARK_TOOLS_SCAFFOLD_FILES_H
#define EMBARK_TOOLS_SCAFFOLD_FILES_H

#include "migration.h"
#include "scaffold.h"

typedef struct scaffold {
  const char *dir;
  const char *slug;
  bool with_down;
  int64_t now_ms;
  const migration_list *list; /* what the folder has, in its order */
  scaffold_made *made;
  diag *diag;
} scaffold;

/* Make the file DIR/FILE with that text, and keep it in s->made. Returns 0, or -1 with the error in
 * s->diag: it is one to be there already. */
int scaffold_create(scaffold *s, const char *file, const text *content);

/* Set the tag, and make TAG SUFFIX and, if it is wanted, what reverts it. */
int scaffold_create_sql(scaffold *s, const char *tag, const char *suffix);

/* All of a new migration in drizzle-kit's journal layout. */
int scaffold_drizzle(scaffold *s);

#endif
