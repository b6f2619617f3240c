/* transaction.h - how the transaction of a migration begins and ends. L2.
 *
 * Whatever a migration needs set is set for its transaction alone: behind a transaction pooler a
 * setting of the session would reach other clients. All functions queue one statement and return 0,
 * or -1 when memory or the connection is gone.
 */
#ifndef EMBARK_TRANSACTION_H
#define EMBARK_TRANSACTION_H

#include "buf.h"
#include "pipeline.h"

typedef struct embark__arms {
  int takes_lock; /* 0: the keeper has it */
  int64_t lock_key;
  int64_t lock_timeout_ms;      /* EMBARK_NO_TIMEOUT: none */
  int64_t statement_timeout_ms; /* EMBARK_NO_TIMEOUT: none */
  const char *synchronous_commit;
  int notes_session; /* note first what the session is like: session.h puts that back */
} embark__arms;

int embark__transaction_send_begin(embark__pipeline *p);

/* The transaction's settings, and the lock; put together in `scratch`; fails with RAISED_BY_US when
 * somebody else has it. */
int embark__transaction_send_arm(embark__pipeline *p, embark__buf *scratch,
                                 const embark__arms *arms);

/* The settings of a session in which statements run without a transaction, to be put back
 * afterwards. is_pooled: only those that a pooler puts back itself; any other would stay behind for
 * the next client of the server's session. */
int embark__transaction_send_outside(embark__pipeline *p, const embark__arms *arms, int is_pooled);

int embark__transaction_send_commit(embark__pipeline *p);
int embark__transaction_send_rollback(embark__pipeline *p);

/* Make all that this server committed so far durable, whatever synchronous_commit it was committed
 * with. */
int embark__transaction_send_flush(embark__pipeline *p, const char *synchronous_commit);

#endif
