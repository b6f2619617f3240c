/* What is gone once it is dropped. */
#include "check.h"

#include <embark_bundle.h>
#include <string.h>

#include "node.h"

enum { DROP_TABLE, DROP_COLUMN };

static const rule rules[] = {
    [DROP_TABLE] = {"drop-table",  SEVERITY_ERROR, EMBARK_HAZARD_DESTRUCTIVE, LOCK_ACCESS_EXCLUSIVE,
                    WORK_NONE,                                                                                  RULE_ON_EXISTING, "a table is dropped: its rows are gone"},
    [DROP_COLUMN] = {"drop-column", SEVERITY_ERROR, EMBARK_HAZARD_DESTRUCTIVE,
                    LOCK_ACCESS_EXCLUSIVE,                                                           WORK_NONE, RULE_ON_EXISTING,
                    "a column is dropped: its values are gone, and programs that name it fail"                                                                           },
};

static void drop_tables(check *c)
{
  json_t *list = node_get(c->tree->node, "objects");
  for (size_t i = 0; i < json_array_size(list); i++) {
    subject table = subject_of_names(c, OBJECT_TABLE, json_array_get(list, i));
    check_touch(c, &table, LOCK_ACCESS_EXCLUSIVE, WORK_NONE, false, 0);
    check_report(c, &rules[DROP_TABLE], check_find_word(c, table.name, 0), &table, NULL,
                 "table \"%s\" is dropped with all its rows", table.name);
  }
}

static void drop_columns(check *c)
{
  json_t *list = node_get(c->tree->node, "cmds");
  for (size_t i = 0; i < json_array_size(list); i++) {
    json_t *command = node_as(json_array_get(list, i), "AlterTableCmd");
    if (!node_is(command, "subtype", "AT_DropColumn")) {
      continue;
    }
    const char *name = node_text(command, "name");
    subject table = subject_of_range(c, node_get(c->tree->node, "relation"));
    const column *gone = object_column(table.object, name);
    table.made_by = gone != NULL ? gone->made_by : 0;
    check_report(c, &rules[DROP_COLUMN], check_find_word(c, name, 0), &table,
                 "Drop it in a release after the one whose programs no longer name it.",
                 "column \"%s\" of \"%s\" is dropped with its values", name, table.name);
  }
}

static void look(check *c)
{
  if (strcmp(c->tree->kind, "DropStmt") == 0 &&
      node_is(c->tree->node, "removeType", "OBJECT_TABLE")) {
    drop_tables(c);
  } else if (strcmp(c->tree->kind, "AlterTableStmt") == 0) {
    drop_columns(c);
  }
}

const rule_family rules_drop = {rules, sizeof rules / sizeof rules[0], look, NULL};
