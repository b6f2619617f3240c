/* blocker.h - who may have been in the way of a lock that was not to be had. L2.
 *
 * When PostgreSQL gives up waiting it names nobody, and the wait that pg_blocking_pids() could look
 * into is over. So this is a guess, and said as one: the oldest transaction that holds a table
 * lock, those before others whose table the failed statement names.
 */
#ifndef EMBARK_BLOCKER_H
#define EMBARK_BLOCKER_H

#include "buf.h"
#include "pipeline.h"

/* Queue the question; `statement` is the one that failed, NULL when there is none. Returns 0, or -1
 * when memory or the connection is gone. */
int embark__blocker_send(embark__pipeline *p, embark__buf *scratch, const char *statement);

/* Add what the answer's row says to err->detail. */
void embark__blocker_describe(embark_error *err, const PGresult *res);

#endif
