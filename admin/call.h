/* call.h - one request on its way, once it is authorized. */
#ifndef EMBARK_ADMIN_CALL_H
#define EMBARK_ADMIN_CALL_H

#include <embark_admin.h>
#include <stdbool.h>

#include "form.h"

typedef struct call {
  PGconn *conn; /* the host's; NULL: to be asked of admin->connect */
  const embark_bundle *bundle;
  embark_options options;            /* filled, with the admin's own rules in it */
  const embark_admin_options *admin; /* complete, whatever the caller's struct_size */
  const embark_admin_request *request;
  const form *form;
  bool wants_events; /* server-sent events were asked for, and the host can stream */
} call;

/* What each route does: look, and make the answer. */
void serve_status(const call *c, embark_admin_response *r);
void serve_sql(const call *c, embark_admin_response *r);
void serve_plan(const call *c, embark_admin_response *r);
void serve_apply(const call *c, embark_admin_response *r);

#endif
