/* where.h - how many rows a WHERE may mean. */
#ifndef EMBARK_LINT_WHERE_H
#define EMBARK_LINT_WHERE_H

#include <jansson.h>
#include <stdbool.h>

#include "catalog.h"

/* All rows: there is no WHERE, or it is TRUE, 1 = 1 and the like. where: NULL for none. */
bool where_is_everything(json_t *where);

/* A few rows by a key of table `o`: `id = 1`, `id IN (1, 2)`. Of a table that is not known (NULL)
 * any column may be its key. */
bool where_is_lookup(const catalog *c, const object *o, json_t *where);

#endif
