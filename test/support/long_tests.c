/* long_tests.c - the environment decides. */
#include "long_tests.h"

#include <stdlib.h>

int long_or_short(int in_a_campaign, int every_time)
{
  return getenv("EMBARK_TEST_LONG") != NULL ? in_a_campaign : every_time;
}

int is_sanitized(void)
{
#ifdef __SANITIZE_ADDRESS__
  return 1;
#else
  return 0;
#endif
}
