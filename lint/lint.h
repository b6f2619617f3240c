/* lint.h - a folder, looked at by all rules. */
#ifndef EMBARK_LINT_LINT_H
#define EMBARK_LINT_LINT_H

#include "catalog.h"
#include "finding.h"
#include "pack.h"

/* What is said where the linter is asked for and cannot work. */
#define LINT_NO_PARSER      "this build has no SQL parser (libpg_query)"
#define LINT_NO_PARSER_HINT "Build it where libpg_query is: Debian's libpg-query-dev."

typedef struct lint {
  catalog catalog; /* what the folder has made in the end */
  findings found;  /* all, whatever is allowed or new: who shows them chooses */
} lint;

/* Look at the migrations of `p`, in their order; what reverts them is not looked at: reverting is a
 * person's own act. Texts may lie in `p`. `l` is to be freed. Without a parser nothing is found. */
void lint_run(lint *l, const pack *p);

/* Put each statement's hazards into the bundle in the making that `l` is about. Without a parser
 * every statement is UNCLASSIFIED. */
void lint_mark_hazards(const lint *l, pack *p);

void lint_free(lint *l);

#endif
