/* run_survey.c - the states CHECK and SURVEY: is everything applied, and if not, what is to be
 * done. They write nothing and take no lock. */
#include <string.h>

#include "answer.h"
#include "audit.h"
#include "bundle.h"
#include "error.h"
#include "pooler.h"
#include "run.h"
#include "run_failure.h"
#include "run_outside.h"
#include "sql.h"
#include "sys.h"

#define LOOK_AGAIN_MS 100 /* more than a run takes from one migration to the next */

/* --- CHECK ----------------------------------------------------------------------------------- */

int embark__check_queue(embark_run *run)
{
  run->current = 0;
  run->ahead = 0;
  run->has_ledger = 1;
  run->outside.orphan_pid = 0; /* a wait from here on is for somebody else */
  embark__lock_forget_holder(&run->lock);
  if (embark__ledger_send_check(&run->ledger, &run->pipe) != 0) {
    return -1;
  }
  /* Whoever waits asks for the holder in the same round trip, and not for the whole ledger. */
  return run->lock.since_ms != 0
             ? embark__lock_send_holder(&run->lock, &run->pipe, &run->ledger.sql)
             : 0;
}

void embark__check_row(embark_run *run, const PGresult *res)
{
  if (run->answered > 0) {
    embark__lock_holder(&run->lock, res);
  } else {
    embark__ledger_proof(&run->ledger, res, &run->current, &run->ahead);
  }
}

/* What is in the ledger's place is not a plain table, or not plain enough. */
static void refuse_relation(embark_run *run, const char *schema, const char *table, const char *why)
{
  embark_error *err = &run->error;
  const char *end = strchr(why, '.');
  run->trouble = TROUBLE_FATAL;
  embark__error_set(err, EMBARK_E_LEDGER, "%s.%s cannot be trusted as a ledger", schema, table);
  embark__error_detail(err, "%.*s", (int)(end != NULL ? end - why + 1 : 0), why);
  embark__error_hint(err, "Find out who made it so. Make the ledger a table of its own again "
                          "(docs/ledger.md has the SQL), or choose another name for it.");
}

/* The ledger could not be read. */
static void ledger_failed(embark_run *run, const PGresult *res)
{
  embark_error *err = &run->error;
  const char *schema = run->ledger.schema, *table = run->ledger.table;
  run->trouble = TROUBLE_FATAL;
  if (embark__answer_has_sqlstate(res, UNDEFINED_TABLE) ||
      embark__answer_has_sqlstate(res, INVALID_SCHEMA)) {
    run->trouble = TROUBLE_NO_LEDGER;
  } else if (embark__answer_has_sqlstate(res, NOT_PERMITTED)) {
    embark__error_set(err, EMBARK_E_PERMISSION, "the ledger %s.%s may not be read", schema, table);
    embark__answer_describe(err, res);
    embark__error_hint(err,
                       "Grant the role USAGE on the schema and SELECT on the table; to migrate, "
                       "INSERT and UPDATE too.");
  } else if (embark__answer_has_sqlstate(res, UNSUPPORTED)) {
    refuse_relation(run, schema, table, "It is not an ordinary table.");
  } else if (embark__answer_has_sqlstate(res, UNDEFINED_COLUMN)) {
    embark__error_set(err, EMBARK_E_LEDGER, "%s.%s is not a ledger of this kind", schema, table);
    embark__answer_describe(err, res);
    embark__error_hint(err, "Choose another name for the ledger, or the kind of ledger it is.");
  } else {
    embark__run_query_failed(run, res, "to read the ledger");
  }
}

void embark__check_answer(embark_run *run, const PGresult *res)
{
  if (!embark__run_is_first_error(run, res)) {
    return;
  }
  if (run->answered == 0) {
    ledger_failed(run, res);
  } else {
    embark__run_query_failed(run, res, "to say who holds the lock");
  }
}

run_state embark__check_next(embark_run *run)
{
  if (run->trouble == TROUBLE_FATAL) {
    return embark__run_conclude(run);
  }
  if (run->trouble == TROUBLE_NO_LEDGER) {
    run->has_ledger = 0;
  } else if (run->current && run->op <= EMBARK_PLAN) {
    return embark__run_conclude(run);
  }
  if (embark__run_is_cancelled(run)) {
    return embark__run_stop(run);
  }
  return run->lock.holder_pid != 0 ? embark__run_wait(run) : RUN_SURVEY;
}

/* --- SURVEY ---------------------------------------------------------------------------------- */

/* What REVERT, ADOPT and ACCEPT ask beforehand; the numbers count from behind it. */
#define ANSWER_AUDIT UINT32_MAX
enum { ANSWER_SURVEY, ANSWER_HOLDER, ANSWER_SETTINGS, ANSWER_LEDGER };

static int is_audited(const embark_run *run)
{
  return run->op >= EMBARK_REVERT && run->op <= EMBARK_ACCEPT;
}

static uint32_t answer_of(const embark_run *run)
{
  return run->answered - (uint32_t)is_audited(run);
}

int embark__survey_queue(embark_run *run)
{
  embark__lock_forget_holder(&run->lock);
  embark__entries_free(&run->entries);
  if (embark__plan_renew(&run->plan, run->bundle, run->alloc) != EMBARK_OK ||
      (run->op == EMBARK_STATUS &&
       embark__entries_init(&run->entries, run->bundle, run->alloc) != EMBARK_OK)) {
    return -1;
  }
  if (is_audited(run) && embark__survey_send(&run->pipe, &run->ledger.sql, run->progress.schema,
                                             AUDIT_TABLE, run->progress.schema) != 0) {
    return -1;
  }
  if (embark__survey_send(&run->pipe, &run->ledger.sql, run->ledger.schema, run->ledger.table,
                          run->progress.schema) != 0 ||
      embark__lock_send_holder(&run->lock, &run->pipe, &run->ledger.sql) != 0 ||
      embark__session_send_save(&run->session, &run->pipe, !run->touched) != 0) {
    return -1;
  }
  return run->has_ledger
             ? embark__ledger_send_read(&run->ledger, &run->pipe, run->op == EMBARK_STATUS)
             : 0;
}

static void take_ledger_rows(embark_run *run, const PGresult *res)
{
  for (int i = 0; i < PQntuples(res) && run->trouble == TROUBLE_NONE; i++) {
    embark__row row;
    if (embark__ledger_row(&run->ledger, res, i, &row) != 0 ||
        embark__plan_row(&run->plan, &row) != EMBARK_OK ||
        (run->op == EMBARK_STATUS &&
         embark__entries_row(&run->entries, &run->plan, &row) != EMBARK_OK)) {
      embark__run_refused(run);
    }
  }
}

void embark__survey_row(embark_run *run, const PGresult *res)
{
  switch (answer_of(run)) {
  case ANSWER_AUDIT:
    embark__survey_read(&run->audit, res);
    break;
  case ANSWER_SURVEY:
    embark__survey_read(&run->survey, res);
    run->pooled = embark__pooler_is_between(run->conn, run->survey.backend_pid);
    if (!run->touched) { /* else it has what migrations left, not what the host had */
      embark__session_identity(&run->session, res, run->encoding);
    }
    break;
  case ANSWER_HOLDER:
    embark__lock_holder(&run->lock, res);
    break;
  case ANSWER_SETTINGS:
    for (int i = 0; i < PQntuples(res) && !run->touched; i++) {
      embark__session_saved(&run->session, res, i);
    }
    break;
  default:
    take_ledger_rows(run, res);
    break;
  }
}

void embark__survey_failed(embark_run *run, const PGresult *res, const char *schema,
                           const char *table)
{
  const char *why = strstr(embark__answer_message(res), RAISED_PREFIX);
  if (embark__answer_has_sqlstate(res, RAISED_BY_US) && why != NULL) {
    refuse_relation(run, schema, table, why + strlen(RAISED_PREFIX));
  } else {
    embark__run_query_failed(run, res, "to describe the database");
  }
}

void embark__survey_answer(embark_run *run, const PGresult *res)
{
  if (!embark__run_is_first_error(run, res)) {
    return;
  }
  if (answer_of(run) == ANSWER_LEDGER) {
    ledger_failed(run, res);
  } else if (answer_of(run) == ANSWER_AUDIT) {
    embark__survey_failed(run, res, run->progress.schema, AUDIT_TABLE);
  } else {
    embark__survey_failed(run, res, run->ledger.schema, run->ledger.table);
  }
}

static run_state refuse_read_only(embark_run *run)
{
  int applies = run->op == EMBARK_MIGRATE;
  embark__error_set(&run->error, EMBARK_E_READ_ONLY,
                    "the server is read only, and %lu migrations are %s%s",
                    (unsigned long)run->plan.step_count, applies ? "pending" : "to be ",
                    applies ? "" : embark__run_past(run));
  embark__error_detail(&run->error, "It is a standby, in recovery.");
  embark__error_hint(&run->error, "Migrate on the primary: target_session_attrs=read-write in the "
                                  "connection string finds it.");
  return embark__run_conclude(run);
}

/* The new schema would come to stand in the search_path, before others, and unqualified names would
 * from then on mean something else: tables of the migrations would land in it. */
run_state embark__run_refuse_path(embark_run *run, const char *schema)
{
  embark__error_set(&run->error, EMBARK_E_LEDGER,
                    "the ledger's schema \"%s\" would become part of the search_path", schema);
  embark__error_detail(&run->error, "The search_path names it, or has \"$user\" and the role is "
                                    "called so; new tables would be made in it.");
  embark__error_hint(&run->error, "Choose another schema for the ledger or another role; or create "
                                  "the schema beforehand, if that is what you want.");
  return embark__run_conclude(run);
}

static run_state after_plan(embark_run *run)
{
  run->ahead = run->plan.ahead;
  if (run->plan.step_count == 0 || embark__run_only_reads(run)) {
    return embark__run_conclude(run);
  }
  if (embark__run_is_cancelled(run)) {
    return embark__run_stop(run);
  }
  if (run->survey.in_recovery) {
    return refuse_read_only(run);
  }
  if (!run->has_ledger && run->survey.is_on_path) {
    return embark__run_refuse_path(run, run->ledger.schema);
  }
  if (is_audited(run) && run->audit.is_on_path) {
    return embark__run_refuse_path(run, run->progress.schema);
  }
  if (run->lock.holder_pid != 0) {
    return embark__run_wait(run);
  }
  return run->op >= EMBARK_ADOPT ? embark__apply_start(run) : embark__first_look(run);
}

/* Of drift nothing is said: the interrupted migration is settled whatever else is wrong. */
static run_state settle(embark_run *run)
{
  if (embark__bundle_validate(run->bundle, &run->error) != EMBARK_OK) {
    return embark__run_conclude(run);
  }
  run->outside.is_first_look = 1;
  return run->survey.has_progress ? RUN_PROBE : embark__look_next(run);
}

/* Were "one step" to mean another one after somebody else has done it, two runs would do two. */
static void bind(embark_run *run)
{
  if (run->reach.steps != 0 && run->reach.bound == 0 && run->plan.step_count > 0) {
    run->reach.bound = run->plan.step_migration[run->plan.step_count - 1] + 1;
  }
}

/* Whether what is forbidden may be another run's work in progress, in which it is approved, or made
 * by itself: it has the lock, or is between two migrations. Then more is applied a moment later. */
static int is_under_way(embark_run *run)
{
  uint32_t before = run->forbidden;
  run->forbidden = run->plan.step_count;
  return !embark__run_only_reads(run) && (run->lock.holder_pid != 0 || run->forbidden != before);
}

static run_state look_again(embark_run *run)
{
  embark__error_clear(&run->error);
  if (run->lock.holder_pid != 0) {
    return embark__run_wait(run);
  }
  run->wake_ms = embark__sys_now_ms() + LOOK_AGAIN_MS;
  return RUN_WAIT;
}

embark__situation embark__run_situation(const embark_run *run)
{
  embark__situation now = {run->op,         run->opt.flags,         run->opt.adopt,
                           run->has_ledger, run->survey.has_tables, run->reach,
                           run->opt.forbid, run->opt.approved};
  now.reach.done = run->applied;
  return now;
}

run_state embark__survey_next(embark_run *run)
{
  if (run->op == EMBARK_STATUS) {
    return embark__list_begin(run);
  }
  if (run->trouble == TROUBLE_NO_LEDGER) {
    run->has_ledger = 0; /* dropped since the check, or VERIFY, which does not check first */
    return RUN_SURVEY;
  }
  if (run->trouble != TROUBLE_NONE) {
    return embark__run_conclude(run);
  }
  if (!run->has_ledger && run->survey.has_ledger) {
    /* Made between the check and now, by another starter, whose tables must not be taken for those
     * of a database without a ledger. */
    run->again = TROUBLE_STALE;
    run->stale++;
    return embark__failure_again(run);
  }
  if (run->op == EMBARK_RESUME_DONE || run->op == EMBARK_RESUME_AGAIN) {
    return settle(run);
  }
  embark__situation now = embark__run_situation(run);
  int code = embark__bundle_validate(run->bundle, &run->error);
  if (code == EMBARK_OK) {
    code = embark__plan_decide(&run->plan, &now, &run->error);
  }
  bind(run);
  if (code == EMBARK_E_FORBIDDEN && is_under_way(run)) {
    return look_again(run);
  }
  return code == EMBARK_OK ? after_plan(run) : embark__run_conclude(run);
}
