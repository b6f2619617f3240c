/* admin_clock.h - a clock that stands still, for programs that are linked with
 * -Wl,--wrap=clock_gettime: what is told in seconds can be told exactly then. */
#ifndef EMBARK_TEST_ADMIN_CLOCK_H
#define EMBARK_TEST_ADMIN_CLOCK_H

#include <stdint.h>

/* What it shows, in milliseconds; somewhere in the middle of things when a test begins. */
extern int64_t admin_clock_ms;

#endif
