/* literal.h - C string literals, there and back. */
#ifndef EMBARK_TOOLS_LITERAL_H
#define EMBARK_TOOLS_LITERAL_H

#include <stdbool.h>

#include "text.h"

/* Add `string` as a literal with its quotes: ASCII only, and no trigraphs. */
void literal_put(text *out, const char *string);

/* Add what the literal at `p` says, as literal_put wrote it. The inverse: returns where it ends,
 * behind the closing quote, or NULL when there is no such literal. */
const char *literal_read(text *out, const char *p);

/* `name` can be the name of something in C and in C++. */
bool literal_is_identifier(const char *name);

#endif
