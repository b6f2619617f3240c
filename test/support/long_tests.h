/* long_tests.h - how much of a campaign to run: some of it for every change, all of it when the
 * environment has EMBARK_TEST_LONG. */
#ifndef EMBARK_TEST_LONG_TESTS_H
#define EMBARK_TEST_LONG_TESTS_H

/* One of the two numbers. */
int long_or_short(int in_a_campaign, int every_time);

/* Whether this program is watched by the address sanitizer: what is a matter of every block of
 * memory is looked at closely there, and the others need not repeat all of it. */
int is_sanitized(void);

#endif
