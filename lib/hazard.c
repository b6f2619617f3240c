/* hazard.c - the hazards of what is to be run, held against what is forbidden. Takes the bundle's
 * word for each statement; reads no SQL. */
#include "hazard.h"

#include <string.h>

#include "bundle.h"
#include "error.h"
#include "plan_state.h"

static int is_pending(const unsigned char *state, uint32_t migration)
{
  return state != NULL && state[migration - 1] == PLAN_PENDING;
}

/* What is pending now, or was when the run first looked, has made nothing that anybody uses: in a
 * new database all of history may run, whatever it drops again on its way. */
static uint32_t hazards_of(const embark__plan *plan, const embark_statement *s)
{
  int is_new = s->made_by != 0 &&
               (is_pending(plan->state, s->made_by) || is_pending(plan->first_state, s->made_by));
  return is_new ? 0 : s->hazards;
}

uint32_t embark__hazards_of(const embark__plan *plan, const embark_migration *m)
{
  uint32_t hazards = 0;
  for (uint32_t i = 0; i < m->statement_count; i++) {
    hazards |= hazards_of(plan, &plan->bundle->statements[m->first_statement + i]);
  }
  return hazards;
}

int embark__hazards_forbid(const embark__situation *now, const char *tag, uint32_t hazards)
{
  if ((hazards & now->forbid) == 0) {
    return 0;
  }
  for (const char *const *at = now->approved; at != NULL && *at != NULL; at++) {
    if (strcmp(*at, tag) == 0) {
      return 0;
    }
  }
  return 1;
}

/* The first statement that is in the way. */
static void place(const embark__plan *plan, const embark_migration *m, uint32_t forbid,
                  embark_error *err)
{
  uint32_t index = m->first_statement;
  while ((hazards_of(plan, &plan->bundle->statements[index]) & forbid) == 0) {
    index++;
  }
  embark__bundle_place(plan->bundle, m, index, 0, err);
}

static void refuse(const embark__plan *plan, uint32_t step, uint32_t forbid, embark_error *err)
{
  /* By bit, and of a fixed width: pointers would cost the loader an entry each. */
  static const char deeds[][18] = {"is destructive", "rewrites a table", "blocks writers",
                                   "blocks readers", "changes data",     "is unclassified"};
  const embark_migration *m = embark__plan_script(plan, step);
  const char *between = "";
  embark__error_set(err, EMBARK_E_FORBIDDEN, "migration \"%s\" ", m->tag);
  for (uint32_t left = plan->steps[step].hazards & forbid, i = 0; left >> i != 0; i++) {
    if ((left >> i & 1u) != 0) {
      embark__error_add(err->message, "%s%s", between, deeds[i]);
      between = " and ";
    }
  }
  embark__error_add(err->message, ", which is forbidden here");
  place(plan, m, forbid, err);
  embark__error_hint(err, "Read it. If it shall run, approve it by its name: option `approved`, or "
                          "\"embark migrate --approve TAG\".");
}

int embark__hazards_judge(embark__plan *plan, const embark__situation *now, embark_error *err)
{
  uint32_t refused = 0;
  for (uint32_t i = 0; i < plan->step_count && !plan->at_once; i++) {
    embark_step *step = &plan->steps[i];
    step->hazards = embark__hazards_of(plan, embark__plan_script(plan, i));
    step->forbidden =
        now->op <= EMBARK_PLAN && embark__hazards_forbid(now, step->tag, step->hazards);
    plan->hazards |= step->hazards;
    if (!step->forbidden) {
      continue;
    }
    if (refused++ == 0) {
      refuse(plan, i, now->forbid, err);
    } else {
      embark__error_add(err->detail, "%s\"%s\"", refused == 2 ? "Refused as well: " : ", ",
                        step->tag);
    }
  }
  return refused == 0 ? EMBARK_OK : EMBARK_E_FORBIDDEN;
}
