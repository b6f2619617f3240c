/* Indexes that are made, dropped and built anew while others wait for it. */
#include <embark_bundle.h>
#include <stdlib.h>
#include <string.h>

#include "better.h"
#include "check.h"
#include "node.h"

enum { CREATE_INDEX, DROP_INDEX, REINDEX };

/* clang-format off */
static const rule rules[] = {
    [CREATE_INDEX] = {"create-index", SEVERITY_ERROR, EMBARK_HAZARD_BLOCKS_WRITES,
     LOCK_SHARE, WORK_BUILD, RULE_ON_EXISTING | RULE_BY_SIZE,
     "an index is built while nobody can write to the table"},
    [DROP_INDEX] = {"drop-index", SEVERITY_NOTE, 0,
     LOCK_ACCESS_EXCLUSIVE, WORK_NONE, RULE_ON_EXISTING,
     "an index is dropped under a lock that waits for all who use the table, and holds up all "
     "who come"},
    [REINDEX] = {"reindex", SEVERITY_ERROR,
     EMBARK_HAZARD_BLOCKS_WRITES | EMBARK_HAZARD_BLOCKS_READS,
     LOCK_SHARE, WORK_BUILD, RULE_ON_EXISTING | RULE_BY_SIZE,
     "indexes are built anew while nobody can write to the table, and hardly anybody can read it"},
};
/* clang-format on */

/* --- CREATE INDEX ----------------------------------------------------------------------------- */

/* IF NOT EXISTS, and it does. */
static bool is_there(const check *c, json_t *node)
{
  return node_flag(node, "if_not_exists") &&
         catalog_find(c->catalog, OBJECT_INDEX, node_text(node, "relation.schemaname"),
                      node_text(node, "idxname")) != NULL;
}

/* ON ONLY a partitioned table builds nothing. Of a table that is not known we believe it. */
static bool is_only_partitioned(const subject *table, json_t *node)
{
  return !node_flag(node, "relation.inh") &&
         (table->object == NULL || table->object->is_partitioned);
}

static void create_index(check *c)
{
  json_t *node = c->tree->node;
  subject table = subject_of_range(c, node_get(node, "relation"));
  size_t place = node_place(node_get(node, "relation"));
  bool builds = !is_there(c, node) && !is_only_partitioned(&table, node);
  bool is_concurrent = node_flag(node, "concurrent");
  check_touch(c, &table, is_concurrent ? LOCK_SHARE_UPDATE_EXCLUSIVE : LOCK_SHARE,
              builds ? WORK_BUILD : WORK_NONE, false, place);
  if (is_concurrent || !builds) {
    return;
  }
  bool is_partitioned = table.object != NULL && table.object->is_partitioned;
  char *better = is_partitioned ? NULL : better_with(c, "index", "concurrently", true);
  check_report(c, &rules[CREATE_INDEX], place, &table,
               is_partitioned
                   ? "Make it ON ONLY the table; then make one CONCURRENTLY on each partition, and "
                     "attach that with ALTER INDEX ... ATTACH PARTITION."
                   : better,
               "nobody can write to \"%s\" while this index is built", table.name);
  free(better);
}

/* --- DROP INDEX ------------------------------------------------------------------------------- */

/* What has the lock is the index's table, when we know it. */
static subject table_of(const check *c, subject index)
{
  const object *table = index.object != NULL ? catalog_object(c->catalog, index.object->on) : NULL;
  return table != NULL ? (subject){.object = table, .schema = table->schema, .name = table->name}
                       : index;
}

/* Nobody can say whom the lock of an index holds up that the folder did not make. */
static bool is_unknown_index(const check *c, const subject *index)
{
  return index->object == NULL || catalog_object(c->catalog, index->object->on) == NULL;
}

static void drop_one_index(check *c, json_t *item, bool is_only_one)
{
  subject index = subject_of_names(c, OBJECT_INDEX, item);
  subject table = table_of(c, index);
  size_t place = check_find_word(c, index.name, 0);
  bool is_concurrent = node_flag(c->tree->node, "concurrent");
  if (!is_unknown_index(c, &index)) {
    check_touch(c, &table, is_concurrent ? LOCK_SHARE_UPDATE_EXCLUSIVE : LOCK_ACCESS_EXCLUSIVE,
                WORK_NONE, false, place);
  }
  bool is_guess = node_flag(c->tree->node, "missing_ok") && index.object == NULL;
  if (is_guess || is_concurrent || object_constraint(table.object, index.name) != NULL ||
      (table.object != NULL && table.object->is_partitioned)) {
    return; /* it may not be there, or the server refuses it, or what is better */
  }
  char *better = is_only_one ? better_with(c, "index", "concurrently", true) : NULL;
  check_report(c, &rules[DROP_INDEX], place, &table,
               is_only_one ? better : "Drop each of them with DROP INDEX CONCURRENTLY.",
               "index \"%s\" is dropped under a lock that holds up all who use its table",
               index.name);
  free(better);
}

static void drop_indexes(check *c)
{
  json_t *list = node_get(c->tree->node, "objects");
  if (!node_is(c->tree->node, "removeType", "OBJECT_INDEX")) {
    return;
  }
  for (size_t i = 0; i < json_array_size(list); i++) {
    drop_one_index(c, json_array_get(list, i), json_array_size(list) == 1);
  }
}

/* --- REINDEX ---------------------------------------------------------------------------------- */

/* The word of the statement that CONCURRENTLY goes behind. */
static const char *word_of(const char *kind)
{
  static const struct {
    const char *kind;
    const char *word;
  } words[] = {
      {"REINDEX_OBJECT_INDEX",    "index"   },
      {"REINDEX_OBJECT_TABLE",    "table"   },
      {"REINDEX_OBJECT_SCHEMA",   "schema"  },
      {"REINDEX_OBJECT_DATABASE", "database"},
  };
  for (size_t i = 0; kind != NULL && i < sizeof words / sizeof words[0]; i++) {
    if (strcmp(kind, words[i].kind) == 0) {
      return words[i].word;
    }
  }
  return NULL; /* SYSTEM, which cannot be concurrent */
}

static void reindex(check *c)
{
  json_t *node = c->tree->node;
  const char *word = word_of(node_text(node, "kind"));
  json_t *range = node_get(node, "relation");
  if (node_option(node_get(node, "params"), "concurrently")) {
    return;
  }
  subject table = {0};
  if (range != NULL) {
    subject built = subject_of_range(c, range);
    bool is_index = node_is(node, "kind", "REINDEX_OBJECT_INDEX");
    table = table_of(c, built);
    if (!is_index || !is_unknown_index(c, &built)) {
      check_touch(c, &table, LOCK_SHARE, WORK_BUILD, false, node_place(range));
    }
  }
  char *better = word != NULL ? better_with(c, word, "concurrently", true) : NULL;
  check_report(c, &rules[REINDEX], node_place(range), range != NULL ? &table : NULL, better,
               "nobody can write to %s while its indexes are built, and reads wait as well",
               range != NULL ? table.name : "a table");
  free(better);
}

static const statement_look looks[] = {
    {"IndexStmt",   create_index},
    {"DropStmt",    drop_indexes},
    {"ReindexStmt", reindex     },
};

static void look_at(check *c)
{
  check_choose(c, looks, sizeof looks / sizeof looks[0]);
}

const rule_family rules_index = {rules, sizeof rules / sizeof rules[0], look_at, NULL};
