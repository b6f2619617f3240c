/* pool.h - a few database connections, shared by the server's threads. */
#ifndef WAITLIST_POOL_H
#define WAITLIST_POOL_H

#include <stddef.h>
#include <libpq-fe.h>

struct pool;

/* Make a pool of at most `size` connections; none is opened yet. `url` is borrowed for the pool's
 * life. NULL when memory is short. */
struct pool *pool_new(const char *url, size_t size);

/* Lend a connection to a database that is up to date: an idle one that still answers, or a new
 * one, on which run_migrations() was called. Waits a few seconds while all are lent out. NULL when
 * there is none to be had; the reason was written to stderr. Any thread. */
PGconn *pool_take(struct pool *pool);

/* Give a connection back; one that is broken, or not idle, is closed. */
void pool_give(struct pool *pool, PGconn *conn);

/* Close all connections and free the pool. None may be lent out. NULL is fine. */
void pool_free(struct pool *pool);

#endif
