/* run.h - the engine's own view of a run. L3; only the run_*.c files and the API include it.
 *
 * A run is a walk through states, each of which is one conversation with the server, but for WAIT:
 *
 *   CHECK ---> over                    everything is applied: one round trip
 *     |
 *   SURVEY ---> [LIST] ---> over       what is there, and the plan; drift ends the run here
 *     |
 *   APPLY <---> COPY                   all that is pending in one pipeline; COPY data beside it
 *     |
 *   SETTLE ---> WAIT ---> CHECK        roll back what failed; look again later if that may help
 *     |
 *   BLAME                              who was in the way, when a lock was not to be had
 *     |
 *   RESTORE ---> over                  the session's settings, as they were
 *
 * Where a migration of the plan runs without a transaction, this comes between SURVEY and APPLY,
 *
 *   CONNECT ---> LOCK ---> PROBE ---> PREPARE or LOOK ---> RELEASE
 *
 * so that nothing runs before the second connection is there and nothing stands in the way; and
 * each such migration leaves APPLY in its middle, for
 *
 *   LOCK ---> LOOK ---> [ORPHAN ---> INDEX ---> MEND] ---> (NOTE ---> STATEMENT ---> PING)...
 *
 * and comes back to APPLY for its ledger row, and RELEASE. LOCK, PING and RELEASE are said on the
 * keeper's connection, all else on the host's.
 */
#ifndef EMBARK_RUN_H
#define EMBARK_RUN_H

#include <stdatomic.h>

#include "cancel.h"
#include "entry.h"
#include "event.h"
#include "keeper.h"
#include "ledger.h"
#include "lock.h"
#include "notice.h"
#include "pipeline.h"
#include "plan.h"
#include "progress.h"
#include "sequence.h"
#include "session.h"
#include "survey.h"

typedef enum run_state {
  RUN_START, /* nothing is sent yet */
  RUN_CHECK,
  RUN_SURVEY,
  RUN_LIST,
  RUN_WAIT,
  RUN_CONNECT,
  RUN_LOCK,
  RUN_PROBE,
  RUN_PREPARE,
  RUN_LOOK,
  RUN_ORPHAN,
  RUN_VERDICT,
  RUN_APPLY,
  RUN_COPY,
  RUN_STATEMENT,
  RUN_INDEX,
  RUN_MEND,
  RUN_NOTE,
  RUN_PING,
  RUN_RELEASE,
  RUN_SETTLE,
  RUN_BLAME,
  RUN_RESTORE,
  RUN_DONE,
  RUN_FAILED,
  RUN_STATES
} run_state;

/* What the first error of a conversation means for the run. */
typedef enum run_trouble {
  TROUBLE_NONE,
  TROUBLE_NO_LEDGER, /* the table is not there */
  TROUBLE_BUSY,      /* somebody else has the lock */
  TROUBLE_STALE,     /* the ledger is not as planned: plan again */
  TROUBLE_RETRY,     /* a migration could not get its locks: try again */
  TROUBLE_FATAL      /* run->error says what */
} run_trouble;

/* What a look at the catalog, or a note, is for: it says how to go on. */
typedef enum run_purpose {
  FOR_BEGIN,   /* the statement is about to run */
  FOR_RESUME,  /* it was under way when the run before ended */
  FOR_FAILURE, /* it failed */
  FOR_END      /* it is done, and is the last, or the run stops behind it */
} run_purpose;

/* A migration without a transaction, and what is known of it. */
typedef struct embark__outside {
  int is_first_look;                   /* before anything runs: look at all of them, run nothing */
  uint32_t migration;                  /* which of the bundle's */
  uint32_t statement;                  /* index into the bundle's: the current one */
  uint32_t base;                       /* the one that a rollback would lead back to */
  embark__progress_mark version;       /* of the progress's row, as this run last saw or wrote it */
  embark__progress_mark version_after; /* what it is when the block that is open is committed */
  int is_noted;                        /* NOTE: the row was that, and is written */
  embark__resume seen;                 /* as the ledger's progress has it */
  run_purpose purpose;
  embark__survey place; /* where the progress is kept */
  embark__index_facts index;
  uint32_t question;   /* INDEX: which of its statements asks for that */
  int is_said;         /* a conversation of one message: it is sent */
  int in_block;        /* NOTE: it is said in a transaction that the file began */
  int armed;           /* the session has its settings for it */
  int is_unknown;      /* what became of the statement, for the answer could not be taken in */
  int has_failed;      /* the statement did: run->error says how, or the run tries again */
  int32_t orphan_pid;  /* a backend still runs the statement; 0: none */
  int64_t deadline_ms; /* CONNECT, LOCK, PROBE: by when the keeper is there and the host's
                          connection answers; PING, RELEASE: by when the keeper does; 0: none */
} embark__outside;

struct embark_run {
  /* What is looked at from everywhere comes first, and large things late: what is near takes
   * shorter code to reach. */
  PGconn *conn;
  const embark_bundle *bundle;
  const embark_allocator *alloc;
  embark_op op;
  run_state state;
  run_trouble trouble;     /* of the conversation under way */
  uint32_t answered;       /* statements of it that are answered */
  embark__cursor received; /* APPLY: what the next result answers */
  int has_ledger;          /* as the last look found it */
  int pooled;              /* a pooler is between us and the server */
  int touched;             /* SQL of a migration ran: the session may differ */
  int dirty;               /* something is committed that may not be durable yet */
  uint32_t retries;
  uint32_t stale;    /* plans in a row that were outdated before they began */
  run_trouble again; /* SETTLE: why the run shall try again; TROUBLE_NONE: it is over */
  int preamble;      /* the next answer is about settings of ours, not the state's business */
  embark_error error;
  embark_options opt; /* defaults filled in */

  embark__pipeline pipe;
  embark__ledger ledger;
  embark__lock lock;
  embark__session session;
  embark__survey survey;
  embark__survey audit; /* of the table of audits, in the ledger's place */
  embark__reach reach;
  embark__plan plan;
  embark__entries entries; /* STATUS */
  embark__events events;
  embark__notices notices;
  embark__keeper keeper;
  embark__progress_table progress;
  embark__outside outside;
  embark__cursor sent; /* APPLY: what is sent next */

  int current; /* CHECK: nothing is pending */
  int ahead;
  uint32_t applied;   /* migrations this run committed */
  uint32_t forbidden; /* how many steps the last plan had that something forbade; 0: none did */
  int to_blame;       /* a lock was not to be had: ask who may have it */
  int copy_begun;     /* COPY: its statement is sent */
  uint64_t copied;    /* COPY: bytes of data handed over */
  char encoding[32];  /* the connection's client_encoding, as it was handed in */
  int struck;         /* a cancel request hit the conversation under way: it is held again */
  uint32_t strikes;   /* how often that was so */

  int64_t wake_ms;   /* WAIT: until when; on the clock of sys.h */
  int64_t told_ms;   /* when the hook last heard of the wait */
  int64_t cancel_ms; /* when the next cancel request is due */
  atomic_int cancelled;
  embark__cancel *cancel;
  int64_t heard_ms; /* when the server last gave a sign of life; kept while a limit is set */
  int64_t held_ms;  /* since when the end is held back for a cancel request */
  int stopping;     /* the run was found to be cancelled */
};

/* Whether the run shall stop: by its hook, or by embark_run_cancel(). */
int embark__run_is_cancelled(const embark_run *run);

/* Whether something may be under way that shall stop: a migration, or a question of ours that waits
 * for a lock on the ledger. What cleans up is let finish. */
int embark__cancelling(const embark_run *run);

/* Ask the server to stop what it does, again and again until it has. */
void embark__cancelling_press(embark_run *run);

/* Whether this error is a request's that came late, and what to do when the conversation that it
 * hit is over. */
int embark__cancelling_is_stray(const embark_run *run, const PGresult *res);
run_state embark__cancelling_struck(embark_run *run);

/* The connection that the conversation goes through: the host's, or the keeper's. */
embark__pipeline *embark__run_line(embark_run *run);

/* Why the connection broke, as far as is known; may be "". */
const char *embark__run_lost_reason(const embark_run *run);

/* Whether it is the first error of the conversation: what follows it is skipped, or follows from
 * it. */
int embark__run_is_first_error(const embark_run *run, const PGresult *res);

/* A statement could not be queued: memory, or the connection. Sets the error, and the trouble. */
void embark__run_refused(embark_run *run);

/* The outcome is settled (an error in run->error, or success): what is left to do before the end.
 */
run_state embark__run_conclude(embark_run *run);

/* The run was asked to stop, and nothing is under way. */
run_state embark__run_stop(embark_run *run);

/* Over: give back what the run took of the connection. */
run_state embark__run_finish(embark_run *run);

/* Try again later, if there is a later: WAIT, or the end of it. */
run_state embark__run_wait(embark_run *run);

/* The schema, made now, would become part of the search_path. */
run_state embark__run_refuse_path(embark_run *run, const char *schema);

/* The error that is set says that earlier migrations stay applied; it could not be made sure that
 * they outlive a crash of the server. */
void embark__run_doubt(embark_run *run);

/* Whether the run writes nothing, by its op or by EMBARK_DRY_RUN. */
int embark__run_only_reads(const embark_run *run);

/* What the plan is made for. */
embark__situation embark__run_situation(const embark_run *run);

/* What becomes of migrations: "applied", "reverted" ...; and what does: a "migration", a "revert".
 */
const char *embark__run_past(const embark_run *run);
const char *embark__run_deed(const embark_run *run);

/* Sets the error of a query of ours that failed, and TROUBLE_FATAL. `what` is what it was for. */
void embark__run_query_failed(embark_run *run, const PGresult *res, const char *what);

/* Note whether the server gives a sign of life; to be asked before reading what it says. */
void embark__silence_listen(embark_run *run);

/* When to look again though nothing is heard; INT64_MAX: never. */
int64_t embark__silence_due(const embark_run *run);

/* 1 when it has: the connection is given up then, and lost. */
int embark__silence_ends(embark_run *run);

/* The run is over: 1 while the end is held back, until wake_ms, for a cancel request that would
 * strike what the host does next. */
int embark__silence_holds(embark_run *run);

/* The states, one conversation each; run.c has the table. */
int embark__check_queue(embark_run *run);
void embark__check_row(embark_run *run, const PGresult *res);
void embark__check_answer(embark_run *run, const PGresult *res);
run_state embark__check_next(embark_run *run);
int embark__survey_queue(embark_run *run);
void embark__survey_row(embark_run *run, const PGresult *res);
void embark__survey_answer(embark_run *run, const PGresult *res);
run_state embark__survey_next(embark_run *run);
/* STATUS, after the survey: run_list.c. */
run_state embark__list_begin(embark_run *run);
int embark__list_queue(embark_run *run);
void embark__list_row(embark_run *run, const PGresult *res);
void embark__list_answer(embark_run *run, const PGresult *res);
run_state embark__list_next(embark_run *run);
/* The question of survey.h failed, which was about this table as the ledger's. */
void embark__survey_failed(embark_run *run, const PGresult *res, const char *schema,
                           const char *table);
int embark__apply_feed(embark_run *run);
void embark__apply_answer(embark_run *run, const PGresult *res);
run_state embark__apply_next(embark_run *run);
int embark__copy_feed(embark_run *run);
void embark__copy_answer(embark_run *run, const PGresult *res);
run_state embark__copy_next(embark_run *run);
int embark__settle_queue(embark_run *run);
void embark__settle_answer(embark_run *run, const PGresult *res);
run_state embark__settle_next(embark_run *run);
int embark__blame_queue(embark_run *run);
void embark__blame_row(embark_run *run, const PGresult *res);
void embark__blame_answer(embark_run *run, const PGresult *res);
run_state embark__blame_next(embark_run *run);
int embark__restore_queue(embark_run *run);
run_state embark__restore_next(embark_run *run);

/* Begin to apply the plan: the cursors at its start. */
run_state embark__apply_start(embark_run *run);

#endif
