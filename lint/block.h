/* block.h - what a DO statement runs, as texts of statements. */
#ifndef EMBARK_LINT_BLOCK_H
#define EMBARK_LINT_BLOCK_H

#include "tree.h"

/* Call `take` for each statement and each expression (as VALUES) in the DO statement `sql`, whose
 * tree is `t`, in the order of its text. An EXECUTE of a constant is the statements in it.
 * statement: NULL for what cannot be known before it runs. */
void block_each(const tree *t, const char *sql, void (*take)(void *data, const char *statement),
                void *data);

#endif
