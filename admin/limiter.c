/* The limiter of failures. Knows no clock: it is told the time, which must not run backwards. */
#include "limiter.h"

int64_t limiter_closed_ms(const limiter *l, int64_t now_ms)
{
  if (l->count < LIMITER_MOST) {
    return 0;
  }
  int64_t age = now_ms - l->at_ms[l->oldest];
  return age < LIMITER_WINDOW_MS ? LIMITER_WINDOW_MS - age : 0;
}

void limiter_add(limiter *l, int64_t now_ms)
{
  size_t place = (l->oldest + l->count) % LIMITER_MOST;
  l->at_ms[place] = now_ms;
  if (l->count < LIMITER_MOST) {
    l->count++;
  } else {
    l->oldest = (l->oldest + 1) % LIMITER_MOST;
  }
}
