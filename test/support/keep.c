/* keep.c - a list of blocks. */
#include "keep.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void **blocks;
static size_t count, capacity;

void *keep(void *block)
{
  if (count == capacity) {
    capacity = capacity * 2 + 64;
    blocks = realloc(blocks, capacity * sizeof *blocks);
  }
  if (block == NULL || blocks == NULL) {
    abort();
  }
  blocks[count++] = block;
  return block;
}

void *keep_zeros(size_t size)
{
  return keep(calloc(1, size > 0 ? size : 1));
}

char *keep_printf(const char *format, ...)
{
  va_list args, again;
  va_start(args, format);
  va_copy(again, args);
  size_t size = (size_t)vsnprintf(NULL, 0, format, args) + 1;
  char *text = keep_zeros(size);
  vsnprintf(text, size, format, again);
  va_end(again);
  va_end(args);
  return text;
}

void keep_free_all(void)
{
  while (count > 0) {
    free(blocks[--count]);
  }
  free(blocks);
  blocks = NULL;
  capacity = 0;
}
