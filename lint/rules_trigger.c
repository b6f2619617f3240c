/* What hangs on a table and changes what its users meet: triggers, rules, row level security. And
 * the locks that making a table takes on others. */
#include <string.h>

#include "ahead.h"
#include "check.h"
#include "node.h"

enum { CREATE_TRIGGER, DISABLE_TRIGGER, ENABLE_RLS };

/* clang-format off */
static const rule rules[] = {
    [CREATE_TRIGGER] = {"create-trigger", SEVERITY_NOTE, 0,
     LOCK_SHARE_ROW_EXCLUSIVE, WORK_NONE, RULE_ON_EXISTING,
     "a trigger is put on a table that programs already write to"},
    [DISABLE_TRIGGER] = {"disable-trigger", SEVERITY_WARNING, 0,
     LOCK_SHARE_ROW_EXCLUSIVE, WORK_NONE, RULE_ON_EXISTING,
     "triggers of a table are switched off for everybody who writes to it"},
    [ENABLE_RLS] = {"enable-rls", SEVERITY_WARNING, 0,
     LOCK_ACCESS_EXCLUSIVE, WORK_NONE, RULE_ON_EXISTING,
     "row level security is switched on for a table without a policy: its rows vanish for all "
     "but its owner"},
};
/* clang-format on */

static void touch_range(check *c, json_t *range, lock_mode lock)
{
  subject table = subject_of_range(c, range);
  check_touch(c, &table, lock, WORK_NONE, false, node_place(range));
}

/* --- triggers --------------------------------------------------------------------------------- */

enum { TIMING_INSTEAD = 64 }; /* the server's TRIGGER_TYPE_INSTEAD: of a view, which has no rows */

static void create_trigger(check *c)
{
  json_t *node = c->tree->node;
  json_t *range = node_get(node, "relation");
  subject table = subject_of_range(c, range);
  if (node_number(node, "timing") == TIMING_INSTEAD) {
    return;
  }
  touch_range(c, range, LOCK_SHARE_ROW_EXCLUSIVE);
  check_report(c, &rules[CREATE_TRIGGER], node_place(range), &table, NULL,
               "trigger \"%s\" runs whenever a program writes to \"%s\", also one that does not "
               "know it",
               node_text(node, "trigname"), table.name);
}

static bool enables(json_t *node, const void *subtype)
{
  const char *is = node_text(node_at(node, "cmds", 0), "AlterTableCmd.subtype");
  const char *of = strcmp(subtype, "AT_DisableTrig") == 0      ? "AT_EnableTrig"
                   : strcmp(subtype, "AT_DisableTrigAll") == 0 ? "AT_EnableTrigAll"
                                                               : "AT_EnableTrigUser";
  return is != NULL && strcmp(is, of) == 0;
}

/* Nobody else sees what is off only within a transaction. */
static void disable_trigger(check *c, const char *subtype, const subject *table)
{
  bool is_back = c->transaction != 0 && ahead_has(c, c->statement + 1, "AlterTableStmt", "relation",
                                                  table, enables, subtype);
  if (!is_back) {
    check_report(c, &rules[DISABLE_TRIGGER], 0, table, NULL,
                 "triggers of \"%s\" no longer run, whoever writes to it", table->name);
  }
}

/* --- row level security ----------------------------------------------------------------------- */

static bool any(json_t *node, const void *data)
{
  (void)node;
  (void)data;
  return true;
}

static void enable_rls(check *c, const subject *table)
{
  bool is_on = table->object != NULL && table->object->is_secured;
  if (!is_on && !subject_is_new(c, table) &&
      !ahead_has(c, 0, "CreatePolicyStmt", "table", table, any, NULL)) {
    check_report(c, &rules[ENABLE_RLS], 0, table,
                 "Make its policies in the same migration: CREATE POLICY ... ON ... USING (...).",
                 "no row of \"%s\" is there any more for those who are not its owner, until there "
                 "is a policy",
                 table->name);
  }
}

/* --- ALTER TABLE ------------------------------------------------------------------------------ */

static void alter_table(check *c)
{
  json_t *list = node_get(c->tree->node, "cmds");
  subject table = subject_of_range(c, node_get(c->tree->node, "relation"));
  for (size_t i = 0; i < json_array_size(list); i++) {
    const char *subtype = node_text(json_array_get(list, i), "AlterTableCmd.subtype");
    if (subtype == NULL) {
      continue;
    }
    if (strncmp(subtype, "AT_DisableTrig", strlen("AT_DisableTrig")) == 0) {
      disable_trigger(c, subtype, &table);
    } else if (strcmp(subtype, "AT_EnableRowSecurity") == 0) {
      enable_rls(c, &table);
    }
  }
}

/* --- locks ------------------------------------------------------------------------------------ */

static void policy(check *c)
{
  touch_range(c, node_get(c->tree->node, "table"), LOCK_ACCESS_EXCLUSIVE);
}

static void create_rule(check *c)
{
  touch_range(c, node_get(c->tree->node, "relation"), LOCK_ACCESS_EXCLUSIVE);
}

/* DROP TRIGGER x ON t has the list t, x. */
static subject table_of(const check *c, json_t *item)
{
  json_t *names = json_copy(node_get(item, "List.items"));
  json_array_remove(names, json_array_size(names) - 1);
  subject table = subject_of_names(c, OBJECT_TABLE, names);
  json_decref(names); /* the strings are the tree's */
  return table;
}

static void drop(check *c)
{
  static const char *const on_tables[] = {"OBJECT_TRIGGER", "OBJECT_RULE", "OBJECT_POLICY"};
  json_t *list = node_get(c->tree->node, "objects");
  for (size_t i = 0; i < sizeof on_tables / sizeof on_tables[0]; i++) {
    if (node_is(c->tree->node, "removeType", on_tables[i]) && json_array_size(list) == 1) {
      subject table = table_of(c, json_array_get(list, 0));
      check_touch(c, &table, LOCK_ACCESS_EXCLUSIVE, WORK_NONE, false, 0);
    }
  }
}

/* One that refers to its own table refers to none that is there. */
static void visit_constraint(void *data, const char *kind, json_t *node)
{
  check *c = data;
  const char *own = node_text(c->tree->node, "relation.relname");
  if (strcmp(kind, "Constraint") == 0 && node_is(node, "contype", "CONSTR_FOREIGN") &&
      !node_is(node, "pktable.relname", own)) {
    touch_range(c, node_get(node, "pktable"), LOCK_SHARE_ROW_EXCLUSIVE);
  }
}

/* Tables that it refers to, and those that it is a part of. */
static void create_table(check *c)
{
  json_t *node = c->tree->node;
  json_t *parents = node_get(node, "inhRelations");
  bool is_partition = node_get(node, "partbound") != NULL;
  if (node_flag(node, "if_not_exists") &&
      catalog_relation(c->catalog, node_get(node, "relation")) != NULL) {
    return;
  }
  node_each(node_get(node, "tableElts"), visit_constraint, c);
  for (size_t i = 0; i < json_array_size(parents); i++) {
    touch_range(c, node_as(json_array_get(parents, i), "RangeVar"),
                is_partition ? LOCK_ACCESS_EXCLUSIVE : LOCK_SHARE_UPDATE_EXCLUSIVE);
  }
}

static const statement_look looks[] = {
    {"CreateTrigStmt",   create_trigger},
    {"AlterTableStmt",   alter_table   },
    {"CreatePolicyStmt", policy        },
    {"AlterPolicyStmt",  policy        },
    {"RuleStmt",         create_rule   },
    {"DropStmt",         drop          },
    {"CreateStmt",       create_table  },
};

static void look_at(check *c)
{
  check_choose(c, looks, sizeof looks / sizeof looks[0]);
}

const rule_family rules_trigger = {rules, sizeof rules / sizeof rules[0], look_at, NULL};
