/* Commands that lock a table, or write it anew, and have nothing else in mind. */
#include <embark_bundle.h>
#include <stdlib.h>

#include "better.h"
#include "check.h"
#include "node.h"

enum { LOCK_TABLE, CLUSTER, VACUUM_FULL, REFRESH };

#define HOLDS_UP_ALL (EMBARK_HAZARD_BLOCKS_WRITES | EMBARK_HAZARD_BLOCKS_READS)

/* clang-format off */
static const rule rules[] = {
    [LOCK_TABLE] = {"lock-table", SEVERITY_WARNING, HOLDS_UP_ALL,
     LOCK_ACCESS_EXCLUSIVE, WORK_NONE, RULE_ON_EXISTING,
     "a table is locked until the transaction ends"},
    [CLUSTER] = {"cluster", SEVERITY_ERROR, EMBARK_HAZARD_REWRITES | HOLDS_UP_ALL,
     LOCK_ACCESS_EXCLUSIVE, WORK_REWRITE, RULE_ON_EXISTING | RULE_BY_SIZE,
     "a table is written anew in an index's order while nobody can use it"},
    [VACUUM_FULL] = {"vacuum-full", SEVERITY_ERROR, EMBARK_HAZARD_REWRITES | HOLDS_UP_ALL,
     LOCK_ACCESS_EXCLUSIVE, WORK_REWRITE, RULE_ON_EXISTING | RULE_BY_SIZE,
     "a table is written anew while nobody can use it"},
    [REFRESH] = {"refresh-materialized-view", SEVERITY_ERROR, EMBARK_HAZARD_REWRITES | HOLDS_UP_ALL,
     LOCK_ACCESS_EXCLUSIVE, WORK_REWRITE, RULE_ON_EXISTING | RULE_BY_SIZE,
     "nobody can read a materialized view while its query runs"},
};
/* clang-format on */

/* --- LOCK ------------------------------------------------------------------------------------- */

/* The server's numbers of lock modes are ours. */
static void lock_tables(check *c)
{
  json_t *list = node_get(c->tree->node, "relations");
  lock_mode mode = (lock_mode)node_number(c->tree->node, "mode");
  for (size_t i = 0; i < json_array_size(list); i++) {
    json_t *range = node_as(json_array_get(list, i), "RangeVar");
    subject table = subject_of_range(c, range);
    check_touch(c, &table, mode, WORK_NONE, false, node_place(range));
    if (mode >= LOCK_SHARE) {
      check_report(c, &rules[LOCK_TABLE], node_place(range), &table, NULL,
                   "nobody can %s \"%s\" until the transaction ends",
                   mode == LOCK_ACCESS_EXCLUSIVE ? "use" : "write to", table.name);
    }
  }
}

/* --- tables written anew ---------------------------------------------------------------------- */

/* range: NULL for all tables of the database. */
static void rewrite(check *c, const rule *r, json_t *range, const char *better)
{
  subject table = subject_of_range(c, range);
  if (range != NULL) {
    check_touch(c, &table, r->lock, r->work, false, node_place(range));
  }
  check_report(c, r, node_place(range), range != NULL ? &table : NULL, better,
               "nobody can use %s%s%s while it is written anew", range != NULL ? "\"" : "",
               range != NULL ? table.name : "a table", range != NULL ? "\"" : "");
}

static void cluster(check *c)
{
  rewrite(c, &rules[CLUSTER], node_get(c->tree->node, "relation"),
          "Let pg_repack or pg_squeeze do it, which lock the table for an instant.");
}

static void vacuum(check *c)
{
  json_t *node = c->tree->node;
  json_t *list = node_get(node, "rels");
  const char *better = "Use VACUUM without FULL, whose space is used again; or pg_repack, or "
                       "pg_squeeze.";
  if (!node_flag(node, "is_vacuumcmd") || !node_option(node_get(node, "options"), "full")) {
    return;
  }
  for (size_t i = 0; i < json_array_size(list); i++) {
    rewrite(c, &rules[VACUUM_FULL], node_get(json_array_get(list, i), "VacuumRelation.relation"),
            better);
  }
  if (json_array_size(list) == 0) {
    rewrite(c, &rules[VACUUM_FULL], NULL, better);
  }
}

static void refresh(check *c)
{
  json_t *node = c->tree->node;
  json_t *range = node_get(node, "relation");
  subject view = subject_of_range(c, range);
  bool is_concurrent = node_flag(node, "concurrent");
  check_touch(c, &view, is_concurrent ? LOCK_EXCLUSIVE : LOCK_ACCESS_EXCLUSIVE, WORK_REWRITE, false,
              node_place(range));
  if (!is_concurrent) {
    char *better =
        node_flag(node, "skipData") ? NULL : better_with(c, "view", "concurrently", false);
    check_report(c, &rules[REFRESH], node_place(range), &view, better,
                 "nobody can read \"%s\" while its query runs", view.name);
    free(better);
  }
}

static const statement_look looks[] = {
    {"LockStmt",           lock_tables},
    {"ClusterStmt",        cluster    },
    {"VacuumStmt",         vacuum     },
    {"RefreshMatViewStmt", refresh    },
};

static void look_at(check *c)
{
  check_choose(c, looks, sizeof looks / sizeof looks[0]);
}

const rule_family rules_lock = {rules, sizeof rules / sizeof rules[0], look_at, NULL};
