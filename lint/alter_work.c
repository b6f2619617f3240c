/* Judges subcommands by themselves. What is said of them is the rules'. */
#include "alter_work.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "alter_lock.h"
#include "builtin.h"
#include "name_list.h"
#include "node.h"
#include "volatility.h"

/* --- columns ---------------------------------------------------------------------------------- */

json_t *alter_inline(json_t *def, const char *contype)
{
  json_t *list = node_get(def, "constraints");
  for (size_t i = 0; i < json_array_size(list); i++) {
    json_t *node = node_as(json_array_get(list, i), "Constraint");
    if (node_is(node, "contype", contype)) {
      return node;
    }
  }
  return NULL;
}

column_cost alter_column_cost(const check *c, json_t *def)
{
  const object *type = catalog_named(c->catalog, OBJECT_TYPE, node_get(def, "typeName.names"));
  json_t *expression = node_get(alter_inline(def, "CONSTR_DEFAULT"), "raw_expr");
  if (builtin_is_serial(node_last_name(node_get(def, "typeName.names"))) ||
      alter_inline(def, "CONSTR_IDENTITY") != NULL) {
    return COLUMN_SERIAL;
  }
  if (alter_inline(def, "CONSTR_GENERATED") != NULL) {
    return COLUMN_GENERATED;
  }
  if (expression_is_volatile(c->catalog, expression)) {
    return COLUMN_VOLATILE;
  }
  bool is_array = node_get(def, "typeName.arrayBounds") != NULL;
  return type != NULL && type->is_checked && !is_array ? COLUMN_DOMAIN : COLUMN_FREE;
}

static work work_of_column(const check *c, json_t *def)
{
  bool is_key =
      alter_inline(def, "CONSTR_UNIQUE") != NULL || alter_inline(def, "CONSTR_PRIMARY") != NULL;
  bool has_value = alter_inline(def, "CONSTR_DEFAULT") != NULL;
  if (alter_column_cost(c, def) != COLUMN_FREE) {
    return WORK_REWRITE;
  }
  if (is_key) {
    return WORK_BUILD;
  }
  if (alter_inline(def, "CONSTR_CHECK") != NULL ||
      (has_value && alter_inline(def, "CONSTR_FOREIGN") != NULL) ||
      (!has_value && alter_inline(def, "CONSTR_NOTNULL") != NULL)) {
    return WORK_SCAN;
  }
  return WORK_NONE;
}

bool alter_is_not_null(const object *table, const char *name)
{
  const column *changed = object_column(table, name);
  for (size_t i = 0; table != NULL && i < table->constraint_count; i++) {
    const constraint *k = &table->constraints[i];
    if (k->is_valid && name_list_has(k->not_null, name)) {
      return true;
    }
  }
  return changed != NULL && changed->is_not_null;
}

/* --- types ------------------------------------------------------------------------------------ */

/* The file sets the session's time zone to UTC before the statement. */
static bool is_utc(const check *c)
{
  for (size_t i = 0; i < c->statement; i++) {
    const statement *st = &c->of->script.statements[i];
    if (st->implied == NULL && st->settings) {
      tree t = {0};
      check_read(&t, c->of, i);
      const char *zone =
          node_text(json_array_get(node_get(t.node, "args"), 0), "A_Const.sval.sval");
      bool found = node_is(t.node, "name", "timezone") && zone != NULL &&
                   (strcasecmp(zone, "utc") == 0 || strcasecmp(zone, "etc/utc") == 0);
      tree_free(&t);
      if (found) {
        return true;
      }
    }
  }
  return false;
}

/* USING says no more than the change itself does: COLUMN, or COLUMN::TYPE. */
static bool is_plain_using(json_t *using, const char *name, const char *type)
{
  json_t *cast = node_as(using, "TypeCast");
  json_t *value = cast != NULL ? node_get(cast, "arg") : using;
  const char *read = node_last_name(node_get(value, "ColumnRef.fields"));
  if (using == NULL) {
    return true;
  }
  if (read == NULL || strcmp(read, name) != 0) {
    return false;
  }
  char *to = cast != NULL ? catalog_type(node_get(cast, "typeName")) : NULL;
  bool is_same = to == NULL || strcmp(to, type) == 0;
  free(to);
  return is_same;
}

type_change alter_type_change(const check *c, const object *table, json_t *command)
{
  const char *name = node_text(command, "name");
  json_t *def = node_get(command, "def.ColumnDef");
  const column *changed = object_column(table, name);
  char *to = catalog_type(node_get(def, "typeName"));
  type_change judged = TYPE_CHANGE_REWRITE;
  if (is_plain_using(node_get(def, "raw_default"), name, to)) {
    judged = type_change_judge(c->catalog, changed != NULL ? changed->type : "", to, is_utc(c));
  }
  free(to);
  return judged;
}

bool alter_has_index(const check *c, const object *table, const char *name)
{
  size_t number = catalog_number(c->catalog, table);
  for (size_t i = 0; number > 0 && i < c->catalog->count; i++) {
    const object *o = &c->catalog->objects[i];
    if (o->kind == OBJECT_INDEX && o->on == number && o->dropped_by == 0 &&
        name_list_has(o->columns, name)) {
      return true;
    }
  }
  return false;
}

static work work_of_type(const check *c, const object *table, json_t *command)
{
  switch (alter_type_change(c, table, command)) {
  case TYPE_CHANGE_INDEXES:
    return alter_has_index(c, table, node_text(command, "name")) ? WORK_BUILD : WORK_NONE;
  case TYPE_CHANGE_REWRITE:
    return WORK_REWRITE;
  case TYPE_CHANGE_NONE:
  case TYPE_CHANGE_UNKNOWN: /* told of by a note: not held against what stands behind it */
    break;
  }
  return WORK_NONE;
}

/* --- constraints and partitions --------------------------------------------------------------- */

bool alter_has_check(const object *table)
{
  for (size_t i = 0; table != NULL && i < table->constraint_count; i++) {
    if (table->constraints[i].kind == 'c' && table->constraints[i].is_valid) {
      return true;
    }
  }
  return false;
}

const object *alter_default_partition(const check *c, const object *table)
{
  size_t number = catalog_number(c->catalog, table);
  for (size_t i = 0; number > 0 && i < c->catalog->count; i++) {
    const object *o = &c->catalog->objects[i];
    if (o->is_default && o->parent == number && o->dropped_by == 0) {
      return o;
    }
  }
  return NULL;
}

bool alter_is_early(const check *c, const object *table, const char *name)
{
  const constraint *k = object_constraint(table, name);
  return k != NULL && !k->is_valid && k->made_by == c->migration + 1 && c->transaction != 0;
}

bool alter_is_there(const check *c, const object *table, json_t *node)
{
  const char *name = node_text(node, "conname");
  bool is_alone = json_array_size(node_get(c->tree->node, "cmds")) == 1;
  return c->is_inner && is_alone && object_constraint(table, name) != NULL;
}

static work work_of_constraint(const check *c, const object *table, json_t *node)
{
  if (alter_is_there(c, table, node)) {
    return WORK_NONE;
  }
  if (node_is(node, "contype", "CONSTR_CHECK") || node_is(node, "contype", "CONSTR_FOREIGN")) {
    return node_flag(node, "skip_validation") ? WORK_NONE : WORK_SCAN;
  }
  return node_text(node, "indexname") != NULL ? WORK_NONE : WORK_BUILD;
}

/* --- all -------------------------------------------------------------------------------------- */

static bool is_rewrite(json_t *command)
{
  return node_is(command, "subtype", "AT_SetLogged") ||
         node_is(command, "subtype", "AT_SetUnLogged") ||
         node_is(command, "subtype", "AT_SetTableSpace") ||
         node_is(command, "subtype", "AT_SetAccessMethod");
}

work alter_work(const check *c, const object *table, json_t *command)
{
  const char *name = node_text(command, "name");
  if (node_is(command, "subtype", "AT_AddColumn")) {
    return work_of_column(c, node_get(command, "def.ColumnDef"));
  }
  if (node_is(command, "subtype", "AT_AlterColumnType")) {
    return work_of_type(c, table, command);
  }
  if (node_is(command, "subtype", "AT_SetNotNull")) {
    return alter_is_not_null(table, name) ? WORK_NONE : WORK_SCAN;
  }
  if (node_is(command, "subtype", "AT_AddConstraint")) {
    return work_of_constraint(c, table, node_get(command, "def.Constraint"));
  }
  if (node_is(command, "subtype", "AT_ValidateConstraint")) {
    return alter_is_early(c, table, name) ? WORK_NONE : WORK_SCAN; /* early: a rule of its own */
  }
  return is_rewrite(command) ? WORK_REWRITE : WORK_NONE;
}

static void touch_other(check *c, json_t *range, lock_mode lock, work w)
{
  subject other = subject_of_range(c, range);
  if (other.name != NULL) {
    check_touch(c, &other, lock, w, false, node_place(range));
  }
}

/* Tables that the subcommand locks beside its own. */
static void touch_others(check *c, json_t *command)
{
  json_t *partition = node_get(command, "def.PartitionCmd.name");
  json_t *def = node_get(command, "def.ColumnDef");
  bool is_attached = node_is(command, "subtype", "AT_AttachPartition");
  const object *other = catalog_relation(c->catalog, partition);
  touch_other(c, node_get(command, "def.Constraint.pktable"), LOCK_SHARE_ROW_EXCLUSIVE, WORK_NONE);
  touch_other(c, node_get(alter_inline(def, "CONSTR_FOREIGN"), "pktable"), LOCK_SHARE_ROW_EXCLUSIVE,
              WORK_NONE);
  touch_other(c, partition, LOCK_ACCESS_EXCLUSIVE,
              is_attached && !alter_has_check(other) ? WORK_SCAN : WORK_NONE);
}

void alter_touch(check *c)
{
  json_t *range = node_get(c->tree->node, "relation");
  json_t *list = node_get(c->tree->node, "cmds");
  subject table = subject_of_range(c, range);
  if (!node_is(c->tree->node, "objtype", "OBJECT_TABLE")) {
    return;
  }
  for (size_t i = 0; i < json_array_size(list); i++) {
    json_t *command = node_as(json_array_get(list, i), "AlterTableCmd");
    check_touch(c, &table, alter_lock(command), alter_work(c, table.object, command), false,
                node_place(range));
    touch_others(c, command);
  }
}
