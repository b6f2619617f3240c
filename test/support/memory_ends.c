/* memory_ends.c - the allocator's functions, wrapped. Knows one thread at a time. */
#include "memory_ends.h"

#include <stdlib.h>
#include <string.h>

static bool is_on, fails_on;
static long calls, fails_at, blocks;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
char *__wrap_strdup(const char *string);
void __wrap_free(void *block);

void memory_ends_at(long at, bool for_good)
{
  calls = 0;
  blocks = 0;
  fails_at = at;
  fails_on = for_good;
  is_on = true;
}

void memory_pause(void)
{
  is_on = false;
}

void memory_resume(void)
{
  is_on = true;
}

long memory_calls(void)
{
  return calls;
}

long memory_blocks(void)
{
  return blocks;
}

static bool is_denied(void)
{
  if (!is_on) {
    return false;
  }
  calls++;
  return calls == fails_at || (fails_on && fails_at != 0 && calls > fails_at);
}

static void *given(void *block)
{
  blocks += is_on && block != NULL;
  return block;
}

void *__wrap_malloc(size_t size)
{
  return is_denied() ? NULL : given(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
  return is_denied() ? NULL : given(__real_calloc(count, size));
}

void *__wrap_realloc(void *block, size_t size)
{
  if (is_denied()) {
    return NULL;
  }
  return block == NULL ? given(__real_malloc(size)) : __real_realloc(block, size);
}

char *__wrap_strdup(const char *string)
{
  char *copy = __wrap_malloc(strlen(string) + 1);
  return copy != NULL ? strcpy(copy, string) : NULL;
}

void __wrap_free(void *block)
{
  blocks -= is_on && block != NULL;
  __real_free(block);
}
