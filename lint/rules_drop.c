/* What is gone once it is dropped. */
#include "check.h"

#include <embark_bundle.h>
#include <string.h>

#include "catalog_table.h"
#include "name_list.h"
#include "node.h"
#include "text.h"

enum {
  DROP_TABLE,
  DROP_COLUMN,
  DROP_SCHEMA,
  DROP_CONSTRAINT,
  DROP_TYPE,
  DROP_VIEW,
  DROP_SEQUENCE,
  DROP_FUNCTION,
  DROP_EXTENSION
};

/* clang-format off */
static const rule rules[] = {
    [DROP_TABLE] = {"drop-table", SEVERITY_ERROR, EMBARK_HAZARD_DESTRUCTIVE,
     LOCK_ACCESS_EXCLUSIVE, WORK_NONE, RULE_ON_EXISTING,
     "a table is dropped: its rows are gone"},
    [DROP_COLUMN] = {"drop-column", SEVERITY_ERROR, EMBARK_HAZARD_DESTRUCTIVE,
     LOCK_ACCESS_EXCLUSIVE, WORK_NONE, RULE_ON_EXISTING,
     "a column is dropped: its values are gone, and programs that name it fail"},
    [DROP_SCHEMA] = {"drop-schema", SEVERITY_ERROR, EMBARK_HAZARD_DESTRUCTIVE,
     LOCK_ACCESS_EXCLUSIVE, WORK_NONE, RULE_ON_EXISTING,
     "a schema is dropped: with CASCADE, all that is in it is gone"},
    [DROP_CONSTRAINT] = {"drop-constraint", SEVERITY_WARNING, EMBARK_HAZARD_DESTRUCTIVE,
     LOCK_ACCESS_EXCLUSIVE, WORK_NONE, RULE_ON_EXISTING,
     "a constraint is dropped: rows that it refused come in, and a key's index is gone"},
    [DROP_TYPE] = {"drop-type", SEVERITY_WARNING, EMBARK_HAZARD_DESTRUCTIVE,
     LOCK_ACCESS_EXCLUSIVE, WORK_NONE, RULE_ON_EXISTING,
     "a type is dropped: programs that name it fail, and with CASCADE its columns are gone"},
    [DROP_VIEW] = {"drop-view", SEVERITY_WARNING, EMBARK_HAZARD_DESTRUCTIVE,
     LOCK_ACCESS_EXCLUSIVE, WORK_NONE, RULE_ON_EXISTING,
     "a view or foreign table is dropped: programs that read it fail"},
    [DROP_SEQUENCE] = {"drop-sequence", SEVERITY_NOTE, EMBARK_HAZARD_DESTRUCTIVE,
     LOCK_ACCESS_EXCLUSIVE, WORK_NONE, RULE_ON_EXISTING,
     "a sequence is dropped: where it had come to is gone"},
    [DROP_FUNCTION] = {"drop-function", SEVERITY_WARNING, EMBARK_HAZARD_DESTRUCTIVE,
     LOCK_NONE, WORK_NONE, RULE_ON_EXISTING,
     "a function or procedure is dropped: programs that call it fail"},
    [DROP_EXTENSION] = {"drop-extension", SEVERITY_WARNING, EMBARK_HAZARD_DESTRUCTIVE,
     LOCK_ACCESS_EXCLUSIVE, WORK_NONE, 0,
     "an extension is dropped: with CASCADE, all that uses its types and functions is gone"},
};
/* clang-format on */

/* --- DROP of objects -------------------------------------------------------------------------- */

/* What DROP says of its objects, by the word that the tree has for their kind. */
static const struct dropped {
  const char *type;
  object_kind kind;
  int rule;
  const char *word;
} dropped[] = {
    {"OBJECT_TABLE",         OBJECT_TABLE,    DROP_TABLE,     "table"            },
    {"OBJECT_FOREIGN_TABLE", OBJECT_TABLE,    DROP_VIEW,      "foreign table"    },
    {"OBJECT_VIEW",          OBJECT_VIEW,     DROP_VIEW,      "view"             },
    {"OBJECT_MATVIEW",       OBJECT_MATVIEW,  DROP_VIEW,      "materialized view"},
    {"OBJECT_SEQUENCE",      OBJECT_SEQUENCE, DROP_SEQUENCE,  "sequence"         },
    {"OBJECT_TYPE",          OBJECT_TYPE,     DROP_TYPE,      "type"             },
    {"OBJECT_DOMAIN",        OBJECT_TYPE,     DROP_TYPE,      "domain"           },
    {"OBJECT_FUNCTION",      OBJECT_FUNCTION, DROP_FUNCTION,  "function"         },
    {"OBJECT_PROCEDURE",     OBJECT_FUNCTION, DROP_FUNCTION,  "procedure"        },
    {"OBJECT_ROUTINE",       OBJECT_FUNCTION, DROP_FUNCTION,  "function"         },
    {"OBJECT_AGGREGATE",     OBJECT_FUNCTION, DROP_FUNCTION,  "aggregate"        },
    {"OBJECT_SCHEMA",        OBJECT_SCHEMA,   DROP_SCHEMA,    "schema"           },
    {"OBJECT_COLLATION",     OBJECT_NONE,     DROP_TYPE,      "collation"        },
    {"OBJECT_ACCESS_METHOD", OBJECT_NONE,     DROP_TYPE,      "access method"    },
    {"OBJECT_EXTENSION",     OBJECT_NONE,     DROP_EXTENSION, "extension"        },
};

static const struct dropped *find_dropped(json_t *node)
{
  for (size_t i = 0; i < sizeof dropped / sizeof dropped[0]; i++) {
    if (node_is(node, "removeType", dropped[i].type)) {
      return &dropped[i];
    }
  }
  return NULL;
}

static size_t maker_of(const subject *s)
{
  if (s->object == NULL || s->is_older) {
    return 0;
  }
  return s->made_by > 0 ? s->made_by : s->object->made_by;
}

/* A name that this migration gave, as those do that swap an old thing for a new one, is nobody's
 * yet. Data is no less gone for it. */
static bool is_swapped(const check *c, const subject *gone)
{
  bool is_named = gone->object != NULL && gone->object->named_by == c->migration + 1 &&
                  maker_of(gone) == gone->object->made_by;
  return is_named || check_is_replaced(c, gone->name);
}

/* One that has no trigger any more, or it could not be dropped, is nobody's: programs cannot call
 * it. */
static bool is_idle_trigger(const subject *gone, bool is_cascade)
{
  return gone->object != NULL && gone->object->is_trigger && !is_cascade;
}

/* With CASCADE a type takes columns along. */
static bool is_data(const struct dropped *d, bool is_cascade)
{
  return d->rule == DROP_TABLE || d->rule == DROP_SCHEMA || (d->rule == DROP_TYPE && is_cascade);
}

/* It has no data and no programs of its own, but what depends on it may. */
static bool is_for_others(const struct dropped *d)
{
  return d->rule == DROP_SCHEMA || (d->kind == OBJECT_NONE && d->rule != DROP_EXTENSION);
}

static bool is_told(const check *c, const struct dropped *d, const subject *gone, bool is_cascade)
{
  bool is_new = (rules[d->rule].flags & RULE_ON_EXISTING) != 0 && subject_is_new(c, gone);
  return gone->name != NULL && !is_new && (is_data(d, is_cascade) || !is_swapped(c, gone)) &&
         !is_idle_trigger(gone, is_cascade) &&
         (!is_for_others(d) || is_cascade); /* else it is not used: the server sees to that */
}

/* more: how many others of its kind the statement drops, which are not told by themselves. */
static void report_dropped(check *c, const struct dropped *d, const subject *gone, size_t more,
                           bool is_cascade)
{
  const char *better = is_cascade
                           ? "Drop what depends on it first, by name: CASCADE drops it unseen."
                       : is_data(d, is_cascade)
                           ? "Drop it in a release after the one whose programs no longer use it."
                           : "Drop it once no program uses it.";
  text others = {0};
  if (more > 0) {
    text_printf(&others, " and %zu more are", more);
  }
  check_report(c, &rules[d->rule], check_find_word(c, gone->name, 0), gone, better,
               "%s \"%s\"%s dropped%s%s", d->word, gone->name,
               more > 0 ? text_string(&others) : " is",
               d->rule == DROP_TABLE ? " with all its rows" : "",
               !is_cascade ? ""
               : more > 0  ? ", and all that depends on them"
                           : ", and all that depends on it");
  text_free(&others);
}

/* Each table is worth a word of its own; of the others the oldest one speaks for all. */
static void drop_listed(check *c, const struct dropped *d, bool is_cascade)
{
  json_t *list = node_get(c->tree->node, "objects");
  subject oldest = {0};
  size_t count = 0;
  for (size_t i = 0; i < json_array_size(list); i++) {
    subject gone = subject_of_names(c, d->kind, json_array_get(list, i));
    if (d->rule == DROP_SEQUENCE || is_data(d, is_cascade)) {
      gone = subject_as_data(c, gone, NULL);
    }
    if (!is_told(c, d, &gone, is_cascade)) {
      continue;
    }
    if (is_data(d, is_cascade)) {
      report_dropped(c, d, &gone, 0, is_cascade);
    } else if (count++ == 0 || maker_of(&gone) < maker_of(&oldest)) {
      oldest = gone;
    }
  }
  if (count > 0) {
    report_dropped(c, d, &oldest, count - 1, is_cascade);
  }
}

/* Triggers, policies and rules go with the lock of their table, the last name but one. */
static void touch_owner(check *c, json_t *item)
{
  json_t *names = node_get(item, "List.items");
  json_t *owner = json_deep_copy(names);
  json_array_remove(owner, json_array_size(owner) - 1);
  subject table = subject_of_names(c, OBJECT_TABLE, owner);
  if (table.name != NULL) {
    check_touch(c, &table, LOCK_ACCESS_EXCLUSIVE, WORK_NONE, false, 0);
  }
  json_decref(owner);
}

static void drop_objects(check *c)
{
  json_t *node = c->tree->node;
  json_t *list = node_get(node, "objects");
  const struct dropped *d = find_dropped(node);
  bool is_part = node_is(node, "removeType", "OBJECT_TRIGGER") ||
                 node_is(node, "removeType", "OBJECT_POLICY") ||
                 node_is(node, "removeType", "OBJECT_RULE");
  if (d != NULL) {
    drop_listed(c, d, node_is(node, "behavior", "DROP_CASCADE"));
  }
  for (size_t i = 0; i < json_array_size(list); i++) {
    json_t *item = json_array_get(list, i);
    if (is_part) {
      touch_owner(c, item);
    }
    if (d != NULL && d->rule == DROP_TABLE) {
      subject table = subject_of_names(c, OBJECT_TABLE, item);
      check_touch(c, &table, LOCK_ACCESS_EXCLUSIVE, WORK_NONE, false, 0);
    }
  }
}

/* --- ALTER TABLE ... DROP --------------------------------------------------------------------- */

static void drop_column(check *c, subject table, json_t *command)
{
  const char *name = node_text(command, "name");
  const column *gone = object_column(table.object, name);
  table = subject_as_data(c, table, gone);
  check_report(c, &rules[DROP_COLUMN], check_find_word(c, name, 0), &table,
               "Drop it in a release after the one whose programs no longer name it.",
               "column \"%s\" of \"%s\" is dropped with its values", name, table.name);
}

/* A constraint that a statement drops. */
typedef struct going {
  const char *table;
  const char *name;
  const constraint *known; /* NULL: the folder did not make it */
  const char *refers;      /* a foreign key: the table that it points to; NULL: not known */
} going;

/* It keeps all that the one that goes kept: a primary key does what a unique one did. */
static bool is_kept_by(const constraint *gone, json_t *node)
{
  char kind = catalog_constraint_kind(node);
  return kind == gone->kind || (gone->kind == 'u' && kind == 'p');
}

/* The command gives the table such a constraint again, or drops a column of it as well. */
static bool settles(const going *g, json_t *command)
{
  json_t *node = node_get(command, "def.Constraint");
  bool is_same = false;
  if (node_is(command, "subtype", "AT_DropColumn")) {
    return g->known != NULL && name_list_has(g->known->columns, node_text(command, "name"));
  }
  if (g->known != NULL && is_kept_by(g->known, node)) {
    text columns = {0};
    name_list_put_all(&columns, node_get(node, g->known->kind == 'f' ? "fk_attrs" : "keys"));
    is_same = columns.size > 0 && strcmp(text_string(&columns), g->known->columns) == 0;
    text_free(&columns);
  }
  return is_same || node_is(node, "conname", g->name);
}

static bool drops_table(const tree *t, const char *name)
{
  json_t *list = node_get(t->node, "objects");
  for (size_t i = 0; name != NULL && i < json_array_size(list); i++) {
    const char *gone = node_last_name(node_get(json_array_get(list, i), "List.items"));
    if (gone != NULL && strcmp(gone, name) == 0) {
      return node_is(t->node, "removeType", "OBJECT_TABLE");
    }
  }
  return false;
}

/* The migration changes the constraint, or takes away what it was about, and says so there. */
static bool settles_going(const tree *t, const void *data)
{
  const going *g = data;
  json_t *list = node_get(t->node, "cmds");
  if (strcmp(t->kind, "DropStmt") == 0) {
    return drops_table(t, g->table) || drops_table(t, g->refers);
  }
  if (!node_is(t->node, "relation.relname", g->table)) {
    return false;
  }
  if (node_is(t->node, "renameType", "OBJECT_TABCONSTRAINT")) {
    return node_is(t->node, "newname", g->name);
  }
  for (size_t i = 0; i < json_array_size(list); i++) {
    if (settles(g, node_as(json_array_get(list, i), "AlterTableCmd"))) {
      return true;
    }
  }
  return false;
}

static void drop_constraint(check *c, subject table, json_t *command)
{
  const char *name = node_text(command, "name");
  const constraint *gone = object_constraint(table.object, name);
  const object *refers = catalog_object(c->catalog, gone != NULL ? gone->refers : 0);
  going g = {table.name, name, gone, refers != NULL ? refers->name : NULL};
  if (check_follows(c, table.name, settles_going, &g) ||
      (g.refers != NULL && check_follows(c, g.refers, settles_going, &g))) {
    return;
  }
  table.made_by = gone != NULL ? gone->made_by : 0;
  bool is_key = gone != NULL && (gone->kind == 'p' || gone->kind == 'u');
  check_report(
      c, &rules[DROP_CONSTRAINT], check_find_word(c, name, 0), &table,
      is_key ? "See that no query needs its index, and no ON CONFLICT or foreign key names it."
             : "See that programs keep what it kept.",
      is_key ? "key \"%s\" of \"%s\" is dropped, and its index with it"
             : "constraint \"%s\" of \"%s\" is dropped",
      name, table.name);
}

static void drop_parts(check *c)
{
  json_t *list = node_get(c->tree->node, "cmds");
  subject table = subject_of_range(c, node_get(c->tree->node, "relation"));
  for (size_t i = 0; i < json_array_size(list); i++) {
    json_t *command = node_as(json_array_get(list, i), "AlterTableCmd");
    if (node_is(command, "subtype", "AT_DropColumn")) {
      drop_column(c, table, command);
    } else if (node_is(command, "subtype", "AT_DropConstraint")) {
      drop_constraint(c, table, command);
    }
  }
}

static void look(check *c)
{
  if (strcmp(c->tree->kind, "DropStmt") == 0) {
    drop_objects(c);
  } else if (strcmp(c->tree->kind, "AlterTableStmt") == 0) {
    drop_parts(c);
  }
}

const rule_family rules_drop = {rules, sizeof rules / sizeof rules[0], look, NULL};
