/* kind.h - which kinds of statement the linter knows. What is not in its table, as the kinds of a
 * grammar newer than it, is not known. */
#ifndef EMBARK_LINT_KIND_H
#define EMBARK_LINT_KIND_H

#include <stdbool.h>

/* What it does can be told from its text: it endangers nothing, or rules look at it. kind: as
 * tree.kind has it, "AlterTableStmt". */
bool kind_is_known(const char *kind);

/* It runs queries: those may call functions. */
bool kind_is_query(const char *kind);

#endif
