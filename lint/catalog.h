/* catalog.h - what the folder has made so far: schemas, tables with their columns and constraints,
 * indexes, types, functions. It is what the statements say, not what a database has: things that
 * are older than the folder are not in it, and "not there" never means that something is missing.
 *
 * A name without a schema is taken as one of schema "public", or of what is temporary. */
#ifndef EMBARK_LINT_CATALOG_H
#define EMBARK_LINT_CATALOG_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "tree.h"

typedef enum object_kind {
  OBJECT_NONE,
  OBJECT_TABLE,
  OBJECT_VIEW,
  OBJECT_MATVIEW,
  OBJECT_INDEX,
  OBJECT_SEQUENCE,
  OBJECT_TYPE,
  OBJECT_FUNCTION,
  OBJECT_SCHEMA
} object_kind;

typedef struct column {
  char *name;
  char *type;     /* "int4", "varchar(20)", "text[]"; as catalog_type() writes it */
  size_t made_by; /* as in object */
  size_t oldest;  /* as in object */
  bool is_not_null;
  bool has_default;
} column;

typedef struct constraint {
  char *name;     /* as the server would call it, where the statement gives none */
  char kind;      /* 'p'rimary key, 'u'nique, 'f'oreign key, 'c'heck, e'x'clusion */
  char *columns;  /* "a,b", as name_list.h reads it; of a check: those that it reads */
  char *not_null; /* a check: those that it says are not null; else "" */
  bool is_valid;
  size_t made_by; /* as in object */
  size_t refers;  /* a foreign key: index + 1 of the table that it points to; 0: not known */
} constraint;

typedef struct object {
  object_kind kind;
  char *schema;
  char *name;
  size_t made_by;    /* index + 1 of the migration that made it; never 0 */
  size_t oldest;     /* the same of the oldest one whose making it may be, or hold: IF NOT EXISTS
                        may have passed over what was there; 0: older than the folder */
  size_t statement;  /* which of that migration's, from 0: its definition can be read again */
  size_t named_by;   /* the same of the one that gave it its name */
  size_t dropped_by; /* the same of the one that dropped it; 0: it is there */
  bool is_temporary;
  bool is_partitioned;
  bool is_secured;     /* a table: row level security is on */
  bool is_default;     /* a partition: the default one */
  bool has_children;   /* some table's parent is this one, or was */
  size_t parent;       /* a partition or child: index + 1 of its parent; 0: not known, or none */
  bool is_unique;      /* an index */
  bool has_unique;     /* a table: CREATE INDEX made a unique one on it, at some time */
  bool is_valid;       /* an index */
  size_t on;           /* an index, sequence of a column: index + 1 of its table; 0: not known */
  char *columns;       /* an index: "a,b"; expressions are "expr" */
  column *column_list; /* a table: those that are there */
  size_t column_count;
  size_t column_capacity;
  constraint *constraints; /* a table: those that are there */
  size_t constraint_count;
  size_t constraint_capacity;
  json_t *labels;  /* a type: an enum's, {label: index + 1 of the migration that added it} */
  char *base;      /* a domain: its base type, as catalog_type() writes it; else NULL */
  bool is_checked; /* a domain: it has constraints */
  bool is_trigger; /* a function: it returns trigger, and only triggers can call it */
  char volatility; /* a function: 'i'mmutable, 's'table, 'v'olatile */
} object;

/* A zeroed one is empty and ready for use. */
typedef struct catalog {
  object *objects; /* dropped ones stay; an object's index is its name for good */
  size_t count;
  size_t capacity;
  json_t *names;    /* "r.public.users": index; of what is there now */
  size_t statement; /* that is being taken in */
  bool in_block;    /* it stands in a DO, which may pass over it */
  bool is_chosen;   /* it may have been passed over: it stands there, or has IF [NOT] EXISTS */
  bool path_is_set; /* the migration has set a search_path: it is not known what a name means */
} catalog;

/* The object of that kind that is there now, or NULL. schema: NULL for none given. Tables, views,
 * indexes and sequences share their names: asking for any of these kinds finds all of them. Valid
 * until the catalog changes. */
object *catalog_find(const catalog *c, object_kind kind, const char *schema, const char *name);

/* The same for a RangeVar, {"schemaname", "relname"}. */
object *catalog_relation(const catalog *c, json_t *range);

/* The same for a list of names, as DROP has it. */
object *catalog_named(const catalog *c, object_kind kind, json_t *names);

/* The object at `index` + 1, as `on` and findings have it; NULL for 0. */
object *catalog_object(const catalog *c, size_t number);

/* `index` + 1 of an object of the catalog; 0 for NULL. */
size_t catalog_number(const catalog *c, const object *o);

/* Make table `parent` that of table `child`, both by number; 0: none. One that descends from the
 * child itself is refused, as the server does. */
void catalog_set_parent(catalog *c, size_t child, size_t parent);

/* "public.users" is its name. */
bool object_is_called(const object *o, const char *name);

column *object_column(const object *o, const char *name);
constraint *object_constraint(const object *o, const char *name);

/* Text of a TypeName: "int4", "numeric(10,2)", "timestamptz", "app.mood[]". To be freed. */
char *catalog_type(json_t *type_name);

/* A migration is over: temporary things and its search_path are gone. */
void catalog_end_migration(catalog *c, size_t number);

/* Take in what a statement of migration `number` (index + 1) makes, changes and drops. */
void catalog_apply(catalog *c, const tree *t, size_t number, size_t statement);

void catalog_free(catalog *c);

/* --- for catalog_apply ------------------------------------------------------------------------ */

object *catalog_add(catalog *c, object_kind kind, const char *schema, const char *name,
                    size_t number);
void catalog_drop(catalog *c, object *o, size_t number);
void catalog_rename(catalog *c, object *o, const char *schema, const char *name, size_t number);
column *object_add_column(object *o, const char *name, size_t number);
void object_drop_column(object *o, const char *name);
constraint *object_add_constraint(object *o, const char *name, char kind, size_t number);
void object_drop_constraint(object *o, const char *name);

#endif
