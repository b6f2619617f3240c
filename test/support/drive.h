/* drive.h - both entrances of the library, so that every behaviour is tested through either.
 *
 * A suite made by drive_suite() runs each of its tests twice: through embark_migrate(), and through
 * the pollable run with a poll(2) loop of our own, then also with an event hook. Check can leave
 * out the former by its tag: CK_EXCLUDE_TAGS=blocking. Every call made
 * through drive() is held to what holds for all calls: the session comes back as it was, the error
 * returned and the error filled agree, and say what was wrong and what to do.
 */
#ifndef EMBARK_TEST_DRIVE_H
#define EMBARK_TEST_DRIVE_H

#include <check.h>
#include <embark.h>

#include "bundle_make.h"
#include "db.h"

typedef enum drive_entrance { DRIVE_BLOCKING, DRIVE_POLLABLE } drive_entrance;

extern drive_entrance drive_through;
extern embark_options drive_options; /* of the test's calls; begins as the defaults */
extern embark_error drive_error;     /* of the last call */
extern int drive_ahead;              /* of the last pollable run; 0 through the other entrance */

/* A suite of tests, the last of them followed by NULL, each of which has a fresh database. */
Suite *drive_suite(const char *name, const TTest *first, ...);

/* The same, for tests that choose the entrance themselves: each runs once. */
void drive_add_single(Suite *suite, const TTest *first, ...);

/* As drive_add_single(), each with the numbers from 0 to `count` - 1 as _i. */
void drive_add_loop(Suite *suite, int count, const TTest *first, ...);

/* What the database is like before the test: another session has applied this bundle. */
void drive_given(const made_bundle *made);

/* Migrate db_conn with the test's options. Returns the code; drive_error has the rest. */
int drive(const made_bundle *made);

/* As drive(), but a failure fails the test. */
void drive_ok(const made_bundle *made);

/* As drive(), and the code must be this one. */
void drive_expect(const made_bundle *made, embark_code code);

/* As drive(), on a connection that cannot be asked for its session before and after. */
int drive_unasked(PGconn *conn, const embark_bundle *bundle);

/* Another op, through the pollable run. */
int drive_op(embark_op op, const made_bundle *made);

/* Poll a run of the test's to its end. Returns its code, and keeps its error. */
int drive_run(embark_run *run);

/* Poll a run once, then wait for what it wants. Returns what it wanted. */
embark_poll drive_step(embark_run *run);

/* A run on db_conn with the test's options, freed by the test. */
embark_run *drive_start(embark_op op, const made_bundle *made);

/* The last error's texts; NULL: not looked at. */
void drive_expect_error(const char *message, const char *detail, const char *hint);

/* Where the last error says it happened. */
void drive_expect_place(const char *tag, uint32_t statement, uint32_t line, uint32_t column);

#endif
