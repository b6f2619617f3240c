/* IF EXISTS and IF NOT EXISTS: missing where a run may have to repeat a statement, and there where
 * they hide that something is not as the statement says. */
#include <embark_bundle.h>
#include <stdlib.h>
#include <string.h>

#include "ahead.h"
#include "better.h"
#include "check.h"
#include "node.h"

enum { NO_IF_EXISTS, DIFFERS };

/* clang-format off */
static const rule rules[] = {
    [NO_IF_EXISTS] = {"no-if-exists", SEVERITY_WARNING, 0,
     LOCK_NONE, WORK_NONE, 0,
     "a statement without a transaction that a run cannot repeat by itself when it was "
     "interrupted"},
    [DIFFERS] = {"if-not-exists-differs", SEVERITY_WARNING, 0,
     LOCK_NONE, WORK_NONE, 0,
     "IF NOT EXISTS passes over something that was made with another definition"},
};
/* clang-format on */

/* --- missing ---------------------------------------------------------------------------------- */

/* A statement that may be repeated with `words` behind its word `behind`. */
typedef struct repeatable {
  const char *kind;
  const char *removes; /* of DropStmt */
  const char *behind;
  const char *words;
} repeatable;

static const repeatable forms[] = {
    {"CreateStmt",          NULL,               "table",     "if not exists"},
    {"CreateTableAsStmt",   NULL,               "table",     "if not exists"},
    {"CreateTableAsStmt",   NULL,               "view",      "if not exists"},
    {"CreateSeqStmt",       NULL,               "sequence",  "if not exists"},
    {"CreateSchemaStmt",    NULL,               "schema",    "if not exists"},
    {"CreateExtensionStmt", NULL,               "extension", "if not exists"},
    {"IndexStmt",           NULL,               "index",     "if not exists"},
    {"AlterEnumStmt",       NULL,               "value",     "if not exists"},
    {"DropStmt",            "OBJECT_TABLE",     "table",     "if exists"    },
    {"DropStmt",            "OBJECT_VIEW",      "view",      "if exists"    },
    {"DropStmt",            "OBJECT_MATVIEW",   "view",      "if exists"    },
    {"DropStmt",            "OBJECT_INDEX",     "index",     "if exists"    },
    {"DropStmt",            "OBJECT_SEQUENCE",  "sequence",  "if exists"    },
    {"DropStmt",            "OBJECT_TYPE",      "type",      "if exists"    },
    {"DropStmt",            "OBJECT_DOMAIN",    "domain",    "if exists"    },
    {"DropStmt",            "OBJECT_SCHEMA",    "schema",    "if exists"    },
    {"DropStmt",            "OBJECT_EXTENSION", "extension", "if exists"    },
    {"DropStmt",            "OBJECT_FUNCTION",  "function",  "if exists"    },
    {"DropStmt",            "OBJECT_TRIGGER",   "trigger",   "if exists"    },
    {"DropStmt",            "OBJECT_POLICY",    "policy",    "if exists"    },
};

/* The statement as it may be repeated; NULL when it has no such form, or is one already. */
static char *as_repeatable(const check *c)
{
  json_t *node = c->tree->node;
  char *better = NULL;
  bool is_form = node_flag(node, "if_not_exists") || node_flag(node, "missing_ok") ||
                 node_flag(node, "skipIfNewValExists") || node_get(node, "oldVal") != NULL;
  for (size_t i = 0; !is_form && better == NULL && i < sizeof forms / sizeof forms[0]; i++) {
    const repeatable *f = &forms[i];
    if (strcmp(c->tree->kind, f->kind) == 0 &&
        (f->removes == NULL || node_is(node, "removeType", f->removes))) {
      better = better_with(c, f->behind, f->words, false);
    }
  }
  return better;
}

/* What an interrupted run does about it, see recovery.h. Indexes made and dropped CONCURRENTLY it
 * finds in the catalog, if only they have a name. */
static void look_for_missing(check *c)
{
  uint32_t settled = EMBARK_STATEMENT_REPEAT | EMBARK_STATEMENT_INDEX | EMBARK_STATEMENT_DROP |
                     EMBARK_STATEMENT_COMMIT;
  const statement *st = &c->of->script.statements[c->statement];
  if (!c->of->outside || c->transaction != 0 || c->is_inner || (st->flags & settled) != 0) {
    return;
  }
  if (strcmp(c->tree->kind, "IndexStmt") == 0 && node_text(c->tree->node, "idxname") == NULL) {
    check_report(c, &rules[NO_IF_EXISTS], 0, NULL, "Give the index a name.",
                 "when it is interrupted, a run cannot find the index to finish it");
    return;
  }
  char *better = as_repeatable(c);
  if (better != NULL) {
    check_report(c, &rules[NO_IF_EXISTS], 0, NULL, better,
                 "when it is interrupted, a person has to say whether it took effect");
  }
  free(better);
}

/* --- what is there ---------------------------------------------------------------------------- */

/* Read the statement that made the object. It may be of another kind than one thinks: a DO, say. */
static void read_maker(const check *c, const object *o, tree *t)
{
  check_read(t, &c->pack->migrations.items[o->made_by - 1], o->statement);
}

/* Its columns are those that its statement lists: it has none from elsewhere. */
static bool is_plain_table(const check *c, const object *o)
{
  tree t = {0};
  read_maker(c, o, &t);
  json_t *list = node_get(t.node, "tableElts");
  bool is_plain = strcmp(t.kind, "CreateStmt") == 0 && node_get(t.node, "inhRelations") == NULL &&
                  node_get(t.node, "ofTypename") == NULL;
  for (size_t i = 0; is_plain && i < json_array_size(list); i++) {
    is_plain = node_as(json_array_get(list, i), "TableLikeClause") == NULL;
  }
  tree_free(&t);
  return is_plain;
}

/* "serial" makes an "int4". */
static const char *plain_type(const char *type)
{
  static const char *const serials[][2] = {
      {"serial",      "int4"},
      {"serial4",     "int4"},
      {"bigserial",   "int8"},
      {"serial8",     "int8"},
      {"smallserial", "int2"},
      {"serial2",     "int2"},
  };
  for (size_t i = 0; i < sizeof serials / sizeof serials[0]; i++) {
    if (strcmp(type, serials[i][0]) == 0) {
      return serials[i][1];
    }
  }
  return type;
}

static bool has_other_type(const column *there, json_t *def)
{
  char *type = catalog_type(node_get(def, "typeName"));
  bool is_other = strcmp(plain_type(type), plain_type(there->type)) != 0;
  free(type);
  return is_other;
}

/* --- tables ----------------------------------------------------------------------------------- */

static bool adds_column(json_t *node, const void *name)
{
  json_t *list = node_get(node, "cmds");
  for (size_t i = 0; i < json_array_size(list); i++) {
    json_t *command = node_as(json_array_get(list, i), "AlterTableCmd");
    if (node_is(command, "def.ColumnDef.colname", name) || node_is(command, "name", name)) {
      return true;
    }
  }
  return false;
}

/* Report a column that is not there, or not of that type; false when it is as it says. */
static bool column_differs(check *c, const subject *table, json_t *def, bool may_be_missing)
{
  const char *name = node_text(def, "colname");
  const column *there = object_column(table->object, name);
  if ((there == NULL && may_be_missing) || (there != NULL && !has_other_type(there, def)) ||
      ahead_has(c, c->statement + 1, "AlterTableStmt", "relation", table, adds_column, name)) {
    return false;
  }
  check_report(c, &rules[DIFFERS], node_place(def), table, NULL,
               there == NULL ? "\"%s\" is there already, without the column \"%s\""
                             : "\"%s\" is there already, and its column \"%s\" is of another type",
               table->name, name);
  return true;
}

static void create_table(check *c)
{
  json_t *list = node_get(c->tree->node, "tableElts");
  subject table = subject_of_range(c, node_get(c->tree->node, "relation"));
  if (!node_flag(c->tree->node, "if_not_exists") || table.object == NULL ||
      table.object->kind != OBJECT_TABLE || !is_plain_table(c, table.object)) {
    return;
  }
  bool differs = false;
  for (size_t i = 0; !differs && i < json_array_size(list); i++) {
    json_t *def = node_as(json_array_get(list, i), "ColumnDef");
    differs = def != NULL && column_differs(c, &table, def, false);
  }
}

static void alter_table(check *c)
{
  json_t *list = node_get(c->tree->node, "cmds");
  subject table = subject_of_range(c, node_get(c->tree->node, "relation"));
  for (size_t i = 0; table.object != NULL && i < json_array_size(list); i++) {
    json_t *command = node_as(json_array_get(list, i), "AlterTableCmd");
    if (node_is(command, "subtype", "AT_AddColumn") && node_flag(command, "missing_ok")) {
      (void)column_differs(c, &table, node_get(command, "def.ColumnDef"), true);
    }
  }
}

/* --- indexes and views ------------------------------------------------------------------------ */

/* Take out what does not belong to a definition. */
static void strip(json_t *node)
{
  static const char *const beside[] = {"location", "if_not_exists", "concurrent", "skipData"};
  const char *key = NULL;
  json_t *value = NULL;
  for (size_t i = 0; json_is_object(node) && i < sizeof beside / sizeof beside[0]; i++) {
    json_object_del(node, beside[i]);
  }
  json_object_foreach(node, key, value)
  {
    strip(value);
  }
  for (size_t i = 0; json_is_array(node) && i < json_array_size(node); i++) {
    strip(json_array_get(node, i));
  }
}

/* The statement's member `part` is another than in the one that made the object. */
static bool part_differs(const check *c, const tree *maker, const char *part)
{
  json_t *now = json_deep_copy(node_get(c->tree->node, part));
  json_t *then = json_deep_copy(node_get(maker->node, part));
  strip(now);
  strip(then);
  bool is_other = now != then && !json_equal(now, then);
  json_decref(now);
  json_decref(then);
  return is_other;
}

/* parts: the members that make up the definition, NULL behind the last. */
static void compare(check *c, const subject *s, size_t place, const char *const *parts)
{
  tree maker = {0};
  bool is_other = false;
  read_maker(c, s->object, &maker);
  for (; strcmp(maker.kind, c->tree->kind) == 0 && *parts != NULL && !is_other; parts++) {
    is_other = part_differs(c, &maker, *parts);
  }
  if (is_other) {
    check_report(c, &rules[DIFFERS], place, s, NULL,
                 "\"%s\" is there already, with another definition", s->name);
  }
  tree_free(&maker);
}

static void create_index(check *c)
{
  static const char *const parts[] = {"indexParams", "indexIncludingParams", "whereClause",
                                      "unique",      "accessMethod",         NULL};
  json_t *node = c->tree->node;
  const char *name = node_text(node, "idxname");
  const char *schema = node_text(node, "relation.schemaname");
  subject index = {catalog_find(c->catalog, OBJECT_INDEX, schema, name), schema, name, 0, false};
  if (node_flag(node, "if_not_exists") && index.object != NULL) {
    compare(c, &index, check_find_word(c, name, 0), parts);
  }
}

static void create_view(check *c)
{
  static const char *const parts[] = {"query", NULL};
  json_t *range = node_get(c->tree->node, "into.rel");
  subject view = subject_of_range(c, range);
  if (node_flag(c->tree->node, "if_not_exists") && view.object != NULL &&
      node_is(c->tree->node, "objtype", "OBJECT_MATVIEW")) {
    compare(c, &view, node_place(range), parts);
  }
}

/* --- types ------------------------------------------------------------------------------------ */

/* CREATE TYPE has no IF NOT EXISTS: a DO stands for it, which passes over the error. */
static void create_enum(check *c)
{
  json_t *list = node_get(c->tree->node, "vals");
  subject type = subject_of_names(c, OBJECT_TYPE, node_get(c->tree->node, "typeName"));
  for (size_t i = 0; c->is_inner && type.object != NULL && i < json_array_size(list); i++) {
    const char *label = node_text(json_array_get(list, i), "String.sval");
    if (type.object->labels != NULL && json_object_get(type.object->labels, label) == NULL) {
      check_report(c, &rules[DIFFERS], 0, &type, NULL,
                   "type \"%s\" is there already, without the value '%s'", type.name, label);
      return;
    }
  }
}

/* --- all -------------------------------------------------------------------------------------- */

static const statement_look looks[] = {
    {"CreateStmt",        create_table},
    {"AlterTableStmt",    alter_table },
    {"IndexStmt",         create_index},
    {"CreateTableAsStmt", create_view },
    {"CreateEnumStmt",    create_enum },
};

static void look_at(check *c)
{
  look_for_missing(c);
  check_choose(c, looks, sizeof looks / sizeof looks[0]);
}

const rule_family rules_exists = {rules, sizeof rules / sizeof rules[0], look_at, NULL};
