/* planned.h - what a run would do: the steps of a plan, each with its reason. */
#ifndef EMBARK_ADMIN_PLANNED_H
#define EMBARK_ADMIN_PLANNED_H

#include <embark.h>

#include "json.h"

/* The members "steps", "total" and "left". `status` is a run that knows why each is in the plan;
 * NULL: nobody does. */
void planned_put(json *j, const embark_bundle *b, const embark_run *run, const embark_run *status);

#endif
