/* planned.h - what a run would do, as people and programs read it. */
#ifndef EMBARK_CLI_PLANNED_H
#define EMBARK_CLI_PLANNED_H

#include "cli.h"

/* Show the steps of a run that has made its plan: as a table on standard output, or in the
 * document. Asks the server why each is in it. Returns as cli_print(). */
int planned_show(cli *c, const embark_run *run);

#endif
