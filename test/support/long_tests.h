/* long_tests.h - how much of a campaign to run: some of it for every change, all of it when the
 * environment has EMBARK_TEST_LONG. */
#ifndef EMBARK_TEST_LONG_TESTS_H
#define EMBARK_TEST_LONG_TESTS_H

/* One of the two numbers. */
int long_or_short(int in_a_campaign, int every_time);

#endif
