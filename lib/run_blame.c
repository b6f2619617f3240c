/* run_blame.c - the state BLAME: a migration did not get its locks, however often it was tried; ask
 * who may be in the way. The answer is an extra: without it the error stands as it is. */
#include "blocker.h"
#include "bundle.h"
#include "run.h"

int embark__blame_queue(embark_run *run)
{
  const embark_error *err = &run->error;
  const embark_migration *m = embark__cursor_migration(&run->received);
  const char *sql = NULL;
  run->to_blame = 0;
  if (m != NULL && err->statement != 0) {
    const embark_statement *s = &run->bundle->statements[m->first_statement + err->statement - 1];
    sql = embark__bundle_text(run->bundle, s);
  }
  return embark__blocker_send(&run->pipe, &run->ledger.sql, sql);
}

void embark__blame_row(embark_run *run, const PGresult *res)
{
  embark__blocker_describe(&run->error, res);
}

void embark__blame_answer(embark_run *run, const PGresult *res)
{
  (void)run;
  (void)res;
}

run_state embark__blame_next(embark_run *run)
{
  return embark__run_conclude(run);
}
