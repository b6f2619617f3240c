/* plan_given.h - bundles of bare migrations and rows of their ledgers, for tests of the policy. The
 * migrations have names, hashes and times, and no SQL. */
#ifndef EMBARK_TEST_PLAN_GIVEN_H
#define EMBARK_TEST_PLAN_GIVEN_H

#include "plan.h"

#define GIVEN_MOST 8

typedef struct given {
  embark_bundle bundle;
  embark_migration migration[GIVEN_MOST]; /* "m0", "m1" ...; m1 has the time 1001 */
} given;

/* A bundle of the first `count` migrations. */
void given_bundle(given *g, embark_ledger kind, uint32_t count);

/* The row that this kind of ledger has of migration `index`: as it is, or as before an edit. */
embark__row given_applied(const given *g, uint32_t index);
embark__row given_changed(const given *g, uint32_t index);

/* The row of a migration that no bundle of ours has: "u0" or "u1". */
embark__row given_unknown(const given *g, uint32_t number);

/* Make a plan of these rows, each stamped with its place among them, and decide. The caller frees
 * the plan, whatever the result. */
int given_decide(embark__plan *plan, const given *g, const embark__row *rows, size_t count,
                 const embark__situation *now, embark_error *err);

/* A database with a ledger and tables, and no wish but `op`. */
embark__situation given_situation(embark_op op);

#endif
