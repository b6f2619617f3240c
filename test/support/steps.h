/* steps.h - migrations whose traces show whether each was applied wholly, and once. */
#ifndef EMBARK_TEST_STEPS_H
#define EMBARK_TEST_STEPS_H

#include "bundle_make.h"

#define STEPS 5

/* STEPS migrations "0000_step" ... Each makes a table and puts a row into `effect`, which no key
 * keeps unique. A migration before the `failing`-th is sound, that one divides by zero at its end;
 * STEPS: none does. */
made_bundle *steps_bundle(unsigned failing);

/* How many are applied, as db_watch sees it. Fails the test unless they are the first ones, none is
 * half there or there twice, and the ledger agrees with what is there. */
unsigned steps_applied(void);

/* The database is as new. */
void steps_empty(void);

/* A run on a new connection completes what is left. */
void steps_complete(void);

#endif
