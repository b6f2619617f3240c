/* type_change.h - what changing a column's type costs. Found by trying each pair on PostgreSQL 13
 * and 18, which agree. */
#ifndef EMBARK_LINT_TYPE_CHANGE_H
#define EMBARK_LINT_TYPE_CHANGE_H

#include "catalog.h"

typedef enum type_change {
  TYPE_CHANGE_NONE,    /* only the catalog of the server is written */
  TYPE_CHANGE_INDEXES, /* the rows are the same, the column's indexes are built anew */
  TYPE_CHANGE_UNKNOWN, /* the old type is not known, and might be one that costs nothing */
  TYPE_CHANGE_REWRITE
} type_change;

/* From one type to the other, both as catalog_type() writes them; "" for one that is not known.
 * is_utc: the session's time zone is UTC, so that timestamps with and without one are the same. */
type_change type_change_judge(const catalog *c, const char *from, const char *to, bool is_utc);

#endif
