/* crowd.h - many that start at once on one database, and what must be true afterwards. */
#ifndef EMBARK_TEST_CROWD_H
#define EMBARK_TEST_CROWD_H

#include "bundle_make.h"

#define CROWD_SIZE       32
#define CROWD_MIGRATIONS 6

/* How many rounds a test of a crowd takes: 20, or what EMBARK_TEST_ROUNDS says where the same is
 * done on several servers; 2 at least. */
int crowd_rounds(void);

/* Migrations each of which leaves a row in the table `effect`, which no key keeps unique. */
made_bundle *crowd_bundle(embark_ledger kind);

/* The test's database is as new. */
void crowd_empty(void);

/* Every migration was applied, and once: by the effects, and by the ledger. */
void crowd_expect_once(const made_bundle *made);

#endif
