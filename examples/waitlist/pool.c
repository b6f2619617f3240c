/* pool.c - connections are opened when needed, checked when taken, and dropped when broken, so the
 * server outlives its database and finds it again. Nothing slow happens under the mutex. */
#include "pool.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "embark.h"
#include "migrations.h"

enum { WAIT_S = 5, NEWS_SIZE = 4096 };

struct pool {
  pthread_mutex_t mutex;
  pthread_cond_t given; /* a connection came back, or its place became free */
  const char *url;
  enum pool_kind kind;
  size_t size;
  size_t open; /* connections there are: idle, lent out, or being opened */
  size_t idle_count;
  PGconn **idle;
  char news[NEWS_SIZE]; /* why the last connection failed; "" after a success, "?" at first */
};

struct pool *pool_new(const char *url, size_t size, enum pool_kind kind)
{
  struct pool *pool = calloc(1, sizeof(*pool));

  if (!pool) {
    return NULL;
  }
  pool->idle = calloc(size, sizeof(PGconn *));
  if (!pool->idle) {
    free(pool);
    return NULL;
  }
  pthread_mutex_init(&pool->mutex, NULL);
  pthread_cond_init(&pool->given, NULL);
  pool->url = url;
  pool->kind = kind;
  pool->size = size;
  pool->news[0] = '?';
  return pool;
}

void pool_free(struct pool *pool)
{
  if (!pool) {
    return;
  }
  while (pool->idle_count > 0) {
    PQfinish(pool->idle[--pool->idle_count]);
  }
  pthread_cond_destroy(&pool->given);
  pthread_mutex_destroy(&pool->mutex);
  free(pool->idle);
  free(pool);
}

/* Say once that the database is there or why it is not, not again with every request. */
static void report(struct pool *pool, const char *news, long long elapsed_ms)
{
  pthread_mutex_lock(&pool->mutex);
  if (strncmp(pool->news, news, sizeof(pool->news) - 1) != 0) {
    snprintf(pool->news, sizeof(pool->news), "%s", news);
    if (*news) {
      fprintf(stderr, "[%ld] %s\n", (long)getpid(), news);
    } else if (pool->kind == POOL_MIGRATES) {
      fprintf(stderr, "[%ld] database is up to date (%lld ms)\n", (long)getpid(), elapsed_ms);
    }
  }
  pthread_mutex_unlock(&pool->mutex);
}

/* No thread waits for long: not for an address that is silent, nor for a server that has gone. What
 * stands before "dbname" the URL may set otherwise. */
static PGconn *dial(const char *url)
{
  const char *keys[] = {"connect_timeout", "tcp_user_timeout", "fallback_application_name",
                        "dbname",          "client_encoding",  NULL};
  const char *values[] = {"5", "10000", "waitlist", url, "UTF8", NULL};

  return PQconnectdbParams(keys, values, 1);
}

static long long now_ms(void)
{
  struct timespec now;

  clock_gettime(CLOCK_MONOTONIC, &now);
  return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Requests are quick or not at all. Comes after the migrations, which may take their time. */
static void limit_statements(PGconn *conn)
{
  PQclear(PQexec(conn, "SET statement_timeout = '5s'"));
}

/* Open a connection and, where that is this pool's way, bring its database up to date. The first
 * one of all servers that start does the work; the others wait for it, and every later call costs
 * nothing. */
static PGconn *open_new(struct pool *pool)
{
  PGconn *conn = dial(pool->url);
  long long start = now_ms();
  char news[NEWS_SIZE];

  if (PQstatus(conn) != CONNECTION_OK) {
    snprintf(news, sizeof(news), "no database: %s", PQerrorMessage(conn));
    news[strcspn(news, "\n")] = '\0';
  } else if (pool->kind == POOL_MIGRATES && run_migrations(conn) != EMBARK_OK) {
    embark_error_format(embark_last_error(), news, sizeof(news));
  } else {
    report(pool, "", now_ms() - start);
    if (pool->kind != POOL_BARE) {
      limit_statements(conn);
    }
    return conn;
  }
  report(pool, news, 0);
  if (pool->kind == POOL_BARE) {
    return conn;
  }
  PQfinish(conn);
  return NULL;
}

/* An idle connection has little to say. If its socket is readable, that may be the end, though
 * perhaps after some last words. */
static int still_answers(PGconn *conn)
{
  struct pollfd ready = {PQsocket(conn), POLLIN, 0};

  while (poll(&ready, 1, 0) > 0) {
    if (!PQconsumeInput(conn)) {
      return 0;
    }
  }
  return PQstatus(conn) == CONNECTION_OK;
}

/* Wait until a connection is idle or may be opened. Returns 0, or ETIMEDOUT. */
static int wait_for_place(struct pool *pool)
{
  struct timespec until;
  int failed = 0;

  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += WAIT_S;
  while (!failed && pool->idle_count == 0 && pool->open == pool->size) {
    failed = pthread_cond_timedwait(&pool->given, &pool->mutex, &until);
  }
  return failed;
}

static void forget(struct pool *pool)
{
  pthread_mutex_lock(&pool->mutex);
  pool->open--;
  pthread_cond_signal(&pool->given);
  pthread_mutex_unlock(&pool->mutex);
}

PGconn *pool_take(struct pool *pool)
{
  PGconn *conn = NULL;
  int failed;

  pthread_mutex_lock(&pool->mutex);
  failed = wait_for_place(pool);
  if (!failed && pool->idle_count > 0) {
    conn = pool->idle[--pool->idle_count];
  } else if (!failed) {
    pool->open++;
  }
  pthread_mutex_unlock(&pool->mutex);
  if (failed) {
    return NULL;
  }
  if (conn && !still_answers(conn)) {
    PQfinish(conn);
    conn = NULL;
  }
  if (!conn) {
    conn = open_new(pool);
  }
  if (!conn) {
    forget(pool);
  }
  return conn;
}

void pool_give(struct pool *pool, PGconn *conn)
{
  if (PQtransactionStatus(conn) != PQTRANS_IDLE) {
    PQfinish(conn);
    forget(pool);
    return;
  }
  pthread_mutex_lock(&pool->mutex);
  pool->idle[pool->idle_count++] = conn;
  pthread_cond_signal(&pool->given);
  pthread_mutex_unlock(&pool->mutex);
}
