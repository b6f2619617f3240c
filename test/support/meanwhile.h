/* meanwhile.h - what somebody else does between the plan of a run and its first message. */
#ifndef EMBARK_TEST_MEANWHILE_H
#define EMBARK_TEST_MEANWHILE_H

#include <embark.h>

#include "bundle_make.h"

/* Another session's whole run, with the test's options but `steps`; it must succeed. */
void meanwhile_run(embark_op op, const made_bundle *made, uint32_t steps);

/* Run `op`, while another session runs `other_op` as soon as the first plan is made. Both must
 * succeed. */
void meanwhile(embark_op op, const made_bundle *made, embark_op other_op, const made_bundle *other,
               uint32_t other_steps);

#endif
