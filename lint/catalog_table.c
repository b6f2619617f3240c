/* Reads column definitions, constraints and ALTER TABLE into a table of the catalog. Tables go by
 * number here, because adding a constraint's index moves the objects. */
#include "catalog_table.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "node.h"
#include "text.h"

static void replace(char **field, const char *string)
{
  free(*field);
  *field = alloc_string(string, strlen(string));
}

/* "a,b" of a list of Strings. */
static void put_names(text *out, json_t *list)
{
  for (size_t i = 0; i < json_array_size(list); i++) {
    text_printf(out, "%s%s", i == 0 ? "" : ",", node_text(json_array_get(list, i), "String.sval"));
  }
}

/* --- constraints ------------------------------------------------------------------------------ */

static char kind_of(json_t *node)
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

/* The name that the server makes up: TABLE_COLUMNS_SUFFIX, but for the shortening. */
static void put_default_name(text *out, const object *o, char kind, const char *columns)
{
  const char *suffix = kind == 'p'   ? "pkey"
                       : kind == 'f' ? "fkey"
                       : kind == 'c' ? "check"
                       : kind == 'x' ? "excl"
                                     : "key";
  text_puts(out, o->name);
  if (kind != 'p' && columns[0] != '\0') {
    text_putc(out, '_');
    for (; *columns != '\0'; columns++) {
      text_putc(out, *columns == ',' ? '_' : *columns);
    }
  }
  text_printf(out, "_%s", suffix);
}

/* The column of an expression that is COLUMN IS NOT NULL and nothing more; else NULL. */
static const char *not_null_column(json_t *expression)
{
  json_t *test = node_as(expression, "NullTest");
  return node_is(test, "nulltesttype", "IS_NOT_NULL")
             ? node_last_name(node_get(test, "arg.ColumnRef.fields"))
             : NULL;
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
  replace(&index->columns, columns);
  free(schema);
}

static void set_not_null(object *o, const char *columns)
{
  for (size_t i = 0; i < o->column_count; i++) {
    size_t size = strlen(o->column_list[i].name);
    for (const char *at = columns; at != NULL && *at != '\0';) {
      size_t length = strcspn(at, ",");
      if (length == size && memcmp(at, o->column_list[i].name, size) == 0) {
        o->column_list[i].is_not_null = true;
      }
      at += length + (at[length] == ',');
    }
  }
}

static void put_columns(text *out, json_t *node, const char *of_column)
{
  const char *tested = not_null_column(node_get(node, "raw_expr"));
  json_t *keys = node_get(node, "keys");
  keys = keys != NULL ? keys : node_get(node, "fk_attrs");
  if (keys != NULL) {
    put_names(out, keys);
  } else if (tested != NULL) {
    text_puts(out, tested);
  } else if (of_column != NULL) {
    text_puts(out, of_column);
  }
}

/* of_column: the column that it stands behind, or NULL. */
static void add_constraint(catalog *c, size_t table, json_t *node, const char *of_column,
                           size_t number)
{
  char kind = kind_of(node);
  const char *index = node_text(node, "indexname");
  text columns = {0};
  text name = {0};
  object *o = catalog_object(c, table);
  put_columns(&columns, node, of_column);
  if (node_text(node, "conname") != NULL) {
    text_puts(&name, node_text(node, "conname"));
  } else {
    put_default_name(&name, o, kind, text_string(&columns));
  }
  constraint *added = object_add_constraint(o, text_string(&name), kind, number);
  replace(&added->columns, text_string(&columns));
  added->is_valid = kind == 'p' || kind == 'u' || kind == 'x' || node_flag(node, "initially_valid");
  added->is_not_null = kind == 'c' && not_null_column(node_get(node, "raw_expr")) != NULL;
  if (kind == 'p') {
    set_not_null(o, text_string(&columns));
  }
  if (index != NULL && catalog_find(c, OBJECT_INDEX, o->schema, index) != NULL) {
    object *is_now = catalog_find(c, OBJECT_INDEX, o->schema, index);
    catalog_rename(c, is_now, is_now->schema, text_string(&name), number);
  } else if (kind == 'p' || kind == 'u' || kind == 'x') {
    add_index(c, table, text_string(&name), text_string(&columns), number);
  }
  text_free(&columns);
  text_free(&name);
}

/* --- columns ---------------------------------------------------------------------------------- */

static void add_column(catalog *c, size_t table, json_t *def, size_t number)
{
  const char *name = node_text(def, "colname");
  char *type = catalog_type(node_get(def, "typeName"));
  column *added = object_add_column(catalog_object(c, table), name, number);
  replace(&added->type, type);
  added->is_not_null = node_flag(def, "is_not_null");
  added->has_default = strstr(type, "serial") != NULL;
  free(type);
  json_t *list = node_get(def, "constraints");
  for (size_t i = 0; i < json_array_size(list); i++) {
    json_t *node = node_as(json_array_get(list, i), "Constraint");
    column *now = object_column(catalog_object(c, table), name);
    if (kind_of(node) != '\0') {
      add_constraint(c, table, node, name, number);
    } else if (node_is(node, "contype", "CONSTR_NOTNULL")) {
      now->is_not_null = true;
    } else if (!node_is(node, "contype", "CONSTR_NULL")) {
      now->has_default = true; /* also generated ones and identities */
    }
  }
}

void catalog_fill_table(catalog *c, size_t table, json_t *create, size_t number)
{
  json_t *list = node_get(create, "tableElts");
  for (size_t i = 0; i < json_array_size(list); i++) {
    json_t *element = json_array_get(list, i);
    if (node_as(element, "ColumnDef") != NULL) {
      add_column(c, table, node_as(element, "ColumnDef"), number);
    } else if (kind_of(node_as(element, "Constraint")) != '\0') {
      add_constraint(c, table, node_as(element, "Constraint"), NULL, number);
    }
  }
}

/* --- ALTER TABLE ------------------------------------------------------------------------------ */

static void alter_column(object *o, json_t *command)
{
  column *changed = object_column(o, node_text(command, "name"));
  const char *what = node_text(command, "subtype");
  if (changed == NULL) {
    return;
  }
  if (strcmp(what, "AT_SetNotNull") == 0 || strcmp(what, "AT_DropNotNull") == 0) {
    changed->is_not_null = what[3] == 'S';
  } else if (strcmp(what, "AT_ColumnDefault") == 0) {
    changed->has_default = node_get(command, "def") != NULL;
  } else if (strcmp(what, "AT_AlterColumnType") == 0) {
    char *type = catalog_type(node_get(command, "def.ColumnDef.typeName"));
    replace(&changed->type, type);
    free(type);
  }
}

static void drop_constraint(catalog *c, object *o, const char *name, size_t number)
{
  object *index = catalog_find(c, OBJECT_INDEX, o->schema, name);
  object_drop_constraint(o, name);
  if (index != NULL && index->kind == OBJECT_INDEX && catalog_object(c, index->on) == o) {
    catalog_drop(c, index, number);
  }
}

static void alter(catalog *c, size_t table, json_t *command, size_t number)
{
  object *o = catalog_object(c, table);
  const char *name = node_text(command, "name");
  if (node_is(command, "subtype", "AT_AddColumn")) {
    json_t *def = node_get(command, "def.ColumnDef");
    if (object_column(o, node_text(def, "colname")) == NULL) {
      add_column(c, table, def, number);
    }
  } else if (node_is(command, "subtype", "AT_DropColumn")) {
    object_drop_column(o, name);
  } else if (node_is(command, "subtype", "AT_AddConstraint")) {
    add_constraint(c, table, node_get(command, "def.Constraint"), NULL, number);
  } else if (node_is(command, "subtype", "AT_DropConstraint")) {
    drop_constraint(c, o, name, number);
  } else if (node_is(command, "subtype", "AT_ValidateConstraint")) {
    constraint *valid = object_constraint(o, name);
    if (valid != NULL) {
      valid->is_valid = true;
    }
  } else {
    alter_column(o, command);
  }
}

void catalog_alter_table(catalog *c, size_t table, json_t *alter_table, size_t number)
{
  json_t *list = node_get(alter_table, "cmds");
  for (size_t i = 0; i < json_array_size(list); i++) {
    alter(c, table, node_as(json_array_get(list, i), "AlterTableCmd"), number);
  }
}
