/* catalog_age.h - how old may be what an object holds. A statement that destroys it is harmless
 * only where nothing of that is older than the migrations that are run together. */
#ifndef EMBARK_LINT_CATALOG_AGE_H
#define EMBARK_LINT_CATALOG_AGE_H

#include "catalog.h"

/* `oldest` of what migration `number` now makes in the schema; NULL: none given. What may have been
 * there before is at most as old as its schema. */
size_t catalog_oldest(const catalog *c, const char *schema, size_t number);

/* It may hold what migration `oldest` made; 0: what is older than the folder. */
void object_holds(object *o, size_t oldest);

/* A child of table `parent`, with what migration `oldest` made, is one of all above as well: what
 * is done to them is done to it. 0: it is older than the folder. */
void catalog_inherit(catalog *c, size_t parent, size_t oldest);

#endif
