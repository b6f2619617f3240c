/* sequence.h - which messages apply a plan, and in which order. L1, pure.
 *
 * A run walks the same sequence twice: one cursor is ahead and says what to send next, the other
 * follows and says what an arriving result answers. So nothing needs to be remembered of messages
 * under way, however many there are.
 */
#ifndef EMBARK_SEQUENCE_H
#define EMBARK_SEQUENCE_H

#include "plan.h"

typedef enum embark__message_kind {
  MSG_OUTSIDE, /* a migration without a transaction: its statements, under the keeper */
  MSG_BEGIN,
  MSG_ARM, /* settings of the transaction, and the lock */
  MSG_CREATE_SCHEMA,
  MSG_CREATE_TABLE,
  MSG_CREATE_INDEX,
  MSG_GUARD, /* raises unless the ledger is as the plan supposes */
  MSG_STATEMENT,
  MSG_COPY,   /* a COPY ... FROM stdin: cannot go through a pipeline */
  MSG_ROLE,   /* back to the role we came with, before the ledger is written */
  MSG_RECORD, /* the ledger's row: written, or REVERT: removed, ACCEPT: its hash */
  MSG_AUDIT_SCHEMA,
  MSG_AUDIT_TABLE,
  MSG_AUDIT,    /* what REVERT, ADOPT and ACCEPT did to the row */
  MSG_PROGRESS, /* OUTSIDE: the progress, too, says that it is applied */
  MSG_RESTAMP,  /* position and chain anew of the applied migration `migration` */
  MSG_SETTINGS, /* back to the settings we came with */
  MSG_REARM,    /* and those of this transaction again, for its commit */
  MSG_COMMIT,
  MSG_RELEASE, /* OUTSIDE: the keeper lets go of the lock */
  MSG_END
} embark__message_kind;

typedef struct embark__message {
  embark__message_kind kind;
  uint32_t step;      /* into plan->steps; step_count while the ledger itself is made */
  uint32_t statement; /* STATEMENT, COPY, OUTSIDE: index into the bundle's statements */
  uint32_t migration; /* which of the bundle's it is about; RESTAMP: whose row */
} embark__message;

/* What is not there yet, and is made on the way. */
#define MAKES_SCHEMA       1u
#define MAKES_LEDGER       2u
#define MAKES_AUDIT_SCHEMA 4u
#define MAKES_AUDIT        8u

/* A place in the sequence; `at` is the message there. */
typedef struct embark__cursor {
  const embark__plan *plan;
  unsigned makes;
  embark__message at;
} embark__cursor;

/* The start of the sequence for a plan that has steps. */
void embark__cursor_start(embark__cursor *c, const embark__plan *plan, unsigned makes);

/* On to the next message; stays at MSG_END. What OUTSIDE comprises is not the sequence's business:
 * it is one message here, behind which the migration goes on as if it had no statements. */
void embark__cursor_next(embark__cursor *c);

/* The migration the cursor's message belongs to, or what reverts it; NULL while the ledger is made
 * and at the end. */
const embark_migration *embark__cursor_migration(const embark__cursor *c);

#endif
