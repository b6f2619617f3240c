/* example.h - the examples of a rule, test/lint/rules/NAME/: before.sql, bad.sql and good.sql, read
 * as the migrations of a folder. All memory is the test's. */
#ifndef EMBARK_TEST_LINT_EXAMPLE_H
#define EMBARK_TEST_LINT_EXAMPLE_H

#include <stdbool.h>
#include <stddef.h>

#include "linted.h"

#define EXAMPLES "test/lint/rules"
#define HERE     "-- here\n" /* stands on a line of its own above the statement */

typedef struct example {
  linted folder;
  const migration *before; /* NULL: there is none */
  const migration *of;     /* bad.sql or good.sql */
  size_t index;            /* its, in the folder */
  size_t target;           /* its statement below HERE; its count when there is none */
} example;

/* All rules, one after the other; NULL behind the last. */
const rule *rule_number(int number);
int rule_count(void);

/* The file DIR/NAME/FILE; NULL when it is not there. */
const char *file_text(const char *dir, const char *name, const char *file);

/* `file` of a rule, "bad.sql" or "good.sql", on top of its before.sql. */
void example_load(example *e, const char *name, const char *file);

/* The same from texts; before: NULL for none. */
void example_make(example *e, const char *before, const char *sql);

/* The finding of the rule in the file: at the statement, or at any for a NULL; NULL when there is
 * none. */
const finding *example_finding(const example *e, const char *name, const size_t *index);

/* The text of one statement. */
const char *statement_text(const migration *m, size_t index);

/* What the rule's file "claims" says behind that word on a line of its own; "" when it says
 * nothing. It is for what cannot be seen in the examples themselves:
 *   fails 55P04              bad.sql's statement fails, with that SQLSTATE
 *   fails-on-13 42601        the same, on that version only
 *   ends otherwise: REASON   good.sql does not come to the same end as bad.sql */
const char *example_claim(const char *name, const char *word);

#endif
