/* migration.h - one migration in the making: a file, and what was found out about it. */
#ifndef EMBARK_TOOLS_MIGRATION_H
#define EMBARK_TOOLS_MIGRATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <embark_bundle.h>

#include "diag.h"
#include "hash.h"
#include "source.h"
#include "split.h"

enum { MIGRATION_OTHERS = 4 }; /* with and without BOM, each with LF and CRLF */

/* Where it came to lie in the bundle. */
typedef struct migration_place {
  size_t sql_offset;
  size_t sql_length;
  size_t first_statement;
} migration_place;

/* What reverts a migration is one too, with the tag of that, a file of its own, and no hashes but
 * the canonical one. */
typedef struct migration {
  char *tag;
  char *file;      /* relative to the folder */
  char *down_file; /* NULL, or the file that reverts it */
  bool is_down;    /* it reverts one */
  int64_t when_ms;
  source source;
  script script;
  bool settings;
  bool outside;   /* it runs without a transaction: outside.h */
  hash canonical; /* of the text without BOM, lines ended by \n */
  hash hash;      /* what the ledger records */
  hash chain;
  hash others[MIGRATION_OTHERS];
  size_t other_count;
  size_t down; /* index + 1 into the bundle's downs; 0: nothing reverts it */
  migration_place place;
} migration;

typedef struct migration_list {
  migration *items;
  size_t count;
  size_t capacity;
} migration_list;

/* Add a migration without content; copies tag and file. */
migration *migration_add(migration_list *list, const char *tag, size_t tag_size, const char *file,
                         int64_t when_ms);

/* Read and split the file, which lies in `dir`. Returns 0, or -1 with its first error in `d`. */
int migration_load(migration *m, const char *dir, bool drizzle, diag *d);

/* The migrations by the bytes of their tags; to be freed, not what it points to. */
migration **migration_list_sorted(const migration_list *list);

/* The migration with the tag of `size` bytes among the `count` of `sorted`; NULL when none has. */
migration *migration_find(migration *const *sorted, size_t count, const char *tag, size_t size);

/* Its EMBARK_MIGRATION_* flags. */
uint32_t migration_flags(const migration *m);

/* Compute its hashes as `ledger` wants them; all but the chain. */
void migration_hash(migration *m, embark_ledger ledger);

void migration_list_free(migration_list *list);

#endif
