/* linted.h - folders from texts, and what the linter says of them. For unit tests; without a parser
 * nothing is found, and expect_rules() expects nothing. */
#ifndef EMBARK_TEST_LINTED_H
#define EMBARK_TEST_LINTED_H

#include "lint.h"

typedef struct linted {
  pack pack;
  lint lint;
} linted;

/* Lint a folder of `count` migrations, 0000.sql and so on: the test fails when the bundler refuses
 * one. `l` is to be freed. */
void linted_run(linted *l, const char *const *texts, size_t count);

/* The names of the family's rules that were found in the last migration, hidden ones as well, in
 * the order of the findings: "drop-table drop-column"; "" for none. To be freed. */
char *linted_rules(const linted *l, const rule_family *family);

void linted_free(linted *l);

typedef struct lint_case {
  const char *before; /* an earlier migration; NULL: none */
  const char *sql;
  const char *rules; /* as linted_rules() has them */
} lint_case;

/* Lint the folder, and fail unless just these of the family's rules are found in `sql`. */
void expect_rules(const rule_family *family, const lint_case *given);

#endif
