/* catalog_names.h - the names that the server makes up where a statement gives none. */
#ifndef EMBARK_LINT_CATALOG_NAMES_H
#define EMBARK_LINT_CATALOG_NAMES_H

#include "catalog.h"

/* TABLE_COLUMNS_LABEL, shortened to 63 bytes as the server does it, with the first number behind it
 * that makes it a new one. columns: "a,b"; "" for none. To be freed. */
char *catalog_make_name(const catalog *c, const object *table, const char *columns,
                        const char *label);

/* "pkey", "key", "fkey", "check" or "excl": the label of a kind of constraint. Static. */
const char *catalog_label(char kind);

#endif
