/* db.h - a database that is empty for every test, and what tests ask of it.
 *
 * The cluster is scripts/throwaway-postgres'; libpq finds it through the environment. Each program
 * makes one database in it and empties that before each test, for making one takes much longer than
 * a test. Its user is a superuser of its own: one named as the ledger's schema would find that
 * schema on its path. A query that fails fails the test.
 */
#ifndef EMBARK_TEST_DB_H
#define EMBARK_TEST_DB_H

#include <libpq-fe.h>

extern PGconn *db_conn;  /* the connection under test; a test may close it and put another there */
extern PGconn *db_watch; /* another session of a superuser, to look and to interfere */

/* Once in a program, before it forks: make the database. */
void db_make(void);

/* Fixture: an empty database, and both connections to it. */
void db_set_up(void);
void db_tear_down(void);

/* The database as new again, in the middle of a test; every session but db_watch's is ended. */
void db_empty(void);

/* The database's name, and its superuser's. */
const char *db_name(void);
const char *db_user(void);

/* Another connection to the test's database. `more` is added to the connection string ("user=x"),
 * "" for nothing. Closed at the end of the test. */
PGconn *db_connect(const char *more);

/* Close the connection under test. */
void db_disconnect(void);

/* Close the connection under test, and open it again with `more`. */
void db_reconnect(const char *more);

/* Both connections anew: the server was away. */
void db_reconnect_both(void);

/* A new role's name, which may log in. `attributes` are CREATE ROLE's, "" for none. */
const char *db_role(const char *attributes);

/* Run SQL; any number of statements. */
void db_exec(PGconn *conn, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The first field of a query's first row; "" where there is none. */
const char *db_value(PGconn *conn, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A query's rows: fields separated by |, rows by line feeds. */
const char *db_rows(PGconn *conn, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The query has exactly these rows, as db_rows() writes them. Asks as db_watch. */
void db_expect_rows(const char *rows, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Which of the tables there are in schema public, by name, separated by blanks. */
void db_expect_tables(const char *names);

/* A mark that changes with anything written to the database: rows, tables, schemas. */
const char *db_mark(void);
void db_expect_mark(const char *before);

/* Wait until a condition holds, as db_watch sees it; fails the test after half a minute. */
void db_wait_until(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* All that a session can be told apart by: every setting with its source, the users, locks, what it
 * has prepared or listens to, and libpq's own modes. */
const char *db_session(PGconn *conn);

/* The session is what it was when db_session() wrote `before`; else the test fails with the
 * difference. */
void db_expect_session(PGconn *conn, const char *before);

/* Two descriptions of sessions are the same; else the test fails with the first difference. */
void db_expect_same(const char *before, const char *after);

#endif
