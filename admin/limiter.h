/* limiter.h - how often somebody was wrong of late. */
#ifndef EMBARK_ADMIN_LIMITER_H
#define EMBARK_ADMIN_LIMITER_H

#include <stddef.h>
#include <stdint.h>

#define LIMITER_MOST      10
#define LIMITER_WINDOW_MS 60000

/* The times of the last failures, in a ring. A zeroed one has none. */
typedef struct limiter {
  int64_t at_ms[LIMITER_MOST];
  size_t count;
  size_t oldest;
} limiter;

/* For how long nobody is heard any more, in milliseconds; 0: everybody is. */
int64_t limiter_closed_ms(const limiter *l, int64_t now_ms);

/* One more failure. */
void limiter_add(limiter *l, int64_t now_ms);

#endif
