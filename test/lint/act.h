/* act.h - an example, run on the server of db.h. */
#ifndef EMBARK_TEST_LINT_ACT_H
#define EMBARK_TEST_LINT_ACT_H

#include <stdbool.h>

#include "example.h"

/* Roles that an example makes are the server's, not the database's: from now on those that are left
 * are dropped. For the one program whose examples make some. */
void act_own_roles(void);

/* An empty database, with what before.sql makes: the test's connections are open from the first
 * call on, and db_tear_down() closes them. */
void act_prepare_empty(const example *e);

/* The same, and rows in every table. */
void act_prepare(const example *e);

/* The statement cannot run in a transaction. */
bool act_is_alone(const migration *m, size_t index);

/* Begin the transaction that the file has for the statement, unless it is open. */
void act_begin(const migration *m, size_t index);

/* Run the statement in its transaction, which is left open. Returns "", or the error as "SQLSTATE
 * message". */
const char *act_run(const migration *m, size_t index);

/* Commit, if the transaction is that statement's alone: in a file without one. */
void act_settle(const migration *m);

/* Commit, if a transaction is open. */
void act_commit(void);

/* Run the statements from `first` up to, not including, `end`, each of which has to succeed. */
void act_run_all(const migration *m, size_t first, size_t end);

#endif
