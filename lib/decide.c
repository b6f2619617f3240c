/* decide.c - the rules: from what the ledger holds to what is to be done. Every op and every kind
 * of drift is decided here and nowhere else. */
#include <inttypes.h>

#include "error.h"
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
  if (plan->tail_from == plan->stray_count) {
    return EMBARK_OK;
  }
  const char *name = plan->strays[plan->tail_from].name;
  embark__error_set(err, EMBARK_E_UNKNOWN,
                    "the database has migration \"%s\", which this bundle does not know", name);
  embark__copy_text(err->tag, sizeof err->tag, name);
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
  if (now->has_ledger || !now->has_tables || now->adopt == EMBARK_ADOPT_ASSUME) {
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

static uint32_t count_pending(const embark__plan *plan)
{
  uint32_t pending = 0;
  for (uint32_t i = 0; i < plan->bundle->migration_count; i++) {
    pending += plan->state[i] == PLAN_PENDING;
  }
  return pending;
}

/* Drift in the rows themselves, whatever is to be done. */
static int refuse_history(const embark__plan *plan, uint32_t flags, embark_error *err)
{
  int code = refuse_interrupted(plan, err);
  if (code == EMBARK_OK) {
    code = refuse_changed(plan, err);
  }
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

static int make_steps(embark__plan *plan, uint32_t pending, int adopt)
{
  plan->steps = embark__mem_array(plan->alloc, pending, sizeof *plan->steps);
  plan->step_migration = embark__mem_array(plan->alloc, pending, sizeof *plan->step_migration);
  if (plan->steps == NULL || plan->step_migration == NULL) {
    return EMBARK_E_MEMORY;
  }
  for (uint32_t i = 0; i < plan->bundle->migration_count; i++) {
    if (plan->state[i] == PLAN_PENDING) {
      const embark_migration *m = &plan->bundle->migrations[i];
      plan->steps[plan->step_count] =
          (embark_step){m->tag, m->file, adopt, 0, embark__is_outside(m)};
      plan->step_migration[plan->step_count++] = i;
    }
  }
  return EMBARK_OK;
}

int embark__plan_decide(embark__plan *plan, const embark__situation *now, embark_error *err)
{
  plan->ahead = plan->tail_from < plan->stray_count;
  if (now->op == EMBARK_STATUS) {
    return refuse_interrupted(plan, err); /* what it says is shown, if it can be read at all */
  }
  int code = refuse_history(plan, now->flags, err);
  if (code != EMBARK_OK) {
    return code;
  }
  uint32_t pending = count_pending(plan);
  if (pending == 0) {
    return EMBARK_OK;
  }
  code = refuse_pending(plan, now, pending, err);
  if (code != EMBARK_OK) {
    return code;
  }
  if (make_steps(plan, pending, !now->has_ledger && now->has_tables) != EMBARK_OK) {
    return embark__error_memory(err);
  }
  return EMBARK_OK;
}

int embark__plan_is_pending(const embark__plan *plan, uint32_t index)
{
  return plan->state[index] == PLAN_PENDING;
}

int embark__plan_outside(const embark__plan *plan)
{
  for (uint32_t i = 0; i < plan->step_count && !embark__plan_adopts(plan); i++) {
    if (plan->steps[i].outside) {
      return 1;
    }
  }
  return 0;
}

int embark__plan_adopts(const embark__plan *plan)
{
  return plan->step_count > 0 && plan->steps[0].adopt;
}
