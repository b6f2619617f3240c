/* cmd_plan.c - `embark plan`, and `embark migrate --dry-run`. */
#include "approval.h"
#include "drive.h"
#include "planned.h"
#include "report.h"

/* What is refused is part of the plan, and then the error. */
static int tell(cli *c, const embark_run *run, const embark_error *err)
{
  const embark_step *steps;
  int status = planned_show(c, run);
  if (status != EXIT_DONE) {
    return status;
  }
  if (err->code == EMBARK_E_FORBIDDEN) {
    return approval_fail(c, run, err);
  }
  return c->flags.exit_code && embark_run_steps(run, &steps) > 0 ? EXIT_PENDING : EXIT_DONE;
}

static int plan(cli *c)
{
  embark_run *run = NULL;
  embark_error err;
  embark_options options = cli_run_options(c);
  options.flags &= ~EMBARK_DRY_RUN;
  int code = drive(c, EMBARK_PLAN, options, NULL, &run, &err);
  int status =
      code == EMBARK_OK || code == EMBARK_E_FORBIDDEN ? tell(c, run, &err) : cli_fail(c, &err);
  embark_run_free(run);
  return status;
}

int cmd_plan(cli *c)
{
  int status = cli_open_bundle(c);
  if (status == 0) {
    status = cli_connect(c);
  }
  return status == 0 ? plan(c) : status;
}
