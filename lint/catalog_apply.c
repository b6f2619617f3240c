/* Reads statements into the catalog. What it does not know changes nothing there. */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "catalog.h"
#include "catalog_table.h"
#include "node.h"
#include "text.h"

/* --- CREATE ----------------------------------------------------------------------------------- */

/* The new relation's number; 0 when the name is taken, so that IF NOT EXISTS changes nothing. */
static size_t add_relation(catalog *c, object_kind kind, json_t *range, size_t number)
{
  const char *name = node_text(range, "relname");
  if (name == NULL || catalog_relation(c, range) != NULL) {
    return 0;
  }
  object *o = catalog_add(c, kind, node_text(range, "schemaname"), name, number);
  o->is_temporary = node_is(range, "relpersistence", "t");
  return catalog_number(c, o);
}

static void create_table(catalog *c, json_t *node, size_t number)
{
  size_t table = add_relation(c, OBJECT_TABLE, node_get(node, "relation"), number);
  if (table > 0) {
    catalog_object(c, table)->is_partitioned = node_get(node, "partspec") != NULL;
    catalog_fill_table(c, table, node, number);
  }
}

static void create_table_as(catalog *c, json_t *node, size_t number)
{
  bool is_view = node_is(node, "objtype", "OBJECT_MATVIEW");
  add_relation(c, is_view ? OBJECT_MATVIEW : OBJECT_TABLE, node_get(node, "into.rel"), number);
}

static void put_index_columns(text *out, json_t *params)
{
  for (size_t i = 0; i < json_array_size(params); i++) {
    const char *name = node_text(json_array_get(params, i), "IndexElem.name");
    text_printf(out, "%s%s", i == 0 ? "" : ",", name != NULL ? name : "");
  }
}

/* One without a name gets the server's, TABLE_COLUMNS_idx. */
static void create_index(catalog *c, json_t *node, size_t number)
{
  text columns = {0};
  text name = {0};
  json_t *range = node_get(node, "relation");
  put_index_columns(&columns, node_get(node, "indexParams"));
  if (node_text(node, "idxname") != NULL) {
    text_puts(&name, node_text(node, "idxname"));
  } else {
    text_printf(&name, "%s_%s_idx", node_text(range, "relname"), text_string(&columns));
    for (size_t i = 0; i < name.size; i++) {
      name.bytes[i] = name.bytes[i] == ',' ? '_' : name.bytes[i];
    }
  }
  const char *schema = node_text(range, "schemaname");
  if (catalog_find(c, OBJECT_INDEX, schema, text_string(&name)) == NULL) {
    size_t table = catalog_number(c, catalog_relation(c, range));
    object *o = catalog_add(c, OBJECT_INDEX, schema, text_string(&name), number);
    o->on = table;
    o->is_unique = node_flag(node, "unique");
    o->is_valid = true;
    o->columns = alloc_string(text_string(&columns), columns.size);
  }
  text_free(&columns);
  text_free(&name);
}

static object *create_named(catalog *c, object_kind kind, json_t *names, size_t number)
{
  const char *name = node_last_name(names);
  if (name == NULL || catalog_named(c, kind, names) != NULL) {
    return NULL;
  }
  return catalog_add(c, kind, node_schema_name(names), name, number);
}

static void create_enum(catalog *c, json_t *node, size_t number)
{
  object *o = create_named(c, OBJECT_TYPE, node_get(node, "typeName"), number);
  json_t *values = node_get(node, "vals");
  if (o == NULL) {
    return;
  }
  o->labels = json_object();
  for (size_t i = 0; i < json_array_size(values); i++) {
    json_object_set_new(o->labels, node_text(json_array_get(values, i), "String.sval"),
                        json_integer((json_int_t)number));
  }
}

static void create_schema(catalog *c, json_t *node, size_t number)
{
  const char *name = node_text(node, "schemaname");
  if (name != NULL && catalog_find(c, OBJECT_SCHEMA, NULL, name) == NULL) {
    catalog_add(c, OBJECT_SCHEMA, NULL, name, number);
  }
}

static bool create(catalog *c, const tree *t, size_t number)
{
  json_t *node = t->node;
  if (strcmp(t->kind, "CreateStmt") == 0) {
    create_table(c, node, number);
  } else if (strcmp(t->kind, "CreateTableAsStmt") == 0) {
    create_table_as(c, node, number);
  } else if (strcmp(t->kind, "IndexStmt") == 0) {
    create_index(c, node, number);
  } else if (strcmp(t->kind, "ViewStmt") == 0) {
    add_relation(c, OBJECT_VIEW, node_get(node, "view"), number);
  } else if (strcmp(t->kind, "CreateSeqStmt") == 0) {
    add_relation(c, OBJECT_SEQUENCE, node_get(node, "sequence"), number);
  } else if (strcmp(t->kind, "CreateEnumStmt") == 0) {
    create_enum(c, node, number);
  } else if (strcmp(t->kind, "CompositeTypeStmt") == 0) {
    add_relation(c, OBJECT_TYPE, node_get(node, "typevar"), number);
  } else if (strcmp(t->kind, "CreateDomainStmt") == 0) {
    create_named(c, OBJECT_TYPE, node_get(node, "domainname"), number);
  } else if (strcmp(t->kind, "CreateFunctionStmt") == 0) {
    create_named(c, OBJECT_FUNCTION, node_get(node, "funcname"), number);
  } else if (strcmp(t->kind, "CreateSchemaStmt") == 0) {
    create_schema(c, node, number);
  } else {
    return false;
  }
  return true;
}

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
  json_t *names = node_get(item, "List.items");
  names = names != NULL ? names : node_get(item, "TypeName.names");
  names = names != NULL ? names : node_get(item, "ObjectWithArgs.objname");
  const char *single = node_text(item, "String.sval");
  return names != NULL ? catalog_named(c, kind, names) : catalog_find(c, kind, NULL, single);
}

static void rename_column(object *o, const char *from, const char *to)
{
  column *renamed = object_column(o, from);
  if (renamed != NULL && to != NULL) {
    free(renamed->name);
    renamed->name = alloc_string(to, strlen(to));
  }
}

static void rename_object(catalog *c, json_t *node, size_t number)
{
  const char *to = node_text(node, "newname");
  json_t *range = node_get(node, "relation");
  object *o = range != NULL ? catalog_relation(c, range)
                            : find_listed(c, kind_of(node_text(node, "renameType")),
                                          node_get(node, "object"));
  if (o == NULL || to == NULL) {
    return;
  }
  if (node_is(node, "renameType", "OBJECT_COLUMN")) {
    rename_column(o, node_text(node, "subname"), to);
  } else if (node_text(node, "subname") == NULL) {
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

static void drop(catalog *c, json_t *node, size_t number)
{
  object_kind kind = kind_of(node_text(node, "removeType"));
  json_t *list = node_get(node, "objects");
  for (size_t i = 0; i < json_array_size(list); i++) {
    object *o = find_listed(c, kind, json_array_get(list, i));
    if (o != NULL) {
      catalog_drop(c, o, number);
    }
  }
}

/* --- all -------------------------------------------------------------------------------------- */

void catalog_apply(catalog *c, const tree *t, size_t number, size_t statement)
{
  c->statement = statement;
  if (t->node == NULL || create(c, t, number)) {
    return;
  }
  if (strcmp(t->kind, "AlterTableStmt") == 0) {
    size_t table = catalog_number(c, catalog_relation(c, node_get(t->node, "relation")));
    if (table > 0) {
      catalog_alter_table(c, table, t->node, number);
    }
  } else if (strcmp(t->kind, "RenameStmt") == 0) {
    rename_object(c, t->node, number);
  } else if (strcmp(t->kind, "AlterObjectSchemaStmt") == 0) {
    move_object(c, t->node, number);
  } else if (strcmp(t->kind, "AlterEnumStmt") == 0) {
    alter_enum(c, t->node, number);
  } else if (strcmp(t->kind, "DropStmt") == 0) {
    drop(c, t->node, number);
  }
}
