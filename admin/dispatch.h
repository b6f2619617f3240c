/* dispatch.h - from a request to what answers it, past all that refuses it. */
#ifndef EMBARK_ADMIN_DISPATCH_H
#define EMBARK_ADMIN_DISPATCH_H

#include "call.h"

/* Answer a call whose form is not read yet. given: the request as the host has it, for its own
 * authorization. */
void dispatch(call *c, const embark_admin_request *given, embark_admin_response *r);

#endif
