/* bouncer.h - PgBouncer in front of the test's server. */
#ifndef EMBARK_TEST_BOUNCER_H
#define EMBARK_TEST_BOUNCER_H

#include <libpq-fe.h>

/* Start it with this pool_mode ("session", "transaction", "statement") and so many server
 * connections; `setting` is a line for its configuration, "" for none. It ends with the test. One
 * at a time: another is started in the place of the one before. */
void bouncer_start(const char *mode, int size, const char *setting);

/* End it at once, as kill -9 does. */
void bouncer_kill(void);

/* Where it is, as a part of a connection string: "host=... port=...". */
const char *bouncer_address(void);

/* A connection to the test's database through it; closed at the end of the test. */
PGconn *bouncer_connect(void);

/* Give it a command on its console. */
void bouncer_command(const char *command);

/* Nothing of anybody's work is left in a pool of `size` server connections that nobody else uses:
 * each of them has the settings, role and user of a new session, and there is no advisory lock. */
void bouncer_expect_clean(int size);

#endif
