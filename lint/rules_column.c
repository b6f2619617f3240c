/* Columns that are added or changed, and tables that are written anew as a whole. */
#include "check.h"

#include <embark_bundle.h>
#include <stdlib.h>
#include <string.h>

#include "alter_work.h"
#include "lex.h"
#include "node.h"
#include "text.h"

enum {
  CHANGE_COLUMN_TYPE,
  CHANGE_COLUMN_TYPE_INDEXES,
  CHANGE_COLUMN_TYPE_UNKNOWN,
  SET_NOT_NULL,
  ADD_COLUMN_NOT_NULL,
  ADD_COLUMN_VOLATILE_DEFAULT,
  ADD_COLUMN_SERIAL,
  ADD_COLUMN_GENERATED,
  ADD_COLUMN_DOMAIN,
  SET_LOGGED,
  SET_UNLOGGED,
  SET_TABLESPACE
};

#define BLOCKS   (EMBARK_HAZARD_BLOCKS_WRITES | EMBARK_HAZARD_BLOCKS_READS)
#define REWRITES (EMBARK_HAZARD_REWRITES | BLOCKS)

/* clang-format off */
static const rule rules[] = {
    [CHANGE_COLUMN_TYPE] = {"change-column-type", SEVERITY_ERROR, REWRITES,
     LOCK_ACCESS_EXCLUSIVE, WORK_REWRITE, RULE_ON_EXISTING | RULE_BY_SIZE,
     "a column's type is changed in a way that writes the table anew, while nobody reads it"},
    [CHANGE_COLUMN_TYPE_INDEXES] = {"change-column-type-indexes", SEVERITY_ERROR, BLOCKS,
     LOCK_ACCESS_EXCLUSIVE, WORK_BUILD, RULE_ON_EXISTING | RULE_BY_SIZE,
     "a column's type is changed: its indexes are built anew while nobody reads the table"},
    [CHANGE_COLUMN_TYPE_UNKNOWN] = {"change-column-type-unknown", SEVERITY_NOTE, REWRITES,
     LOCK_ACCESS_EXCLUSIVE, WORK_REWRITE, RULE_ON_EXISTING | RULE_BY_SIZE,
     "a column's type is changed, and the folder does not tell from which: it may be a rewrite"},
    [SET_NOT_NULL] = {"set-not-null", SEVERITY_ERROR, BLOCKS,
     LOCK_ACCESS_EXCLUSIVE, WORK_SCAN, RULE_ON_EXISTING | RULE_BY_SIZE,
     "SET NOT NULL reads all of the table while nobody else can"},
    [ADD_COLUMN_NOT_NULL] = {"add-column-not-null", SEVERITY_ERROR, 0,
     LOCK_ACCESS_EXCLUSIVE, WORK_NONE, RULE_ON_EXISTING,
     "a column that is NOT NULL and has no default is added: it fails on a table with rows"},
    [ADD_COLUMN_VOLATILE_DEFAULT] = {"add-column-volatile-default", SEVERITY_ERROR, REWRITES,
     LOCK_ACCESS_EXCLUSIVE, WORK_REWRITE, RULE_ON_EXISTING | RULE_BY_SIZE,
     "a column is added whose default differs from row to row: the table is written anew"},
    [ADD_COLUMN_SERIAL] = {"add-column-serial", SEVERITY_ERROR, REWRITES,
     LOCK_ACCESS_EXCLUSIVE, WORK_REWRITE, RULE_ON_EXISTING | RULE_BY_SIZE,
     "a serial or identity column is added: the table is written anew to number its rows"},
    [ADD_COLUMN_GENERATED] = {"add-column-generated", SEVERITY_ERROR, REWRITES,
     LOCK_ACCESS_EXCLUSIVE, WORK_REWRITE, RULE_ON_EXISTING | RULE_BY_SIZE,
     "a stored generated column is added: the table is written anew to compute it"},
    [ADD_COLUMN_DOMAIN] = {"add-column-domain", SEVERITY_ERROR, REWRITES,
     LOCK_ACCESS_EXCLUSIVE, WORK_REWRITE, RULE_ON_EXISTING | RULE_BY_SIZE,
     "a column of a domain with constraints is added: the table is written anew"},
    [SET_LOGGED] = {"set-logged", SEVERITY_ERROR, REWRITES,
     LOCK_ACCESS_EXCLUSIVE, WORK_REWRITE, RULE_ON_EXISTING | RULE_BY_SIZE,
     "SET LOGGED writes the table anew, and all of it to the log"},
    [SET_UNLOGGED] = {"set-unlogged", SEVERITY_ERROR, EMBARK_HAZARD_DESTRUCTIVE | REWRITES,
     LOCK_ACCESS_EXCLUSIVE, WORK_REWRITE, RULE_ON_EXISTING | RULE_BY_SIZE,
     "SET UNLOGGED writes the table anew, and a crash will empty it"},
    [SET_TABLESPACE] = {"set-tablespace", SEVERITY_ERROR, REWRITES,
     LOCK_ACCESS_EXCLUSIVE, WORK_REWRITE, RULE_ON_EXISTING | RULE_BY_SIZE,
     "a table moves to another tablespace or access method: all of it is written anew"},
};
/* clang-format on */
/* --- types ------------------------------------------------------------------------------------ */

static const char *const change_in_steps =
    "Add a column of the new type, have programs write both, copy the rows in batches, and drop the"
    " old column once no program reads it.";

static void change_type(check *c, const subject *table, json_t *command)
{
  const char *name = node_text(command, "name");
  const column *changed = object_column(table->object, name);
  const char *from = changed != NULL && changed->type[0] != '\0' ? changed->type : NULL;
  char *to = catalog_type(node_get(command, "def.ColumnDef.typeName"));
  size_t place = check_find_word(c, name, 0);
  switch (alter_type_change(c, table->object, command)) {
  case TYPE_CHANGE_REWRITE:
    check_report(c, &rules[CHANGE_COLUMN_TYPE], place, table, change_in_steps,
                 "changing \"%s\" of \"%s\"%s%s to %s writes the table anew", name, table->name,
                 from != NULL ? " from " : "", from != NULL ? from : "", to);
    break;
  case TYPE_CHANGE_UNKNOWN:
    check_report(
        c, &rules[CHANGE_COLUMN_TYPE_UNKNOWN], place, table, change_in_steps,
        "changing \"%s\" of \"%s\" to %s may write the table anew: the folder does not tell"
        " its old type",
        name, table->name, to);
    break;
  case TYPE_CHANGE_INDEXES:
    if (alter_has_index(c, table->object, name)) {
      check_report(c, &rules[CHANGE_COLUMN_TYPE_INDEXES], place, table,
                   "Drop the column's indexes before, and make them again CONCURRENTLY behind it.",
                   "changing \"%s\" of \"%s\" from %s to %s builds its indexes anew", name,
                   table->name, from, to);
    }
    break;
  case TYPE_CHANGE_NONE:
    break;
  }
  free(to);
}

/* --- NOT NULL --------------------------------------------------------------------------------- */

static void put_not_null_in_steps(text *out, const subject *table, const char *column_name)
{
  text on = {0};
  text of = {0};
  text given = {0};
  text name = {0};
  subject_put_name(&on, table);
  name_put(&of, column_name);
  text_printf(&given, "%s_%s_given", table->name, column_name);
  name_put(&name, text_string(&given));
  text_printf(out, "ALTER TABLE %s ADD CONSTRAINT %s CHECK (%s IS NOT NULL) NOT VALID;\n",
              text_string(&on), text_string(&name), text_string(&of));
  text_printf(out, "-- in the next migration:\nALTER TABLE %s VALIDATE CONSTRAINT %s;\n",
              text_string(&on), text_string(&name));
  text_printf(out, "-- in the one behind it:\nALTER TABLE %s ALTER COLUMN %s SET NOT NULL;\n",
              text_string(&on), text_string(&of));
  text_printf(out, "ALTER TABLE %s DROP CONSTRAINT %s;", text_string(&on), text_string(&name));
  text_free(&on);
  text_free(&of);
  text_free(&given);
  text_free(&name);
}

static void set_not_null(check *c, const subject *table, json_t *command)
{
  const char *name = node_text(command, "name");
  text better = {0};
  if (alter_is_not_null(table->object, name)) {
    return;
  }
  put_not_null_in_steps(&better, table, name);
  check_report(c, &rules[SET_NOT_NULL], check_find_word(c, name, 0), table, text_string(&better),
               "SET NOT NULL of \"%s\" reads all of \"%s\" while nobody else can", name,
               table->name);
  text_free(&better);
}

/* --- new columns ------------------------------------------------------------------------------ */

/* clang-format off */
static const struct {
  int rule;
  const char *why;
  const char *better;
} costs[] = {
    [COLUMN_VOLATILE] = {ADD_COLUMN_VOLATILE_DEFAULT, "has a default that differs from row to row",
     "Add it without the default, set that then, and fill the rows in batches."},
    [COLUMN_SERIAL] = {ADD_COLUMN_SERIAL, "numbers all rows",
     "Add a plain bigint, fill the rows in batches, and make it an identity then."},
    [COLUMN_GENERATED] = {ADD_COLUMN_GENERATED, "is computed for all rows",
     "Compute it in a view; or add a plain column that a trigger keeps."},
    [COLUMN_DOMAIN] = {ADD_COLUMN_DOMAIN, "is of a domain with constraints",
     "Give it the domain's base type, and the constraints NOT VALID."},
};
/* clang-format on */

/* It fails on any row that there is. */
static bool lacks_default(json_t *def)
{
  bool is_not_null = alter_inline(def, "CONSTR_NOTNULL") != NULL ||
                     alter_inline(def, "CONSTR_PRIMARY") != NULL || node_flag(def, "is_not_null");
  return is_not_null && alter_inline(def, "CONSTR_DEFAULT") == NULL;
}

static bool is_of(const check *c, json_t *range, const subject *table)
{
  subject named = subject_of_range(c, range);
  return named.name != NULL && strcmp(named.name, table->name) == 0 &&
         named.object == table->object;
}

/* TRUNCATE, or DELETE without WHERE. */
static bool empties(const check *c, const tree *t, const subject *table)
{
  json_t *list = strcmp(t->kind, "TruncateStmt") == 0 ? node_get(t->node, "relations") : NULL;
  for (size_t i = 0; i < json_array_size(list); i++) {
    if (is_of(c, node_as(json_array_get(list, i), "RangeVar"), table)) {
      return true;
    }
  }
  return strcmp(t->kind, "DeleteStmt") == 0 && node_get(t->node, "whereClause") == NULL &&
         is_of(c, node_get(t->node, "relation"), table);
}

/* By its first word: few are worth reading again. */
static bool moves_rows(const check *c, size_t index)
{
  const statement *st = &c->of->script.statements[index];
  lexer lx = {.text = c->of->source.bytes, .size = st->end, .at = st->start, .std_strings = true};
  token first = lex_next(&lx);
  return token_is(lx.text, first, "truncate") || token_is(lx.text, first, "delete") ||
         token_is(lx.text, first, "insert") || token_is(lx.text, first, "copy");
}

/* The migration has taken all rows out before, and put none in. */
static bool is_empty(const check *c, const subject *table)
{
  bool is_emptied = false;
  for (size_t i = 0; i < c->statement; i++) {
    if (!moves_rows(c, i)) {
      continue;
    }
    tree t = {0};
    check_read(&t, c->of, i);
    bool is_filled = strcmp(t.kind, "InsertStmt") == 0 || strcmp(t.kind, "CopyStmt") == 0;
    is_emptied = empties(c, &t, table) ||
                 (is_emptied && !(is_filled && is_of(c, node_get(t.node, "relation"), table)));
    tree_free(&t);
  }
  return is_emptied;
}

static void add_column(check *c, const subject *table, json_t *def)
{
  const char *name = node_text(def, "colname");
  column_cost cost = alter_column_cost(c, def);
  size_t place = check_find_word(c, name, 0);
  if (object_column(table->object, name) != NULL) {
    return; /* IF NOT EXISTS */
  }
  if (cost != COLUMN_FREE) {
    check_report(c, &rules[costs[cost].rule], place, table, costs[cost].better,
                 "new column \"%s\" %s: \"%s\" is written anew", name, costs[cost].why,
                 table->name);
  } else if (lacks_default(def) && !subject_is_new(c, table) && !is_empty(c, table)) {
    check_report(
        c, &rules[ADD_COLUMN_NOT_NULL], place, table,
        "Give it a default; or add it without NOT NULL, fill the rows, and see set-not-null.",
        "new column \"%s\" is NOT NULL without a default: this fails when \"%s\" has rows", name,
        table->name);
  }
}

/* --- tables ----------------------------------------------------------------------------------- */

/* clang-format off */
static const struct {
  const char *subtype;
  int rule;
  const char *does;
  const char *better;
} moves[] = {
    {"AT_SetLogged", SET_LOGGED, "SET LOGGED writes all rows anew",
     "Make a new table, and copy in batches."},
    {"AT_SetUnLogged", SET_UNLOGGED, "SET UNLOGGED writes all rows anew, for a crash to empty",
     "Make a new table, and copy in batches."},
    {"AT_SetTableSpace", SET_TABLESPACE, "SET TABLESPACE copies all rows",
     "Move it in a quiet hour, or with pg_repack, which copies beside running programs."},
    {"AT_SetAccessMethod", SET_TABLESPACE, "SET ACCESS METHOD writes all rows anew",
     "Make a new table, and copy in batches."},
};
/* clang-format on */

static void move_table(check *c, const subject *table, json_t *command)
{
  for (size_t i = 0; i < sizeof moves / sizeof moves[0]; i++) {
    if (node_is(command, "subtype", moves[i].subtype)) {
      check_report(c, &rules[moves[i].rule], 0, table, moves[i].better, "%s of \"%s\"",
                   moves[i].does, table->name);
    }
  }
}

static void look(check *c)
{
  json_t *list = node_get(c->tree->node, "cmds");
  if (strcmp(c->tree->kind, "AlterTableStmt") != 0 ||
      !node_is(c->tree->node, "objtype", "OBJECT_TABLE")) {
    return;
  }
  alter_touch(c);
  subject table = subject_of_range(c, node_get(c->tree->node, "relation"));
  for (size_t i = 0; i < json_array_size(list); i++) {
    json_t *command = node_as(json_array_get(list, i), "AlterTableCmd");
    if (node_is(command, "subtype", "AT_AlterColumnType")) {
      change_type(c, &table, command);
    } else if (node_is(command, "subtype", "AT_SetNotNull")) {
      set_not_null(c, &table, command);
    } else if (node_is(command, "subtype", "AT_AddColumn")) {
      add_column(c, &table, node_get(command, "def.ColumnDef"));
    } else {
      move_table(c, &table, command);
    }
  }
}

const rule_family rules_column = {rules, sizeof rules / sizeof rules[0], look, NULL};
