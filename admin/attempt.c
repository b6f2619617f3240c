/* attempt.c - runs under way, and who takes part in them. The only state of the endpoint besides
 * the count of failures.
 *
 * One mutex guards the table and all that requests share. The run itself belongs to the one thread
 * that has set is_driven, which polls it and waits for its socket without the mutex.
 */
#include "attempt.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "drive.h"
#include "journal.h"
#include "key.h"
#include "work.h"

struct attempt {
  attempt *next; /* in the table */
  key key;
  char *key_memory;
  pthread_cond_t changed; /* there is more to read, it is over, or nobody drives any more */
  unsigned parts;         /* requests that take part */
  bool is_driven;
  bool is_over;
  bool in_hook; /* the host's is being called */
  embark_event_fn on_event;
  void *event_data;
  journal journal;
  int64_t tell_ms; /* when what the journal holds back is to be told */
  bool is_lent;    /* its connection is */
  work work;       /* the driver's, until it is over */
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t fork_handlers = PTHREAD_ONCE_INIT;
static attempt *under_way;

/* --- fork ------------------------------------------------------------------------------------- */

static void before_fork(void)
{
  pthread_mutex_lock(&mutex);
}

static void after_fork_in_parent(void)
{
  pthread_mutex_unlock(&mutex);
}

/* The runs are the parent's: their connections are, too. */
static void after_fork_in_child(void)
{
  under_way = NULL;
  pthread_mutex_unlock(&mutex);
}

static void install_fork_handlers(void)
{
  /* Out of memory here costs safety across fork alone, and only for a fork in the middle of a call.
   */
  (void)pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

/* --- the table; under the mutex --------------------------------------------------------------- */

static attempt *find(const key *k)
{
  attempt *a = under_way;
  while (a != NULL && !key_is_same(&a->key, k)) {
    a = a->next;
  }
  return a;
}

static void forget(attempt *a)
{
  attempt **at = &under_way;
  while (*at != NULL && *at != a) {
    at = &(*at)->next;
  }
  if (*at == a) {
    *at = a->next;
  }
}

bool attempt_is_under_way(const call *c, const PGconn *conn)
{
  key k = key_of(c, conn);
  pthread_mutex_lock(&mutex);
  bool found = find(&k) != NULL;
  pthread_mutex_unlock(&mutex);
  return found;
}

/* --- what is heard of it; on the driver's thread ---------------------------------------------- */

/* The hook of the run: everybody hears of it, and the host's own hook may stop it. */
static int hear(void *data, const embark_event *event)
{
  attempt *a = data;
  int64_t us = -1;
  const embark_migration *m = outcome_hear(&a->work.outcome, event, &us);
  pthread_mutex_lock(&mutex);
  bool had_held = journal_has_held(&a->journal);
  journal_add(&a->journal, event, m, us);
  a->tell_ms = had_held ? a->tell_ms : drive_now_ms() + JOURNAL_STATEMENT_MS;
  embark_event_fn on_event = a->on_event;
  void *event_data = a->event_data;
  a->in_hook = on_event != NULL;
  pthread_cond_broadcast(&a->changed);
  pthread_mutex_unlock(&mutex);
  if (on_event == NULL) {
    return 0;
  }
  int stop = on_event(event_data, event);
  pthread_mutex_lock(&mutex);
  a->in_hook = false;
  pthread_cond_broadcast(&a->changed);
  pthread_mutex_unlock(&mutex);
  return stop;
}

static int64_t left_until(int64_t until_ms)
{
  int64_t left = until_ms - drive_now_ms();
  return until_ms < 0 ? -1 : left > 0 ? left : 0;
}

/* --- waiting; under the mutex, which is not held meanwhile ------------------------------------ */

/* When to look again, be it only to tell what was held back. */
static int64_t next_look(const attempt *a, int64_t until_ms)
{
  bool is_sooner = journal_has_held(&a->journal) && (until_ms < 0 || a->tell_ms < until_ms);
  return is_sooner ? a->tell_ms : until_ms;
}

static void tell_held(attempt *a)
{
  if (journal_has_held(&a->journal) && left_until(a->tell_ms) == 0) {
    journal_tell_held(&a->journal);
    pthread_cond_broadcast(&a->changed);
  }
}

/* Drive until it is over, there is more than `seen` to read, or time is up. */
static void drive(attempt *a, size_t seen, int64_t until_ms)
{
  a->is_driven = true;
  do {
    embark_poll wants;
    pthread_mutex_unlock(&mutex);
    bool is_over = work_step(&a->work, &wants);
    pthread_mutex_lock(&mutex);
    if (is_over) {
      journal_end(&a->journal, &a->work.document);
      forget(a);
      a->is_over = true;
    } else if (journal_size(&a->journal) <= seen) {
      int64_t look_ms = next_look(a, until_ms);
      pthread_mutex_unlock(&mutex);
      work_wait(&a->work, wants, left_until(look_ms));
      pthread_mutex_lock(&mutex);
      tell_held(a);
    }
  } while (!a->is_over && journal_size(&a->journal) <= seen && left_until(until_ms) != 0);
  a->is_driven = false;
  pthread_cond_broadcast(&a->changed);
}

/* Wait until something changes, or time is up. */
static void listen(attempt *a, int64_t until_ms)
{
  struct timespec until = {(time_t)(until_ms / 1000), (long)(until_ms % 1000) * 1000000L};
  if (until_ms < 0) {
    pthread_cond_wait(&a->changed, &mutex);
  } else {
    pthread_cond_timedwait(&a->changed, &mutex, &until);
  }
}

static void go_on(attempt *a, size_t seen, int64_t until_ms)
{
  if (a->is_driven) {
    listen(a, until_ms);
  } else {
    drive(a, seen, until_ms);
  }
}

static void wait_for_end(attempt *a)
{
  while (!a->is_over) {
    go_on(a, SIZE_MAX, -1);
  }
}

void attempt_wait(attempt *a)
{
  pthread_mutex_lock(&mutex);
  wait_for_end(a);
  pthread_mutex_unlock(&mutex);
}

const text *attempt_document(const attempt *a, int *code)
{
  *code = a->work.code;
  return &a->work.document;
}

size_t attempt_read(attempt *a, size_t at, char *buffer, size_t size, int64_t until_ms,
                    bool *has_ended)
{
  pthread_mutex_lock(&mutex);
  while (!a->is_over && journal_size(&a->journal) <= at) {
    go_on(a, at, until_ms);
    if (left_until(until_ms) == 0) {
      break;
    }
  }
  size_t got = journal_read(&a->journal, at, buffer, size);
  *has_ended = a->is_over && at + got == journal_size(&a->journal);
  pthread_mutex_unlock(&mutex);
  return got;
}

/* --- taking part ------------------------------------------------------------------------------ */

static void attempt_free(attempt *a)
{
  if (a == NULL) {
    return;
  }
  journal_free(&a->journal);
  work_free(&a->work);
  pthread_cond_destroy(&a->changed);
  free(a->key_memory);
  free(a);
}

/* One without a run; NULL when memory is gone. */
static attempt *attempt_new(const key *k)
{
  pthread_condattr_t monotonic;
  attempt *a = calloc(1, sizeof *a);
  if (a == NULL || pthread_condattr_init(&monotonic) != 0) {
    free(a);
    return NULL;
  }
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  int failed = pthread_cond_init(&a->changed, &monotonic);
  pthread_condattr_destroy(&monotonic);
  if (failed != 0) {
    free(a);
    return NULL;
  }
  if (!key_copy(&a->key, &a->key_memory, k)) {
    attempt_free(a);
    return NULL;
  }
  return a;
}

/* Under the mutex. Takes the connection over where the result is not NULL; else *code says why.
 * Nobody else has a part in what is refused: it may be about this connection. */
static attempt *begin(const call *c, const key *k, const borrowed *b, int *code)
{
  attempt *a = attempt_new(k);
  *code = a != NULL ? work_begin(&a->work, c, b, hear, a) : EMBARK_E_MEMORY;
  if (*code != EMBARK_OK) {
    attempt_free(a);
    return NULL;
  }
  a->on_event = c->options.on_event;
  a->event_data = c->options.event_data;
  a->is_lent = b->is_lent;
  if (!work_is_refused(&a->work)) {
    a->next = under_way;
    under_way = a;
  }
  return a;
}

attempt *attempt_enter(const call *c, bool *is_owner, embark_error *err)
{
  borrowed b;
  int code = borrowed_take(&b, c, err);
  if (code != EMBARK_OK) {
    return NULL;
  }
  pthread_once(&fork_handlers, install_fork_handlers);
  key k = key_of(c, b.conn);
  pthread_mutex_lock(&mutex);
  attempt *a = find(&k);
  *is_owner = a == NULL;
  if (a == NULL) {
    a = begin(c, &k, &b, &code);
  }
  if (a != NULL) {
    a->parts++;
  }
  pthread_mutex_unlock(&mutex);
  if (a == NULL) {
    drive_no_run(err, code);
  }
  if (a == NULL || !*is_owner) {
    borrowed_give_back(&b);
  }
  return a;
}

void attempt_leave(attempt *a, bool is_owner)
{
  pthread_mutex_lock(&mutex);
  if (a->parts == 1 || (is_owner && a->is_lent)) {
    wait_for_end(a);
  }
  if (is_owner) {
    a->on_event = NULL; /* its data need not live any longer */
    while (a->in_hook) {
      listen(a, -1);
    }
  }
  bool is_last = --a->parts == 0;
  pthread_mutex_unlock(&mutex);
  if (is_last) {
    attempt_free(a);
  }
}
