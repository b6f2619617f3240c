/* Reads column definitions and constraints into a table of the catalog. */
#include "catalog_table.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "builtin.h"
#include "catalog_names.h"
#include "name_list.h"
#include "node.h"

/* --- constraints ------------------------------------------------------------------------------ */

char catalog_constraint_kind(json_t *node)
{
  static const struct {
    const char *type;
    char kind;
  } kinds[] = {
      {"CONSTR_PRIMARY",   'p'},
      {"CONSTR_UNIQUE",    'u'},
      {"CONSTR_FOREIGN",   'f'},
      {"CONSTR_CHECK",     'c'},
      {"CONSTR_EXCLUSION", 'x'},
  };
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    if (node_is(node, "contype", kinds[i].type)) {
      return kinds[i].kind;
    }
  }
  return '\0';
}

static bool has_index(char kind)
{
  return kind == 'p' || kind == 'u' || kind == 'x';
}

static void put_read_column(void *data, const char *kind, json_t *node)
{
  text *list = data;
  const char *name = node_last_name(node_get(node, "fields"));
  if (strcmp(kind, "ColumnRef") == 0 && name != NULL && !name_list_has(text_string(list), name)) {
    name_list_put(list, name);
  }
}

/* Put the columns of which the expression says that they are not null: it is such a test, or
 * several with AND between. */
static void put_not_null(text *list, json_t *expression)
{
  json_t *test = node_as(expression, "NullTest");
  const char *name = node_last_name(node_get(test, "arg.ColumnRef.fields"));
  json_t *parts = node_is(expression, "BoolExpr.boolop", "AND_EXPR")
                      ? node_get(expression, "BoolExpr.args")
                      : NULL;
  if (node_is(test, "nulltesttype", "IS_NOT_NULL") && name != NULL) {
    name_list_put(list, name);
  }
  for (size_t i = 0; i < json_array_size(parts); i++) {
    put_not_null(list, json_array_get(parts, i));
  }
}

static void put_element(text *list, json_t *exclusion)
{
  const char *name =
      node_text(json_array_get(node_get(exclusion, "List.items"), 0), "IndexElem.name");
  name_list_put(list, name != NULL ? name : "expr");
}

static void put_columns(text *list, json_t *node, const char *of_column)
{
  char kind = catalog_constraint_kind(node);
  json_t *exclusions = node_get(node, "exclusions");
  json_t *keys = node_get(node, kind == 'f' ? "fk_attrs" : "keys");
  name_list_put_all(list, keys);
  for (size_t i = 0; i < json_array_size(exclusions); i++) {
    put_element(list, json_array_get(exclusions, i));
  }
  if (kind == 'c') {
    node_each(node_get(node, "raw_expr"), put_read_column, list);
  } else if (list->size == 0 && of_column != NULL) {
    text_puts(list, of_column);
  }
}

/* The index that stands behind a key has the constraint's name. */
static void add_index(catalog *c, size_t table, const char *name, const char *columns,
                      size_t number)
{
  const object *t = catalog_object(c, table);
  char *schema = alloc_string(t->schema, strlen(t->schema));
  object *index = catalog_add(c, OBJECT_INDEX, schema, name, number);
  index->on = table;
  index->is_unique = true;
  index->is_valid = true;
  alloc_replace(&index->columns, columns);
  free(schema);
}

static void set_not_null(object *o, const char *columns)
{
  for (size_t i = 0; i < o->column_count; i++) {
    if (name_list_has(columns, o->column_list[i].name)) {
      o->column_list[i].is_not_null = true;
    }
  }
}

/* A primary key is named after its table alone, a check after its column if it reads one. */
static char *name_of(const catalog *c, const object *o, json_t *node, char kind,
                     const char *columns)
{
  const char *given = node_text(node, "conname");
  const char *index = node_text(node, "indexname");
  bool is_bare = kind == 'p' || (kind == 'c' && strchr(columns, ',') != NULL);
  given = given != NULL ? given : index;
  return given != NULL ? alloc_string(given, strlen(given))
                       : catalog_make_name(c, o, is_bare ? "" : columns, catalog_label(kind));
}

/* ADD CONSTRAINT ... USING INDEX gives the index the constraint's name, and its columns to that. */
static bool take_index(catalog *c, const object *o, constraint *added, const char *index,
                       size_t number)
{
  object *taken = index != NULL ? catalog_find(c, OBJECT_INDEX, o->schema, index) : NULL;
  if (taken == NULL || taken->kind != OBJECT_INDEX) {
    return false;
  }
  alloc_replace(&added->columns, taken->columns != NULL ? taken->columns : "");
  if (strcmp(taken->name, added->name) != 0) {
    catalog_rename(c, taken, taken->schema, added->name, number);
  }
  return true;
}

void catalog_add_constraint(catalog *c, size_t table, json_t *node, const char *of_column,
                            size_t number)
{
  char kind = catalog_constraint_kind(node);
  object *o = catalog_object(c, table);
  text columns = {0};
  text not_null = {0};
  put_columns(&columns, node, of_column);
  char *name = name_of(c, o, node, kind, text_string(&columns));
  constraint *added = object_add_constraint(o, name, kind, number);
  alloc_replace(&added->columns, text_string(&columns));
  if (kind == 'c') {
    put_not_null(&not_null, node_get(node, "raw_expr"));
    alloc_replace(&added->not_null, text_string(&not_null));
  }
  added->is_valid = has_index(kind) || !node_flag(node, "skip_validation");
  added->refers = catalog_number(c, catalog_relation(c, node_get(node, "pktable")));
  bool is_taken = take_index(c, o, added, node_text(node, "indexname"), number);
  if (kind == 'p') {
    set_not_null(o, added->columns);
  }
  if (has_index(kind) && !is_taken) {
    add_index(c, table, name, text_string(&columns), number);
  }
  text_free(&columns);
  text_free(&not_null);
  free(name);
}

/* --- columns ---------------------------------------------------------------------------------- */

void catalog_add_column(catalog *c, size_t table, json_t *def, size_t number)
{
  const char *name = node_text(def, "colname");
  char *type = catalog_type(node_get(def, "typeName"));
  column *added = object_add_column(catalog_object(c, table), name, number);
  alloc_replace(&added->type, type);
  added->has_default = builtin_is_serial(node_last_name(node_get(def, "typeName.names")));
  added->is_not_null = node_flag(def, "is_not_null") || added->has_default;
  free(type);
  json_t *list = node_get(def, "constraints");
  for (size_t i = 0; i < json_array_size(list); i++) {
    json_t *node = node_as(json_array_get(list, i), "Constraint");
    column *now = object_column(catalog_object(c, table), name);
    if (catalog_constraint_kind(node) != '\0') {
      catalog_add_constraint(c, table, node, name, number);
    } else if (node_is(node, "contype", "CONSTR_NOTNULL")) {
      now->is_not_null = true;
    } else if (node_is(node, "contype", "CONSTR_IDENTITY")) {
      now->is_not_null = true;
      now->has_default = true;
    } else if (node_is(node, "contype", "CONSTR_DEFAULT") ||
               node_is(node, "contype", "CONSTR_GENERATED")) {
      now->has_default = true;
    }
  }
}

/* --- columns of other tables ------------------------------------------------------------------ */

/* What LIKE takes over beside columns and NOT NULL, as the grammar numbers it. */
#define LIKE_CONSTRAINTS (1L << 2)
#define LIKE_DEFAULTS    (1L << 3)
#define LIKE_INDEXES     (1L << 6)
#define LIKE_ALL         (LIKE_CONSTRAINTS | LIKE_DEFAULTS | LIKE_INDEXES)

static void copy_columns(catalog *c, size_t table, size_t from, long what, size_t number)
{
  for (size_t i = 0; i < catalog_object(c, from)->column_count; i++) {
    const column *source = &catalog_object(c, from)->column_list[i];
    object *o = catalog_object(c, table);
    if (object_column(o, source->name) == NULL) {
      column *copy = object_add_column(o, source->name, number);
      alloc_replace(&copy->type, source->type);
      copy->is_not_null = source->is_not_null;
      copy->has_default = source->has_default && (what & LIKE_DEFAULTS) != 0;
    }
  }
}

/* Checks keep their names, keys get new ones, foreign keys are a partition's alone. */
static void copy_constraints(catalog *c, size_t table, size_t from, long what, size_t number)
{
  for (size_t i = 0; i < catalog_object(c, from)->constraint_count; i++) {
    constraint source = catalog_object(c, from)->constraints[i];
    object *o = catalog_object(c, table);
    bool is_key = has_index(source.kind);
    if ((what & (is_key ? LIKE_INDEXES : LIKE_CONSTRAINTS)) == 0 ||
        (!is_key && source.kind != 'c')) {
      continue;
    }
    char *name = is_key ? catalog_make_name(c, o, source.kind == 'p' ? "" : source.columns,
                                            catalog_label(source.kind))
                        : alloc_string(source.name, strlen(source.name));
    constraint *copy = object_add_constraint(o, name, source.kind, number);
    alloc_replace(&copy->columns, source.columns);
    alloc_replace(&copy->not_null, source.not_null);
    copy->is_valid = source.is_valid;
    if (is_key) {
      add_index(c, table, name, source.columns, number);
    }
    free(name);
  }
}

static void copy_table(catalog *c, size_t table, json_t *range, long what, size_t number)
{
  size_t from = catalog_number(c, catalog_relation(c, range));
  if (from > 0 && from != table) {
    copy_columns(c, table, from, what, number);
    copy_constraints(c, table, from, what, number);
  }
}

/* --- CREATE TABLE ----------------------------------------------------------------------------- */

static void take_from_parents(catalog *c, size_t table, json_t *create, size_t number)
{
  json_t *parents = node_get(create, "inhRelations");
  bool is_partition = node_get(create, "partbound") != NULL;
  for (size_t i = 0; i < json_array_size(parents); i++) {
    json_t *range = node_as(json_array_get(parents, i), "RangeVar");
    long what = is_partition ? LIKE_ALL : LIKE_CONSTRAINTS | LIKE_DEFAULTS;
    copy_table(c, table, range, what, number);
    catalog_set_parent(c, table, catalog_number(c, catalog_relation(c, range)));
  }
  catalog_object(c, table)->is_default = node_flag(create, "partbound.is_default");
}

void catalog_fill_table(catalog *c, size_t table, json_t *create, size_t number)
{
  json_t *list = node_get(create, "tableElts");
  take_from_parents(c, table, create, number);
  for (size_t i = 0; i < json_array_size(list); i++) {
    json_t *element = json_array_get(list, i);
    json_t *like = node_as(element, "TableLikeClause");
    json_t *def = node_as(element, "ColumnDef");
    bool is_taken = object_column(catalog_object(c, table), node_text(def, "colname")) != NULL;
    if (def != NULL && !is_taken) { /* one of a parent may be said again */
      catalog_add_column(c, table, def, number);
    } else if (catalog_constraint_kind(node_as(element, "Constraint")) != '\0') {
      catalog_add_constraint(c, table, node_as(element, "Constraint"), NULL, number);
    } else if (like != NULL) {
      copy_table(c, table, node_get(like, "relation"), node_number(like, "options"), number);
    }
  }
}

/* An output column's name: that given, or that of the column read; NULL for what else there is. */
static const char *name_of_target(json_t *target)
{
  const char *name = node_text(target, "name");
  return name != NULL ? name : node_last_name(node_get(target, "val.ColumnRef.fields"));
}

void catalog_fill_from_query(catalog *c, size_t table, json_t *into, json_t *query, size_t number)
{
  json_t *targets = node_get(query, "targetList");
  json_t *names = node_get(into, "colNames");
  for (size_t i = 0; i < json_array_size(targets); i++) {
    json_t *target = node_as(json_array_get(targets, i), "ResTarget");
    const char *given = node_text(json_array_get(names, i), "String.sval");
    const char *name = given != NULL ? given : name_of_target(target);
    if (name != NULL && object_column(catalog_object(c, table), name) == NULL) {
      object_add_column(catalog_object(c, table), name, number);
    }
  }
}
