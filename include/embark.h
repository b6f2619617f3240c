/* embark.h - PostgreSQL migrations that ship inside your program.
 *
 * `embark-bundle` turns a folder of SQL into a C file that holds an embark_bundle and the function
 * `run_migrations(PGconn *)`. This library brings a database up to date with a bundle: every
 * migration exactly once, in order, each in a transaction of its own together with its row in the
 * ledger, under an advisory lock, however many processes and threads start together. A migration
 * marked NO_TRANSACTION runs statement by statement instead, and is taken up by the next run where
 * it was interrupted; while it runs, a second connection with the same parameters holds the lock.
 * It must be there within the connection's connect_timeout, or within 15 seconds where none is
 * set.
 *
 * What holds for every function here:
 *  - Nothing is printed, no signal is handled, no environment or locale is read, nothing exits.
 *  - A connection handed in is lent: it is never closed or reset here, and comes back idle, outside
 *    any transaction, without a lock, in the blocking mode and with the settings it had. When it
 *    cannot (the network or the server went away) the error says so, and PQstatus() tells.
 *  - A PGconn must not be used by two threads at once, as libpq demands. Different connections may
 *    be used by different threads at the same time. pthread_cancel() of a thread in a blocking call
 *    or in embark_run_free() takes effect when that returns; for embark_run_poll(), see to it that
 *    the thread is not cancelled in it.
 *  - Functions that return int return EMBARK_OK (0) or an embark_code.
 *  - Strings handed in are UTF-8, are read during the call (for a run: until embark_run_free()),
 *    and are never kept. Times are milliseconds.
 */
#ifndef EMBARK_H
#define EMBARK_H

#include <stddef.h>
#include <stdint.h>
#include <libpq-fe.h>

#include "embark_bundle.h"

#define EMBARK_VERSION_MAJOR 0
#define EMBARK_VERSION_MINOR 1
#define EMBARK_VERSION_PATCH 0

#if defined(__GNUC__)
#define EMBARK_API     __attribute__((visibility("default")))
#define EMBARK_CHECKED __attribute__((warn_unused_result))
#else
#define EMBARK_API
#define EMBARK_CHECKED
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* What went wrong. Values are fixed and never reused. Unless its line says otherwise, the state
 * after an error is: migrations applied before it stay applied and are durable, the failed one is
 * rolled back (one without a transaction keeps the statements before the failed one), later ones
 * did not run, the connection is as it was handed in. Where the connection is lost, what was
 * committed on it may still be lost with a crash of the server. A run that was cancelled does not
 * wait for a synchronous standby: there, durable means on this server. */
typedef enum embark_code {
  EMBARK_OK = 0,
  EMBARK_E_ARGUMENT = 1,   /* a NULL or impossible argument; nothing was sent */
  EMBARK_E_BUNDLE = 2,     /* the bundle is of another format, or unsound; nothing was changed */
  EMBARK_E_MEMORY = 3,     /* out of memory */
  EMBARK_E_CONNECTION = 4, /* it was closed, or lost on the way: the next run goes on */
  EMBARK_E_IN_TRANSACTION = 5, /* it is inside a transaction block; nothing was sent */
  EMBARK_E_BUSY = 6,           /* a command is in progress on it; nothing was sent */
  EMBARK_E_PIPELINE = 7,       /* it is in pipeline mode; nothing was sent */
  EMBARK_E_LOCKED = 8,     /* somebody else held the migration lock for longer than lock_wait_ms */
  EMBARK_E_PERMISSION = 9, /* the role may not read or write the ledger, or not create it */
  EMBARK_E_READ_ONLY = 10, /* migrations are pending and the server takes no writes */
  EMBARK_E_ADOPT = 11,     /* no ledger, but tables; nothing was changed */
  EMBARK_E_CHANGED = 12,   /* an applied migration was edited since; nothing was changed */
  EMBARK_E_MISSING = 13,   /* an applied migration is gone from the bundle; nothing was changed */
  EMBARK_E_UNKNOWN = 14,   /* the ledger ends in strangers, and ours are pending; as above */
  EMBARK_E_REORDERED = 15, /* applied in another order than the bundle's; nothing was changed */
  EMBARK_E_OUT_OF_ORDER = 16, /* a pending one is older than an applied one; nothing was changed */
  EMBARK_E_LEDGER = 17, /* the ledger is not a table as Embark knows it, or it is not to be trusted
                           (docs/ledger.md), or it did not take a migration's row */
  EMBARK_E_SQL = 18,    /* a migration failed; the error has its place and the server's words */
  EMBARK_E_LOCK_TIMEOUT = 19, /* a migration did not get its locks, however often it was tried */
  EMBARK_E_CANCELLED = 20,    /* the event hook or embark_run_cancel() stopped the run */
  EMBARK_E_SERVER = 21,  /* the server or a pooler answered something Embark cannot work with */
  EMBARK_E_PENDING = 22, /* VERIFY only: history is sound, but migrations are pending */
  EMBARK_E_KEEPER = 23,  /* no second connection to be had, which a migration without a transaction
                           needs; nothing of it ran */
  EMBARK_E_INTERRUPTED = 24, /* a statement without a transaction was interrupted, and only a person
                                can say what became of it; nothing was changed */
  EMBARK_E_IRREVERSIBLE = 25, /* REVERT: one to be reverted has no down file; nothing was changed */
  EMBARK_E_TARGET = 26,   /* `target` is not in the bundle, or not in the state that the op needs;
                              nothing was changed */
  EMBARK_E_FORBIDDEN = 27 /* a migration that would run has a hazard that is forbidden, and is not
                              approved; the error has the first such statement, embark_run_steps()
                              all of them. Nothing was changed */
} embark_code;

#define EMBARK_TAG_SIZE  128
#define EMBARK_TEXT_SIZE 768

/* An error. Fixed in size and owned by the caller, so that it can be filled when memory is gone;
 * texts too long for it are cut at a character and end in "...". Holds no pointer: copy it freely.
 * Unset texts are "", unset numbers 0. Never holds a password or a connection string. */
typedef struct embark_error {
  int code;           /* embark_code */
  uint32_t statement; /* of the migration, from 1; 0 when it is about no statement */
  uint32_t line;      /* of the file, from 1 */
  uint32_t column;    /* of the line, in characters, from 1 */
  char sqlstate[8];
  char tag[EMBARK_TAG_SIZE];      /* the migration it is about */
  char file[EMBARK_TAG_SIZE];     /* its file */
  char message[EMBARK_TEXT_SIZE]; /* one line, lower case, no full stop */
  char detail[EMBARK_TEXT_SIZE];  /* facts, the server's own message among them */
  char hint[EMBARK_TEXT_SIZE];    /* what to do next */
  char reserved[256];
} embark_error;

/* Write an error as people read it: message with its place, DETAIL and HINT, a line each, without a
 * final newline. At most `size` bytes with the NUL; returns the length the whole text has, as
 * snprintf does. `buffer` may be NULL when `size` is 0. */
EMBARK_API size_t embark_error_format(const embark_error *err, char *buffer, size_t size);

/* The name of a code ("EMBARK_E_LOCKED"); "EMBARK_E_?" for any other number. Static. */
EMBARK_API const char *embark_code_name(int code);

/* The library's version, "0.1.0". Static. */
EMBARK_API const char *embark_version(void);

/* The last error of a blocking call of this thread that was given no `err` of its own,
 * run_migrations() among them. Never NULL; code EMBARK_OK when there was none. Belongs to the
 * thread; the next such call overwrites it. */
EMBARK_API const embark_error *embark_last_error(void);

/* --- events ---------------------------------------------------------------------------------- */

typedef enum embark_event_type {
  EMBARK_EVENT_PLANNED = 1,   /* `steps` are to be applied; comes again when the run plans anew */
  EMBARK_EVENT_STARTED = 2,   /* migration `tag` is known to be running */
  EMBARK_EVENT_STATEMENT = 3, /* its statement `statement` is done */
  EMBARK_EVENT_APPLIED = 4,   /* its step is committed, whatever the op; that it is durable too is
                                 said by DONE alone */
  EMBARK_EVENT_NOTICE = 5,    /* the server sent a notice: `sqlstate`, `severity`, `message` */
  EMBARK_EVENT_LOCK_WAIT = 6, /* somebody else is migrating: `holder_pid`, `message` says who; or a
                                 backend still runs a statement whose client is gone: then `done` of
                                 `total` where the server tells */
  EMBARK_EVENT_RETRY = 7,     /* `tag` was rolled back for want of a lock and is tried again */
  EMBARK_EVENT_DONE = 8,      /* success, and durable: `steps` were applied by this run, `ahead` */
  EMBARK_EVENT_RESUMED = 9    /* `tag`, interrupted earlier, is taken up at `statement`; `message`
                                 says what was found */
} embark_event_type;

/* What the hook is told. Lives during the call only; strings are never NULL. */
typedef struct embark_event {
  embark_event_type type;
  uint32_t step; /* which of `steps`, from 1 */
  uint32_t steps;
  uint32_t statement; /* which of `statements`, from 1 */
  uint32_t statements;
  int32_t holder_pid; /* LOCK_WAIT: the backend that has the lock, 0 when not known */
  int32_t ahead;      /* DONE: 1 when the ledger has migrations that the bundle does not know */
  int64_t elapsed_ms; /* since the run began */
  const char *tag;
  const char *sqlstate;
  const char *severity;
  const char *message;
  int64_t done; /* LOCK_WAIT: blocks and rows of an index that is being built */
  int64_t total;
  uint32_t hazards; /* PLANNED: of all steps; STARTED: of this one: EMBARK_HAZARD_* */
} embark_event;

/* Called on the thread that drives the run, between two steps of its dialogue. It must not use the
 * run's connection nor call Embark on it, and has to return: no exception, no longjmp(), no end of
 * its thread. Returns 0 to go on; anything else cancels the run as embark_run_cancel() does. While
 * there is a hook it gets the notices that the connection's notice processor would have had; a
 * notice receiver of the host's keeps getting them instead. */
typedef int (*embark_event_fn)(void *data, const embark_event *event);

/* --- options --------------------------------------------------------------------------------- */

/* Where the library's own memory comes from. Both functions are given `data`. `resize` acts as
 * realloc: (NULL, n) allocates, NULL is out of memory, and then the old block stands; `release`
 * acts as free. libpq's memory is not covered: it has no such hook. */
typedef struct embark_allocator {
  void *(*resize)(void *data, void *block, size_t size);
  void (*release)(void *data, void *block);
  void *data;
} embark_allocator;

#define EMBARK_WAIT_NONE    (-1) /* lock_wait_ms: try once */
#define EMBARK_WAIT_FOREVER (-2) /* lock_wait_ms: until cancelled */
#define EMBARK_NO_TIMEOUT   (-1) /* any *_timeout_ms: no limit */

/* Flag: apply pending migrations that are older than applied ones, and do not take another order in
 * the ledger for an error. */
#define EMBARK_OUT_OF_ORDER 1u

/* Flag: stop once it is decided what is to be done, as PLAN does for MIGRATE. The steps are those
 * that the op would take; nothing is written and no lock is taken. */
#define EMBARK_DRY_RUN 2u

/* Options; zero is the default everywhere. Start from EMBARK_OPTIONS_INIT. Fields are only ever
 * added at the end; `struct_size` tells the library which the caller knows. */
typedef struct embark_options {
  size_t struct_size;
  int64_t lock_wait_ms;         /* how long to wait for another migrator; 0: 60,000 */
  int64_t lock_timeout_ms;      /* lock_timeout of each migration; 0: 5,000 */
  int64_t statement_timeout_ms; /* statement_timeout of each migration; 0: none */
  uint32_t retries;   /* how often each migration that lost a lock is tried again; 0: 10 */
  uint32_t flags;     /* EMBARK_OUT_OF_ORDER, EMBARK_DRY_RUN */
  embark_adopt adopt; /* 0: as the bundle says */
  int has_lock_key;   /* 1: `lock_key` in place of the one of the ledger's name */
  int64_t lock_key;
  const char
      *ledger_schema;       /* NULL: as the bundle says; unquoted, as in the catalog, <= 63 bytes */
  const char *ledger_table; /* NULL: as the bundle says */
  embark_event_fn on_event; /* NULL: none */
  void *event_data;
  const embark_allocator *allocator; /* NULL: malloc; must outlive the call or the run */
  int64_t answer_timeout_ms; /* how long the server may be silent, a statement included, until the
                                connection is given up as lost; 0: no limit */
  const char *target;        /* a tag, what it is for each op says; NULL: none */
  uint32_t steps;     /* MIGRATE, PLAN, REVERT, ADOPT: no more than so many; 0: no limit. Runs that
                         plan anew keep to what the first plan came to */
  const char *reason; /* REVERT, ADOPT, ACCEPT: kept in the audit table; NULL: none */
  const char *keeper_conninfo; /* where the second connection goes, past a pooler; NULL: where the
                                  first went. Has to be the same database, which is checked */
  uint32_t forbid; /* EMBARK_HAZARD_*: MIGRATE and PLAN refuse, before anything runs, to apply what
                      has one of them or of those that the bundle forbids */
  const char *const *approved; /* tags that may run all the same, NULL behind the last; those that
                                  the bundle does not have mean nothing. NULL: none */
} embark_options;

/* clang-format off */
#define EMBARK_OPTIONS_INIT                                                                        \
  {sizeof(embark_options), 0, 0, 0, 0, 0, EMBARK_ADOPT_DEFAULT, 0, 0, NULL, NULL, NULL, NULL,     \
   NULL, 0, NULL, 0, NULL, NULL, 0, NULL}
/* clang-format on */

/* --- the blocking calls ---------------------------------------------------------------------- */

/* Bring the database of `conn` up to date with `bundle`, or say why not. Blocks until then.
 * opt: NULL for the defaults. err: filled on failure, cleared on success; NULL to have it kept for
 * embark_last_error().
 * Returns EMBARK_OK when every migration of the bundle is applied, by this call or before it, and
 * what this call applied is durable; else an embark_code. Costs one round trip when there is
 * nothing to do, and then needs no more than the right to read the ledger. */
EMBARK_API int embark_migrate(PGconn *conn, const embark_bundle *bundle, const embark_options *opt,
                              embark_error *err) EMBARK_CHECKED;

/* As embark_migrate(), once per process for each database (host, port, name), bundle and ledger:
 * what run_migrations() calls. After a success it returns EMBARK_OK without touching the
 * connection. Threads that call while another thread is at it wait for that one's result and get
 * it; their own connection and options are not used. A failure is not remembered: the next call
 * tries again. A forked child keeps its parent's successes and nothing else. With EMBARK_DRY_RUN,
 * `target` or `steps` it is embark_migrate(), and remembers nothing.
 * EMBARK_E_BUSY: called from an event hook of the very run it would wait for. */
EMBARK_API int embark_migrate_once(PGconn *conn, const embark_bundle *bundle,
                                   const embark_options *opt, embark_error *err) EMBARK_CHECKED;

/* Forget every success that embark_migrate_once() remembers: for programs that drop databases. */
EMBARK_API void embark_once_reset(void);

/* --- the pollable run ------------------------------------------------------------------------ */

typedef enum embark_op {
  EMBARK_MIGRATE = 1, /* apply what is pending, up to and with `target` */
  EMBARK_PLAN = 2,    /* say what MIGRATE would do; takes no lock, writes nothing */
  EMBARK_VERIFY = 3,  /* hold the whole ledger against the bundle; takes no lock, writes nothing;
                         the first difference is the error, EMBARK_E_PENDING the mildest */
  EMBARK_RESUME_DONE = 4,  /* say of the statement that E_INTERRUPTED is about that it took effect:
                              the next MIGRATE goes on behind it */
  EMBARK_RESUME_AGAIN = 5, /* say that it did not: the next MIGRATE runs it again. Both are recorded
                              with time and user, run nothing, and do not wait for the lock */
  EMBARK_REVERT = 6,       /* run the down files of applied migrations, newest first, each in one
                        transaction with the removal of its row: down to `target`, which stays, or
                        `steps` of them. One of the two is needed; target "" is all of them */
  EMBARK_ADOPT = 7,  /* record pending migrations as adopted and run none, up to and with `target`,
                        in one transaction */
  EMBARK_ACCEPT = 8, /* give changed migrations the hash they have now: `target`, or all of them, in
                        one transaction. `reason` is needed */
  EMBARK_STATUS = 9  /* list all that the bundle and the ledger have: embark_run_entries(). Drift is
                        no error; takes no lock, writes nothing */
} embark_op;

typedef enum embark_poll {
  EMBARK_POLL_FAILED = 0, /* over: embark_run_error() says why */
  EMBARK_POLL_READ = 1,   /* call again when the socket is readable */
  EMBARK_POLL_WRITE = 2,  /* call again when the socket is writable or readable */
  EMBARK_POLL_TIMER = 3,  /* call again after embark_run_timeout_ms() */
  EMBARK_POLL_DONE = 4    /* over: success */
} embark_poll;

/* One migration that a run applies, has applied, or would apply; or reverts, adopts, accepts. */
typedef struct embark_step {
  const char *tag;  /* belongs to the bundle */
  const char *file; /* belongs to the bundle; REVERT: the down file */
  int adopt;        /* 1: recorded as adopted, its statements are not run */
  int applied;      /* 1: committed by this run; on a lost connection see embark_code */
  int outside;      /* 1: its statements run without a transaction */
  uint32_t hazards; /* EMBARK_HAZARD_* of its statements (of all, where it was interrupted), but for
                       those that only endanger what was not there when the run began; 0 when they
                       are not run */
  int forbidden;    /* 1: MIGRATE and PLAN refuse it for one of them */
} embark_step;

typedef struct embark_run embark_run;

/* Begin a run on a connection; nothing is sent before the first embark_run_poll().
 * out: the run, to be freed with embark_run_free(); NULL only when the result is EMBARK_E_MEMORY or
 * `out` itself or `opt` is unusable (EMBARK_E_ARGUMENT).
 * Any other failure is reported twice, here and by embark_run_error() of the run, and the run is
 * over. The connection belongs to the run until it is over or freed; conn, bundle and opt's
 * allocator and hook must live until embark_run_free(), *opt itself is copied. */
EMBARK_API int embark_run_start(embark_run **out, embark_op op, PGconn *conn,
                                const embark_bundle *bundle,
                                const embark_options *opt) EMBARK_CHECKED;

/* Go as far as is possible without waiting. May also be called early, or for no reason: it then
 * does nothing. */
EMBARK_API embark_poll embark_run_poll(embark_run *run) EMBARK_CHECKED;

/* The socket to wait on; -1 when there is none. May change with a poll. */
EMBARK_API int embark_run_socket(const embark_run *run);

/* Milliseconds until embark_run_poll() wants to be called with the socket silent; -1: never. */
EMBARK_API int64_t embark_run_timeout_ms(const embark_run *run);

/* Stop the run: the statement that runs is cancelled in the server, its migration rolled back, what
 * was committed stays. Does not wait: the request is PQcancel()'s, in a short-lived thread without
 * signals. Keep polling until the run is over: FAILED with EMBARK_E_CANCELLED, or DONE when all was
 * applied already. A server that then is silent for ten seconds (or answer_timeout_ms, where that
 * is less) is given up: FAILED with EMBARK_E_CONNECTION, and the connection's socket is shut down.
 * May be called from another thread than the one that polls, though not after embark_run_free(). */
EMBARK_API void embark_run_cancel(embark_run *run);

/* The run's error; code EMBARK_OK while there is none. Belongs to the run. */
EMBARK_API const embark_error *embark_run_error(const embark_run *run);

/* The plan: what the run applies, in order; after EMBARK_E_FORBIDDEN what it would. When it had to
 * plan anew, what was left by then. *out belongs to the run and is valid until the next poll.
 * Returns the number of steps; 0 before the plan is made and when nothing is to be done. */
EMBARK_API size_t embark_run_steps(const embark_run *run, const embark_step **out);

/* 1 when the ledger holds migrations that the bundle does not know (the program is the older one of
 * a rolling deploy); else 0. Known once the run is over. */
EMBARK_API int embark_run_ahead(const embark_run *run);

typedef enum embark_state {
  EMBARK_STATE_PENDING = 1, /* in the bundle, not in the ledger */
  EMBARK_STATE_APPLIED = 2,
  EMBARK_STATE_ADOPTED = 3, /* recorded, not run */
  EMBARK_STATE_CHANGED = 4, /* applied or adopted, and its file was edited since */
  EMBARK_STATE_MISSING = 5, /* in the ledger before others that the bundle has; not in the bundle */
  EMBARK_STATE_UNKNOWN = 6, /* in the ledger behind all that the bundle has; not in the bundle */
  EMBARK_STATE_RUNNING = 7  /* without a transaction: under way, or interrupted */
} embark_state;

/* What STATUS has found of one migration. Texts belong to the run. */
typedef struct embark_entry {
  embark_state state;
  uint32_t migration;     /* which of the bundle's; UINT32_MAX: none of them */
  const char *tag;        /* MISSING, UNKNOWN: the hash, in a ledger that has no tags */
  const char *hash;       /* as the ledger has it; NULL: it has none */
  const char *outline;    /* as the ledger has it, see embark_bundle.h; NULL: it has none */
  const char *applied_at; /* ISO 8601, UTC; RUNNING: when it began. NULL: not known */
  const char *applied_by; /* the session's user; NULL: not known */
  int64_t duration_us;    /* -1: not known */
  int is_late;            /* PENDING: older than an applied one */
  uint32_t statement;     /* RUNNING: which of its statements was begun last, from 1; else 0 */
  int32_t backend_pid;    /* RUNNING: the server's process that began it; else 0 */
  int is_known;           /* RUNNING: 1 when it is known what became of the statement, so that the
                             next MIGRATE goes on by itself */
  uint32_t hazards; /* PENDING, RUNNING: what embark_step has were all of them run now; else 0 */
  int forbidden;    /* likewise */
} embark_entry;

/* What STATUS found: first what the bundle has, in its order, then what it does not know, in the
 * ledger's. *out belongs to the run and is valid until it is freed. Returns the number of entries;
 * 0 for other ops, before the run is over, and when it failed.
 * Takes one round trip; two where there is a table of unfinished migrations. To a role that may not
 * read that table, RUNNING ones are PENDING. Takes memory in proportion to the ledger, from the
 * run's allocator: less than 400 bytes a row with names of usual length. */
EMBARK_API size_t embark_run_entries(const embark_run *run, const embark_entry **out);

/* The statements that make an empty ledger as `bundle` needs it, the table of unfinished migrations
 * too if one of its runs without a transaction, and the lock key of its migrators: for a DBA who
 * makes it beforehand, and for scripts. opt: NULL for the defaults; names and key of it count.
 * lock_key: may be NULL. At most `size` bytes are written with the NUL; returns the length of the
 * whole text, as snprintf does, or 0 when memory or an argument was bad. Each statement ends in
 * ";\n". */
EMBARK_API size_t embark_ledger_sql(const embark_bundle *bundle, const embark_options *opt,
                                    int64_t *lock_key, char *buffer, size_t size);

/* Free a run, NULL too. One that is not over is cancelled as by embark_run_cancel() and polled to
 * its end, so that the connection comes back usable: that blocks until the server has answered, or
 * was silent for as long as said there. */
EMBARK_API void embark_run_free(embark_run *run);

#ifdef __cplusplus
}
#endif

#endif
