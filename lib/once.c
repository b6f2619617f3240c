/* once.c - once per process: the table of what this process has brought up to date. The only state
 * the library shares between calls, and its only mutex.
 *
 * Entries are never freed: a reader walks the list without the lock. There is one for each database
 * and bundle a process uses, so their number is small and does not grow with time.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "sys.h"
#include "thread_error.h"

/* What an entry is about. The digest covers the bundle's own ledger: SCHEMA and TABLE are what the
 * options name instead, or "". In an entry the strings are its own, in a question borrowed. */
typedef enum key_part { DIGEST, HOST, PORT, DATABASE, SCHEMA, TABLE, KEY_PARTS } key_part;

typedef struct key {
  const char *part[KEY_PARTS];
} key;

enum { IDLE, RUNNING, DONE };

typedef struct entry {
  struct entry *next; /* set before the entry is published, then constant; so is the key */
  key key;
  atomic_int state;
  pthread_t runner;   /* RUNNING: which thread is at it; under the mutex, as all that follows */
  unsigned runs;      /* how many have ended */
  embark_error error; /* how the last one ended */
} entry;

static _Atomic(entry *) table;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ended = PTHREAD_COND_INITIALIZER;
static pthread_once_t fork_handlers = PTHREAD_ONCE_INIT;

/* --- fork ------------------------------------------------------------------------------------ */

static void before_fork(void)
{
  pthread_mutex_lock(&mutex);
}

static void after_fork_in_parent(void)
{
  pthread_mutex_unlock(&mutex);
}

/* The threads that were at it do not exist here. */
static void after_fork_in_child(void)
{
  for (entry *e = atomic_load(&table); e != NULL; e = e->next) {
    if (atomic_load(&e->state) == RUNNING) {
      atomic_store(&e->state, IDLE);
    }
  }
  pthread_cond_init(&ended, NULL);
  pthread_mutex_unlock(&mutex);
}

static void install_fork_handlers(void)
{
  /* Out of memory here costs safety across fork alone, and only for a fork in the middle of a call.
   */
  (void)pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

/* --- the table ------------------------------------------------------------------------------- */

static const char *or_empty(const char *text)
{
  return text != NULL ? text : "";
}

static key key_of(const PGconn *conn, const embark_bundle *bundle, const embark_options *opt)
{
  /* A caller built against an older header may have no such options. */
  size_t known = opt != NULL ? opt->struct_size : 0;
  key k = {
      {[DIGEST] = or_empty(bundle->digest),
       [HOST] = or_empty(PQhost(conn)),
       [PORT] = or_empty(PQport(conn)),
       [DATABASE] = or_empty(PQdb(conn)),
       [SCHEMA] = "",
       [TABLE] = ""}
  };
  if (known >= offsetof(embark_options, ledger_schema) + sizeof opt->ledger_schema) {
    k.part[SCHEMA] = or_empty(opt->ledger_schema);
  }
  if (known >= offsetof(embark_options, ledger_table) + sizeof opt->ledger_table) {
    k.part[TABLE] = or_empty(opt->ledger_table);
  }
  return k;
}

static int same_key(const key *a, const key *b)
{
  for (int i = 0; i < KEY_PARTS; i++) {
    /* The first byte tells most differences, and that both are empty, as the last two mostly. */
    if (a->part[i][0] != b->part[i][0] ||
        (a->part[i][0] != '\0' && strcmp(a->part[i], b->part[i]) != 0)) {
      return 0;
    }
  }
  return 1;
}

static entry *find(const key *k)
{
  entry *e = atomic_load_explicit(&table, memory_order_acquire);
  while (e != NULL && !same_key(&e->key, k)) {
    e = e->next;
  }
  return e;
}

/* An entry for a key that has none; NULL when memory is gone. Under the mutex. */
static entry *add(const key *k)
{
  size_t size = 0;
  for (int i = 0; i < KEY_PARTS; i++) {
    size += strlen(k->part[i]) + 1;
  }
  entry *e = calloc(1, sizeof *e + size);
  if (e == NULL) {
    return NULL;
  }
  char *text = (char *)(e + 1);
  for (int i = 0; i < KEY_PARTS; i++) {
    size_t length = strlen(k->part[i]) + 1;
    memcpy(text, k->part[i], length);
    e->key.part[i] = text;
    text += length;
  }
  e->next = atomic_load(&table);
  atomic_store_explicit(&table, e, memory_order_release);
  return e;
}

/* --- the call -------------------------------------------------------------------------------- */

/* Wait for the thread that is at it, and take its result. Under the mutex. */
static void share(entry *e, embark_error *out)
{
  if (pthread_equal(e->runner, pthread_self())) {
    embark__error_set(out, EMBARK_E_BUSY, "this thread is migrating this database already");
    embark__error_hint(out, "Do not migrate from an event hook of the same migration.");
    return;
  }
  unsigned runs = e->runs;
  while (e->runs == runs && atomic_load(&e->state) == RUNNING) {
    pthread_cond_wait(&ended, &mutex);
  }
  *out = e->error;
}

static void run(entry *e, PGconn *conn, const embark_bundle *bundle, const embark_options *opt,
                embark_error *out)
{
  atomic_store(&e->state, RUNNING);
  e->runner = pthread_self();
  pthread_mutex_unlock(&mutex);
  int code = embark_migrate(conn, bundle, opt, out);
  pthread_mutex_lock(&mutex);
  e->error = *out;
  e->runs++;
  atomic_store_explicit(&e->state, code == EMBARK_OK ? DONE : IDLE, memory_order_release);
  pthread_cond_broadcast(&ended);
}

static void run_or_share(const key *k, PGconn *conn, const embark_bundle *bundle,
                         const embark_options *opt, embark_error *out)
{
  pthread_once(&fork_handlers, install_fork_handlers);
  pthread_mutex_lock(&mutex);
  entry *e = find(k);
  if (e == NULL) {
    e = add(k);
  }
  if (e == NULL) {
    embark__error_memory(out);
  } else if (atomic_load(&e->state) == RUNNING) {
    share(e, out);
  } else if (atomic_load(&e->state) == IDLE) {
    run(e, conn, bundle, opt, out);
  } else {
    embark__error_clear(out);
  }
  pthread_mutex_unlock(&mutex);
}

/* Whether a success would mean less than that all is applied: there is nothing to remember then. */
static int is_partial(const embark_options *opt)
{
  if (opt == NULL || opt->struct_size < offsetof(embark_options, flags) + sizeof opt->flags) {
    return 0;
  }
  int knows = opt->struct_size >= offsetof(embark_options, steps) + sizeof opt->steps;
  return (opt->flags & EMBARK_DRY_RUN) != 0 || (knows && (opt->target != NULL || opt->steps != 0));
}

int embark_migrate_once(PGconn *conn, const embark_bundle *bundle, const embark_options *opt,
                        embark_error *err)
{
  embark_error *out = err != NULL ? err : embark__thread_error();
  if (conn == NULL || bundle == NULL || bundle->format != EMBARK_BUNDLE_FORMAT || is_partial(opt)) {
    return embark_migrate(conn, bundle, opt, out);
  }
  key k = key_of(conn, bundle, opt);
  entry *e = find(&k);
  if (e != NULL && atomic_load_explicit(&e->state, memory_order_acquire) == DONE) {
    out->code = EMBARK_OK; /* the rest of it means nothing then, and clearing it would cost more
                              than this */
    return EMBARK_OK;
  }
  /* A thread that ended in there would leave others waiting for it, or the mutex locked. */
  int before = embark__sys_hold_cancel();
  run_or_share(&k, conn, bundle, opt, out);
  embark__sys_allow_cancel(before);
  return out->code;
}

void embark_once_reset(void)
{
  pthread_mutex_lock(&mutex);
  for (entry *e = atomic_load(&table); e != NULL; e = e->next) {
    if (atomic_load(&e->state) == DONE) {
      atomic_store(&e->state, IDLE);
    }
  }
  pthread_mutex_unlock(&mutex);
}
