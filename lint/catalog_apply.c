/* Reads statements into the catalog. What it does not know changes nothing there. */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "catalog.h"
#include "catalog_age.h"
#include "catalog_alter.h"
#include "catalog_create.h"
#include "node.h"

/* --- ALTER ------------------------------------------------------------------------------------ */

/* Of the kinds whose names ALTER gives as a list. */
static object_kind kind_of(const char *word)
{
  if (word == NULL) {
    return OBJECT_NONE;
  }
  if (strcmp(word, "OBJECT_TYPE") == 0 || strcmp(word, "OBJECT_DOMAIN") == 0) {
    return OBJECT_TYPE;
  }
  if (strcmp(word, "OBJECT_FUNCTION") == 0 || strcmp(word, "OBJECT_PROCEDURE") == 0) {
    return OBJECT_FUNCTION;
  }
  if (strcmp(word, "OBJECT_SCHEMA") == 0) {
    return OBJECT_SCHEMA;
  }
  return OBJECT_TABLE; /* which finds views, indexes and sequences as well */
}

/* A list of names, also of {"List": {"items"}}, a type, a function with its arguments, or one. */
static object *find_listed(const catalog *c, object_kind kind, json_t *item)
{
  json_t *names = node_listed_names(item);
  const char *single = node_text(item, "String.sval");
  return names != NULL ? catalog_named(c, kind, names) : catalog_find(c, kind, NULL, single);
}

/* All that is in it has a new name. */
static void rename_schema(catalog *c, const char *from, const char *to, size_t number)
{
  object *schema = catalog_find(c, OBJECT_SCHEMA, NULL, from);
  for (size_t i = 0; from != NULL && to != NULL && i < c->count; i++) {
    object *o = &c->objects[i];
    if (o->dropped_by == 0 && o->kind != OBJECT_SCHEMA && strcmp(o->schema, from) == 0) {
      catalog_rename(c, o, to, o->name, o->named_by);
    }
  }
  if (schema != NULL && to != NULL) {
    catalog_rename(c, schema, schema->schema, to, number);
  }
}

static void rename_object(catalog *c, json_t *node, size_t number)
{
  const char *to = node_text(node, "newname");
  json_t *range = node_get(node, "relation");
  object *o = range != NULL ? catalog_relation(c, range)
                            : find_listed(c, kind_of(node_text(node, "renameType")),
                                          node_get(node, "object"));
  const char *part = node_text(node, "subname");
  if (node_is(node, "renameType", "OBJECT_SCHEMA")) {
    rename_schema(c, part, to, number);
  } else if (o == NULL || to == NULL) {
    return;
  } else if (node_is(node, "renameType", "OBJECT_COLUMN") && part != NULL) {
    catalog_rename_column(c, catalog_number(c, o), part, to);
  } else if (node_is(node, "renameType", "OBJECT_TABCONSTRAINT") && part != NULL) {
    catalog_rename_constraint(c, catalog_number(c, o), part, to, number);
  } else if (part == NULL) {
    catalog_rename(c, o, o->schema, to, number);
  }
}

static void move_object(catalog *c, json_t *node, size_t number)
{
  const char *to = node_text(node, "newschema");
  json_t *range = node_get(node, "relation");
  object *o = range != NULL ? catalog_relation(c, range)
                            : find_listed(c, kind_of(node_text(node, "objectType")),
                                          node_get(node, "object"));
  object *into = catalog_find(c, OBJECT_SCHEMA, NULL, to);
  if (into != NULL) {
    object_holds(into, o != NULL ? o->oldest : 0);
  }
  if (o != NULL && to != NULL) {
    catalog_rename(c, o, to, o->name, number);
  }
}

/* A renamed label is as old as it was. */
static void alter_enum(catalog *c, json_t *node, size_t number)
{
  object *o = catalog_named(c, OBJECT_TYPE, node_get(node, "typeName"));
  const char *label = node_text(node, "newVal");
  const char *renamed = node_text(node, "oldVal");
  if (o == NULL || o->labels == NULL || label == NULL ||
      json_object_get(o->labels, label) != NULL) {
    return;
  }
  json_t *since = renamed != NULL ? json_object_get(o->labels, renamed) : NULL;
  json_object_set_new(o->labels, label,
                      json_integer(since != NULL ? json_integer_value(since) : (json_int_t)number));
  if (since != NULL) {
    json_object_del(o->labels, renamed);
  }
}

/* What goes with a schema, or a type, when CASCADE says so. */
static void drop_dependents(catalog *c, const object *gone, size_t number)
{
  bool is_schema = gone->kind == OBJECT_SCHEMA;
  bool is_type = gone->kind == OBJECT_TYPE;
  for (size_t i = 0; i < c->count && (is_schema || is_type); i++) {
    object *o = &c->objects[i];
    if (is_schema && o->dropped_by == 0 && o->kind != OBJECT_SCHEMA &&
        strcmp(o->schema, gone->name) == 0) {
      catalog_drop(c, o, number);
    }
    for (size_t k = o->column_count; is_type && k > 0; k--) {
      const char *type = o->column_list[k - 1].type;
      const char *dot = strchr(type, '.');
      if (strcmp(dot != NULL ? dot + 1 : type, gone->name) == 0) {
        object_drop_column(o, o->column_list[k - 1].name);
      }
    }
  }
}

static void drop(catalog *c, json_t *node, size_t number)
{
  object_kind kind = kind_of(node_text(node, "removeType"));
  json_t *list = node_get(node, "objects");
  for (size_t i = 0; i < json_array_size(list); i++) {
    object *o = find_listed(c, kind, json_array_get(list, i));
    if (o != NULL && node_is(node, "behavior", "DROP_CASCADE")) {
      drop_dependents(c, o, number);
    }
    if (o != NULL) {
      catalog_drop(c, o, number);
    }
  }
}

/* A constraint that is added later counts as one that it always had. */
static void alter_domain(catalog *c, json_t *node)
{
  object *o = catalog_named(c, OBJECT_TYPE, node_get(node, "typeName"));
  if (o != NULL && (node_is(node, "subtype", "C") || node_is(node, "subtype", "O"))) {
    o->is_checked = true;
  }
}

/* --- what is older than what it is put into --------------------------------------------------- */

/* With CASCADE the column goes with the type, and with its schema. table: NULL: not known. */
static void give_type(catalog *c, const object *table, json_t *command)
{
  json_t *names = node_get(command, "def.ColumnDef.typeName.names");
  object *type = catalog_named(c, OBJECT_TYPE, names);
  type = type != NULL ? type : catalog_named(c, OBJECT_TABLE, names); /* a composite one */
  const column *given = object_column(table, node_text(command, "name"));
  size_t oldest = given != NULL ? given->oldest : table != NULL ? table->oldest : 0;
  if (type != NULL) {
    object *in = catalog_find(c, OBJECT_SCHEMA, NULL, type->schema);
    object_holds(type, oldest);
    if (in != NULL) {
      object_holds(in, oldest);
    }
  }
}

/* table: that which is altered; 0: not known. */
static void keep_ages(catalog *c, size_t table, json_t *node)
{
  json_t *list = node_get(node, "cmds");
  const object *o = catalog_object(c, table);
  for (size_t i = 0; i < json_array_size(list); i++) {
    json_t *command = node_as(json_array_get(list, i), "AlterTableCmd");
    if (node_is(command, "subtype", "AT_AddInherit")) {
      size_t parent = catalog_number(c, catalog_relation(c, node_get(command, "def.RangeVar")));
      catalog_inherit(c, parent, o != NULL ? o->oldest : 0);
    } else if (node_is(command, "subtype", "AT_AlterColumnType")) {
      give_type(c, o, command);
    }
  }
}

/* --- search_path ------------------------------------------------------------------------------ */

/* public is what a name without a schema is taken for. */
static void set_path(catalog *c, json_t *node)
{
  json_t *first = node_at(node, "args", 0);
  if (node_is(node, "name", "search_path")) {
    c->path_is_set =
        node_is(node, "kind", "VAR_SET_VALUE") && !node_is(first, "A_Const.sval.sval", "public");
  }
}

/* SELECT set_config('search_path', ...) */
static void call_set_config(catalog *c, json_t *select)
{
  json_t *call = node_get(node_at(select, "targetList", 0), "ResTarget.val.FuncCall");
  const char *name = node_last_name(node_get(call, "funcname"));
  if (name != NULL && strcmp(name, "set_config") == 0 &&
      node_is(node_at(call, "args", 0), "A_Const.sval.sval", "search_path")) {
    c->path_is_set = !node_is(node_at(call, "args", 1), "A_Const.sval.sval", "public");
  }
}

/* --- all -------------------------------------------------------------------------------------- */

void catalog_apply(catalog *c, const tree *t, size_t number, size_t statement)
{
  c->statement = statement;
  c->is_chosen = c->in_block || node_flag(t->node, "if_not_exists") ||
                 node_flag(t->node, "base.if_not_exists") || node_flag(t->node, "missing_ok");
  if (strcmp(t->kind, "SelectStmt") == 0) {
    call_set_config(c, t->node);
  }
  if (t->node == NULL || catalog_create(c, t, number)) {
    return;
  }
  if (strcmp(t->kind, "AlterTableStmt") == 0) {
    size_t table = catalog_number(c, catalog_relation(c, node_get(t->node, "relation")));
    if (table > 0) {
      catalog_alter_table(c, table, t->node, number);
    }
    keep_ages(c, table, t->node);
  } else if (strcmp(t->kind, "VariableSetStmt") == 0) {
    set_path(c, t->node);
  } else if (strcmp(t->kind, "RenameStmt") == 0) {
    rename_object(c, t->node, number);
  } else if (strcmp(t->kind, "AlterObjectSchemaStmt") == 0) {
    move_object(c, t->node, number);
  } else if (strcmp(t->kind, "AlterEnumStmt") == 0) {
    alter_enum(c, t->node, number);
  } else if (strcmp(t->kind, "DropStmt") == 0) {
    drop(c, t->node, number);
  } else if (strcmp(t->kind, "AlterDomainStmt") == 0) {
    alter_domain(c, t->node);
  }
}
