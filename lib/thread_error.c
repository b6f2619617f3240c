/* thread_error.c - one embark_error a thread. */
#include "thread_error.h"

static _Thread_local embark_error last;

embark_error *embark__thread_error(void)
{
  return &last;
}

const embark_error *embark_last_error(void)
{
  return &last;
}
