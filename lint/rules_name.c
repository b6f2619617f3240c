/* Names of tables and columns that are not what they look like. */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "node.h"
#include "spelling.h"

enum { MIXED_CASE };

/* clang-format off */
static const rule rules[] = {
    [MIXED_CASE] = {
        "mixed-case", SEVERITY_NOTE, 0, LOCK_NONE, WORK_NONE, RULE_STYLE,
        "a name in mixed case without quotes is folded to lower case"},
};
/* clang-format on */

/* What a statement has of such names: they are told together. */
typedef struct mixed {
  check *check;
  char *first; /* owned */
  size_t place;
  size_t count;
} mixed;

static void see(mixed *m, const char *name, size_t place)
{
  char *spelling = name != NULL ? spelling_at(m->check, place, name) : NULL;
  bool is_mixed = spelling != NULL && spelling_is_mixed(spelling);
  if (is_mixed && m->count++ == 0) {
    m->first = spelling;
    m->place = place;
  } else {
    free(spelling);
  }
}

static void see_column(mixed *m, json_t *definition)
{
  see(m, node_text(definition, "colname"), (size_t)node_number(definition, "location"));
}

static void tell(mixed *m, const subject *table)
{
  if (m->count > 0) {
    check_report(m->check, &rules[MIXED_CASE], m->place, table,
                 "Write names with underscores, or in quotes wherever they are used.",
                 m->count > 1 ? "%s and other names without quotes are folded to lower case"
                              : "%s without quotes is folded to lower case",
                 m->first);
  }
  free(m->first);
}

static void look(check *c)
{
  mixed m = {.check = c};
  bool is_new = strcmp(c->tree->kind, "CreateStmt") == 0;
  json_t *range = node_get(c->tree->node, "relation");
  json_t *list = node_get(c->tree->node, is_new ? "tableElts" : "cmds");
  if (!is_new && strcmp(c->tree->kind, "AlterTableStmt") != 0) {
    return;
  }
  subject table = subject_of_range(c, range);
  if (is_new) {
    see(&m, table.name, (size_t)node_number(range, "location"));
  }
  for (size_t i = 0; i < json_array_size(list); i++) {
    json_t *command = node_as(json_array_get(list, i), "AlterTableCmd");
    bool is_added = node_is(command, "subtype", "AT_AddColumn");
    see_column(&m, is_new     ? node_as(json_array_get(list, i), "ColumnDef")
                   : is_added ? node_get(command, "def.ColumnDef")
                              : NULL);
  }
  tell(&m, &table);
}

const rule_family rules_name = {rules, sizeof rules / sizeof rules[0], look, NULL};
