/* claim.h - what rows claim of a server, held against what was measured. */
#ifndef EMBARK_TEST_LINT_CLAIM_H
#define EMBARK_TEST_LINT_CLAIM_H

#include "example.h"
#include "measure.h"

/* What bad.sql's statement does to the tables that were there. */
typedef struct deed {
  lock_mode lock;
  work work;
  const char *error; /* "", or as act_run() has it: the lock is that of the attempt */
} deed;

/* Run bad.sql, its statement under observation. */
deed bad_deed(const example *e);

/* What is wrong with the claims of the row; "" for nothing. */
const char *deed_fault(const rule *r, const deed *done);

/* Run good.sql and say what is wrong with it: a statement that works on a table which its
 * transaction keeps writers from; "" for nothing. */
const char *good_fault(const rule *r, const example *e);

/* What there is once the example's file has run, a line for each thing. */
const char *end_of(const example *e);

#endif
