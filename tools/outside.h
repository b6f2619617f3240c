/* outside.h - files whose statements run one by one, outside of a transaction: those that say so
 * with a directive, and those that leave drizzle-orm's transaction with a COMMIT. */
#ifndef EMBARK_TOOLS_OUTSIDE_H
#define EMBARK_TOOLS_OUTSIDE_H

#include <stdbool.h>

#include "diag.h"
#include "source.h"
#include "split.h"

/* The file is to run so. `drizzle`: it lies in a folder of drizzle-kit's. */
bool outside_applies(const script *s, bool drizzle);

/* Judge the statements of such a file, and set their flags. One that relies on drizzle-orm's
 * transaction gets the BEGIN and the COMMIT that it leaves to others (statement.implied).
 * Returns 0, or -1 with the first statement that cannot be there in `d`. */
int outside_judge(script *s, const source *src, bool drizzle, diag *d);

#endif
