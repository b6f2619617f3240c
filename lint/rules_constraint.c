/* Constraints that are added, checked at once or later, and partitions, whose bounds are
 * constraints too. */
#include "check.h"

#include <embark_bundle.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "alter_work.h"
#include "node.h"
#include "text.h"

enum {
  ADD_FOREIGN_KEY,
  ADD_CHECK,
  ADD_UNIQUE,
  ADD_PRIMARY_KEY,
  ADD_EXCLUSION,
  VALIDATE_IN_TRANSACTION,
  ATTACH_PARTITION,
  DETACH_PARTITION
};

#define BLOCKS (EMBARK_HAZARD_BLOCKS_WRITES | EMBARK_HAZARD_BLOCKS_READS)

/* clang-format off */
static const rule rules[] = {
    [ADD_FOREIGN_KEY] = {"add-foreign-key", SEVERITY_ERROR, EMBARK_HAZARD_BLOCKS_WRITES,
     LOCK_SHARE_ROW_EXCLUSIVE, WORK_SCAN, RULE_ON_EXISTING | RULE_BY_SIZE,
     "a foreign key is added and checked at once: both tables stand still for writers meanwhile"},
    [ADD_CHECK] = {"add-check", SEVERITY_ERROR, BLOCKS,
     LOCK_ACCESS_EXCLUSIVE, WORK_SCAN, RULE_ON_EXISTING | RULE_BY_SIZE,
     "a check is added and checked at once: nobody reads the table meanwhile"},
    [ADD_UNIQUE] = {"add-unique", SEVERITY_ERROR, BLOCKS,
     LOCK_ACCESS_EXCLUSIVE, WORK_BUILD, RULE_ON_EXISTING | RULE_BY_SIZE,
     "a unique constraint builds its index while nobody reads the table"},
    [ADD_PRIMARY_KEY] = {"add-primary-key", SEVERITY_ERROR, BLOCKS,
     LOCK_ACCESS_EXCLUSIVE, WORK_BUILD, RULE_ON_EXISTING | RULE_BY_SIZE,
     "a primary key builds its index while nobody reads the table"},
    [ADD_EXCLUSION] = {"add-exclusion", SEVERITY_ERROR, BLOCKS,
     LOCK_ACCESS_EXCLUSIVE, WORK_BUILD, RULE_ON_EXISTING | RULE_BY_SIZE,
     "an exclusion constraint builds its index while nobody reads the table"},
    [VALIDATE_IN_TRANSACTION] = {"validate-in-transaction", SEVERITY_ERROR, BLOCKS,
     LOCK_ACCESS_EXCLUSIVE, WORK_SCAN, RULE_ON_EXISTING | RULE_BY_SIZE,
     "a constraint is validated in the transaction that added it, and whose lock stands meanwhile"},
    [ATTACH_PARTITION] = {"attach-partition", SEVERITY_WARNING, BLOCKS,
     LOCK_ACCESS_EXCLUSIVE, WORK_SCAN, RULE_ON_EXISTING | RULE_BY_SIZE,
     "a partition is attached without a check that proves its bounds: it is read through first"},
    [DETACH_PARTITION] = {"detach-partition", SEVERITY_NOTE, 0,
     LOCK_ACCESS_EXCLUSIVE, WORK_NONE, RULE_ON_EXISTING,
     "a partition is detached: its rows are gone from the table that programs read"},
};
/* clang-format on */
/* --- keys ------------------------------------------------------------------------------------- */

/* "a, b"; and "_a_b" for a name. */
static void put_columns(text *sql, text *name, json_t *keys, const char *of_column)
{
  if (keys == NULL && of_column != NULL) {
    name_put(sql, of_column);
    text_printf(name, "_%s", of_column);
  }
  for (size_t i = 0; i < json_array_size(keys); i++) {
    const char *key = node_text(json_array_get(keys, i), "String.sval");
    text_puts(sql, i == 0 ? "" : ", ");
    name_put(sql, key);
    text_printf(name, "_%s", key);
  }
}

/* The name that the statement gives, or the server would. */
static char *name_of_key(const subject *table, json_t *node, const char *of_columns)
{
  bool is_primary = node_is(node, "contype", "CONSTR_PRIMARY");
  const char *given = node_text(node, "conname");
  text name = {0};
  text_printf(&name, "%s%s_%s", table->name, is_primary ? "" : of_columns,
              is_primary ? "pkey" : "key");
  given = given != NULL ? given : text_string(&name);
  char *copy = alloc_string(given, strlen(given));
  text_free(&name);
  return copy;
}

/* The index gets a name of its own while the key that it replaces has its name. */
static void put_index(text *index, const check *c, const subject *table, const char *name)
{
  text other = {0};
  text_printf(&other, "%s_new", name);
  bool is_taken = catalog_find(c->catalog, OBJECT_INDEX, table->schema, name) != NULL ||
                  object_constraint(table->object, name) != NULL;
  name_put(index, is_taken ? text_string(&other) : name);
  text_free(&other);
}

static void put_key(text *better, const check *c, const subject *table, json_t *node,
                    const char *name)
{
  text key = {0};
  text index = {0};
  name_put(&key, name);
  put_index(&index, c, table, name);
  text_puts(better, ";\n-- in the next migration:\nALTER TABLE ");
  subject_put_name(better, table);
  if (object_constraint(table->object, name) != NULL) {
    text_printf(better, " DROP CONSTRAINT %s,", text_string(&key));
  }
  text_printf(better, " ADD CONSTRAINT %s %s USING INDEX %s;", text_string(&key),
              node_is(node, "contype", "CONSTR_PRIMARY") ? "PRIMARY KEY" : "UNIQUE",
              text_string(&index));
  text_free(&key);
  text_free(&index);
}

/* What makes the same key beside running programs. */
static void put_in_steps(text *better, const check *c, const subject *table, json_t *node,
                         const char *of_column)
{
  text columns = {0};
  text of = {0};
  put_columns(&columns, &of, node_get(node, "keys"), of_column);
  char *name = name_of_key(table, node, text_string(&of));
  text_puts(better, c->of->outside ? "" : "-- embark: no-transaction\n");
  text_puts(better, of_column != NULL ? "-- behind the migration that adds the column:\n" : "");
  text_puts(better, "CREATE UNIQUE INDEX CONCURRENTLY ");
  put_index(better, c, table, name);
  text_puts(better, " ON ");
  subject_put_name(better, table);
  text_printf(better, " (%s)", text_string(&columns));
  put_key(better, c, table, node, name);
  free(name);
  text_free(&columns);
  text_free(&of);
}

static void add_key(check *c, const subject *table, json_t *node, const char *of_column)
{
  bool is_primary = node_is(node, "contype", "CONSTR_PRIMARY");
  text better = {0};
  put_in_steps(&better, c, table, node, of_column);
  check_report(c, &rules[is_primary ? ADD_PRIMARY_KEY : ADD_UNIQUE], node_place(node), table,
               text_string(&better), "%s of \"%s\" builds its index while nobody reads the table",
               is_primary ? "the primary key" : "a unique constraint", table->name);
  text_free(&better);
}

/* --- checks and foreign keys ------------------------------------------------------------------ */

/* The statement itself, when it says nothing else and gives the name; else a sentence. */
static void put_validated_later(text *better, const check *c, const subject *table, json_t *node)
{
  const statement *st = &c->of->script.statements[c->statement];
  const char *name = node_text(node, "conname");
  bool is_alone = json_array_size(node_get(c->tree->node, "cmds")) == 1;
  if (name == NULL || !is_alone || c->is_inner) {
    text_puts(better, "Add it NOT VALID, and VALIDATE CONSTRAINT in the next migration.");
    return;
  }
  text_put(better, c->of->source.bytes + st->start, st->end - st->start);
  text_puts(better, " NOT VALID;\n-- in the next migration:\nALTER TABLE ");
  subject_put_name(better, table);
  text_puts(better, " VALIDATE CONSTRAINT ");
  name_put(better, name);
  text_puts(better, ";");
}

static void add_checked(check *c, const subject *table, json_t *node)
{
  bool is_check = node_is(node, "contype", "CONSTR_CHECK");
  const char *other = node_text(node, "pktable.relname");
  text better = {0};
  put_validated_later(&better, c, table, node);
  if (is_check) {
    check_report(c, &rules[ADD_CHECK], node_place(node), table, text_string(&better),
                 "a new check reads all of \"%s\" while nobody else can", table->name);
  } else {
    check_report(c, &rules[ADD_FOREIGN_KEY], node_place(node), table, text_string(&better),
                 "a new foreign key reads all of \"%s\", while nobody writes to it or to \"%s\"",
                 table->name, other);
  }
  text_free(&better);
}

static void add_constraint(check *c, const subject *table, json_t *node)
{
  if (node_flag(node, "skip_validation") || node_text(node, "indexname") != NULL ||
      alter_is_there(c, table->object, node)) {
    return;
  }
  if (node_is(node, "contype", "CONSTR_CHECK") || node_is(node, "contype", "CONSTR_FOREIGN")) {
    add_checked(c, table, node);
  } else if (node_is(node, "contype", "CONSTR_PRIMARY") ||
             node_is(node, "contype", "CONSTR_UNIQUE")) {
    add_key(c, table, node, NULL);
  } else if (node_is(node, "contype", "CONSTR_EXCLUSION")) {
    check_report(
        c, &rules[ADD_EXCLUSION], node_place(node), table,
        "There is no way to build it beside running programs: do it in a quiet hour, or on a"
        " new table.",
        "an exclusion constraint of \"%s\" builds its index while nobody reads the table",
        table->name);
  }
}

/* A foreign key of a column that is NULL in all rows has nothing to check. */
static void add_inline(check *c, const subject *table, json_t *def)
{
  json_t *list = node_get(def, "constraints");
  const char *name = node_text(def, "colname");
  bool has_value = alter_inline(def, "CONSTR_DEFAULT") != NULL;
  if (object_column(table->object, name) != NULL) {
    return; /* IF NOT EXISTS */
  }
  for (size_t i = 0; i < json_array_size(list); i++) {
    json_t *node = node_as(json_array_get(list, i), "Constraint");
    if (node_is(node, "contype", "CONSTR_PRIMARY") || node_is(node, "contype", "CONSTR_UNIQUE")) {
      add_key(c, table, node, name);
    } else if (node_is(node, "contype", "CONSTR_CHECK") ||
               (has_value && node_is(node, "contype", "CONSTR_FOREIGN"))) {
      add_checked(c, table, node);
    }
  }
}

static void validate(check *c, const subject *table, json_t *command)
{
  const char *name = node_text(command, "name");
  if (alter_is_early(c, table->object, name)) {
    check_report(c, &rules[VALIDATE_IN_TRANSACTION], check_find_word(c, name, 0), table,
                 "Validate it in the next migration: the lock of ADD CONSTRAINT is gone then.",
                 "\"%s\" is validated in the transaction that added it, whose lock on \"%s\" stands"
                 " meanwhile",
                 name, table->name);
  }
}

/* --- partitions ------------------------------------------------------------------------------- */

static void attach(check *c, const subject *parent, json_t *command)
{
  json_t *range = node_get(command, "def.PartitionCmd.name");
  subject partition = subject_of_range(c, range);
  const object *rest = alter_default_partition(c, parent->object);
  bool is_proven = alter_has_check(partition.object);
  if (!is_proven) {
    check_report(c, &rules[ATTACH_PARTITION], node_place(range), &partition,
                 "Add a check NOT VALID that says what the bounds say, validate it in the next"
                 " migration, attach behind it, and drop the check.",
                 "attaching \"%s\" reads all of it first, while nobody else can", partition.name);
  }
  if (rest != NULL && !alter_has_check(rest) && (is_proven || subject_is_new(c, &partition))) {
    subject other = {.object = rest, .schema = rest->schema, .name = rest->name};
    check_report(
        c, &rules[ATTACH_PARTITION], node_place(range), &other,
        "Give the default partition a check first that its rows are none of the new bounds'.",
        "attaching \"%s\" reads all of the default partition \"%s\", while nobody else can",
        partition.name, rest->name);
  }
}

static void detach(check *c, json_t *command)
{
  json_t *range = node_get(command, "def.PartitionCmd.name");
  subject partition = subject_of_range(c, range);
  bool is_concurrent = node_flag(command, "def.PartitionCmd.concurrent");
  check_report(c, &rules[DETACH_PARTITION], node_place(range), &partition,
               is_concurrent ? NULL
                             : "From PostgreSQL 14 on: DETACH PARTITION ... CONCURRENTLY, without a"
                               " transaction, waits without holding programs up.",
               "the rows of \"%s\" are gone from the table that it was a partition of",
               partition.name);
}

static void look_at_command(check *c, const subject *table, json_t *command)
{
  if (node_is(command, "subtype", "AT_AddConstraint")) {
    add_constraint(c, table, node_get(command, "def.Constraint"));
  } else if (node_is(command, "subtype", "AT_AddColumn")) {
    add_inline(c, table, node_get(command, "def.ColumnDef"));
  } else if (node_is(command, "subtype", "AT_ValidateConstraint")) {
    validate(c, table, command);
  } else if (node_is(command, "subtype", "AT_AttachPartition")) {
    attach(c, table, command);
  } else if (node_is(command, "subtype", "AT_DetachPartition")) {
    detach(c, command);
  }
}

static void look(check *c)
{
  json_t *list = node_get(c->tree->node, "cmds");
  if (strcmp(c->tree->kind, "AlterTableStmt") != 0 ||
      !node_is(c->tree->node, "objtype", "OBJECT_TABLE")) {
    return;
  }
  subject table = subject_of_range(c, node_get(c->tree->node, "relation"));
  for (size_t i = 0; i < json_array_size(list); i++) {
    look_at_command(c, &table, node_as(json_array_get(list, i), "AlterTableCmd"));
  }
}

const rule_family rules_constraint = {rules, sizeof rules / sizeof rules[0], look, NULL};
