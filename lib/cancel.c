/* cancel.c - cancel requests, each in a thread of its own. Knows PQcancel(); knows nothing of what
 * is cancelled, or why. */
#include "cancel.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

/* Bits of `state`. The last to let go, the owner or the thread, frees. */
enum { UNDER_WAY = 1, CLOSED = 2, ABANDONED = 4 };

/* From malloc() and not from the run's allocator, which need not outlive the run. */
struct embark__cancel {
  PGcancel *request;
  atomic_int state;
};

embark__cancel *embark__cancel_new(PGconn *conn)
{
  embark__cancel *c = malloc(sizeof *c);
  if (c == NULL) {
    return NULL;
  }
  c->request = PQgetCancel(conn);
  atomic_init(&c->state, 0);
  if (c->request == NULL) {
    free(c);
    return NULL;
  }
  return c;
}

static void destroy(embark__cancel *c)
{
  PQfreeCancel(c->request);
  free(c);
}

static void *make_request(void *arg)
{
  embark__cancel *c = arg;
  char ignored[128]; /* a request that fails is made again; nothing better can be done about it */
  PQcancel(c->request, ignored, (int)sizeof ignored);
  if (atomic_fetch_and(&c->state, ~UNDER_WAY) & ABANDONED) {
    destroy(c);
  }
  return NULL;
}

/* The new thread inherits the mask: no signal of the host's is delivered to it, and a SIGPIPE of
 * its own goes with it. */
static int start_thread(embark__cancel *c)
{
  pthread_t thread;
  sigset_t all, before;
  sigfillset(&all);
  if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0) {
    return -1;
  }
  int failed = pthread_create(&thread, NULL, make_request, c);
  pthread_sigmask(SIG_SETMASK, &before, NULL); /* cannot fail, or it had the first time */
  return failed ? -1 : pthread_detach(thread);
}

void embark__cancel_send(embark__cancel *c)
{
  int idle = 0;
  if (atomic_compare_exchange_strong(&c->state, &idle, UNDER_WAY) && start_thread(c) != 0) {
    atomic_fetch_and(&c->state, ~UNDER_WAY);
  }
}

void embark__cancel_close(embark__cancel *c)
{
  atomic_fetch_or(&c->state, CLOSED);
}

int embark__cancel_under_way(const embark__cancel *c)
{
  return c != NULL && (atomic_load(&c->state) & UNDER_WAY) != 0;
}

void embark__cancel_free(embark__cancel *c)
{
  if (c != NULL && (atomic_fetch_or(&c->state, ABANDONED) & UNDER_WAY) == 0) {
    destroy(c);
  }
}
