/* run_failure.h - what an error of APPLY or COPY means. L3. */
#ifndef EMBARK_RUN_FAILURE_H
#define EMBARK_RUN_FAILURE_H

#include "run.h"

/* The first error of the conversation, at the place of run->received: sets run->trouble, and
 * run->error where the run is to end with it. */
void embark__failure_classify(embark_run *run, const PGresult *res);

/* The same for a statement without a transaction, for dropping what one has left, and for the
 * record of how far such a migration has come, which could not be `what`. */
void embark__failure_outside(embark_run *run, const PGresult *res);
void embark__failure_to_mend(embark_run *run, const PGresult *res);
void embark__failure_of_progress(embark_run *run, const PGresult *res, const char *what);

/* Which statement of a migration without a transaction is the current one, from 1; and: run->error
 * is about it, at `position` where that is not 0. */
uint32_t embark__failure_at(const embark_run *run);
void embark__failure_place(embark_run *run, size_t position);

/* A migration's last statement left the transaction open that the file began: run->error. */
void embark__failure_open_block(embark_run *run);

/* libpq itself failed, nearly always for want of memory: what the server did meanwhile is not known
 * here, only to the ledger. */
void embark__failure_here(embark_run *run, const PGresult *res);

/* An answer that is no error, but not the one that was due either: whatever speaks there is no
 * PostgreSQL, or is out of step with us. */
void embark__failure_undue(embark_run *run);

/* Stopped on the way though nothing failed. */
void embark__failure_cancelled(embark_run *run);

/* The conversation with the trouble is over: where to go. */
run_state embark__failure_next(embark_run *run);

/* What failed is rolled back, and run->again says why to try anew: when. */
run_state embark__failure_again(embark_run *run);

/* This migration without a transaction has begun and is not applied, so nothing is reverted. */
void embark__failure_unfinished(embark_run *run, const embark_migration *m);

/* A statement was under way, and only a person can say what became of it. */
void embark__failure_interrupted(embark_run *run);

#endif
