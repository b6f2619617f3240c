/* catalog_table.h - the part of catalog_apply() that is about tables. */
#ifndef EMBARK_LINT_CATALOG_TABLE_H
#define EMBARK_LINT_CATALOG_TABLE_H

#include "catalog.h"

/* Add the columns and constraints of a CREATE TABLE to `o`. */
void catalog_fill_table(catalog *c, size_t table, json_t *create, size_t number);

/* Take in what ALTER TABLE does to table `table`, by number. */
void catalog_alter_table(catalog *c, size_t table, json_t *alter, size_t number);

#endif
