/* Reads statements that make something into the catalog. */
#include "catalog_create.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "catalog_names.h"
#include "catalog_table.h"
#include "name_list.h"
#include "node.h"

/* The new relation's number; 0 when the name is taken, so that IF NOT EXISTS changes nothing. */
static size_t add_relation(catalog *c, object_kind kind, json_t *range, size_t number)
{
  const char *name = node_text(range, "relname");
  bool is_temporary =
      node_is(range, "relpersistence", "t") || node_is(range, "schemaname", "pg_temp");
  const char *schema = is_temporary ? "pg_temp" : node_text(range, "schemaname");
  const object *taken = catalog_find(c, kind, schema, name);
  if (name == NULL || (taken != NULL && taken->is_temporary == is_temporary)) {
    return 0;
  }
  object *o = catalog_add(c, kind, schema, name, number);
  o->is_temporary = is_temporary;
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

/* Also of SELECT INTO. */
static void create_from_query(catalog *c, object_kind kind, json_t *into, json_t *query,
                              size_t number)
{
  size_t table = add_relation(c, kind, node_get(into, "rel"), number);
  if (table > 0) {
    catalog_fill_from_query(c, table, into, query, number);
  }
}

static void create_table_as(catalog *c, json_t *node, size_t number)
{
  bool is_view = node_is(node, "objtype", "OBJECT_MATVIEW");
  create_from_query(c, is_view ? OBJECT_MATVIEW : OBJECT_TABLE, node_get(node, "into"),
                    node_get(node, "query.SelectStmt"), number);
}

static char *columns_of_index(json_t *params)
{
  text columns = {0};
  for (size_t i = 0; i < json_array_size(params); i++) {
    const char *name = node_text(json_array_get(params, i), "IndexElem.name");
    name_list_put(&columns, name != NULL ? name : "expr");
  }
  char *list = alloc_string(text_string(&columns), columns.size);
  text_free(&columns);
  return list;
}

/* The table that an index without a name is named after; one that is not known has only a name. */
static char *name_of_index(const catalog *c, json_t *node, const object *table, const char *columns)
{
  const char *given = node_text(node, "idxname");
  char *relation = NULL;
  if (given != NULL) {
    return alloc_string(given, strlen(given));
  }
  given = node_text(node, "relation.relname");
  relation = alloc_string(given, strlen(given));
  char schema[] = "public";
  const object unknown = {.schema = schema, .name = relation};
  char *name = catalog_make_name(c, table != NULL ? table : &unknown, columns, "idx");
  free(relation);
  return name;
}

static void create_index(catalog *c, json_t *node, size_t number)
{
  json_t *range = node_get(node, "relation");
  const object *table = catalog_relation(c, range);
  size_t on = catalog_number(c, table);
  char *columns = columns_of_index(node_get(node, "indexParams"));
  char *name = name_of_index(c, node, table, columns);
  const char *schema =
      table != NULL && table->is_temporary ? table->schema : node_text(range, "schemaname");
  if (catalog_find(c, OBJECT_INDEX, schema, name) == NULL) {
    object *o = catalog_add(c, OBJECT_INDEX, schema, name, number);
    o->on = on;
    o->is_unique = node_flag(node, "unique");
    o->is_valid = true;
    o->columns = columns;
    columns = NULL;
    if (o->is_unique && on > 0) {
      catalog_object(c, on)->has_unique = true;
    }
  }
  free(columns);
  free(name);
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

static void create_domain(catalog *c, json_t *node, size_t number)
{
  object *o = create_named(c, OBJECT_TYPE, node_get(node, "domainname"), number);
  json_t *list = node_get(node, "constraints");
  if (o == NULL) {
    return;
  }
  o->base = catalog_type(node_get(node, "typeName"));
  for (size_t i = 0; i < json_array_size(list); i++) {
    json_t *constraint_node = node_as(json_array_get(list, i), "Constraint");
    o->is_checked = o->is_checked || node_is(constraint_node, "contype", "CONSTR_CHECK") ||
                    node_is(constraint_node, "contype", "CONSTR_NOTNULL");
  }
}

/* Of several with one name, by their arguments, the last one's volatility counts. */
static void create_function(catalog *c, json_t *node, size_t number)
{
  json_t *names = node_get(node, "funcname");
  create_named(c, OBJECT_FUNCTION, names, number);
  object *o = catalog_named(c, OBJECT_FUNCTION, names);
  if (o == NULL) {
    return;
  }
  const char *result = node_last_name(node_get(node, "returnType.names"));
  o->is_trigger = result != NULL && strcmp(result, "trigger") == 0;
  const char *word = node_text(node_find_option(node_get(node, "options"), "volatility"), "arg");
  o->volatility = word != NULL ? word[0] : 'v';
}

static void create_schema(catalog *c, json_t *node, size_t number)
{
  const char *name = node_text(node, "schemaname");
  if (name != NULL && catalog_find(c, OBJECT_SCHEMA, NULL, name) == NULL) {
    catalog_add(c, OBJECT_SCHEMA, NULL, name, number);
  }
}

bool catalog_create(catalog *c, const tree *t, size_t number)
{
  json_t *node = t->node;
  if (strcmp(t->kind, "CreateStmt") == 0) {
    create_table(c, node, number);
  } else if (strcmp(t->kind, "CreateTableAsStmt") == 0) {
    create_table_as(c, node, number);
  } else if (strcmp(t->kind, "SelectStmt") == 0) {
    create_from_query(c, OBJECT_TABLE, node_get(node, "intoClause"), node, number);
  } else if (strcmp(t->kind, "CreateForeignTableStmt") == 0) {
    create_table(c, node_get(node, "base"), number);
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
    create_domain(c, node, number);
  } else if (strcmp(t->kind, "CreateFunctionStmt") == 0) {
    create_function(c, node, number);
  } else if (strcmp(t->kind, "CreateSchemaStmt") == 0) {
    create_schema(c, node, number);
  } else {
    return false;
  }
  return true;
}
