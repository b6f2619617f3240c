/* What the linter cannot tell the effect of: SQL that its grammar does not know, and statements
 * that run what is not in their text. */
#include "check.h"

#include <embark_bundle.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "builtin.h"
#include "kind.h"
#include "lex.h"
#include "node.h"
#include "utf8.h"

enum { UNKNOWN_SYNTAX, UNCLASSIFIED };

/* clang-format off */
static const rule rules[] = {
    [UNKNOWN_SYNTAX] = {
        "unknown-syntax", SEVERITY_NOTE, EMBARK_HAZARD_UNCLASSIFIED, LOCK_NONE, WORK_NONE, 0,
        "the parser does not know this SQL, and no rule can look at it"},
    [UNCLASSIFIED] = {
        "unclassified", SEVERITY_HIDDEN, EMBARK_HAZARD_UNCLASSIFIED, LOCK_NONE, WORK_NONE, 0,
        "what the statement does cannot be told from its text"},
};
/* clang-format on */

/* Once for a statement: a DO may hold many that are so. */
static void report(check *c, const char *what)
{
  const finding *last = c->out->count > 0 ? &c->out->items[c->out->count - 1] : NULL;
  bool is_known = last != NULL && last->rule == &rules[UNCLASSIFIED] &&
                  last->migration == c->migration && last->statement == c->statement;
  if (!is_known) {
    check_report(c, &rules[UNCLASSIFIED], 0, NULL, NULL, "%s", what);
  }
}

/* --- calls ------------------------------------------------------------------------------------ */

typedef struct calls {
  const catalog *catalog;
  bool for_effect; /* nobody reads what the calls return */
  bool is_unknown; /* one of them may do anything */
} calls;

/* What the folder itself made is known to exist, not what it does. A name without a schema is that
 * of a built-in or an extension's function, which seldom changes tables where its value is used. */
static bool is_unknown(const calls *seen, json_t *call)
{
  json_t *names = node_get(call, "funcname");
  const char *name = node_last_name(names);
  const char *schema = node_schema_name(names);
  if (name == NULL || node_is(call, "funcformat", "COERCE_SQL_SYNTAX")) {
    return false;
  }
  if (catalog_named(seen->catalog, OBJECT_FUNCTION, names) != NULL) {
    return true;
  }
  bool is_system = schema == NULL || strcmp(schema, "pg_catalog") == 0;
  return !builtin_is_harmless(name) && (seen->for_effect || !is_system);
}

static void see_call(void *data, const char *kind, json_t *node)
{
  calls *seen = data;
  if (strcmp(kind, "FuncCall") == 0 && is_unknown(seen, node)) {
    seen->is_unknown = true;
  }
}

static void see_function_in_from(void *data, const char *kind, json_t *node)
{
  if (strcmp(kind, "RangeFunction") == 0) {
    node_each(node, see_call, data);
  }
}

/* A migration's SELECT without a table is there for what its functions do. */
static void see_select(calls *seen, json_t *node)
{
  seen->for_effect = true;
  if (json_array_size(node_get(node, "fromClause")) == 0) {
    node_each(node_get(node, "targetList"), see_call, seen);
  }
  node_each(node_get(node, "fromClause"), see_function_in_from, seen);
}

static bool has_unknown_call(const check *c)
{
  calls seen = {.catalog = c->catalog};
  if (!kind_is_query(c->tree->kind)) {
    return false;
  }
  node_each(c->tree->node, see_call, &seen);
  if (strcmp(c->tree->kind, "SelectStmt") == 0) {
    see_select(&seen, c->tree->node);
  }
  return seen.is_unknown;
}

/* --- statements that hide others -------------------------------------------------------------- */

static bool is_explain_analyze(const tree *t)
{
  return strcmp(t->kind, "ExplainStmt") == 0 &&
         node_find_option(node_get(t->node, "options"), "analyze") != NULL;
}

static void look_at_parsed(check *c)
{
  const tree *t = c->tree;
  if (!kind_is_known(t->kind) && !kind_is_query(t->kind)) {
    report(c, "what the statement does is not known");
  } else if (strcmp(t->kind, "CopyStmt") == 0 && node_flag(t->node, "is_program")) {
    report(c, "COPY runs a program on the server");
  } else if (is_explain_analyze(t)) {
    report(c, "EXPLAIN ANALYZE runs its statement");
  } else if (has_unknown_call(c)) {
    report(c, "what the called functions do is not known");
  }
}

/* --- what has no tree ------------------------------------------------------------------------ */

/* The parser's words name what it stopped at, which may be long, or hold line breaks. */
static char *one_line(const char *message)
{
  enum { MOST = 160 };
  size_t size = 0;
  while (message[size] != '\0') {
    size_t step = utf8_size(message + size, strlen(message + size));
    step = step > 0 ? step : 1;
    if (size + step > MOST) {
      break;
    }
    size += step;
  }
  char *line = alloc_string(message, size);
  for (size_t i = 0; i < size; i++) {
    line[i] = (unsigned char)line[i] < ' ' ? ' ' : line[i];
  }
  return line;
}

static void report_syntax(check *c)
{
  if (c->tree->message == NULL) { /* nothing but comments */
    return;
  }
  if (c->is_inner) { /* PL/pgSQL takes more than SQL does */
    report(c, "a statement in DO cannot be read");
    return;
  }
  char *words = one_line(c->tree->message);
  check_report(c, &rules[UNKNOWN_SYNTAX], c->tree->error_at, NULL, NULL,
               "the grammar of PostgreSQL %s does not take it: %s", tree_grammar(), words);
  free(words);
}

/* Long statements are INSERTs, nearly always: data, whatever it is. */
static void report_too_long(check *c)
{
  const rule *data_change = rule_find("data-change");
  const statement *st = &c->of->script.statements[c->statement];
  lexer lx = {.text = c->of->source.bytes, .size = st->end, .at = st->start, .std_strings = true};
  token first = lex_next(&lx);
  if (data_change != NULL && token_is(lx.text, first, "insert")) {
    check_report(c, data_change, 0, NULL, NULL, "rows are added");
  } else {
    report(c, "the statement is too long to be read");
  }
}

static void look(check *c)
{
  switch (c->tree->state) {
  case TREE_PARSED:
    look_at_parsed(c);
    break;
  case TREE_UNKNOWN:
    report_syntax(c);
    break;
  case TREE_TOO_LONG:
    report_too_long(c);
    break;
  case TREE_OPAQUE:
    report(c, "DO runs what cannot be known before");
    break;
  case TREE_NO_PARSER:
    break;
  }
}

const rule_family rules_unknown = {rules, sizeof rules / sizeof rules[0], look, NULL};
