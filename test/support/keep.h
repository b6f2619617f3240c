/* keep.h - memory that lives until the end of a test, so that tests need not free anything. */
#ifndef EMBARK_TEST_KEEP_H
#define EMBARK_TEST_KEEP_H

#include <stddef.h>

/* Keep a block from malloc(); a NULL aborts the test. Returns it. */
void *keep(void *block);

/* A block of zeros. */
void *keep_zeros(size_t size);

char *keep_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Free all that is kept. */
void keep_free_all(void);

#endif
