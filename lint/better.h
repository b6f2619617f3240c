/* better.h - a statement written better: its own text with words put in. */
#ifndef EMBARK_LINT_BETTER_H
#define EMBARK_LINT_BETTER_H

#include "check.h"

/* The statement with `words` behind the first word `behind` in it, in that word's case, and a
 * semicolon: "CREATE INDEX CONCURRENTLY ...;". Without a transaction, when `outside`, headed by the
 * directive that the file needs and does not have. NULL for a statement that stands in a DO, whose
 * text is not known, and for one without that word behind its first. To be freed. */
char *better_with(const check *c, const char *behind, const char *words, bool outside);

#endif
