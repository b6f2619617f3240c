/* alter_lock.h - the lock that each subcommand of ALTER TABLE takes on its table, as PostgreSQL 13
 * to 18 document it. A statement takes the strongest of its subcommands'. */
#ifndef EMBARK_LINT_ALTER_LOCK_H
#define EMBARK_LINT_ALTER_LOCK_H

#include <jansson.h>

#include "rule.h"

/* Of the members of an AlterTableCmd; ACCESS EXCLUSIVE for what is not known. */
lock_mode alter_lock(json_t *command);

#endif
