/* explain.h - what the linter's rules are about. */
#ifndef EMBARK_CLI_EXPLAIN_H
#define EMBARK_CLI_EXPLAIN_H

#include "cli.h"

/* All rules, a line each. Returns an exit status. */
int explain_list(cli *c);

/* The page of one rule. Returns an exit status. */
int explain_rule(cli *c, const char *name);

#endif
