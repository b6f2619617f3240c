/* heap.h - memory counted: of the library alone through its allocator, and of the whole program,
 * libpq included, by standing in for malloc. */
#ifndef EMBARK_BENCH_HEAP_H
#define EMBARK_BENCH_HEAP_H

#include <stddef.h>
#include <embark.h>

typedef struct heap {
  size_t used, peak;
  unsigned long calls; /* that asked for memory */
} heap;

/* The program's, since it began. */
extern heap heap_program;

/* Let the peak count from here. */
void heap_mark(heap *h);

/* An allocator that counts in `h`. */
embark_allocator heap_allocator(heap *h);

#endif
