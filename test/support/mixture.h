/* mixture.h - migrations with and without a transaction, whose traces show what ran how often.
 *
 * A table; a file without a transaction of an index that is built concurrently, a transaction of
 * its own, a VACUUM and a statement that may be repeated; a table.
 */
#ifndef EMBARK_TEST_MIXTURE_H
#define EMBARK_TEST_MIXTURE_H

#include "bundle_make.h"

/* Three migrations; the second has MIXTURE_STATEMENTS, and its transaction's COMMIT is the
 * MIXTURE_COMMIT-th of them. */
#define MIXTURE_STATEMENTS 6
#define MIXTURE_COMMIT     4
made_bundle *mixture_bundle(embark_ledger kind);

/* The database is as new; whoever else was connected to it is not any more. */
void mixture_empty(void);

/* After a fault: what the progress says is done is there, and the transaction of the file is wholly
 * there if and only if the progress says so. */
void mixture_expect_true(void);

/* Everything is there once. */
void mixture_expect_effects(const made_bundle *made);

/* That, and nobody but the tests' own sessions is connected or holds anything. */
void mixture_expect_complete(const made_bundle *made);

/* The next run, on a new connection of db_conn to the server itself, completes what is left. */
void mixture_complete(const made_bundle *made);

#endif
