/* sample.c - times taken. Medians, since a busy machine's mistakes are all on one side. */
#include "sample.h"

#include <stdlib.h>
#include <time.h>

int64_t sample_now_ns(void)
{
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

void sample_add_since(sample *s, int64_t start_ns)
{
  if (s->count < SAMPLE_MAX) {
    s->ns[s->count++] = sample_now_ns() - start_ns;
  }
}

static int by_size(const void *a, const void *b)
{
  int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
  return (left > right) - (left < right);
}

double sample_median_us(sample *s)
{
  if (s->count == 0) {
    return 0;
  }
  qsort(s->ns, s->count, sizeof s->ns[0], by_size);
  return ((double)s->ns[(s->count - 1) / 2] + (double)s->ns[s->count / 2]) / 2 / 1000;
}
