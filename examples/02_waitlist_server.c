/* 02_waitlist_server.c - a web server that brings its database up to date before it serves.
 *
 * Introduces: run_migrations in a program with many threads and connections. It is called on every
 * new connection (waitlist/pool.c), by every copy of the server that starts. One applies the
 * migrations, the others wait; from then on the call costs nothing.
 * Introduces: embark_admin_handle, the same by a person's hand (waitlist/endpoint.c).
 *
 *   POST /api/waitlist                       {"email":"a@b.example"}
 *   POST /api/trpc/waitlist.join?batch=1     {"0":{"json":{"email":"a@b.example"}}}
 *   GET  /api/admin/migrate                  the page that shows and applies migrations
 *
 * Environment: DATABASE_URL or POSTGRES_URL; BIND (127.0.0.1); PORT (8080; 0 picks one);
 * MIGRATION_SECRET opens the page; MIGRATE_ON_START=0 leaves all migrating to it.
 */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include <embark_admin.h>

#include "waitlist/config.h"
#include "waitlist/endpoint.h"
#include "waitlist/http.h"
#include "waitlist/pool.h"

enum { CONNECTIONS = 4 };

/* While migrations run at the start there is nothing to drain. They may be interrupted anywhere:
 * what had begun is rolled back, and the next start goes on from there. */
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

static void announce(const struct config *config, const struct http *http)
{
  if (config->secret) {
    printf("migrations are at %s%s\n", http_address(http), EMBARK_ADMIN_MOUNT);
  }
  printf("listening on %s\n", http_address(http));
  fflush(stdout);
}

/* Serve until told to stop. The signals are blocked before the threads start, so that they come
 * here. A run that would take too long to wait for is cut off, as it may be at the start. */
static int serve(const struct config *config, struct pool *pool, const struct endpoint *endpoint,
                 const sigset_t *stop)
{
  struct http *http;
  int received;

  pthread_sigmask(SIG_BLOCK, stop, NULL);
  http = http_start(config->bind, config->port, pool, endpoint);
  if (!http) {
    return 1;
  }
  announce(config, http);
  sigwait(stop, &received);
  if (http_stop(http) != 0) {
    fputs("leaving, with requests still under way\n", stderr);
    _exit(0);
  }
  return 0;
}

int main(void)
{
  struct config config;
  struct endpoint *endpoint;
  struct pool *pool;
  sigset_t stop;
  int status = 2;

  if (config_read(&config) != 0) {
    return 2;
  }
  pool = pool_new(config.database_url, CONNECTIONS,
                  config.migrate_on_start ? POOL_MIGRATES : POOL_SERVES);
  endpoint = pool ? endpoint_new(config.database_url, config.secret) : NULL;
  if (endpoint) {
    signals_prepare(&stop);
    warm_up(pool);
    status = serve(&config, pool, endpoint, &stop);
  }
  endpoint_free(endpoint);
  pool_free(pool);
  return status;
}
