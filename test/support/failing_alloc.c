/* failing_alloc.c - an allocator that counts, and fails on request. */
#include "failing_alloc.h"

#include <stdlib.h>

static void *resize(void *data, void *block, size_t size)
{
  failing_alloc *f = data;
  f->calls++;
  if (f->fail_at != 0 && f->calls >= f->fail_at) {
    return NULL;
  }
  void *now = realloc(block, size);
  f->blocks += now != NULL && block == NULL;
  return now;
}

static void release(void *data, void *block)
{
  failing_alloc *f = data;
  f->blocks -= block != NULL;
  free(block);
}

void failing_alloc_init(failing_alloc *f, size_t fail_at)
{
  *f = (failing_alloc){
      {resize, release, f},
      0, fail_at, 0
  };
}
