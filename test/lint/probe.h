/* probe.h - the lock of a statement of which no open transaction can be looked at: one that cannot
 * run inside any, or that fails. It is made to wait for another session instead. */
#ifndef EMBARK_TEST_LINT_PROBE_H
#define EMBARK_TEST_LINT_PROBE_H

#include "example.h"

/* The strongest lock that the example's statement holds or wants on any table that was there. */
lock_mode probe_lock(const example *e);

#endif
