/* serve_plan.c - what a POST would do: asked, and not done. */
#include "borrowed.h"
#include "document.h"
#include "drive.h"
#include "planned.h"

/* What is refused is part of the plan, and then the error. Without the reasons it is a plan all the
 * same, so that it is none of the request's business why they could not be had. */
static void put_plan(json *j, const call *c, PGconn *conn, const embark_run *plan)
{
  const embark_step *steps = NULL;
  embark_run *status = NULL;
  embark_error ignored;
  if (embark_run_steps(plan, &steps) > 0) {
    (void)drive_look(&status, EMBARK_STATUS, conn, c->bundle, &c->options, &ignored);
  }
  planned_put(j, c->bundle, plan, status);
  embark_run_free(status);
}

static void look(json *j, const call *c, PGconn *conn, embark_error *err)
{
  embark_run *plan = NULL;
  int code = drive_look(&plan, EMBARK_PLAN, conn, c->bundle, &c->options, err);
  document_put_database(j, conn);
  if (code == EMBARK_OK || code == EMBARK_E_FORBIDDEN) {
    put_plan(j, c, conn, plan);
  }
  embark_run_free(plan);
}

void serve_plan(const call *c, embark_admin_response *r)
{
  json j = {0};
  borrowed b;
  embark_error err;
  document_begin(&j, "plan");
  if (borrowed_take(&b, c, &err) == EMBARK_OK) {
    look(&j, c, b.conn, &err);
  }
  borrowed_give_back(&b);
  document_put_error(&j, &err, c->bundle);
  document_answer(&j, &err, r);
}
