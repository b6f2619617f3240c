/* mem.c - the library's own memory. Knows the allocator of a run; keeps nothing itself. */
#include "mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void *embark__mem_resize(const embark_allocator *a, void *block, size_t size)
{
  return a != NULL ? a->resize(a->data, block, size) : realloc(block, size);
}

void *embark__mem_array(const embark_allocator *a, size_t count, size_t size)
{
  if (count == 0) {
    count = 1; /* so that NULL always means out of memory */
  }
  if (count > SIZE_MAX / size) {
    return NULL;
  }
  void *block = embark__mem_resize(a, NULL, count * size);
  if (block != NULL) {
    memset(block, 0, count * size);
  }
  return block;
}

void embark__mem_release(const embark_allocator *a, void *block)
{
  if (block == NULL) {
    return;
  }
  if (a != NULL) {
    a->release(a->data, block);
  } else {
    free(block);
  }
}
