/* memory_ends.h - memory that runs out in the program's own objects: the library's, the endpoint's
 * and the test's, but not libpq's or the C library's.
 *
 * For programs that are linked with --wrap for each function of the allocator. Nothing is counted
 * or denied before memory_ends_at().
 */
#ifndef EMBARK_TEST_MEMORY_ENDS_H
#define EMBARK_TEST_MEMORY_ENDS_H

#include <stdbool.h>

/* From now on count calls for memory; the `at`-th fails, from 1, and with `for_good` all after it.
 * 0: none does. */
void memory_ends_at(long at, bool for_good);

/* There is memory again, and nobody counts; and the counting goes on where it was. */
void memory_pause(void);
void memory_resume(void);

/* How often memory was asked for, and how many blocks are not given back, since then. */
long memory_calls(void);
long memory_blocks(void);

#endif
