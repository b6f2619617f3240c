/* volatility.h - whether an expression has a value of its own for each row. */
#ifndef EMBARK_LINT_VOLATILITY_H
#define EMBARK_LINT_VOLATILITY_H

#include "catalog.h"

/* A volatile function is called somewhere in the expression. Functions that neither the folder nor
 * the list here knows count as stable, as most of PostgreSQL's own are. */
bool expression_is_volatile(const catalog *c, json_t *expression);

#endif
