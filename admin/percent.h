/* percent.h - a byte that is written as %XX. */
#ifndef EMBARK_ADMIN_PERCENT_H
#define EMBARK_ADMIN_PERCENT_H

#include <stddef.h>

/* The byte that the three characters at `p` stand for; -1 when they are no '%' and two digits
 * within `left`. */
int percent_decode(const char *p, size_t left);

#endif
