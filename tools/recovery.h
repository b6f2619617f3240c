/* recovery.h - what a statement says of how an interrupted run goes on with it, judged by its first
 * tokens. It is of use where statements run one by one, without a transaction around them. */
#ifndef EMBARK_TOOLS_RECOVERY_H
#define EMBARK_TOOLS_RECOVERY_H

#include <stdint.h>

#include "head.h"
#include "statement.h"
#include "text.h"

/* EMBARK_STATEMENT_REPEAT, INDEX, DROP, WAITS and SESSION, as far as the statement by itself shows
 * them: in doubt a flag is not set. With INDEX and DROP, `names` (empty before) becomes what
 * embark_statement's data is to be. */
uint32_t recovery_flags(const head *h, statement_kind kind, text *names);

#endif
