/* plan_state.h - what plan.c finds out about each migration and decide.c goes by. L1. */
#ifndef EMBARK_PLAN_STATE_H
#define EMBARK_PLAN_STATE_H

enum { PLAN_PENDING = 0, PLAN_APPLIED = 1, PLAN_CHANGED = 2 };

#endif
