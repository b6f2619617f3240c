/* thread_error.h - the error of a thread whose blocking call was given none. L4. */
#ifndef EMBARK_THREAD_ERROR_H
#define EMBARK_THREAD_ERROR_H

#include <embark.h>

/* This thread's; never NULL. */
embark_error *embark__thread_error(void);

#endif
