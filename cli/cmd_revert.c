/* cmd_revert.c - `embark revert`. */
#include "confirm.h"

static int revert(cli *c)
{
  static const confirm_op op = {EMBARK_REVERT, "Revert", "reverted", "nothing to revert",
                                NULL,          NULL,     NULL};
  embark_options options = cli_run_options(c);
  if (c->flags.all) {
    options.target = "";
  }
  if (options.target == NULL && options.steps == 0) {
    options.steps = 1;
  }
  return confirm_run(c, &op, options);
}

int cmd_revert(cli *c)
{
  const flags *f = &c->flags;
  if ((f->to != NULL) + (f->steps != 0) + f->all > 1) {
    return cli_refuse(c, EXIT_USAGE, NULL, "--to, --steps and --all exclude each other");
  }
  int status = confirm_possible(c);
  if (status == 0) {
    status = cli_open_bundle(c);
  }
  if (status == 0) {
    status = cli_connect(c);
  }
  return status == 0 ? revert(c) : status;
}
