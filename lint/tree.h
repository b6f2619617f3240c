/* tree.h - one statement as PostgreSQL's own grammar reads it: libpg_query's parse tree, as JSON.
 * node.h reads it. A build without libpg_query has no trees. */
#ifndef EMBARK_LINT_TREE_H
#define EMBARK_LINT_TREE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum tree_state {
  TREE_PARSED,
  TREE_UNKNOWN,   /* the grammar does not take it: `message` and `error_at` */
  TREE_TOO_LONG,  /* or too deep: a tree of it would take memory without measure */
  TREE_OPAQUE,    /* inside a DO: what it runs is made at run time, or in another language */
  TREE_NO_PARSER, /* built without libpg_query */
} tree_state;

/* A zeroed one is ready for use. */
typedef struct tree {
  tree_state state;
  json_t *root;     /* owned */
  const char *kind; /* what statement it is: "AlterTableStmt"; "" when there is none */
  json_t *node;     /* its members; NULL unless PARSED */
  char *message;    /* owned; UNKNOWN: the parser's words */
  size_t error_at;  /* UNKNOWN: the byte that it stopped at */
} tree;

/* Read one statement. `t` is to be freed. */
void tree_parse(tree *t, const char *sql);

/* The PL/pgSQL of a DO statement as libpg_query writes it: block.h reads it. NULL when it cannot be
 * read, or is in another language. To be released with json_decref(). */
json_t *tree_block(const char *sql);

/* The major version of PostgreSQL whose grammar this is, "15"; NULL without a parser. Static. */
const char *tree_grammar(void);

void tree_free(tree *t);

#endif
