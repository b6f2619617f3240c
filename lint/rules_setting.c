/* Settings that a migration changes: for longer than itself, for programs, or to its own harm. */
#include "check.h"

#include <embark_bundle.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "lex.h"
#include "node.h"
#include "text.h"

enum { SET_WITHOUT_LOCAL, SET_SEARCH_PATH, LOCK_TIMEOUT_OFF, ALTER_SYSTEM };

/* clang-format off */
static const rule rules[] = {
    [SET_WITHOUT_LOCAL] = {
        "set-without-local", SEVERITY_NOTE, 0, LOCK_NONE, WORK_NONE, 0,
        "SET without LOCAL reads as if it lasted; what a migration sets ends with it"},
    [SET_SEARCH_PATH] = {
        "set-search-path", SEVERITY_NOTE, 0, LOCK_NONE, WORK_NONE, 0,
        "names without a schema mean other things under another search_path"},
    [LOCK_TIMEOUT_OFF] = {
        "lock-timeout-off", SEVERITY_WARNING, 0, LOCK_NONE, WORK_NONE, 0,
        "without lock_timeout a waiting statement holds up everybody who comes behind it"},
    [ALTER_SYSTEM] = {
        "alter-system", SEVERITY_WARNING, EMBARK_HAZARD_UNCLASSIFIED, LOCK_NONE, WORK_NONE, 0,
        "a setting of the whole server is changed, for all its databases"},
};
/* clang-format on */

/* --- what is set ------------------------------------------------------------------------------ */

/* One setting that a statement makes; name is NULL when it makes none. */
typedef struct change {
  const char *name;
  json_t *args; /* the values, as a list */
  const char *first;
  bool is_local;
} change;

/* SELECT set_config('name', 'value', is_local), as pg_dump writes. */
static change read_call(const tree *t)
{
  json_t *value = node_get(node_at(t->node, "targetList", 0), "ResTarget.val");
  json_t *call = node_as(value, "FuncCall");
  const char *function = node_last_name(node_get(call, "funcname"));
  change made = {0};
  if (function == NULL || strcmp(function, "set_config") != 0) {
    return made;
  }
  json_t *local = node_get(node_at(call, "args", 2), "A_Const.boolval");
  made.name = node_text(node_at(call, "args", 0), "A_Const.sval.sval");
  made.first = node_text(node_at(call, "args", 1), "A_Const.sval.sval");
  made.is_local = local == NULL || node_flag(local, "boolval");
  return made;
}

static change read_set(json_t *set)
{
  change made = {0};
  if (node_is(set, "kind", "VAR_SET_VALUE")) {
    made.name = node_text(set, "name");
    made.args = node_get(set, "args");
    made.first = node_text(node_at(set, "args", 0), "A_Const.sval.sval");
    made.is_local = node_flag(set, "is_local");
  }
  return made;
}

static change read_change(const tree *t)
{
  if (strcmp(t->kind, "SelectStmt") == 0) {
    return read_call(t);
  }
  return read_set(strcmp(t->kind, "VariableSetStmt") == 0 ? t->node : NULL);
}

/* 0 or '0', with a unit or without. */
static bool is_zero(const change *made)
{
  json_t *number = node_get(json_array_get(made->args, 0), "A_Const.ival");
  if (number != NULL) {
    return node_number(number, "ival") == 0;
  }
  return made->first != NULL && made->first[0] == '0' &&
         made->first[1 + strspn(made->first + 1, " smind")] == '\0';
}

/* --- SET without LOCAL ------------------------------------------------------------------------ */

/* What stands at the head of each dump, and is no one's idea of a setting to keep. */
static bool is_of_dump(const change *made)
{
  static const char *const names[] = {"client_encoding",
                                      "client_min_messages",
                                      "check_function_bodies",
                                      "default_table_access_method",
                                      "default_tablespace",
                                      "default_with_oids",
                                      "escape_string_warning",
                                      "row_security",
                                      "standard_conforming_strings",
                                      "xmloption"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (strcmp(made->name, names[i]) == 0) {
      return true;
    }
  }
  return strstr(made->name, "_timeout") != NULL && is_zero(made);
}

/* The statement with LOCAL in it; NULL when its text cannot be had. To be freed. */
static char *with_local(const check *c)
{
  const statement *st = &c->of->script.statements[c->statement];
  const char *bytes = c->of->source.bytes;
  lexer lx = {.text = bytes, .size = st->end, .at = c->base, .std_strings = true};
  if (c->is_inner || !token_is(bytes, lex_next(&lx), "set")) {
    return NULL;
  }
  lexer behind = lx;
  token first = lex_next(&behind);
  token second = lex_next(&behind);
  bool is_session = token_is(bytes, first, "session") && !token_is(bytes, second, "authorization");
  text out = {0};
  size_t rest = is_session ? second.start : first.start;
  text_puts(&out, "SET LOCAL ");
  text_put(&out, bytes + rest, st->end - rest);
  text_puts(&out, ";");
  char *copy = alloc_string(text_string(&out), out.size);
  text_free(&out);
  return copy;
}

static void look_at_scope(check *c, const change *made)
{
  if (made->is_local || c->of->outside || is_of_dump(made)) {
    return;
  }
  char *better = with_local(c);
  check_report(c, &rules[SET_WITHOUT_LOCAL], 0, NULL, better,
               strchr(made->name, '.') != NULL
                   ? "%s stays set in the session: nothing says what to put it back to"
                   : "%s is put back at the end of the migration, as with SET LOCAL",
               made->name);
  free(better);
}

/* --- search_path ------------------------------------------------------------------------------ */

/* Where names without a schema lead, when that is not the schema that everybody expects. NULL: it
 * is, or there is none, so that every name needs its schema. */
static const char *other_schema(const change *made)
{
  const char *first = made->first;
  if (first != NULL && strcmp(first, "$user") == 0) {
    first = node_text(json_array_get(made->args, 1), "A_Const.sval.sval");
  }
  bool is_usual = first == NULL || first[0] == '\0' || strncmp(first, "public", 6) == 0 ||
                  strcmp(first, "pg_catalog") == 0 || strncmp(first, "\"$user\"", 7) == 0;
  return is_usual ? NULL : first;
}

static void look_at_search_path(check *c, const change *made)
{
  const char *schema = other_schema(made);
  if (schema != NULL) {
    check_report(c, &rules[SET_SEARCH_PATH], 0, NULL,
                 "Write the schema with each name, and leave search_path as it is.",
                 "from here on names without a schema are those of \"%s\"", schema);
  }
}

static void look_at_default(check *c, json_t *set, const char *whose)
{
  change made = read_set(set);
  if (made.name != NULL && strcmp(made.name, "search_path") == 0) {
    check_report(c, &rules[SET_SEARCH_PATH], 0, NULL,
                 "Write the schema with each name, in programs as well.",
                 "the %s's programs have another search_path from their next connection on", whose);
  }
}

/* --- statements ------------------------------------------------------------------------------- */

static void look(check *c)
{
  change made = read_change(c->tree);
  if (made.name != NULL && strcmp(made.name, "search_path") == 0) {
    look_at_search_path(c, &made);
  } else if (made.name != NULL) {
    look_at_scope(c, &made);
  } else if (strcmp(c->tree->kind, "AlterRoleSetStmt") == 0) {
    look_at_default(c, node_get(c->tree->node, "setstmt"), "role");
  } else if (strcmp(c->tree->kind, "AlterDatabaseSetStmt") == 0) {
    look_at_default(c, node_get(c->tree->node, "setstmt"), "database");
  } else if (strcmp(c->tree->kind, "AlterSystemStmt") == 0) {
    check_report(c, &rules[ALTER_SYSTEM], 0, NULL,
                 "ALTER ROLE or ALTER DATABASE ... SET changes it for those alone.",
                 "a setting of the whole server is changed");
  }
}

/* --- lock_timeout ----------------------------------------------------------------------------- */

/* A statement from `first` on and before `end` waits for a lock that keeps at least writers away.
 */
static bool has_wait(const check *c, size_t first, size_t end)
{
  for (size_t i = 0; i < c->touches.count; i++) {
    const touch *t = &c->touches.items[i];
    if (t->statement >= first && t->statement < end && t->lock > LOCK_SHARE_UPDATE_EXCLUSIVE) {
      return true;
    }
  }
  return false;
}

typedef enum timeout { TIMEOUT_KEPT, TIMEOUT_OFF, TIMEOUT_ON } timeout;

/* What the statement makes of lock_timeout. */
static timeout read_timeout(const check *c, const statement *st)
{
  tree t = {0};
  char *sql = alloc_string(c->of->source.bytes + st->start, st->end - st->start);
  tree_parse(&t, sql);
  change made = read_change(&t);
  bool is_it = made.name != NULL && strcmp(made.name, "lock_timeout") == 0;
  bool is_back = node_is(t.node, "name", "lock_timeout") && made.name == NULL; /* RESET */
  timeout is = is_it && is_zero(&made) ? TIMEOUT_OFF : is_it || is_back ? TIMEOUT_ON : TIMEOUT_KEPT;
  tree_free(&t);
  free(sql);
  return is;
}

/* Where it is changed again; the count of statements when it is not. */
static size_t find_end(const check *c, size_t first)
{
  size_t i = first;
  while (i < c->of->script.count &&
         (!c->of->script.statements[i].settings ||
          read_timeout(c, &c->of->script.statements[i]) == TIMEOUT_KEPT)) {
    i++;
  }
  return i;
}

/* At the end, because a dump of a database turns it off as well, and locks nothing in use. */
static void look_back(check *c)
{
  check at = *c;
  for (size_t i = 0; c->touches.count > 0 && i < c->of->script.count; i++) {
    const statement *st = &c->of->script.statements[i];
    if (st->settings && read_timeout(c, st) == TIMEOUT_OFF &&
        has_wait(c, i + 1, find_end(c, i + 1))) {
      at.statement = i;
      at.base = st->start;
      check_report(&at, &rules[LOCK_TIMEOUT_OFF], 0, NULL,
                   "Leave it out: a run that gets no lock in time gives up, and tries again.",
                   "lock_timeout is off, and a statement below locks a table that is in use");
    }
  }
}

const rule_family rules_setting = {rules, sizeof rules / sizeof rules[0], look, look_back};
