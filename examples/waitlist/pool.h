/* pool.h - a few database connections, shared by the server's threads. */
#ifndef WAITLIST_POOL_H
#define WAITLIST_POOL_H

#include <stddef.h>
#include <libpq-fe.h>

struct pool;

/* What a new connection is for. */
enum pool_kind {
  POOL_MIGRATES, /* requests; the database is brought up to date first, by run_migrations() */
  POOL_SERVES,   /* requests; the database is taken as it is */
  POOL_BARE      /* to migrate on: nothing is set, and one that failed is lent too, to tell why */
};

/* Make a pool of at most `size` connections; none is opened yet. `url` is borrowed for the pool's
 * life. NULL when memory is short. */
struct pool *pool_new(const char *url, size_t size, enum pool_kind kind);

/* Lend a connection: an idle one that still answers, or a new one. Waits a few seconds while all
 * are lent out. NULL when there is none to be had; the reason was written to stderr. Any thread. */
PGconn *pool_take(struct pool *pool);

/* Give a connection back; one that is broken, or not idle, is closed. */
void pool_give(struct pool *pool, PGconn *conn);

/* Close all connections and free the pool. None may be lent out. NULL is fine. */
void pool_free(struct pool *pool);

#endif
