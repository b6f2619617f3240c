/* Asks libpg_query, and knows nothing of what a tree means. The only file that includes it. */
#include "tree.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"

#ifdef EMBARK_PG_QUERY
#include <pg_query.h>

#include "utf8.h"

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

/* The parser counts characters from 1; 0 is no place. */
static size_t byte_of(const char *sql, int character)
{
  size_t at = 0;
  for (size_t left = strlen(sql); character > 1 && left > at; character--) {
    size_t size = utf8_size(sql + at, left - at);
    at += size > 0 ? size : 1;
  }
  return at;
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
    t->error_at = byte_of(sql, result.error->cursorpos);
  } else {
    t->root = load(result.parse_tree);
    if (t->root != NULL) {
      find_statement(t);
    } else { /* nested deeper than JSON is read */
      t->state = TREE_TOO_LONG;
    }
  }
  pg_query_free_parse_result(result);
}

json_t *tree_block(const char *sql)
{
  PgQueryPlpgsqlParseResult result = pg_query_parse_plpgsql(sql);
  json_t *functions = result.error == NULL ? load(result.plpgsql_funcs) : NULL;
  pg_query_free_plpgsql_parse_result(result);
  return functions;
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
