/* server.h - a second server, for tests that the one of the whole run cannot serve. */
#ifndef EMBARK_TEST_SERVER_H
#define EMBARK_TEST_SERVER_H

#define SERVER_PASSWORD "correct-horse-battery"

/* Start one ("standby" or "scram", see test/wire/server) and wait until it lets connections in. One
 * at a time; for unchecked fixtures. */
void server_start(const char *kind);

/* End it and delete its folder. */
void server_stop(void);

/* Where it is, as a part of a connection string: "host=... port=...". */
const char *server_address(void);

#endif
