/* Knows how libpg_query writes PL/pgSQL, and nothing of what its statements do. */
#include "block.h"

#include <string.h>

#include "node.h"
#include "text.h"

typedef enum part { PART_EXPRESSION, PART_STATEMENT, PART_DYNAMIC } part;

/* The members that hold more than an expression. */
static const struct {
  const char *parent;
  const char *member;
  part part;
} parts[] = {
    {"PLpgSQL_stmt_execsql",    "sqlstmt",              PART_STATEMENT},
    {"PLpgSQL_stmt_perform",    "expr",                 PART_STATEMENT},
    {"PLpgSQL_stmt_call",       "expr",                 PART_STATEMENT},
    {"PLpgSQL_stmt_fors",       "query",                PART_STATEMENT},
    {"PLpgSQL_stmt_open",       "query",                PART_STATEMENT},
    {"PLpgSQL_var",             "cursor_explicit_expr", PART_STATEMENT},
    {"PLpgSQL_stmt_dynexecute", "query",                PART_DYNAMIC  },
    {"PLpgSQL_stmt_dynfors",    "query",                PART_DYNAMIC  },
    {"PLpgSQL_stmt_open",       "dynquery",             PART_DYNAMIC  },
};

typedef struct reader {
  void (*take)(void *data, const char *statement);
  void *data;
} reader;

/* --- parts ------------------------------------------------------------------------------------ */

static bool is_read(const char *sql)
{
  tree t = {0};
  tree_parse(&t, sql);
  bool is_parsed = t.state == TREE_PARSED;
  tree_free(&t);
  return is_parsed;
}

static bool take_if_read(const reader *r, const char *before, const char *expression,
                         const char *behind)
{
  text sql = {0};
  text_printf(&sql, "%s%s%s", before, expression, behind);
  bool is_taken = is_read(text_string(&sql));
  if (is_taken) {
    r->take(r->data, text_string(&sql));
  }
  text_free(&sql);
  return is_taken;
}

/* "x := f(1)" comes with its target. PL/pgSQL takes "count(*) FROM t" for an expression, too. */
static void take_expression(const reader *r, const char *query)
{
  const char *assigned = strstr(query, ":=");
  if (!take_if_read(r, "VALUES (", query, ")") &&
      (assigned == NULL || !take_if_read(r, "VALUES (", assigned + 2, ")")) &&
      !take_if_read(r, "SELECT ", assigned != NULL ? assigned + 2 : query, "")) {
    r->take(r->data, NULL);
  }
}

static void take_statements(const reader *r, const char *sql)
{
  tree t = {0};
  tree_parse(&t, sql);
  json_t *list = node_get(t.root, "stmts");
  if (json_array_size(list) <= 1) {
    r->take(r->data, sql);
  }
  for (size_t i = 0; json_array_size(list) > 1 && i < json_array_size(list); i++) {
    const char *start = sql + node_number(json_array_get(list, i), "stmt_location");
    long length = node_number(json_array_get(list, i), "stmt_len");
    text one = {0};
    text_put(&one, start, length > 0 ? (size_t)length : strlen(start));
    r->take(r->data, text_string(&one));
    text_free(&one);
  }
  tree_free(&t);
}

/* EXECUTE 'DROP TABLE t' is as good as the statement itself. */
static void take_dynamic(const reader *r, const char *expression)
{
  tree t = {0};
  text sql = {0};
  text_printf(&sql, "SELECT %s", expression);
  tree_parse(&t, text_string(&sql));
  json_t *value = node_get(node_at(t.node, "targetList", 0), "ResTarget.val");
  const char *constant = node_text(value, "A_Const.sval.sval");
  if (constant != NULL) {
    take_statements(r, constant);
  } else {
    r->take(r->data, NULL);
  }
  text_free(&sql);
  tree_free(&t);
}

/* --- the tree --------------------------------------------------------------------------------- */

static part part_of(const char *parent, const char *member)
{
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
    if (strcmp(parts[i].parent, parent) == 0 && strcmp(parts[i].member, member) == 0) {
      return parts[i].part;
    }
  }
  return PART_EXPRESSION;
}

static void take_part(const reader *r, part p, const char *query)
{
  if (p == PART_STATEMENT) {
    r->take(r->data, query);
  } else if (p == PART_DYNAMIC) {
    take_dynamic(r, query);
  } else {
    take_expression(r, query);
  }
}

/* parent: the kind of the object that the member stands in. */
static void visit(const reader *r, const char *parent, json_t *node)
{
  const char *key = NULL;
  json_t *value = NULL;
  json_object_foreach(node, key, value)
  {
    const char *query = node_text(value, "PLpgSQL_expr.query");
    if (query != NULL) {
      take_part(r, part_of(parent, key), query);
    } else if (strcmp(key, "PLpgSQL_expr") == 0) { /* one of a list */
      take_part(r, PART_EXPRESSION, node_text(value, "query"));
    } else {
      visit(r, strncmp(key, "PLpgSQL_", 8) == 0 ? key : parent, value);
    }
  }
  for (size_t i = 0; json_is_array(node) && i < json_array_size(node); i++) {
    visit(r, parent, json_array_get(node, i));
  }
}

static bool is_plpgsql(const tree *t)
{
  json_t *language = node_find_option(node_get(t->node, "args"), "language");
  return language == NULL || node_is(language, "arg", "plpgsql");
}

void block_each(const tree *t, const char *sql, void (*take)(void *data, const char *statement),
                void *data)
{
  json_t *functions = is_plpgsql(t) ? tree_block(sql) : NULL;
  reader r = {take, data};
  if (json_array_size(functions) > 0) {
    visit(&r, "", functions);
  } else {
    take(data, NULL);
  }
  json_decref(functions);
}
