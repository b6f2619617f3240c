/* sequence.c - the order of messages. Knows the shape of one migration's transaction and that they
 * come one after the other; knows neither SQL nor libpq. */
#include "sequence.h"

#include "plan_state.h"
#include "resume.h"

static int is_last_step(const embark__cursor *c)
{
  return c->at.step + 1 == c->plan->step_count;
}

/* While the ledger is made there is no step yet. */
static int makes_ledger(const embark__cursor *c)
{
  return c->at.step == c->plan->step_count;
}

const embark_migration *embark__cursor_migration(const embark__cursor *c)
{
  if (makes_ledger(c) || c->at.kind == MSG_END) {
    return NULL;
  }
  return embark__plan_script(c->plan, c->at.step);
}

static int is_outside(const embark__cursor *c)
{
  const embark_migration *m = embark__cursor_migration(c);
  return m != NULL && !c->plan->at_once && embark__is_outside(m);
}

static void begin_step(embark__cursor *c, uint32_t step)
{
  c->at.step = step;
  c->at.migration = step < c->plan->step_count ? c->plan->step_migration[step] : 0;
  c->at.kind = MSG_BEGIN;
  if (is_outside(c)) {
    c->at.statement = embark__cursor_migration(c)->first_statement;
    c->at.kind = MSG_OUTSIDE;
  }
}

void embark__cursor_start(embark__cursor *c, const embark__plan *plan, unsigned makes)
{
  *c = (embark__cursor){
      plan, makes, {MSG_BEGIN, 0, 0, 0}
  };
  begin_step(c, makes & MAKES_LEDGER ? plan->step_count : 0);
}

static int touches_settings(const embark__cursor *c)
{
  const embark_migration *m = embark__cursor_migration(c);
  return !c->plan->at_once &&
         (embark__is_outside(m) || (m->flags & EMBARK_MIGRATION_SETTINGS) != 0);
}

static void after_statements(embark__cursor *c)
{
  c->at.kind = touches_settings(c) ? MSG_ROLE : MSG_RECORD;
}

static void to_statement(embark__cursor *c, uint32_t statement)
{
  const embark_migration *m = embark__cursor_migration(c);
  if (embark__is_outside(m) || statement >= m->first_statement + m->statement_count) {
    after_statements(c);
    return;
  }
  c->at.statement = statement;
  c->at.kind = c->plan->bundle->statements[statement].flags & EMBARK_STATEMENT_COPY ? MSG_COPY
                                                                                    : MSG_STATEMENT;
}

static void before_commit(embark__cursor *c)
{
  c->at.migration = c->plan->step_migration[c->at.step];
  c->at.kind = touches_settings(c) ? MSG_SETTINGS : MSG_COMMIT;
}

/* The next applied migration from `index` on that stands behind a late one, or on to the commit.
 * Only the last step does this, so that the chain of the ledger's end never vouches for more than
 * is there. */
static void to_restamp(embark__cursor *c, uint32_t index)
{
  for (; is_last_step(c) && index < c->plan->restamp_to; index++) {
    if (c->plan->state[index] == PLAN_APPLIED) {
      c->at.migration = index;
      c->at.kind = MSG_RESTAMP;
      return;
    }
  }
  before_commit(c);
}

static void after_arm(embark__cursor *c)
{
  if (makes_ledger(c)) {
    c->at.kind = (c->makes & MAKES_SCHEMA) != 0 ? MSG_CREATE_SCHEMA : MSG_CREATE_TABLE;
  } else {
    c->at.kind = is_outside(c) ? MSG_ROLE : MSG_GUARD; /* its statements may have left another */
  }
}

static void after_guard(embark__cursor *c)
{
  if (is_outside(c) || c->plan->at_once) {
    c->at.kind = MSG_RECORD;
  } else {
    to_statement(c, embark__cursor_migration(c)->first_statement);
  }
}

/* What is adopted is recorded in the transaction that makes the ledger: were half of it there, the
 * next run would take the other half for pending, and run it. In one that was there already
 * somebody may have been first. */
static void to_step_at_once(embark__cursor *c, uint32_t step)
{
  c->at.step = step;
  c->at.migration = c->plan->step_migration[step];
  c->at.kind = (c->makes & MAKES_LEDGER) != 0 ? MSG_RECORD : MSG_GUARD;
}

static void after_ledger(embark__cursor *c)
{
  if (c->plan->at_once) {
    to_step_at_once(c, 0);
  } else {
    c->at.kind = MSG_COMMIT;
  }
}

static void after_table(embark__cursor *c)
{
  if (c->plan->bundle->ledger == EMBARK_LEDGER_NATIVE) {
    c->at.kind = MSG_CREATE_INDEX;
  } else {
    after_ledger(c);
  }
}

static void after_row(embark__cursor *c)
{
  if (c->plan->at_once && !is_last_step(c)) {
    to_step_at_once(c, c->at.step + 1);
  } else {
    to_restamp(c, c->plan->restamp_from);
  }
}

static void to_audit(embark__cursor *c, unsigned makes)
{
  if (c->at.step > 0 || (makes & (MAKES_AUDIT_SCHEMA | MAKES_AUDIT)) == 0) {
    c->at.kind = MSG_AUDIT;
  } else {
    c->at.kind = (makes & MAKES_AUDIT_SCHEMA) != 0 ? MSG_AUDIT_SCHEMA : MSG_AUDIT_TABLE;
  }
}

static void after_record(embark__cursor *c)
{
  if (c->plan->op >= EMBARK_REVERT) {
    to_audit(c, c->makes);
  } else {
    after_row(c);
  }
}

static void to_next_step(embark__cursor *c)
{
  uint32_t next = makes_ledger(c) ? 0 : c->at.step + 1;
  if (next < c->plan->step_count) {
    begin_step(c, next);
  } else {
    c->at.kind = MSG_END;
  }
}

static void after_commit(embark__cursor *c)
{
  if (is_outside(c)) {
    c->at.kind = MSG_RELEASE;
  } else {
    to_next_step(c);
  }
}

/* What comes next where nothing has to be decided. */
static const embark__message_kind successors[] = {
    [MSG_OUTSIDE] = MSG_BEGIN,
    [MSG_BEGIN] = MSG_ARM,
    [MSG_CREATE_SCHEMA] = MSG_CREATE_TABLE,
    [MSG_AUDIT_TABLE] = MSG_AUDIT,
    [MSG_PROGRESS] = MSG_GUARD, /* which sees what whoever had this row has committed */
    [MSG_SETTINGS] = MSG_REARM,
    [MSG_REARM] = MSG_COMMIT,
    [MSG_END] = MSG_END,
};

void embark__cursor_next(embark__cursor *c)
{
  switch (c->at.kind) {
  case MSG_OUTSIDE:
  case MSG_BEGIN:
  case MSG_CREATE_SCHEMA:
  case MSG_AUDIT_TABLE:
  case MSG_PROGRESS:
  case MSG_SETTINGS:
  case MSG_REARM:
  case MSG_END:
    c->at.kind = successors[c->at.kind];
    break;
  case MSG_ARM:
    after_arm(c);
    break;
  case MSG_CREATE_TABLE:
    after_table(c);
    break;
  case MSG_CREATE_INDEX:
    after_ledger(c);
    break;
  case MSG_GUARD:
    after_guard(c);
    break;
  case MSG_STATEMENT:
  case MSG_COPY:
    to_statement(c, c->at.statement + 1);
    break;
  case MSG_ROLE:
    c->at.kind = is_outside(c) ? MSG_PROGRESS : MSG_RECORD;
    break;
  case MSG_RECORD:
    after_record(c);
    break;
  case MSG_AUDIT_SCHEMA:
    to_audit(c, MAKES_AUDIT);
    break;
  case MSG_AUDIT:
    after_row(c);
    break;
  case MSG_RESTAMP:
    to_restamp(c, c->at.migration + 1);
    break;
  case MSG_COMMIT:
    after_commit(c);
    break;
  case MSG_RELEASE:
    to_next_step(c);
    break;
  }
}
