/* mem.h - the library's own memory: the caller's allocator, or malloc. L0. */
#ifndef EMBARK_MEM_H
#define EMBARK_MEM_H

#include <stddef.h>

#include <embark.h>

/* As realloc, through `a` (NULL: the C library's). NULL when out of memory; the old block then
 * stands. */
void *embark__mem_resize(const embark_allocator *a, void *block, size_t size);

/* An array of `count` zeroed elements of `size` bytes; NULL when out of memory or too large. */
void *embark__mem_array(const embark_allocator *a, size_t count, size_t size);

/* As free; accepts NULL. This is the inverse of both above. */
void embark__mem_release(const embark_allocator *a, void *block);

#endif
