/* server.h - the throwaway server that scripts/throwaway-postgres started: databases, connections,
 * and messages counted on the wire. Whatever fails here ends the program with a word. */
#ifndef EMBARK_BENCH_SERVER_H
#define EMBARK_BENCH_SERVER_H

#include <libpq-fe.h>
#include <embark.h>

void die(const char *what, const char *why) __attribute__((noreturn));

/* A connection to a database; NULL: to the one that the environment names. */
PGconn *server_connect(const char *database);

/* One value of one row, or "". Good until the next call. */
const char *server_value(PGconn *conn, const char *sql);
void server_run(PGconn *conn, const char *sql);

/* A database nobody has used yet, in place of an older one of that name; and away with it. It has
 * been connected to once: the first connection to a database builds files that all later ones use.
 */
void server_fresh_database(const char *database);
void server_drop_database(const char *database);

/* Migrate, and die unless it succeeds. */
void server_migrate(PGconn *conn, const embark_bundle *bundle, const embark_options *opt);

/* Migrate with the wire recorded: how often the server said that it is ready for the next. */
unsigned server_migrate_round_trips(PGconn *conn, const embark_bundle *bundle);

#endif
