/* 02_waitlist_server.c - a web server that brings its database up to date before it serves.
 *
 * Introduces: run_migrations in a program with many threads and connections. It is called on every
 * new connection (waitlist/pool.c), by every copy of the server that starts. One applies the
 * migrations, the others wait; from then on the call costs nothing.
 *
 *   POST /api/waitlist                       {"email":"a@b.example"}
 *   POST /api/trpc/waitlist.join?batch=1     {"0":{"json":{"email":"a@b.example"}}}
 *
 * Environment: DATABASE_URL or POSTGRES_URL; BIND (127.0.0.1); PORT (8080; 0 picks one).
 */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "waitlist/config.h"
#include "waitlist/http.h"
#include "waitlist/pool.h"

enum { CONNECTIONS = 4 };

/* While migrations run there is nothing to drain. They may be interrupted anywhere: what had begun
 * is rolled back, and the next start goes on from there. */
static void leave(int signal_number)
{
  (void)signal_number;
  _exit(0);
}

static void signals_prepare(sigset_t *stop)
{
  struct sigaction leaving = {.sa_handler = leave};

  sigemptyset(stop);
  sigaddset(stop, SIGTERM);
  sigaddset(stop, SIGINT);
  sigaction(SIGTERM, &leaving, NULL);
  sigaction(SIGINT, &leaving, NULL);
  signal(SIGPIPE, SIG_IGN);
}

/* Migrate before anything is served. Without a database the server starts all the same: requests
 * are answered with 503, and each tries anew. */
static void warm_up(struct pool *pool)
{
  PGconn *conn = pool_take(pool);

  if (conn) {
    pool_give(pool, conn);
  }
}

/* Serve until told to stop. The signals are blocked before the threads start, so that they come
 * here. */
static int serve(const struct config *config, struct pool *pool, const sigset_t *stop)
{
  struct http *http;
  int received;

  pthread_sigmask(SIG_BLOCK, stop, NULL);
  http = http_start(config->bind, config->port, pool);
  if (!http) {
    return 1;
  }
  printf("listening on %s\n", http_address(http));
  fflush(stdout);
  sigwait(stop, &received);
  http_stop(http);
  return 0;
}

int main(void)
{
  struct config config;
  struct pool *pool;
  sigset_t stop;
  int status;

  if (config_read(&config) != 0) {
    return 2;
  }
  pool = pool_new(config.database_url, CONNECTIONS);
  if (!pool) {
    fputs("out of memory\n", stderr);
    return 1;
  }
  signals_prepare(&stop);
  warm_up(pool);
  status = serve(&config, pool, &stop);
  pool_free(pool);
  return status;
}
