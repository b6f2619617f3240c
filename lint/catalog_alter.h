/* catalog_alter.h - what ALTER TABLE and RENAME COLUMN or CONSTRAINT change of a table. */
#ifndef EMBARK_LINT_CATALOG_ALTER_H
#define EMBARK_LINT_CATALOG_ALTER_H

#include "catalog.h"

/* Take in an AlterTableStmt to table `table`, by number; its children follow, unless it says
 * ONLY. */
void catalog_alter_table(catalog *c, size_t table, json_t *statement, size_t number);

/* Take in the new name of a column, and of it in what is made of columns. */
void catalog_rename_column(catalog *c, size_t table, const char *from, const char *to);

/* The same of a constraint, and of the index behind it. */
void catalog_rename_constraint(catalog *c, size_t table, const char *from, const char *to,
                               size_t number);

#endif
