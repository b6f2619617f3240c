/* suite.h - what every test program gives main.c. */
#ifndef EMBARK_TEST_SUITE_H
#define EMBARK_TEST_SUITE_H

#include <check.h>

/* The program's only suite; the runner frees it. */
Suite *test_suite(void);

#endif
