/* server.h - servers of a test's own, for what the one of the whole run cannot serve: others of
 * their kind, and deaths.
 *
 * A server ends with the process that started it, its data does not. So a program makes it in an
 * unchecked fixture, and a test that kills it starts it in a checked one.
 */
#ifndef EMBARK_TEST_SERVER_H
#define EMBARK_TEST_SERVER_H

#include <sys/types.h>

#define SERVER_PASSWORD "correct-horse-battery"

typedef struct server {
  pid_t pid; /* of the postmaster; 0: it does not run */
  char kind[16];
  char dir[512];
  char address[600]; /* as a part of a connection string: "host=... port=..." */
} server;

/* Make the data of one; see test/wire/server for the kinds. Where it fails the program ends, so it
 * is for unchecked fixtures, as is server_remove(). */
void server_make(server *s, const char *kind);

/* Start it, where its data was left, and wait until it lets connections in. */
void server_start(server *s);

/* Wait until it lets connections in again, after it has ended all sessions by itself. */
void server_await(server *s);

/* Have it follow SIGINT (all is written down), or SIGQUIT (nothing more is), to its end. */
void server_end(server *s, int signal);

/* The machine loses power, as far as processes can tell: all of it is gone at once. */
void server_kill(server *s);

/* Keep its data as it is now, while it does not run; and have it so again, however it ended. */
void server_save(const server *s);
void server_restore(server *s);

/* End it and delete its folder. */
void server_remove(server *s);

/* Connections that name no server go to this one from now on. */
void server_take_over(const server *s);

#endif
