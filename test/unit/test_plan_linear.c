/* The work that a plan does grows with the ledger and not with its square: comparisons of texts are
 * counted, by putting a counting strcmp into plan.c. */
#include <stdio.h>
#include <string.h>

static unsigned long comparisons;

static int counted_strcmp(const char *a, const char *b)
{
  comparisons++;
  return strcmp(a, b);
}

#define strcmp counted_strcmp
#include "../../lib/plan.c"
#undef strcmp

#include "suite.h"

#define COUNT 10000
/* A row is compared with the one expected, and with those that share its place in the table. */
#define MOST_PER_ROW 8

static embark_migration migrations[COUNT];
static char tags[COUNT][16], hashes[COUNT][65];

static embark_bundle bundle_of(embark_ledger kind, int64_t time_step)
{
  for (int i = 0; i < COUNT; i++) {
    snprintf(tags[i], sizeof tags[i], "%05d_m", i);
    snprintf(hashes[i], sizeof hashes[i], "%064d", i);
    migrations[i] = (embark_migration){.tag = tags[i],
                                       .file = tags[i],
                                       .hash = hashes[i],
                                       .when_ms = 1600000000000 + i * time_step};
  }
  return (embark_bundle){.ledger = kind, .migrations = migrations, .migration_count = COUNT};
}

static unsigned long comparisons_of(const embark_bundle *bundle, int backwards)
{
  embark__plan plan;
  comparisons = 0;
  ck_assert_int_eq(embark__plan_init(&plan, bundle, NULL), EMBARK_OK);
  for (int i = 0; i < COUNT; i++) {
    const embark_migration *m = &migrations[backwards ? COUNT - 1 - i : i];
    embark__row row = {.tag = bundle->ledger == EMBARK_LEDGER_DRIZZLE ? NULL : m->tag,
                       .hash = m->hash,
                       .when_ms = m->when_ms,
                       .has_when = 1};
    ck_assert_int_eq(embark__plan_row(&plan, &row), EMBARK_OK);
  }
  ck_assert_uint_eq(plan.stray_count, 0);
  ck_assert_int_eq(plan.newest, COUNT - 1);
  embark__plan_free(&plan);
  return comparisons;
}

START_TEST(a_ledger_in_order_takes_at_most_two_comparisons_a_row)
{
  embark_bundle bundle = bundle_of((embark_ledger)_i, 1000);
  ck_assert_uint_le(comparisons_of(&bundle, 0), 2UL * COUNT);
}
END_TEST

START_TEST(a_ledger_backwards_takes_a_few_comparisons_a_row)
{
  embark_bundle bundle = bundle_of((embark_ledger)_i, 1000);
  ck_assert_uint_le(comparisons_of(&bundle, 1), (unsigned long)MOST_PER_ROW * COUNT);
}
END_TEST

START_TEST(ten_thousand_migrations_of_one_time_in_order_take_at_most_two_comparisons_a_row)
{
  embark_bundle bundle = bundle_of(EMBARK_LEDGER_DRIZZLE, 0);
  ck_assert_uint_le(comparisons_of(&bundle, 0), 2UL * COUNT);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("plan_linear");
  TCase *linear = tcase_create("linear");
  tcase_add_loop_test(linear, a_ledger_in_order_takes_at_most_two_comparisons_a_row, 1, 4);
  tcase_add_loop_test(linear, a_ledger_backwards_takes_a_few_comparisons_a_row, 1, 4);
  tcase_add_test(linear,
                 ten_thousand_migrations_of_one_time_in_order_take_at_most_two_comparisons_a_row);
  suite_add_tcase(suite, linear);
  return suite;
}
