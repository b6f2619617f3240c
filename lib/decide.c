/* decide.c - the rules: from what the ledger holds to what is to be done. Every op and every kind
 * of drift is decided here and nowhere else. */
#include <inttypes.h>

#include "error.h"
#include "hazard.h"
#include "mem.h"
#include "plan.h"
#include "plan_state.h"
#include "resume.h"

static int refuse_changed(const embark__plan *plan, embark_error *err)
{
  for (uint32_t i = 0; i < plan->bundle->migration_count; i++) {
    if (plan->state[i] != PLAN_CHANGED) {
      continue;
    }
    const embark_migration *m = &plan->bundle->migrations[i];
    embark__error_set(err, EMBARK_E_CHANGED, "migration \"%s\" was changed after it was applied",
                      m->tag);
    embark__error_place(err, m);
    embark__error_detail(err, "Its hash is now %s; the ledger has another.", m->hash);
    embark__error_hint(err, "Put the file back as it was, and make the change in a new migration.");
    return err->code;
  }
  return EMBARK_OK;
}

static int refuse_missing(const embark__plan *plan, embark_error *err)
{
  if (plan->tail_from == 0) {
    return EMBARK_OK;
  }
  const embark__stray *stray = &plan->strays[0];
  embark__error_set(err, EMBARK_E_MISSING, "applied migration \"%s\" is not in the bundle",
                    stray->name);
  embark__copy_text(err->tag, sizeof err->tag, stray->name);
  if (stray->has_when) {
    embark__error_detail(err,
                         "The ledger has it at created_at %" PRId64 ", before others that are.",
                         stray->when_ms);
  } else {
    embark__error_detail(err, "The ledger has it before others that are.");
  }
  embark__error_hint(
      err, "Put the file back; or, if it is gone for good, delete its row from the ledger.");
  return err->code;
}

static int refuse_reordered(const embark__plan *plan, uint32_t flags, embark_error *err)
{
  if (plan->reordered < 0 || (flags & EMBARK_OUT_OF_ORDER) != 0) {
    return EMBARK_OK;
  }
  const embark_migration *m = &plan->bundle->migrations[plan->reordered];
  embark__error_set(err, EMBARK_E_REORDERED, "migration \"%s\" was applied in another order",
                    m->tag);
  embark__error_place(err, m);
  embark__error_detail(err, "The ledger has it after a migration that follows it in the bundle.");
  embark__error_hint(err, "Put the files back in the order in which they were applied, or set "
                          "EMBARK_OUT_OF_ORDER if the order does not matter.");
  return err->code;
}

static int refuse_out_of_order(const embark__plan *plan, uint32_t flags, embark_error *err)
{
  if ((flags & EMBARK_OUT_OF_ORDER) != 0) {
    return EMBARK_OK;
  }
  for (int64_t i = 0; i < plan->newest; i++) {
    if (plan->state[i] != PLAN_PENDING) {
      continue;
    }
    const embark_migration *m = &plan->bundle->migrations[i];
    embark__error_set(err, EMBARK_E_OUT_OF_ORDER,
                      "migration \"%s\" is pending, but a later one is applied", m->tag);
    embark__error_place(err, m);
    embark__error_detail(err, "\"%s\" is applied already.",
                         plan->bundle->migrations[plan->newest].tag);
    embark__error_hint(err, "Give it a place after the applied ones, or set EMBARK_OUT_OF_ORDER to "
                            "apply it late.");
    return err->code;
  }
  return EMBARK_OK;
}

static int refuse_unknown(const embark__plan *plan, embark_error *err)
{
  if (!plan->ahead) {
    return EMBARK_OK;
  }
  const char *name = plan->strays[plan->tail_from].name;
  embark__error_set(err, EMBARK_E_UNKNOWN,
                    "the database has migration \"%s\", which this bundle does not know", name);
  embark__copy_text(err->tag, sizeof err->tag, name);
  if (plan->op == EMBARK_REVERT) {
    embark__error_hint(err, "It is newer than all that the bundle has: revert with the one that "
                            "has it.");
    return err->code;
  }
  embark__error_detail(err, "The bundle itself has migrations that are pending.");
  embark__error_hint(err, "Bring both into one folder, bundle that, and deploy it.");
  return err->code;
}

static int refuse_interrupted(const embark__plan *plan, embark_error *err)
{
  if (plan->interrupted < 0) {
    return EMBARK_OK;
  }
  const embark_migration *m = &plan->bundle->migrations[plan->interrupted];
  embark__error_set(err, EMBARK_E_LEDGER, "the ledger's row for \"%s\" is in an unknown state",
                    m->tag);
  embark__error_place(err, m);
  embark__error_hint(err,
                     "It was written by a newer version of Embark, or by hand; use that version.");
  return err->code;
}

static int refuse_adoption(const embark__situation *now, embark_error *err)
{
  if (now->has_ledger || !now->has_tables || now->adopt == EMBARK_ADOPT_ASSUME ||
      now->op == EMBARK_ADOPT) {
    return EMBARK_OK;
  }
  embark__error_set(err, EMBARK_E_ADOPT, "the database has tables, but no ledger of migrations");
  embark__error_detail(err, "Applying the bundle from its start would collide with what is there.");
  embark__error_hint(
      err, "If its schema is what this bundle makes, set adopt to EMBARK_ADOPT_ASSUME "
           "once (or bundle with --adopt assume) to record all as adopted; if not, use an empty "
           "database.");
  return err->code;
}

/* Drift in the rows themselves, whatever is to be done. */
static int refuse_history(const embark__plan *plan, uint32_t flags, embark_error *err)
{
  int code = refuse_changed(plan, err);
  if (code == EMBARK_OK) {
    code = refuse_missing(plan, err);
  }
  return code == EMBARK_OK ? refuse_reordered(plan, flags, err) : code;
}

static int refuse_pending(const embark__plan *plan, const embark__situation *now, uint32_t pending,
                          embark_error *err)
{
  int code = refuse_out_of_order(plan, now->flags, err);
  if (code == EMBARK_OK) {
    code = refuse_unknown(plan, err);
  }
  if (code == EMBARK_OK && now->op == EMBARK_VERIFY) {
    code = embark__error_set(err, EMBARK_E_PENDING, "%" PRIu32 " migration%s pending", pending,
                             pending == 1 ? " is" : "s are");
    embark__error_hint(err, "Apply them with embark_migrate().");
  }
  return code == EMBARK_OK ? refuse_adoption(now, err) : code;
}

/* --- what is to be done ---------------------------------------------------------------------- */

static const embark_migration *script_of(const embark__plan *plan, uint32_t index)
{
  const embark_migration *m = &plan->bundle->migrations[index];
  return plan->op == EMBARK_REVERT ? &plan->bundle->downs[m->down - 1] : m;
}

const embark_migration *embark__plan_script(const embark__plan *plan, uint32_t step)
{
  return script_of(plan, plan->step_migration[step]);
}

static int add_step(embark__plan *plan, uint32_t index, int adopt)
{
  uint32_t most = plan->bundle->migration_count;
  if (plan->steps == NULL) {
    plan->steps = embark__mem_array(plan->alloc, most, sizeof *plan->steps);
    plan->step_migration = embark__mem_array(plan->alloc, most, sizeof *plan->step_migration);
  }
  if (plan->steps == NULL || plan->step_migration == NULL) {
    return EMBARK_E_MEMORY;
  }
  const embark_migration *m = script_of(plan, index);
  plan->steps[plan->step_count] =
      (embark_step){m->tag, m->file, adopt, 0, embark__is_outside(m), 0, 0};
  plan->step_migration[plan->step_count++] = index;
  return EMBARK_OK;
}

/* Whether there is room for a step after `taken` others. */
static int is_room(const embark__reach *r, uint32_t taken)
{
  return r->steps == 0 || (r->done < r->steps && taken < r->steps - r->done);
}

/* Of those that are pending, the ones that may be applied; the first of the others goes to
 * restamp_to. */
static uint32_t count_pending(embark__plan *plan, const embark__situation *now)
{
  const embark__reach *r = &now->reach;
  uint32_t pending = 0;
  for (uint32_t i = 0; i < plan->bundle->migration_count; i++) {
    if (plan->state[i] != PLAN_PENDING) {
      continue;
    }
    int is_far = (r->target != 0 && i >= r->target) || (r->bound != 0 && i >= r->bound) ||
                 !is_room(r, pending);
    if (is_far && now->op != EMBARK_VERIFY) {
      plan->restamp_to = i;
      return pending;
    }
    pending++;
  }
  return pending;
}

static int decide_apply(embark__plan *plan, const embark__situation *now, embark_error *err)
{
  uint32_t pending = count_pending(plan, now);
  int code = pending > 0 ? refuse_pending(plan, now, pending, err) : EMBARK_OK;
  int adopt = now->op == EMBARK_ADOPT || (!now->has_ledger && now->has_tables);
  plan->at_once = adopt;
  for (uint32_t i = 0; code == EMBARK_OK && plan->step_count < pending; i++) {
    code = plan->state[i] == PLAN_PENDING ? add_step(plan, i, adopt) : EMBARK_OK;
  }
  return code;
}

static int refuse_target(const embark__plan *plan, const embark__situation *now, embark_error *err)
{
  if (now->reach.target == 0 || plan->state[now->reach.target - 1] != PLAN_PENDING) {
    return EMBARK_OK;
  }
  const embark_migration *m = &plan->bundle->migrations[now->reach.target - 1];
  embark__error_set(err, EMBARK_E_TARGET, "migration \"%s\" is not applied", m->tag);
  embark__error_place(err, m);
  embark__error_hint(err, "Name one that the ledger has.");
  return err->code;
}

static int refuse_irreversible(const embark_migration *m, embark_error *err)
{
  embark__error_set(err, EMBARK_E_IRREVERSIBLE,
                    "migration \"%s\" cannot be reverted: it has no down file", m->tag);
  embark__error_place(err, m);
  embark__error_hint(err, "Nothing was reverted. Write its down file and bundle it; or undo what "
                          "it did by a new migration.");
  return err->code;
}

/* The newest first, so that each finds the database as it was behind it. */
static int decide_revert(embark__plan *plan, const embark__situation *now, embark_error *err)
{
  const embark__reach *r = &now->reach;
  uint32_t first = r->bound > r->target ? r->bound - 1 : r->target;
  int code = refuse_unknown(plan, err);
  if (code == EMBARK_OK) {
    code = refuse_target(plan, now, err);
  }
  plan->restamp_to = 0;
  for (uint32_t i = plan->bundle->migration_count;
       code == EMBARK_OK && i-- > first && is_room(r, plan->step_count);) {
    const embark_migration *m = &plan->bundle->migrations[i];
    if (plan->state[i] == PLAN_APPLIED) {
      code = m->down != 0 ? add_step(plan, i, 0) : refuse_irreversible(m, err);
    }
  }
  return code;
}

/* What is accepted is as applied from here on. Its row, and those behind it, get their chain as far
 * as all before them is sound: further on it would vouch for what is not. */
static int decide_accept(embark__plan *plan, const embark__situation *now, embark_error *err)
{
  int code = refuse_target(plan, now, err);
  int is_sound =
      plan->tail_from == 0 && (plan->reordered < 0 || (now->flags & EMBARK_OUT_OF_ORDER) != 0);
  uint32_t sound = 0;
  plan->at_once = 1;
  for (uint32_t i = 0; code == EMBARK_OK && i < plan->bundle->migration_count; i++) {
    int is_meant = now->reach.target == 0 || now->reach.target == i + 1;
    if (plan->state[i] == PLAN_CHANGED && is_meant) {
      code = add_step(plan, i, 0);
      plan->state[i] = PLAN_APPLIED;
    }
    is_sound = is_sound && plan->state[i] == PLAN_APPLIED;
    sound += (uint32_t)is_sound;
  }
  plan->restamp_to = sound;
  return code;
}

static int decide(embark__plan *plan, const embark__situation *now, embark_error *err)
{
  int code = refuse_interrupted(plan, err);
  if (code == EMBARK_OK && now->op == EMBARK_ACCEPT) {
    return decide_accept(plan, now, err);
  }
  /* What STATUS finds is shown, if it can be read at all. */
  if (code != EMBARK_OK || now->op == EMBARK_STATUS) {
    return code;
  }
  code = refuse_history(plan, now->flags, err);
  if (code != EMBARK_OK) {
    return code;
  }
  return now->op == EMBARK_REVERT ? decide_revert(plan, now, err) : decide_apply(plan, now, err);
}

int embark__plan_decide(embark__plan *plan, const embark__situation *now, embark_error *err)
{
  plan->op = now->op;
  plan->ahead = plan->tail_from < plan->stray_count;
  plan->restamp_to = plan->bundle->migration_count;
  int code = decide(plan, now, err);
  if (code == EMBARK_OK) {
    return embark__hazards_judge(plan, now, err);
  }
  plan->step_count = 0;
  return code == EMBARK_E_MEMORY ? embark__error_memory(err) : code;
}

int embark__plan_is_pending(const embark__plan *plan, uint32_t index)
{
  return plan->state[index] == PLAN_PENDING;
}

int embark__plan_outside(const embark__plan *plan)
{
  for (uint32_t i = 0; i < plan->step_count && !plan->at_once; i++) {
    if (plan->steps[i].outside) {
      return 1;
    }
  }
  return 0;
}
