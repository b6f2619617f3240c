/* failing_alloc.h - an allocator that counts, and fails on request. */
#ifndef EMBARK_TEST_FAILING_ALLOC_H
#define EMBARK_TEST_FAILING_ALLOC_H

#include <embark.h>

typedef struct failing_alloc {
  embark_allocator alloc; /* hand this to the library */
  size_t calls;           /* how often memory was asked for */
  size_t fail_at;         /* which call fails, from 1, and all after it; 0: none */
  size_t blocks;          /* blocks that are not yet given back */
} failing_alloc;

/* `f` must stay where it is while the allocator is in use. */
void failing_alloc_init(failing_alloc *f, size_t fail_at);

#endif
