/* run_index.c - the states INDEX and MEND: what a statement that builds or drops an index without a
 * lock on its table has left, and taking away what is of no use. */
#include <inttypes.h>
#include <stdio.h>

#include "answer.h"
#include "bundle.h"
#include "error.h"
#include "run_failure.h"
#include "run_outside.h"
#include "sql.h"

/* --- INDEX ----------------------------------------------------------------------------------- */

/* What is to be mended after a failure must not wait without end for what may have caused it. */
static int send_patience(embark_run *run)
{
  char limit[24];
  const char *values[] = {limit};
  snprintf(limit, sizeof limit, "%" PRId64,
           run->opt.lock_timeout_ms > 0 ? run->opt.lock_timeout_ms : 0);
  return embark__sql_send(&run->pipe, &run->progress.sql, "SELECT %c'lock_timeout', $1, false)", 1,
                          values);
}

/* What is said before the question. A statement that was interrupted found its names by settings
 * that the file may have made before it. */
static int send_preface(embark_run *run)
{
  switch (run->outside.purpose) {
  case FOR_RESUME:
    return embark__outside_send_arm(run);
  case FOR_FAILURE:
    return run->pooled ? 0 : send_patience(run);
  case FOR_BEGIN:
  case FOR_END:
    break;
  }
  return 0;
}

int embark__index_queue(embark_run *run)
{
  run->outside.index.exists = 0;
  if (send_preface(run) != 0 || embark__session_send_borrow(&run->session, &run->pipe) != 0) {
    return -1;
  }
  run->outside.question = (uint32_t)run->pipe.under_way - (run->preamble ? 1u : 0u);
  return embark__progress_send_index(&run->progress, &run->pipe, embark__outside_migration(run),
                                     embark__outside_statement(run));
}

void embark__index_row(embark_run *run, const PGresult *res)
{
  if (run->answered == run->outside.question &&
      embark__progress_index(res, &run->outside.index) != 0) {
    embark__run_refused(run);
  }
}

void embark__index_answer(embark_run *run, const PGresult *res)
{
  if (embark__answer_is_error(res) && !embark__answer_is_skipped(res)) {
    embark__run_query_failed(run, res, "to say whether the index is there");
  }
}

/* It was there before the statement, of the same name, and of no use: IF NOT EXISTS passed it
 * by. */
static run_state refuse_stranger(embark_run *run)
{
  const embark_migration *m = embark__outside_migration(run);
  embark_error *err = &run->error;
  embark__error_set(err, EMBARK_E_SQL,
                    "migration \"%s\" failed at statement %" PRIu32 ": the index is not valid",
                    m->tag, embark__failure_at(run));
  embark__failure_place(run, 0);
  embark__error_detail(err, "%s was there before and is INVALID, so nothing uses it.",
                       run->outside.index.name.text);
  embark__error_hint(err, "Drop it (DROP INDEX CONCURRENTLY %s) and run again.",
                     run->outside.index.name.text);
  return embark__outside_failed(run);
}

static run_state after_resume(embark_run *run)
{
  const embark__index_facts *index = &run->outside.index;
  int is_drop = (embark__outside_statement(run)->flags & EMBARK_STATEMENT_DROP) != 0;
  if (is_drop) {
    return index->exists ? embark__outside_go_on(run) : embark__outside_advance(run);
  }
  if (!index->exists || !index->is_new) {
    return embark__outside_go_on(run);
  }
  return index->is_valid ? embark__outside_advance(run) : RUN_MEND;
}

run_state embark__index_next(embark_run *run)
{
  const embark__index_facts *index = &run->outside.index;
  if (run->trouble != TROUBLE_NONE) {
    return embark__run_conclude(run); /* the progress still says "running": the next run looks */
  }
  switch (run->outside.purpose) {
  case FOR_RESUME:
    return after_resume(run);
  case FOR_FAILURE:
    return index->exists && index->is_new && !index->is_valid ? RUN_MEND
                                                              : embark__outside_failed(run);
  case FOR_BEGIN:
  case FOR_END:
    break;
  }
  return index->exists && !index->is_valid ? refuse_stranger(run) : embark__outside_advance(run);
}

/* --- MEND ------------------------------------------------------------------------------------ */

int embark__mend_feed(embark_run *run)
{
  embark__buf *sql = &run->progress.sql;
  if (run->outside.is_said) {
    return 0;
  }
  run->outside.is_said = 1;
  embark__buf_clear(sql);
  embark__buf_str(sql, "DROP INDEX CONCURRENTLY IF EXISTS ");
  embark__buf_str(sql, run->outside.index.name.text);
  const char *text = embark__buf_text(sql);
  if (text == NULL || embark__pipeline_send_alone(&run->pipe, text) != 0) {
    embark__run_refused(run);
    return 0;
  }
  return 1;
}

void embark__mend_answer(embark_run *run, const PGresult *res)
{
  if (embark__answer_is_error(res)) {
    embark__failure_to_mend(run, res);
  }
}

run_state embark__mend_next(embark_run *run)
{
  if (run->trouble != TROUBLE_NONE) {
    return embark__outside_over(run); /* as it was: the next run tries again */
  }
  return run->outside.purpose == FOR_RESUME ? embark__outside_go_on(run)
                                            : embark__outside_failed(run);
}
