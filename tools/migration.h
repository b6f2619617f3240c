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

typedef struct migration {
  char *tag;
  char *file; /* relative to the folder */
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

/* Its EMBARK_MIGRATION_* flags. */
uint32_t migration_flags(const migration *m);

/* Compute its hashes as `ledger` wants them; all but the chain. */
void migration_hash(migration *m, embark_ledger ledger);

void migration_list_free(migration_list *list);

#endif
