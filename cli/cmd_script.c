/* cmd_script.c - `embark script`. */
#include "drive.h"
#include "report.h"

static int write_script(cli *c)
{
  embark_run *run = NULL;
  embark_error err;
  int code = drive(c, EMBARK_PLAN, cli_run_options(c), NULL, &run, &err);
  embark_run_free(run);
  return code == EMBARK_OK ? EXIT_DONE : cli_fail(c, &err);
}

int cmd_script(cli *c)
{
  int status = cli_open_bundle(c);
  if (status == 0) {
    status = cli_connect(c);
  }
  return status == 0 ? write_script(c) : status;
}
