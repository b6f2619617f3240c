/* old_text.h - a migration's file as it was when it was applied, from the folder's git. */
#ifndef EMBARK_CLI_OLD_TEXT_H
#define EMBARK_CLI_OLD_TEXT_H

#include <stdbool.h>

#include "text.h"

typedef struct old_text {
  text bytes;      /* without a byte order mark */
  char commit[11]; /* that has it, its first digits */
  char date[11];   /* of that commit, 2025-11-22 */
} old_text;

/* Look through the history of DIR/FILE, all branches, for a text whose hash is `hash`, as a ledger
 * has it. Runs git, if there is one and the folder is in a repository of it. Returns whether it was
 * found; old_text_free() is due in either case. */
bool old_text_find(old_text *o, const char *dir, const char *file, const char *hash);

void old_text_free(old_text *o);

#endif
