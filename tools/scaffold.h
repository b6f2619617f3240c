/* scaffold.h - the files of a new migration, in the manner of the folder that it goes into. */
#ifndef EMBARK_TOOLS_SCAFFOLD_H
#define EMBARK_TOOLS_SCAFFOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diag.h"

enum { SCAFFOLD_FILES = 3 };

typedef struct scaffold_made {
  char *tag;
  char *files[SCAFFOLD_FILES]; /* the new ones, with their folder: the migration first */
  size_t count;
  char *changed; /* NULL, or the journal, which got one more entry */
} scaffold_made;

/* Make a migration called `name` that comes after all others in the folder `dir`, which is made if
 * it is not there, and with_down a file that reverts it. Both hold comments alone. Nothing is
 * overwritten, and all that there is must be sound.
 * In a folder of drizzle-kit's, the journal and the snapshots get what `drizzle-kit generate
 * --custom` would give them. now_ms: the time, ms since the epoch.
 * Returns 0, or -1 with the error in `d` and nothing new. `out` is to be freed in either case. */
int scaffold_new(const char *dir, const char *name, bool with_down, int64_t now_ms,
                 scaffold_made *out, diag *d);

void scaffold_made_free(scaffold_made *m);

#endif
