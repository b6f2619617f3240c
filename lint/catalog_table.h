/* catalog_table.h - the parts of a table: columns and constraints, as CREATE TABLE and ALTER TABLE
 * say them. Tables go by number here, because adding a constraint's index moves the objects. */
#ifndef EMBARK_LINT_CATALOG_TABLE_H
#define EMBARK_LINT_CATALOG_TABLE_H

#include "catalog.h"

/* Add what CREATE TABLE says is in it: its own, and what it takes from LIKE, INHERITS and
 * PARTITION OF. */
void catalog_fill_table(catalog *c, size_t table, json_t *create, size_t number);

/* Add the columns that a query gives a table made of it; their types are not known. into: an
 * IntoClause. */
void catalog_fill_from_query(catalog *c, size_t table, json_t *into, json_t *query, size_t number);

void catalog_add_column(catalog *c, size_t table, json_t *def, size_t number);

/* of_column: the column that it stands behind, or NULL. */
void catalog_add_constraint(catalog *c, size_t table, json_t *node, const char *of_column,
                            size_t number);

/* The constraint's kind as struct constraint has it; 0 for what is none: NOT NULL, DEFAULT ... */
char catalog_constraint_kind(json_t *node);

#endif
