/* run_outside.h - the states of a migration without a transaction. L3. run.h draws their order. */
#ifndef EMBARK_RUN_OUTSIDE_H
#define EMBARK_RUN_OUTSIDE_H

#include "run.h"

/* The keeper: run_keeper.c. */
run_state embark__connect_begin(embark_run *run);
run_state embark__connect_next(embark_run *run); /* RUN_CONNECT: wait for its socket */
int embark__lock_feed(embark_run *run);
void embark__lock_row(embark_run *run, const PGresult *res);
void embark__lock_answer(embark_run *run, const PGresult *res);
run_state embark__lock_next(embark_run *run);
/* PROBE has asked who has the lock: 1, with the error set, where that is not the keeper. */
int embark__keeper_is_elsewhere(embark_run *run);
run_state embark__keeper_ping(embark_run *run); /* is it still there? */
int embark__ping_feed(embark_run *run);
run_state embark__ping_next(embark_run *run);
int embark__release_feed(embark_run *run);
run_state embark__release_next(embark_run *run);
void embark__keeper_answer(embark_run *run, const PGresult *res);
run_state embark__keeper_lost(embark_run *run);    /* its connection broke */
run_state embark__keeper_overdue(embark_run *run); /* the deadline is over; may stay */

/* Before the statements, and where one was interrupted: run_resume.c. */
run_state embark__first_look(embark_run *run);
int embark__probe_queue(embark_run *run);
void embark__probe_row(embark_run *run, const PGresult *res);
void embark__probe_answer(embark_run *run, const PGresult *res);
run_state embark__probe_next(embark_run *run);
int embark__prepare_queue(embark_run *run);
void embark__prepare_answer(embark_run *run, const PGresult *res);
run_state embark__prepare_next(embark_run *run);
int embark__look_queue(embark_run *run);
void embark__look_row(embark_run *run, const PGresult *res);
void embark__look_answer(embark_run *run, const PGresult *res);
run_state embark__look_next(embark_run *run);
int embark__orphan_queue(embark_run *run);
void embark__orphan_row(embark_run *run, const PGresult *res);
void embark__orphan_answer(embark_run *run, const PGresult *res);
run_state embark__orphan_next(embark_run *run);
int embark__verdict_queue(embark_run *run);
void embark__verdict_row(embark_run *run, const PGresult *res);
void embark__verdict_answer(embark_run *run, const PGresult *res);
run_state embark__verdict_next(embark_run *run);

/* The statements: run_outside.c, and the index of one: run_index.c. */
run_state embark__outside_begin(embark_run *run);   /* a look has found nothing in the way */
run_state embark__outside_go_on(embark_run *run);   /* the current statement is to run */
run_state embark__outside_advance(embark_run *run); /* it is done */
run_state embark__outside_failed(embark_run *run);  /* it is not, and what it left is gone */
run_state embark__outside_over(embark_run *run);    /* after a failure that is noted */
run_state embark__outside_after_ping(embark_run *run);
int embark__outside_send_arm(embark_run *run); /* the session's settings for the current one */
const char *embark__outside_text(const embark_run *run);
const embark_migration *embark__outside_migration(const embark_run *run);
const embark_statement *embark__outside_statement(const embark_run *run);
void embark__statement_answer(embark_run *run, const PGresult *res);
run_state embark__statement_next(embark_run *run);
int embark__note_queue(embark_run *run);
void embark__note_row(embark_run *run, const PGresult *res);
void embark__note_answer(embark_run *run, const PGresult *res);
run_state embark__note_next(embark_run *run);
int embark__index_queue(embark_run *run);
void embark__index_row(embark_run *run, const PGresult *res);
void embark__index_answer(embark_run *run, const PGresult *res);
run_state embark__index_next(embark_run *run);
int embark__mend_feed(embark_run *run);
void embark__mend_answer(embark_run *run, const PGresult *res);
run_state embark__mend_next(embark_run *run);

#endif
