/* nasty.h - SQL that nobody writes: random sequences of what makes splitting hard. */
#ifndef EMBARK_SPLIT_NASTY_H
#define EMBARK_SPLIT_NASTY_H

#include <stddef.h>
#include <stdint.h>

/* The text of this seed, the same everywhere; to be freed. Statements end with semicolons or are
 * cut off; quotes and parentheses are closed, mostly. */
char *nasty_make(uint32_t seed, size_t *size);

#endif
