/* number.h - the digits at the head of a migration's name. */
#ifndef EMBARK_TOOLS_NUMBER_H
#define EMBARK_TOOLS_NUMBER_H

#include <stddef.h>
#include <stdint.h>

#include "text.h"

/* How many digits `name` begins with. */
size_t number_size(const char *name);

/* As numbers, however many digits they have and however many zeros lead: less than 0, 0, or more,
 * as strcmp. */
int number_compare(const char *a, size_t a_size, const char *b, size_t b_size);

/* Add the digits that come next: a time that is now (and later than the last, at any rate) behind a
 * time, else the number plus one, as wide as the last. */
void number_put_next(text *out, const char *last, size_t size, int64_t now_ms);

#endif
