/* lock.h - the advisory lock: its key, who has it, how to wait for it. L2.
 *
 * It is a transaction-level lock, taken by transaction.c in the very transaction that does the
 * work, so it holds behind a transaction pooler and cannot leak. Nobody waits for it in the server:
 * a session that waits in a lock function pins a snapshot, and CREATE INDEX CONCURRENTLY waits for
 * snapshots.
 */
#ifndef EMBARK_LOCK_H
#define EMBARK_LOCK_H

#include "buf.h"
#include "pipeline.h"

typedef struct embark__lock {
  int64_t key;
  int64_t limit_ms; /* how long to wait in all; EMBARK_WAIT_NONE, EMBARK_WAIT_FOREVER */
  int64_t since_ms; /* when waiting began; 0: not waiting */
  int64_t done;     /* of an index that the holder is building; of total, 0: not known */
  int64_t total;
  int32_t holder_pid; /* 0: nobody, or not known */
  char holder[160];   /* "pid 4711 (psql, user alice from 10.0.0.7, idle in transaction)" */
} embark__lock;

/* The key of a ledger, for a lock that no option names. */
int64_t embark__lock_key(embark_ledger kind, const char *schema, const char *table);
/* The one that the options name, or else that. */
int64_t embark__lock_key_of(const embark_options *opt, embark_ledger kind, const char *schema,
                            const char *table);

/* Queue the question who has the lock; embark__lock_holder() reads the rows. Returns 0, or -1 when
 * memory or the connection is gone. */
int embark__lock_send_holder(const embark__lock *lock, embark__pipeline *p, embark__buf *scratch);

/* Before the question: nobody, as far as is known. */
void embark__lock_forget_holder(embark__lock *lock);

/* Take in the answer's rows: none means that nobody has it. */
void embark__lock_holder(embark__lock *lock, const PGresult *res);

/* How many milliseconds to wait before the next look, with jitter: about 5 at first, at most 500.
 * -1 when the limit is reached. Starts the wait when there is none. */
int64_t embark__lock_next_wait(embark__lock *lock, int64_t now_ms);

#endif
