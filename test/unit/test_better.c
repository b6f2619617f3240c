/* What a finding says to write instead, and since when it can hurt anybody. */
#include <check.h>
#include <string.h>

#include "linted.h"
#include "suite.h"

typedef struct better_case {
  const char *sql;
  const char *better; /* of the first finding of the last migration */
} better_case;

#define TABLES                                                                                     \
  "create table t (a int); create index i on t (a);"                                               \
  "create table p (a int) partition by list (a); create materialized view m as select 1 as a;"
#define OUTSIDE "-- embark: no-transaction\n"

/* clang-format off */
static const better_case cases[] = {
    {"CREATE INDEX j ON t (a)", OUTSIDE "CREATE INDEX CONCURRENTLY j ON t (a);"},
    {"create unique  index j\n on t (a)",
     OUTSIDE "create unique  index concurrently j\n on t (a);"},
    {OUTSIDE "reindex table t", "reindex table concurrently t;"},
    {"do $$ begin create index j on t (a); end $$", ""},
    {"drop index if exists i", OUTSIDE "drop index concurrently if exists i;"},
    {"drop index i, older", "Drop each of them with DROP INDEX CONCURRENTLY."},
    {"refresh materialized view m", "refresh materialized view concurrently m;"},
    {"refresh materialized view m with no data", ""},
    {OUTSIDE "create table n (a int)", "create table if not exists n (a int);"},
    {OUTSIDE "drop function f(int)", "drop function if exists f(int);"},
};
/* clang-format on */

START_TEST(a_better_statement_is_the_same_with_the_words_that_it_lacks)
{
  const char *const texts[] = {TABLES, cases[_i].sql};
  linted l;
  if (tree_grammar() == NULL) {
    return;
  }
  linted_run(&l, texts, 2);
  const finding *first = NULL;
  for (size_t i = 0; first == NULL && i < l.lint.found.count; i++) {
    bool is_ours = l.lint.found.items[i].migration == 1 &&
                   l.lint.found.items[i].rule->severity != SEVERITY_HIDDEN &&
                   strncmp(l.lint.found.items[i].rule->name, "drop-function", 13) != 0;
    first = is_ours ? &l.lint.found.items[i] : NULL;
  }
  ck_assert_ptr_nonnull(first);
  ck_assert_str_eq(first->better, cases[_i].better);
  linted_free(&l);
}
END_TEST

/* Until both tables are there and filled, nobody waits: the younger one counts. */
START_TEST(work_under_a_lock_hurts_since_the_younger_of_its_tables)
{
  const char *const texts[] = {"create table t (a int);", "create table u (a int);",
                               "lock table t; update u set a = 1;"};
  linted l;
  size_t found = 0;
  if (tree_grammar() == NULL) {
    return;
  }
  linted_run(&l, texts, 3);
  for (size_t i = 0; i < l.lint.found.count; i++) {
    if (strcmp(l.lint.found.items[i].rule->name, "slow-work-under-lock") == 0) {
      ck_assert_uint_eq(l.lint.found.items[i].made_by, 2);
      ck_assert_uint_eq(l.lint.found.items[i].statement, 1);
      found++;
    }
  }
  ck_assert_uint_eq(found, 1);
  linted_free(&l);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("better");
  TCase *tc = tcase_create("better");
  tcase_add_loop_test(tc, a_better_statement_is_the_same_with_the_words_that_it_lacks, 0,
                      sizeof cases / sizeof cases[0]);
  tcase_add_test(tc, work_under_a_lock_hurts_since_the_younger_of_its_tables);
  suite_add_tcase(suite, tc);
  return suite;
}
