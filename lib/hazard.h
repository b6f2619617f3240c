/* hazard.h - what a plan may hurt, and whether it is let. L1, pure. */
#ifndef EMBARK_HAZARD_H
#define EMBARK_HAZARD_H

#include "plan.h"

/* The EMBARK_HAZARD_* of a migration's statements that count: what one endangers was there when the
 * run began. All of its statements count, of an interrupted one too: it is approved as a whole. */
uint32_t embark__hazards_of(const embark__plan *plan, const embark_migration *m);

/* Whether the migration of this tag may not run for these hazards. */
int embark__hazards_forbid(const embark__situation *now, const char *tag, uint32_t hazards);

/* Say of each step of the plan what it may hurt and whether it is forbidden. Returns EMBARK_OK; or
 * EMBARK_E_FORBIDDEN where one is, with err filled: it has the first, and tells of the others. */
int embark__hazards_judge(embark__plan *plan, const embark__situation *now,
                          embark_error *err) EMBARK_CHECKED;

#endif
