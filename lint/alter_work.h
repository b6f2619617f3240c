/* alter_work.h - what each subcommand of ALTER TABLE does in proportion to the table's size. */
#ifndef EMBARK_LINT_ALTER_WORK_H
#define EMBARK_LINT_ALTER_WORK_H

#include "check.h"
#include "type_change.h"

/* Why a new column makes the server write the table anew. */
typedef enum column_cost {
  COLUMN_FREE,
  COLUMN_VOLATILE,  /* each row has its own default */
  COLUMN_SERIAL,    /* a sequence numbers the rows */
  COLUMN_GENERATED, /* each row's value is computed, and stored */
  COLUMN_DOMAIN     /* of a domain with constraints, which each row is held against */
} column_cost;

/* Of a ColumnDef that is added to a table. */
column_cost alter_column_cost(const check *c, json_t *def);

/* A column of an inline constraint of `def`, or NULL: "CONSTR_UNIQUE" and so on. */
json_t *alter_inline(json_t *def, const char *contype);

/* The column is known to hold no NULL, so that SET NOT NULL has nothing to look through. */
bool alter_is_not_null(const object *table, const char *name);

/* What changing a column's type costs; command: AT_AlterColumnType. */
type_change alter_type_change(const check *c, const object *table, json_t *command);

/* An index that the folder made has the column in it. */
bool alter_has_index(const check *c, const object *table, const char *name);

/* The table has a check that may prove what a partition must hold. */
bool alter_has_check(const object *table);

/* The default partition of a table, or NULL. */
const object *alter_default_partition(const check *c, const object *table);

/* A DO adds a constraint that is there: the idiom that adds it where it is missing. */
bool alter_is_there(const check *c, const object *table, json_t *node);

/* The NOT VALID constraint that VALIDATE names was added in the same transaction. */
bool alter_is_early(const check *c, const object *table, const char *name);

/* table: NULL when the folder did not make it. */
work alter_work(const check *c, const object *table, json_t *command);

/* Keep what an ALTER TABLE does to its tables, brief or not, with check_touch(). */
void alter_touch(check *c);

#endif
