/* Reads the WHERE of a statement. Knows no statement, and no values. */
#include "where.h"

#include <string.h>

#include "node.h"

/* --- everything ------------------------------------------------------------------------------- */

/* 1 = 1: both sides are the same value, wherever they stand. */
static bool is_same_value(json_t *a, json_t *b)
{
  static const char *const kinds[] = {"ival", "fval", "sval", "boolval"};
  json_t *left = node_as(a, "A_Const");
  json_t *right = node_as(b, "A_Const");
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    json_t *value = node_get(left, kinds[i]);
    if (value != NULL && json_equal(value, node_get(right, kinds[i]))) {
      return true;
    }
  }
  return false;
}

bool where_is_everything(json_t *where)
{
  json_t *comparison = node_as(where, "A_Expr");
  return where == NULL || node_flag(where, "A_Const.boolval.boolval") ||
         (node_is(node_at(comparison, "name", 0), "String.sval", "=") &&
          is_same_value(node_get(comparison, "lexpr"), node_get(comparison, "rexpr")));
}

/* --- keys ------------------------------------------------------------------------------------- */

static bool is_value(json_t *node)
{
  while (node_as(node, "TypeCast") != NULL) {
    node = node_get(node, "TypeCast.arg");
  }
  return node_as(node, "A_Const") != NULL || node_as(node, "List") != NULL ||
         node_as(node, "A_ArrayExpr") != NULL || node_as(node, "ParamRef") != NULL;
}

/* The column that a condition compares with a value, or with a list of them; else NULL. */
static const char *compared_column(json_t *condition)
{
  json_t *comparison = node_as(condition, "A_Expr");
  bool is_equal = node_is(node_at(comparison, "name", 0), "String.sval", "=");
  json_t *left = node_get(comparison, "lexpr");
  json_t *right = node_get(comparison, "rexpr");
  json_t *other = is_value(right) ? left : is_value(left) ? right : NULL;
  return is_equal ? node_last_name(node_get(other, "ColumnRef.fields")) : NULL;
}

/* A condition of the WHERE, all of which must hold, is one of column `name` and a value. name is of
 * `size` bytes; NULL: any. */
static bool compares(json_t *where, const char *name, size_t size)
{
  const char *compared = compared_column(where);
  json_t *list = node_get(where, "BoolExpr.args");
  if (compared != NULL &&
      (name == NULL || (strlen(compared) == size && memcmp(compared, name, size) == 0))) {
    return true;
  }
  for (size_t i = 0; node_is(where, "BoolExpr.boolop", "AND_EXPR") && i < json_array_size(list);
       i++) {
    if (compares(json_array_get(list, i), name, size)) {
      return true;
    }
  }
  return false;
}

/* key: "a,b" */
static bool compares_key(json_t *where, const char *key)
{
  bool all = key != NULL && key[0] != '\0';
  while (all && *key != '\0') {
    size_t size = strcspn(key, ",");
    all = compares(where, key, size);
    key += size + (key[size] == ',');
  }
  return all;
}

bool where_is_lookup(const catalog *c, const object *o, json_t *where)
{
  if (o == NULL) {
    return compares(where, NULL, 0);
  }
  for (size_t i = 0; i < o->constraint_count; i++) {
    char kind = o->constraints[i].kind;
    if ((kind == 'p' || kind == 'u') && compares_key(where, o->constraints[i].columns)) {
      return true;
    }
  }
  for (size_t i = 0; o->has_unique && i < c->count; i++) {
    const object *index = &c->objects[i];
    if (index->kind == OBJECT_INDEX && index->dropped_by == 0 && index->is_unique &&
        index->on == catalog_number(c, o) && compares_key(where, index->columns)) {
      return true;
    }
  }
  return false;
}
