/* spelling.h - names as the file spells them: trees have them folded and without quotes. */
#ifndef EMBARK_LINT_SPELLING_H
#define EMBARK_LINT_SPELLING_H

#include <stdbool.h>
#include <stddef.h>

#include "check.h"

/* How the name that starts at `place` is written: `"userId"` with its quotes, or userId; the last
 * part of a qualified one. `name` is what the tree has. When it does not stand there, as in SQL
 * that is put together, it is `name`, quoted if need be. To be freed. */
char *spelling_at(const check *c, size_t place, const char *name);

/* It is not quoted and has letters of both cases: who wrote it may not expect it folded. */
bool spelling_is_mixed(const char *spelling);

#endif
