/* The migration lock: its key, which programs in the field share, and the pace of waiting. */
#include <string.h>

#include "lock.h"
#include "suite.h"

typedef struct derivation {
  const char *schema;
  const char *table;
  int64_t key;
} derivation;

/* Worked out by hand. Another key would let an old and a new program migrate at the same time. */
static const derivation derivations[] = {
    {"embark",      "migrations",        -7581280206742538100},
    {"public",      "migrations",        -589013870800463591 },
    {"embark",      "schema_migrations", 6274962645651145186 },
    {"a",           "bc",                -6135431505569604749},
    {"ab",          "c",                 7437642587841603239 },
    {"Gr\xc3\xbcn", "\"x\"",             -675547853595314221 },
};

START_TEST(the_key_of_a_native_ledger_is_what_it_always_was)
{
  const derivation *d = &derivations[_i];
  ck_assert_int_eq(embark__lock_key(EMBARK_LEDGER_NATIVE, d->schema, d->table), d->key);
}
END_TEST

START_TEST(drizzle_ledgers_share_the_key_of_other_migrators)
{
  ck_assert_int_eq(embark__lock_key(EMBARK_LEDGER_DRIZZLE, "a", "b"), 0x4d495252);
  ck_assert_int_eq(embark__lock_key(EMBARK_LEDGER_DRIZZLE_TAG, "c", "d"), 0x4d495252);
}
END_TEST

/* --- waiting --------------------------------------------------------------------------------- */

#define ROUNDS 200

static embark__lock lock;

static void start(int64_t limit_ms)
{
  memset(&lock, 0, sizeof lock);
  lock.limit_ms = limit_ms;
}

START_TEST(waits_begin_at_about_5_ms_and_grow_with_the_time_waited_to_at_most_500)
{
  for (int round = 0; round < ROUNDS; round++) {
    start(EMBARK_WAIT_FOREVER);
    int64_t first = embark__lock_next_wait(&lock, 1000);
    ck_assert_int_ge(first, 2);
    ck_assert_int_le(first, 5);
    for (int64_t now = 1000 + first; now < 10000;) {
      int64_t wait = embark__lock_next_wait(&lock, now);
      ck_assert_int_ge(wait, now < 3000 ? 2 : 250);
      ck_assert_int_le(wait, 500);
      now += wait;
    }
  }
}
END_TEST

START_TEST(waits_are_spread)
{
  int64_t least = INT64_MAX, most = 0;
  start(EMBARK_WAIT_FOREVER);
  lock.since_ms = 1;
  for (int i = 0; i < ROUNDS; i++) {
    int64_t wait = embark__lock_next_wait(&lock, 5000);
    least = wait < least ? wait : least;
    most = wait > most ? wait : most;
  }
  ck_assert_int_gt(most - least, 100);
}
END_TEST

START_TEST(forever_has_no_end)
{
  start(EMBARK_WAIT_FOREVER);
  ck_assert_int_ge(embark__lock_next_wait(&lock, 1), 0);
  ck_assert_int_ge(embark__lock_next_wait(&lock, INT64_MAX), 250);
}
END_TEST

START_TEST(none_ends_at_once)
{
  start(EMBARK_WAIT_NONE);
  ck_assert_int_eq(embark__lock_next_wait(&lock, 1000), -1);
  ck_assert_int_eq(embark__lock_next_wait(&lock, 1000), -1);
}
END_TEST

START_TEST(a_limit_counts_from_the_first_look)
{
  start(100);
  ck_assert_int_ge(embark__lock_next_wait(&lock, 5000), 0);
  ck_assert_int_ge(embark__lock_next_wait(&lock, 5099), 0);
  ck_assert_int_eq(embark__lock_next_wait(&lock, 5100), -1);
}
END_TEST

START_TEST(the_last_wait_ends_with_the_limit)
{
  start(10000);
  ck_assert_int_ge(embark__lock_next_wait(&lock, 1000), 0);
  ck_assert_int_eq(embark__lock_next_wait(&lock, 10990), 10);
}
END_TEST

START_TEST(a_new_wait_begins_anew)
{
  start(100);
  ck_assert_int_le(embark__lock_next_wait(&lock, 1000), 5);
  lock.since_ms = 0;
  ck_assert_int_le(embark__lock_next_wait(&lock, 9000), 5);
}
END_TEST

START_TEST(the_longest_limit_does_not_overflow)
{
  start(INT64_MAX);
  ck_assert_int_ge(embark__lock_next_wait(&lock, 123456789), 0);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("lock");
  TCase *key = tcase_create("key");
  tcase_add_loop_test(key, the_key_of_a_native_ledger_is_what_it_always_was, 0,
                      (int)(sizeof derivations / sizeof derivations[0]));
  tcase_add_test(key, drizzle_ledgers_share_the_key_of_other_migrators);
  suite_add_tcase(suite, key);
  TCase *pace = tcase_create("pace");
  tcase_add_test(pace, waits_begin_at_about_5_ms_and_grow_with_the_time_waited_to_at_most_500);
  tcase_add_test(pace, waits_are_spread);
  tcase_add_test(pace, forever_has_no_end);
  tcase_add_test(pace, none_ends_at_once);
  tcase_add_test(pace, a_limit_counts_from_the_first_look);
  tcase_add_test(pace, the_last_wait_ends_with_the_limit);
  tcase_add_test(pace, a_new_wait_begins_anew);
  tcase_add_test(pace, the_longest_limit_does_not_overflow);
  suite_add_tcase(suite, pace);
  return suite;
}
