/* Reads ALTER TABLE into a table of the catalog. */
#include "catalog_alter.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "catalog_age.h"
#include "catalog_table.h"
#include "name_list.h"
#include "node.h"

/* --- columns ---------------------------------------------------------------------------------- */

static void drop_column(catalog *c, size_t table, const char *name, size_t number)
{
  object *o = catalog_object(c, table);
  object_drop_column(o, name);
  for (size_t i = o->constraint_count; i > 0; i--) {
    if (name_list_has(o->constraints[i - 1].columns, name)) {
      object_drop_constraint(o, o->constraints[i - 1].name);
    }
  }
  for (size_t i = 0; i < c->count; i++) {
    object *index = &c->objects[i];
    if (index->on == table && index->dropped_by == 0 && name_list_has(index->columns, name)) {
      catalog_drop(c, index, number);
    }
  }
}

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
  } else if (strcmp(what, "AT_AddIdentity") == 0 || strcmp(what, "AT_DropIdentity") == 0) {
    changed->has_default = what[3] == 'A';
  } else if (strcmp(what, "AT_AlterColumnType") == 0) {
    free(changed->type);
    changed->type = catalog_type(node_get(command, "def.ColumnDef.typeName"));
  }
}

static void rename_in(char **list, const char *from, const char *to)
{
  if (*list != NULL) {
    char *renamed = name_list_renamed(*list, from, to);
    free(*list);
    *list = renamed;
  }
}

void catalog_rename_column(catalog *c, size_t table, const char *from, const char *to)
{
  object *o = catalog_object(c, table);
  column *renamed = object_column(o, from);
  if (renamed != NULL) {
    alloc_replace(&renamed->name, to);
  }
  for (size_t i = 0; i < o->constraint_count; i++) {
    rename_in(&o->constraints[i].columns, from, to);
    rename_in(&o->constraints[i].not_null, from, to);
  }
  for (size_t i = 0; i < c->count; i++) {
    if (c->objects[i].on == table) {
      rename_in(&c->objects[i].columns, from, to);
    }
    if (c->objects[i].parent == table && c->objects[i].dropped_by == 0) {
      catalog_rename_column(c, i + 1, from, to);
    }
  }
}

/* --- constraints ------------------------------------------------------------------------------ */

/* The index behind a constraint, or NULL. */
static object *index_of(const catalog *c, size_t table, const char *name)
{
  const object *o = catalog_object(c, table);
  object *index = catalog_find(c, OBJECT_INDEX, o->schema, name);
  return index != NULL && index->kind == OBJECT_INDEX && index->on == table ? index : NULL;
}

void catalog_rename_constraint(catalog *c, size_t table, const char *from, const char *to,
                               size_t number)
{
  constraint *renamed = object_constraint(catalog_object(c, table), from);
  object *index = index_of(c, table, from);
  if (renamed != NULL) {
    alloc_replace(&renamed->name, to);
  }
  if (index != NULL) {
    catalog_rename(c, index, index->schema, to, number);
  }
}

static void drop_constraint(catalog *c, size_t table, const char *name, size_t number)
{
  object *index = index_of(c, table, name);
  object_drop_constraint(catalog_object(c, table), name);
  if (index != NULL) {
    catalog_drop(c, index, number);
  }
}

static void validate(object *o, const char *name)
{
  constraint *valid = object_constraint(o, name);
  if (valid != NULL) {
    valid->is_valid = true;
  }
}

/* --- partitions ------------------------------------------------------------------------------- */

static void alter_partition(catalog *c, size_t table, json_t *command)
{
  object *partition = catalog_relation(c, node_get(command, "def.PartitionCmd.name"));
  bool is_attach = node_is(command, "subtype", "AT_AttachPartition");
  if (partition != NULL && partition->kind == OBJECT_TABLE) {
    catalog_set_parent(c, catalog_number(c, partition), is_attach ? table : 0);
    partition->is_default = is_attach && node_flag(command, "def.PartitionCmd.bound.is_default");
  } else if (is_attach) {
    catalog_inherit(c, table, 0);
  }
}

/* --- ALTER TABLE ------------------------------------------------------------------------------ */

static void alter(catalog *c, size_t table, json_t *command, size_t number)
{
  object *o = catalog_object(c, table);
  const char *name = node_text(command, "name");
  if (node_is(command, "subtype", "AT_AddColumn")) {
    json_t *def = node_get(command, "def.ColumnDef");
    if (object_column(o, node_text(def, "colname")) == NULL) {
      catalog_add_column(c, table, def, number);
      column *added = object_column(catalog_object(c, table), node_text(def, "colname"));
      added->oldest = c->in_block || node_flag(command, "missing_ok") ? added->oldest : number;
    }
  } else if (node_is(command, "subtype", "AT_DropColumn")) {
    drop_column(c, table, name, number);
  } else if (node_is(command, "subtype", "AT_AddConstraint")) {
    json_t *node = node_get(command, "def.Constraint");
    if (catalog_constraint_kind(node) != '\0') {
      catalog_add_constraint(c, table, node, NULL, number);
    }
  } else if (node_is(command, "subtype", "AT_DropConstraint")) {
    drop_constraint(c, table, name, number);
  } else if (node_is(command, "subtype", "AT_ValidateConstraint")) {
    validate(o, name);
  } else if (node_is(command, "subtype", "AT_EnableRowSecurity")) {
    o->is_secured = true;
  } else if (node_is(command, "subtype", "AT_DisableRowSecurity")) {
    o->is_secured = false;
  } else if (node_get(command, "def.PartitionCmd") != NULL) {
    alter_partition(c, table, command);
  } else {
    alter_column(o, command);
  }
}

/* Children have what their parent gets, but the names of its foreign keys are their own. */
static bool is_inherited(json_t *command)
{
  return node_get(command, "def.PartitionCmd") == NULL &&
         !node_is(command, "def.Constraint.contype", "CONSTR_FOREIGN");
}

static void alter_all(catalog *c, size_t table, json_t *statement, size_t number, bool is_child)
{
  json_t *list = node_get(statement, "cmds");
  for (size_t i = 0; i < json_array_size(list); i++) {
    json_t *command = node_as(json_array_get(list, i), "AlterTableCmd");
    if (!is_child || is_inherited(command)) {
      alter(c, table, command, number);
    }
  }
  bool is_for_all = catalog_object(c, table)->has_children && node_flag(statement, "relation.inh");
  for (size_t i = 0; is_for_all && i < c->count; i++) {
    if (c->objects[i].parent == table && c->objects[i].dropped_by == 0) {
      alter_all(c, i + 1, statement, number, true);
    }
  }
}

void catalog_alter_table(catalog *c, size_t table, json_t *statement, size_t number)
{
  alter_all(c, table, statement, number, false);
}
