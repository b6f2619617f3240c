/* split.h - a file's text cut into statements. */
#ifndef EMBARK_TOOLS_SPLIT_H
#define EMBARK_TOOLS_SPLIT_H

#include <stdbool.h>
#include <stddef.h>

#include "diag.h"
#include "directive.h"
#include "outline.h"
#include "source.h"
#include "statement.h"

typedef struct script {
  statement *statements;
  size_t count;
  size_t capacity;
  directives directives;
  char outline[EMBARK_OUTLINE_LENGTH + 1]; /* outline.h */
} script;

/* Cut `src` where psql would, and, if `breakpoints`, at Drizzle's markers too.
 * Returns 0, or -1 with the first error of the file in `d`; `out` is then to be freed all the same.
 * Does not judge the statements: that is refuse.h. */
int split(script *out, const source *src, bool breakpoints, diag *d);

void script_free(script *s);

#endif
