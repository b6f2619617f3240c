/* Asks libpg_query, and knows nothing of what a tree means. The only file that includes it. */
#include "tree.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"

#ifdef EMBARK_PG_QUERY
#include <pg_query.h>

/* A tree is some fifty times as long as its text. What is longer is data. */
enum { TREE_MOST = 256 * 1024 };

static json_t *load(const char *json)
{
  return json != NULL ? json_loads(json, JSON_DECODE_ANY, NULL) : NULL;
}

/* {"stmts": [{"stmt": {KIND: NODE}}]}; our statements are one each. */
static void find_statement(tree *t)
{
  json_t *first = json_array_get(json_object_get(t->root, "stmts"), 0);
  void *member = json_object_iter(json_object_get(first, "stmt"));
  if (member != NULL) {
    t->kind = json_object_iter_key(member);
    t->node = json_object_iter_value(member);
  } else {
    t->state = TREE_UNKNOWN;
  }
}

void tree_parse(tree *t, const char *sql)
{
  *t = (tree){.kind = ""};
  if (strlen(sql) > TREE_MOST) {
    t->state = TREE_TOO_LONG;
    return;
  }
  PgQueryParseResult result = pg_query_parse(sql);
  if (result.error != NULL) {
    const char *message = result.error->message;
    t->state = TREE_UNKNOWN;
    t->message = message != NULL ? alloc_string(message, strlen(message)) : NULL;
    t->error_at = result.error->cursorpos > 0 ? (size_t)result.error->cursorpos - 1 : 0;
  } else {
    t->root = load(result.parse_tree);
    find_statement(t);
  }
  pg_query_free_parse_result(result);
}

/* --- DO ----------------------------------------------------------------------------------------- */

static void collect(json_t *out, json_t *node);

static void collect_members(json_t *out, json_t *object)
{
  const char *key = NULL;
  json_t *value = NULL;
  json_object_foreach(object, key, value)
  {
    bool is_dynamic =
        strcmp(key, "PLpgSQL_stmt_dynexecute") == 0 || strcmp(key, "PLpgSQL_stmt_dynfors") == 0;
    bool is_static = strcmp(key, "PLpgSQL_stmt_execsql") == 0 ||
                     strcmp(key, "PLpgSQL_stmt_perform") == 0 ||
                     strcmp(key, "PLpgSQL_stmt_call") == 0 || strcmp(key, "PLpgSQL_stmt_fors") == 0;
    if (is_dynamic || is_static) {
      json_t *expression = json_object_get(value, is_dynamic ? "query" : "sqlstmt");
      expression = expression != NULL ? expression : json_object_get(value, "expr");
      expression = expression != NULL ? expression : json_object_get(value, "query");
      json_t *query = json_object_get(json_object_get(expression, "PLpgSQL_expr"), "query");
      json_array_append_new(out, json_pack("{s:O?, s:b}", "query", query, "dynamic", is_dynamic));
    }
    collect(out, value);
  }
}

static void collect(json_t *out, json_t *node)
{
  if (json_is_object(node)) {
    collect_members(out, node);
  }
  for (size_t i = 0; json_is_array(node) && i < json_array_size(node); i++) {
    collect(out, json_array_get(node, i));
  }
}

json_t *tree_block(const char *sql)
{
  PgQueryPlpgsqlParseResult result = pg_query_parse_plpgsql(sql);
  json_t *functions = result.error == NULL ? load(result.plpgsql_funcs) : NULL;
  json_t *out = json_array_size(functions) > 0 ? json_array() : NULL;
  if (out != NULL) {
    collect(out, functions);
  }
  json_decref(functions);
  pg_query_free_plpgsql_parse_result(result);
  return out;
}

const char *tree_grammar(void)
{
  return PG_MAJORVERSION;
}

#else

void tree_parse(tree *t, const char *sql)
{
  (void)sql;
  *t = (tree){.state = TREE_NO_PARSER, .kind = ""};
}

json_t *tree_block(const char *sql)
{
  (void)sql;
  return NULL;
}

const char *tree_grammar(void)
{
  return NULL;
}

#endif

void tree_free(tree *t)
{
  json_decref(t->root);
  free(t->message);
  *t = (tree){.kind = ""};
}
