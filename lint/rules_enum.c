/* A value of an enum that is added and used in one transaction, which the server refuses. */
#include <string.h>

#include "check.h"
#include "node.h"

enum { ENUM_VALUE_USED };

/* clang-format off */
static const rule rules[] = {
    [ENUM_VALUE_USED] = {"enum-value-used", SEVERITY_ERROR, 0,
     LOCK_NONE, WORK_NONE, 0,
     "a value of an enum is used in the transaction that adds it, which PostgreSQL refuses"},
};
/* clang-format on */

typedef struct search {
  const check *check;
  const object *type;
  const char *label;
  json_t *literal; /* the first constant that is the label; NULL: none */
  bool is_typed;   /* the type is named, or a table that has a column of it */
} search;

/* "app.mood[]" is of "mood", whatever the schema: a name without one may be found in any. */
static bool is_of_type(const char *type, const char *name)
{
  const char *last = strrchr(type, '.');
  last = last != NULL ? last + 1 : type;
  size_t size = strlen(name);
  return strncmp(last, name, size) == 0 && (last[size] == '\0' || last[size] == '[');
}

static bool has_column_of(const object *table, const char *type)
{
  for (size_t i = 0; table != NULL && i < table->column_count; i++) {
    if (is_of_type(table->column_list[i].type, type)) {
      return true;
    }
  }
  return false;
}

static void look_for_use(search *s, json_t *node);

/* It is made a value of another type: `'calm'::text`, `feels::text`. */
static bool is_cast_away(const search *s, json_t *node)
{
  json_t *names = node_get(node, "TypeCast.typeName.names");
  return names != NULL && !is_of_type(node_last_name(names), s->type->name);
}

/* Relations stand under a name of their own, or in {"RangeVar": ...}. */
static void look_at_member(search *s, const char *key, json_t *value)
{
  const char *name = node_last_name(node_get(value, "names"));
  if (strcmp(key, "A_Const") == 0 && s->literal == NULL && node_is(value, "sval.sval", s->label)) {
    s->literal = value;
  }
  if (node_text(value, "relname") != NULL) {
    s->is_typed =
        s->is_typed || has_column_of(catalog_relation(s->check->catalog, value), s->type->name);
  } else if (strcmp(key, "typeName") == 0) {
    s->is_typed = s->is_typed || (name != NULL && strcmp(name, s->type->name) == 0);
  }
  if (!is_cast_away(s, node_get(value, "lexpr")) && !is_cast_away(s, node_get(value, "rexpr"))) {
    look_for_use(s, value);
  }
}

static void look_for_use(search *s, json_t *node)
{
  const char *key = NULL;
  json_t *value = NULL;
  if (is_cast_away(s, node)) {
    return;
  }
  json_object_foreach(node, key, value)
  {
    look_at_member(s, key, value);
  }
  for (size_t i = 0; json_is_array(node) && i < json_array_size(node); i++) {
    look_for_use(s, json_array_get(node, i));
  }
}

static void look_for_label(check *c, const object *type, const char *label)
{
  search s = {.check = c, .type = type, .label = label};
  look_for_use(&s, c->tree->node);
  if (s.literal != NULL && s.is_typed) {
    subject about = {.object = type, .schema = type->schema, .name = type->name};
    check_report(c, &rules[ENUM_VALUE_USED], node_place(s.literal), &about,
                 "Add the value in a migration of its own, before this one.",
                 "'%s' is used in the transaction that adds it to \"%s\": the server refuses that",
                 label, type->name);
  }
}

/* Labels which it adds to a type that was there before. Of its own types all are fine. */
static void look_for_labels(check *c)
{
  json_int_t now = (json_int_t)c->migration + 1;
  for (size_t i = 0; i < c->catalog->count; i++) {
    const object *type = &c->catalog->objects[i];
    const char *label = NULL;
    json_t *number = NULL;
    if (type->labels == NULL || type->dropped_by != 0 || type->made_by == c->migration + 1) {
      continue;
    }
    json_object_foreach(type->labels, label, number)
    {
      if (json_integer_value(number) == now) {
        look_for_label(c, type, label);
      }
    }
  }
}

/* Without a transaction each statement commits what it adds. */
static void look_at(check *c)
{
  if (c->adds_labels && !c->of->outside) {
    look_for_labels(c);
  }
  c->adds_labels = c->adds_labels || strcmp(c->tree->kind, "AlterEnumStmt") == 0;
}

const rule_family rules_enum = {rules, sizeof rules / sizeof rules[0], look_at, NULL};
