/* pack.h - a bundle in the making: what emit.h writes as an embark_bundle (embark_bundle.h). */
#ifndef EMBARK_TOOLS_PACK_H
#define EMBARK_TOOLS_PACK_H

#include <stdbool.h>
#include <stddef.h>

#include <embark_bundle.h>

#include "diag.h"
#include "layout.h"
#include "migration.h"
#include "text.h"

/* What the user says about a bundle, beside its folder. */
typedef struct pack_options {
  const char *component;
  embark_ledger ledger; /* 0: as the folder's layout has it */
  embark_adopt adopt;
  const char *ledger_schema; /* NULL: the ledger's own */
  const char *ledger_table;
  uint32_t forbid; /* EMBARK_HAZARD_* */
  bool strict;     /* notes about the folder are errors */
} pack_options;

/* Statements whose data is names. */
#define PACK_STATEMENT_NAMES (EMBARK_STATEMENT_INDEX | EMBARK_STATEMENT_DROP)

struct lint;

typedef struct pack {
  pack_options options; /* with nothing left open */
  layout_kind layout;   /* the folder's */
  bool drizzle;         /* its files are cut as drizzle-orm cuts them */
  migration_list migrations;
  migration_list downs; /* what reverts them, in their order */
  embark_statement *statements;
  size_t statement_count;
  size_t statement_capacity;
  text sql;
  struct lint *lint; /* what the linter found: lint.h; NULL before it has looked */
  hash digest;
  hash ledger_digest; /* hex[0] is NUL for a native ledger */
} pack;

/* Read the folder `dir` and make the bundle of it. Returns 0, or -1 with the errors in `d`: the
 * first of every file. `p` is to be freed in either case. */
int pack_build(pack *p, const char *dir, const pack_options *options, diag *d);

void pack_free(pack *p);

#endif
