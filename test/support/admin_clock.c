/* A clock that stands still. */
#include "admin_clock.h"

#include <time.h>

int64_t admin_clock_ms = 1000000007;

/* The linker has the clock's callers call this one. */
int __wrap_clock_gettime(clockid_t id, struct timespec *now);

int __wrap_clock_gettime(clockid_t id, struct timespec *now)
{
  (void)id;
  now->tv_sec = (time_t)(admin_clock_ms / 1000);
  now->tv_nsec = (long)(admin_clock_ms % 1000) * 1000000;
  return 0;
}
