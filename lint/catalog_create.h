/* catalog_create.h - the part of catalog_apply() that is about CREATE. */
#ifndef EMBARK_LINT_CATALOG_CREATE_H
#define EMBARK_LINT_CATALOG_CREATE_H

#include "catalog.h"

/* Take in what the statement makes; a name that is taken changes nothing, as with IF NOT EXISTS.
 * False when it is not one that makes something. */
bool catalog_create(catalog *c, const tree *t, size_t number);

#endif
