/* Constraints that are added, checked at once or later, and partitions. */
#include <string.h>

#include "linted.h"
#include "suite.h"

#define TABLE "create table t (a int, b int); create unique index i on t (a);"
#define PARTS                                                                                      \
  "create table s (a int not null) partition by list (a); create table p (a int not null);"

/* clang-format off */
static const lint_case cases[] = {
    {TABLE, "alter table t add check (a > 0)", "add-check"},
    {TABLE, "alter table t add check (a > 0) not valid", ""},
    {TABLE "alter table t add constraint k check (a > 0);",
     "do $$ begin alter table t add constraint k check (a > 0);"
     " exception when duplicate_object then null; end $$",
     ""},
    {TABLE "alter table t add constraint k check (a > 0);",
     "alter table t drop constraint k; do $$ begin alter table t add constraint k check (a > 1);"
     " exception when duplicate_object then null; end $$",
     "add-check"},
    {TABLE, "alter table t add x int check (x > 0)", "add-check"},
    {NULL, TABLE "alter table t add check (a > 0), add unique (b), add primary key (a)", ""},
    {TABLE, "alter table t add foreign key (a) references older", "add-foreign-key"},
    {TABLE, "alter table t add foreign key (a) references older not valid", ""},
    {TABLE, "do $$ begin alter table t add constraint k foreign key (a) references older (id);"
     "exception when duplicate_object then null; end $$", "add-foreign-key"},
    {TABLE,
     "create table n (a int references t (a)); alter table n add foreign key (a) references t", ""},
    {TABLE, "alter table t add x int references older, add y int default 1 references older",
     "add-foreign-key"},
    {TABLE, "alter table t add unique (b), add primary key (a)", "add-unique add-primary-key"},
    {TABLE, "alter table t add x int unique", "add-unique"},
    {TABLE, "alter table t add unique using index i", ""},
    {TABLE, "alter table t add exclude (a with =)", "add-exclusion"},
    {TABLE, "alter table t add if not exists a int unique", ""},

    {TABLE, "alter table t add constraint k check (a > 0) not valid;"
     "alter table t validate constraint k", "validate-in-transaction"},
    {TABLE, "-- embark: no-transaction\n\nalter table t add constraint k check (a > 0) not valid;"
     "alter table t validate constraint k", ""},
    {TABLE "alter table t add constraint k check (a > 0) not valid",
     "alter table t validate constraint k", ""},

    {PARTS, "alter table s attach partition p for values in (1)", "attach-partition"},
    {PARTS "alter table p add check (a = 1)", "alter table s attach partition p for values in (1)",
     ""},
    {PARTS, "create table n (a int); alter table s attach partition n for values in (1)", ""},
    {PARTS, "create table n partition of s for values in (1)", ""},
    {PARTS "create table d partition of s default",
     "create table n (a int); alter table s attach partition n for values in (1)",
     "attach-partition"},
    {PARTS "create table n partition of s for values in (1)", "alter table s detach partition n",
     "detach-partition"},
};
/* clang-format on */

START_TEST(tells_of_constraints_that_are_checked_under_a_lock)
{
  expect_rules(&rules_constraint, &cases[_i]);
}
END_TEST

/* Of the last finding in a folder of two. */
static void expect_better(const char *before, const char *sql, const char *better)
{
  const char *const texts[] = {before, sql};
  linted l;
  if (tree_grammar() == NULL) {
    return;
  }
  linted_run(&l, texts, 2);
  const char *found = "";
  for (size_t i = 0; i < l.lint.found.count; i++) {
    found = strncmp(l.lint.found.items[i].rule->name, "add-", 4) == 0 ? l.lint.found.items[i].better
                                                                      : found;
  }
  ck_assert_str_eq(found, better);
  linted_free(&l);
}

START_TEST(the_better_way_has_the_names_of_the_file)
{
  expect_better(TABLE, "alter table only t add constraint k\n  check (a > 0)",
                "alter table only t add constraint k\n  check (a > 0) NOT VALID;\n"
                "-- in the next migration:\nALTER TABLE t VALIDATE CONSTRAINT k;");
  expect_better(TABLE, "alter table t add check (a > 0), add c int",
                "Add it NOT VALID, and VALIDATE CONSTRAINT in the next migration.");
  expect_better(TABLE, "alter table t add unique (b, a)",
                "-- embark: no-transaction\n"
                "CREATE UNIQUE INDEX CONCURRENTLY t_b_a_key ON t (b, a);\n"
                "-- in the next migration:\n"
                "ALTER TABLE t ADD CONSTRAINT t_b_a_key UNIQUE USING INDEX t_b_a_key;");
  expect_better(TABLE, "alter table t add c int unique",
                "-- embark: no-transaction\n"
                "-- behind the migration that adds the column:\n"
                "CREATE UNIQUE INDEX CONCURRENTLY t_c_key ON t (c);\n"
                "-- in the next migration:\n"
                "ALTER TABLE t ADD CONSTRAINT t_c_key UNIQUE USING INDEX t_c_key;");
}
END_TEST

START_TEST(the_better_key_takes_the_place_of_the_one_that_has_its_name)
{
  expect_better("create table t (a int primary key, b int)",
                "alter table t drop constraint t_pkey, add primary key (b)",
                "-- embark: no-transaction\n"
                "CREATE UNIQUE INDEX CONCURRENTLY t_pkey_new ON t (b);\n"
                "-- in the next migration:\n"
                "ALTER TABLE t DROP CONSTRAINT t_pkey, ADD CONSTRAINT t_pkey PRIMARY KEY"
                " USING INDEX t_pkey_new;");
  expect_better("create table t (a int); create index t_a_key on t (a)",
                "-- embark: no-transaction\nalter table t add unique (a)",
                "CREATE UNIQUE INDEX CONCURRENTLY t_a_key_new ON t (a);\n"
                "-- in the next migration:\n"
                "ALTER TABLE t ADD CONSTRAINT t_a_key UNIQUE USING INDEX t_a_key_new;");
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("rules_constraint");
  TCase *tc = tcase_create("rules_constraint");
  tcase_add_loop_test(tc, tells_of_constraints_that_are_checked_under_a_lock, 0,
                      sizeof cases / sizeof cases[0]);
  tcase_add_test(tc, the_better_key_takes_the_place_of_the_one_that_has_its_name);
  tcase_add_test(tc, the_better_way_has_the_names_of_the_file);
  suite_add_tcase(suite, tc);
  return suite;
}
