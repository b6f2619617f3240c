/* keeper.h - the second connection that holds the lock while a migration runs without a
 * transaction. L2.
 *
 * The connection that runs the statements cannot hold a lock that ends with a transaction. The
 * keeper opens one, takes the lock in it, and stays idle. It says everything by simple queries: a
 * portal of the extended protocol would keep its snapshot as long as the transaction lasts, and
 * CREATE INDEX CONCURRENTLY waits for old snapshots. For the same reason nothing is asked of it
 * while a statement runs.
 */
#ifndef EMBARK_KEEPER_H
#define EMBARK_KEEPER_H

#include "buf.h"
#include "pipeline.h"

typedef enum embark__dial { DIAL_READ, DIAL_WRITE, DIAL_DONE, DIAL_FAILED } embark__dial;

typedef struct embark__keeper {
  PGconn *conn; /* NULL: none */
  embark__pipeline pipe;
  embark__dial dial; /* how far connecting is */
  int holds;         /* it has the lock, or may have it */
  int is_used;       /* it has had it before: since then nobody looked whether it is there */
  int64_t timeout_s; /* its connect_timeout; 0: none is set */
  int32_t pid; /* of the server's process that has the lock for it, by the server's own word */
} embark__keeper;

/* EMBARK_OK, or with err filled E_ARGUMENT when it is no connection string, E_MEMORY. */
int embark__keeper_check(const char *conninfo, embark_error *err) EMBARK_CHECKED;

/* Begin to connect to where `conninfo` leads; NULL: to where `like` is connected, as the same user.
 * Returns 0, or -1 when memory is gone. */
int embark__keeper_start(embark__keeper *k, PGconn *like, const char *conninfo,
                         const embark_allocator *alloc);

/* Go on connecting, without waiting. After DIAL_DONE `pipe` is ready; after DIAL_FAILED the other
 * says why, but for what may be a part of a password. */
embark__dial embark__keeper_dial(embark__keeper *k);
const char *embark__keeper_reason(const embark__keeper *k);

/* Queue: open the transaction and take the lock; fails with RAISED_BY_US when somebody else has it.
 * Its row has the server's process in column KEEPER_PID.
 * Then: are you there? Then: let go. Each is a conversation; returns 0, or -1 when memory or the
 * connection is gone. */
enum { KEEPER_PID = 3 };
int embark__keeper_send_lock(embark__keeper *k, int64_t key, embark__buf *scratch);
int embark__keeper_send_ping(embark__keeper *k);
int embark__keeper_send_release(embark__keeper *k);

/* Hang up; whatever it held is let go of by the server. Harmless when there is none. */
void embark__keeper_close(embark__keeper *k);

#endif
