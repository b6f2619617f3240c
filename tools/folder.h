/* folder.h - the names in a folder, in an order that depends on nothing but the names. */
#ifndef EMBARK_TOOLS_FOLDER_H
#define EMBARK_TOOLS_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "diag.h"

typedef struct folder_entry {
  char *name;
  bool is_folder; /* symbolic links are followed */
} folder_entry;

typedef struct folder {
  folder_entry *entries; /* by the bytes of the name; hidden ones are left out */
  size_t count;
  size_t capacity;
} folder;

/* List the folder at `path`. Returns 0, or -1 with the error in `d`. */
int folder_read(folder *f, const char *path, diag *d);

/* There is a file (or anything else) called NAME in the folder DIR. */
bool folder_has(const char *dir, const char *name);

/* NAME ends with SUFFIX and is longer than it. */
bool name_ends_with(const char *name, const char *suffix);

void folder_free(folder *f);

#endif
