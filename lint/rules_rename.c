/* Names that running programs use, and that mean nothing any more once they are changed. */
#include "check.h"

#include <embark_bundle.h>
#include <string.h>

#include "node.h"
#include "text.h"

enum {
  RENAME_TABLE,
  RENAME_COLUMN,
  RENAME_SCHEMA,
  RENAME_TYPE,
  RENAME_ENUM_VALUE,
  RENAME_FUNCTION,
  MOVE_SCHEMA
};

/* clang-format off */
static const rule rules[] = {
    [RENAME_TABLE] = {"rename-table", SEVERITY_ERROR, EMBARK_HAZARD_DESTRUCTIVE,
     LOCK_ACCESS_EXCLUSIVE, WORK_NONE, RULE_ON_EXISTING,
     "a table, view or sequence is renamed: programs that use the old name fail"},
    [RENAME_COLUMN] = {"rename-column", SEVERITY_ERROR, EMBARK_HAZARD_DESTRUCTIVE,
     LOCK_ACCESS_EXCLUSIVE, WORK_NONE, RULE_ON_EXISTING,
     "a column is renamed: programs that use the old name fail"},
    [RENAME_SCHEMA] = {"rename-schema", SEVERITY_ERROR, EMBARK_HAZARD_DESTRUCTIVE,
     LOCK_NONE, WORK_NONE, RULE_ON_EXISTING,
     "a schema is renamed: programs that use the old name fail"},
    [RENAME_TYPE] = {"rename-type", SEVERITY_WARNING, EMBARK_HAZARD_DESTRUCTIVE,
     LOCK_NONE, WORK_NONE, RULE_ON_EXISTING,
     "a type, or a part of one, is renamed: programs that use the old name fail"},
    [RENAME_ENUM_VALUE] = {"rename-enum-value", SEVERITY_ERROR, EMBARK_HAZARD_DESTRUCTIVE,
     LOCK_NONE, WORK_NONE, RULE_ON_EXISTING,
     "a value of an enum is renamed: programs that write the old one fail"},
    [RENAME_FUNCTION] = {"rename-function", SEVERITY_WARNING, EMBARK_HAZARD_DESTRUCTIVE,
     LOCK_NONE, WORK_NONE, RULE_ON_EXISTING,
     "a function or procedure is renamed: programs that call the old name fail"},
    [MOVE_SCHEMA] = {"move-schema", SEVERITY_ERROR, EMBARK_HAZARD_DESTRUCTIVE,
     LOCK_ACCESS_EXCLUSIVE, WORK_NONE, RULE_ON_EXISTING,
     "a table or the like moves to another schema: programs that look in the old one fail"},
};
/* clang-format on */

/* What RENAME and SET SCHEMA say of their object, by the word that the tree has for its kind. Those
 * that are not here have names that only migrations use. */
static const struct renamed {
  const char *type;
  object_kind kind;
  int rule;
  const char *word;
} renamed[] = {
    {"OBJECT_TABLE",         OBJECT_TABLE,    RENAME_TABLE,    "table"            },
    {"OBJECT_FOREIGN_TABLE", OBJECT_TABLE,    RENAME_TABLE,    "foreign table"    },
    {"OBJECT_VIEW",          OBJECT_VIEW,     RENAME_TABLE,    "view"             },
    {"OBJECT_MATVIEW",       OBJECT_MATVIEW,  RENAME_TABLE,    "materialized view"},
    {"OBJECT_SEQUENCE",      OBJECT_SEQUENCE, RENAME_TABLE,    "sequence"         },
    {"OBJECT_SCHEMA",        OBJECT_SCHEMA,   RENAME_SCHEMA,   "schema"           },
    {"OBJECT_TYPE",          OBJECT_TYPE,     RENAME_TYPE,     "type"             },
    {"OBJECT_DOMAIN",        OBJECT_TYPE,     RENAME_TYPE,     "domain"           },
    {"OBJECT_FUNCTION",      OBJECT_FUNCTION, RENAME_FUNCTION, "function"         },
    {"OBJECT_PROCEDURE",     OBJECT_FUNCTION, RENAME_FUNCTION, "procedure"        },
    {"OBJECT_ROUTINE",       OBJECT_FUNCTION, RENAME_FUNCTION, "function"         },
    {"OBJECT_AGGREGATE",     OBJECT_FUNCTION, RENAME_FUNCTION, "aggregate"        },
};

static const struct renamed *find_renamed(const check *c, const char *path)
{
  for (size_t i = 0; i < sizeof renamed / sizeof renamed[0]; i++) {
    if (node_is(c->tree->node, path, renamed[i].type)) {
      return &renamed[i];
    }
  }
  return NULL;
}

static subject find_subject(const check *c, const struct renamed *r)
{
  json_t *node = c->tree->node;
  json_t *range = node_get(node, "relation");
  if (range != NULL) {
    return subject_of_range(c, range);
  }
  if (r->kind == OBJECT_SCHEMA) {
    const char *name = node_text(node, "subname");
    return (subject){.object = catalog_find(c->catalog, OBJECT_SCHEMA, NULL, name), .name = name};
  }
  return subject_of_names(c, r->kind, node_get(node, "object"));
}

/* Also those of indexes, constraints and the like, whose names no program uses. */
static void touch_table(check *c)
{
  json_t *range = node_get(c->tree->node, "relation");
  subject table = subject_of_range(c, range);
  bool is_index = node_is(c->tree->node, "renameType", "OBJECT_INDEX") ||
                  (table.object != NULL && table.object->kind != OBJECT_TABLE);
  if (table.name != NULL && !is_index &&
      !node_is(c->tree->node, "renameType", "OBJECT_ATTRIBUTE")) {
    check_touch(c, &table, LOCK_ACCESS_EXCLUSIVE, WORK_NONE, false, node_place(range));
  }
}

/* --- RENAME ----------------------------------------------------------------------------------- */

/* A name that this migration gave is nobody's yet, nor is one that it gives to another thing. */
static bool is_swapped(const check *c, const subject *s)
{
  return (s->object != NULL && s->object->named_by == c->migration + 1) ||
         check_is_replaced(c, s->name);
}

/* Running programs find what they know in a view. */
static void put_with_view(text *better, const subject *s, const char *to)
{
  const subject after = {.schema = s->schema, .name = to};
  text_puts(better, "ALTER TABLE ");
  subject_put_name(better, s);
  text_puts(better, " RENAME TO ");
  name_put(better, to);
  text_puts(better, ";\nCREATE VIEW ");
  subject_put_name(better, s);
  text_puts(better, " AS SELECT * FROM ");
  subject_put_name(better, &after);
  text_puts(better, ";");
}

static void rename_object(check *c, const struct renamed *r)
{
  subject s = find_subject(c, r);
  const char *to = node_text(c->tree->node, "newname");
  text better = {0};
  bool is_index = s.object != NULL && s.object->kind == OBJECT_INDEX;
  bool is_trigger = s.object != NULL && s.object->is_trigger; /* triggers know it by its number */
  if (s.name == NULL || to == NULL || is_index || is_trigger || is_swapped(c, &s)) {
    return;
  }
  if (r->rule == RENAME_TABLE && r->kind == OBJECT_TABLE) {
    put_with_view(&better, &s, to);
  } else {
    text_puts(&better, "Make the new one beside the old, and drop that once no program uses it.");
  }
  check_report(c, &rules[r->rule], check_find_word(c, s.name, 0), &s, text_string(&better),
               "%s \"%s\" is renamed to \"%s\"", r->word, s.name, to);
  text_free(&better);
}

static void rename_column(check *c)
{
  json_t *node = c->tree->node;
  const char *from = node_text(node, "subname");
  subject table = subject_of_range(c, node_get(node, "relation"));
  const column *changed = object_column(table.object, from);
  table.made_by = changed != NULL ? changed->made_by : 0;
  check_report(c, &rules[RENAME_COLUMN], check_find_word(c, from, 0), &table,
               "Add a column of the new name, have programs write both, copy, and drop the old one "
               "later; or give new programs a view with the new name.",
               "column \"%s\" of \"%s\" is renamed to \"%s\"", from, table.name,
               node_text(node, "newname"));
}

static void rename_attribute(check *c)
{
  json_t *node = c->tree->node;
  json_t *range = node_get(node, "relation");
  const char *name = node_text(range, "relname");
  const char *schema = node_text(range, "schemaname");
  subject type = {.object = catalog_find(c->catalog, OBJECT_TYPE, schema, name),
                  .schema = schema,
                  .name = name};
  check_report(c, &rules[RENAME_TYPE], node_place(range), &type, NULL,
               "attribute \"%s\" of type \"%s\" is renamed to \"%s\"", node_text(node, "subname"),
               name, node_text(node, "newname"));
}

static void look_at_rename(check *c)
{
  const struct renamed *r = find_renamed(c, "renameType");
  touch_table(c);
  if (node_is(c->tree->node, "renameType", "OBJECT_COLUMN")) {
    rename_column(c);
  } else if (node_is(c->tree->node, "renameType", "OBJECT_ATTRIBUTE")) {
    rename_attribute(c);
  } else if (r != NULL) {
    rename_object(c, r);
  }
}

/* --- SET SCHEMA, RENAME VALUE ----------------------------------------------------------------- */

static void look_at_move(check *c)
{
  const struct renamed *r = find_renamed(c, "objectType");
  if (r == NULL) {
    return;
  }
  subject s = find_subject(c, r);
  touch_table(c);
  if (s.name == NULL || is_swapped(c, &s)) {
    return;
  }
  check_report(c, &rules[MOVE_SCHEMA], check_find_word(c, s.name, 0), &s,
               "Leave a view, or a function that calls it, in the old schema.",
               "%s \"%s\" is moved to schema \"%s\"", r->word, s.name,
               node_text(c->tree->node, "newschema"));
}

static void look_at_enum(check *c)
{
  json_t *node = c->tree->node;
  const char *from = node_text(node, "oldVal");
  subject type = subject_of_names(c, OBJECT_TYPE, node_get(node, "typeName"));
  if (from == NULL) {
    return;
  }
  json_t *maker = type.object != NULL ? json_object_get(type.object->labels, from) : NULL;
  type.made_by = (size_t)json_integer_value(maker);
  check_report(c, &rules[RENAME_ENUM_VALUE], check_find_word(c, from, 0), &type,
               "Add the new value in a migration of its own, and move rows and programs to it.",
               "value '%s' of \"%s\" is renamed to '%s'", from, type.name,
               node_text(node, "newVal"));
}

static void look(check *c)
{
  if (strcmp(c->tree->kind, "RenameStmt") == 0) {
    look_at_rename(c);
  } else if (strcmp(c->tree->kind, "AlterObjectSchemaStmt") == 0) {
    look_at_move(c);
  } else if (strcmp(c->tree->kind, "AlterEnumStmt") == 0) {
    look_at_enum(c);
  }
}

const rule_family rules_rename = {rules, sizeof rules / sizeof rules[0], look, NULL};
