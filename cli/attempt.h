/* attempt.h - one try to connect: it ends in time, hears Ctrl-C, and says whether another try could
 * end otherwise. */
#ifndef EMBARK_CLI_ATTEMPT_H
#define EMBARK_CLI_ATTEMPT_H

#include <libpq-fe.h>
#include <stdint.h>

#include "database.h"
#include "signals.h"
#include "text.h"

typedef enum attempt_result {
  ATTEMPT_CONNECTED,
  ATTEMPT_NOT_YET, /* the server may be starting, full, or still without an address */
  ATTEMPT_REFUSED, /* it answered, and waiting does not change what it said */
  ATTEMPT_STOPPED  /* by a signal */
} attempt_result;

/* Connect. Each host that does not answer is given up after `host_ms`, all of them after `limit_ms`
 * (-1: no limit). *conn is the caller's to finish, connected or not; NULL when memory is gone.
 * `reason` is what went wrong, without SQLSTATEs; empty when connected. */
attempt_result attempt_connect(PGconn **conn, const database_params *p, int64_t host_ms,
                               int64_t limit_ms, const signals *heard, text *reason);

/* Sleep, or less when a signal comes. */
void attempt_pause(int64_t ms, const signals *heard);

/* A clock that only goes forward. */
int64_t attempt_now_ms(void);

#endif
