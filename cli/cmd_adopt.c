/* cmd_adopt.c - `embark adopt`. */
#include "confirm.h"

int cmd_adopt(cli *c)
{
  static const confirm_op op = {EMBARK_ADOPT, "Record as applied, without running them,",
                                "adopted",    "nothing to adopt: no migration is pending",
                                NULL,         NULL,
                                NULL};
  if ((c->flags.to == NULL) == !c->flags.all) {
    return cli_refuse(c, EXIT_USAGE, "--dry-run shows which would be recorded.",
                      c->flags.all ? "--up-to and --all exclude each other"
                                   : "say which: --up-to TAG, or --all");
  }
  int status = confirm_possible(c);
  if (status == 0) {
    status = cli_open_bundle(c);
  }
  if (status == 0) {
    status = cli_connect(c);
  }
  return status == 0 ? confirm_run(c, &op, cli_run_options(c)) : status;
}
