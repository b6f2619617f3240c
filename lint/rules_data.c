/* Rows that a statement adds, changes or removes. */
#include <embark_bundle.h>
#include <string.h>

#include "check.h"
#include "node.h"
#include "where.h"

enum { TRUNCATE, UPDATE_WITHOUT_WHERE, DELETE_WITHOUT_WHERE, DATA_CHANGE };

#define REMOVES (EMBARK_HAZARD_DESTRUCTIVE | EMBARK_HAZARD_DATA_CHANGE)

/* clang-format off */
static const rule rules[] = {
    [TRUNCATE] = {"truncate", SEVERITY_ERROR, REMOVES,
     LOCK_ACCESS_EXCLUSIVE, WORK_NONE, RULE_ON_EXISTING,
     "all rows of a table are removed"},
    [UPDATE_WITHOUT_WHERE] = {"update-without-where", SEVERITY_WARNING,
     EMBARK_HAZARD_DATA_CHANGE | EMBARK_HAZARD_BLOCKS_WRITES,
     LOCK_ROW_EXCLUSIVE, WORK_SCAN, RULE_ON_EXISTING | RULE_BY_SIZE,
     "every row of a table is written anew, and stays locked against other writers until the "
     "transaction ends"},
    [DELETE_WITHOUT_WHERE] = {"delete-without-where", SEVERITY_ERROR,
     REMOVES | EMBARK_HAZARD_BLOCKS_WRITES,
     LOCK_ROW_EXCLUSIVE, WORK_SCAN, RULE_ON_EXISTING,
     "every row of a table is removed, one by one"},
    [DATA_CHANGE] = {"data-change", SEVERITY_HIDDEN, EMBARK_HAZARD_DATA_CHANGE,
     LOCK_ROW_EXCLUSIVE, WORK_NONE, RULE_ON_EXISTING,
     "rows of a table are added, changed or removed"},
};
/* clang-format on */

/* --- TRUNCATE --------------------------------------------------------------------------------- */

static void truncate_tables(check *c)
{
  json_t *list = node_get(c->tree->node, "relations");
  bool is_cascade = node_is(c->tree->node, "behavior", "DROP_CASCADE");
  for (size_t i = 0; i < json_array_size(list); i++) {
    json_t *range = node_as(json_array_get(list, i), "RangeVar");
    subject table = subject_of_range(c, range);
    check_touch(c, &table, LOCK_ACCESS_EXCLUSIVE, WORK_NONE, false, node_place(range));
    table = subject_as_data(c, table, NULL);
    table.is_older = table.is_older || is_cascade;
    check_report(c, &rules[TRUNCATE], node_place(range), &table,
                 "Delete the rows that are meant: DELETE ... WHERE.",
                 "all rows of \"%s\" are removed", table.name);
  }
}

/* --- rows ------------------------------------------------------------------------------------- */

/* A view's rows are those of a table, which may be older than the view. */
static subject subject_of_rows(const check *c, json_t *range)
{
  subject s = subject_of_range(c, range);
  if (s.object != NULL && s.object->kind == OBJECT_VIEW) {
    s.object = NULL;
  }
  return s;
}

static void without_where(check *c, const char *kind, json_t *node, const subject *table)
{
  size_t place = node_place(node_get(node, "relation"));
  if (!where_is_everything(node_get(node, "whereClause"))) {
    return;
  }
  if (strcmp(kind, "UpdateStmt") == 0) {
    check_report(c, &rules[UPDATE_WITHOUT_WHERE], place, table,
                 "Change the rows in batches, WHERE id BETWEEN ..., each in a transaction of its "
                 "own.",
                 "every row of \"%s\" is updated, and locked until the transaction ends",
                 table->name);
  } else if (strcmp(kind, "DeleteStmt") == 0) {
    subject rows = subject_as_data(c, *table, NULL);
    check_report(c, &rules[DELETE_WITHOUT_WHERE], place, &rows,
                 "Say which rows are meant: DELETE ... WHERE.", "all rows of \"%s\" are deleted",
                 table->name);
  }
}

/* What it does takes time in proportion to the table. */
static bool is_long(const check *c, const char *kind, json_t *node, const subject *table)
{
  bool has_where = strcmp(kind, "UpdateStmt") == 0 || strcmp(kind, "DeleteStmt") == 0;
  json_t *where = node_get(node, "whereClause");
  return strcmp(kind, "MergeStmt") == 0 ||
         (has_where && (where == NULL || !where_is_lookup(c->catalog, table->object, where)));
}

static void change_rows(check *c, const char *kind, json_t *node)
{
  json_t *range = node_get(node, "relation");
  subject table = subject_of_rows(c, range);
  check_touch(c, &table, LOCK_ROW_EXCLUSIVE, WORK_NONE, is_long(c, kind, node, &table),
              node_place(range));
  check_report(c, &rules[DATA_CHANGE], node_place(range), &table, NULL,
               "rows of \"%s\" are added, changed or removed", table.name);
  without_where(c, kind, node, &table);
}

/* --- what is read ----------------------------------------------------------------------------- */

static void read_table(check *c, json_t *range)
{
  subject table = subject_of_range(c, range);
  if (table.object != NULL && table.object->kind == OBJECT_TABLE) {
    check_touch(c, &table, LOCK_ACCESS_SHARE, WORK_NONE, true, node_place(range));
  }
}

static void read_from(check *c, json_t *item)
{
  json_t *join = node_as(item, "JoinExpr");
  if (join != NULL) {
    read_from(c, node_get(join, "larg"));
    read_from(c, node_get(join, "rarg"));
  } else if (node_as(item, "RangeVar") != NULL) {
    read_table(c, node_as(item, "RangeVar"));
  }
}

/* Whole tables; a WHERE with a value in it, or a LIMIT, is taken for one that means few rows. */
static void read_rows(check *c, json_t *select)
{
  json_t *list = node_get(select, "fromClause");
  json_t *where = node_get(select, "whereClause");
  if (node_get(select, "limitCount") != NULL ||
      (where != NULL && where_is_lookup(c->catalog, NULL, where))) {
    return;
  }
  for (size_t i = 0; i < json_array_size(list); i++) {
    read_from(c, json_array_get(list, i));
  }
}

/* --- statements ------------------------------------------------------------------------------- */

static void visit(void *data, const char *kind, json_t *node)
{
  static const char *const changing[] = {"InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"};
  for (size_t i = 0; i < sizeof changing / sizeof changing[0]; i++) {
    if (strcmp(kind, changing[i]) == 0) {
      change_rows(data, kind, node);
    }
  }
  if (strcmp(kind, "SelectStmt") == 0) {
    read_rows(data, node);
  }
}

/* With those in its WITH. */
static void query(check *c)
{
  visit(c, c->tree->kind, c->tree->node);
  node_each(c->tree->node, visit, c);
}

static void copy(check *c)
{
  if (node_flag(c->tree->node, "is_from")) {
    change_rows(c, c->tree->kind, c->tree->node);
  } else {
    query(c);
  }
}

static void create_table_as(check *c)
{
  if (!node_flag(c->tree->node, "into.skipData")) {
    query(c);
  }
}

/* ANALYZE runs it. */
static void explain(check *c)
{
  if (node_option(node_get(c->tree->node, "options"), "analyze")) {
    query(c);
  }
}

static const statement_look looks[] = {
    {"TruncateStmt",      truncate_tables},
    {"InsertStmt",        query          },
    {"UpdateStmt",        query          },
    {"DeleteStmt",        query          },
    {"MergeStmt",         query          },
    {"SelectStmt",        query          },
    {"CopyStmt",          copy           },
    {"CreateTableAsStmt", create_table_as},
    {"ExplainStmt",       explain        },
};

static void look_at(check *c)
{
  check_choose(c, looks, sizeof looks / sizeof looks[0]);
}

const rule_family rules_data = {rules, sizeof rules / sizeof rules[0], look_at, NULL};
