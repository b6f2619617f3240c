/* aftermath.h - what must be true of a database after a fault, whatever the bundle.
 *
 * An undisturbed run is looked at first, after each of its migrations. A fault may then leave any
 * of those states and no other, none that lacks what was said to be applied; and the next run
 * leaves the last. Tables and their rows are compared, and all else that a schema is made of: a
 * migration that ran twice shows when it inserts rows that no key keeps unique.
 */
#ifndef EMBARK_TEST_AFTERMATH_H
#define EMBARK_TEST_AFTERMATH_H

#include "bundle_make.h"

/* 1 in the long campaigns: every step, where `make check` takes some. */
int aftermath_is_long(void);

/* Watch an undisturbed run of a bundle. The database is empty before and after. */
void aftermath_learn(const made_bundle *made);

/* The database as before a fault: the first `applied` migrations are there. db_conn is lost. */
void aftermath_given(unsigned applied);

/* After a fault: the database is as an undisturbed run has it after some migration, at the least
 * the first `applied`. Waits until the server has noticed that the session is gone. Returns how
 * many migrations there are. */
unsigned aftermath_expect_whole(unsigned applied);

/* The next run, on a new connection, completes: each migration once, the schema the same to
 * pg_dump, and no lock, transaction or session left. */
void aftermath_expect_completed(void);

#endif
