/* heap.c - memory counted. Stands in for the C library's malloc in this program and in the
 * libraries it loads. Counts without a lock: nothing is measured here while there are threads. */
#include "heap.h"

#include <malloc.h>
#include <stdlib.h>

/* What malloc and its like are made of, in glibc. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void __libc_free(void *block);

heap heap_program;

static size_t size_of(void *block)
{
  return block != NULL ? malloc_usable_size(block) : 0;
}

static void *taken(heap *h, void *block)
{
  h->calls++;
  h->used += size_of(block);
  if (h->used > h->peak) {
    h->peak = h->used;
  }
  return block;
}

static void returned(heap *h, size_t size)
{
  h->used -= size < h->used ? size : h->used;
}

void *malloc(size_t size)
{
  return taken(&heap_program, __libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
  return taken(&heap_program, __libc_calloc(count, size));
}

static void *resize(heap *h, void *block, size_t size)
{
  size_t before = size_of(block);
  void *grown = __libc_realloc(block, size);
  if (grown != NULL || size == 0) {
    returned(h, before);
  }
  return taken(h, grown);
}

void *realloc(void *block, size_t size)
{
  return resize(&heap_program, block, size);
}

void free(void *block)
{
  returned(&heap_program, size_of(block));
  __libc_free(block);
}

void heap_mark(heap *h)
{
  h->peak = h->used;
  h->calls = 0;
}

static void *resize_counted(void *data, void *block, size_t size)
{
  return resize(data, block, size);
}

static void release_counted(void *data, void *block)
{
  returned(data, size_of(block));
  __libc_free(block);
}

embark_allocator heap_allocator(heap *h)
{
  *h = (heap){0};
  return (embark_allocator){resize_counted, release_counted, h};
}
