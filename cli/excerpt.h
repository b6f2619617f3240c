/* excerpt.h - the place of a file that an error is about, with a caret below the column. */
#ifndef EMBARK_CLI_EXCERPT_H
#define EMBARK_CLI_EXCERPT_H

#include <embark.h>

#include "screen.h"

/* Append the line of err->file that err->line names, and the one before it; nothing where the
 * bundle does not have it. Long lines are cut around the column, to the width of `s`. */
void excerpt_put(text *out, const screen *s, const embark_bundle *b, const embark_error *err);

#endif
