/* What the rows claim of a server, shown on one: locks, rewrites, index builds, scans. */
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "act.h"
#include "claim.h"
#include "db.h"
#include "keep.h"
#include "sql.h"
#include "suite.h"

static void expect_none(const char *fault)
{
  ck_assert_msg(fault[0] == '\0', "%s", fault);
}

START_TEST(a_bad_example_takes_the_lock_and_does_the_work_of_its_row)
{
  const rule *r = rule_number(_i);
  example e;
  example_load(&e, r->name, "bad.sql");
  deed done = bad_deed(&e);
  expect_none(deed_fault(r, &done));
}
END_TEST

START_TEST(a_good_example_never_works_on_a_table_that_it_keeps_writers_from)
{
  const rule *r = rule_number(_i);
  example e;
  example_load(&e, r->name, "good.sql");
  expect_none(good_fault(r, &e));
}
END_TEST

static bool ends_alike(const rule *r)
{
  return example_claim(r->name, "ends")[0] == '\0' && example_claim(r->name, "fails")[0] == '\0';
}

START_TEST(a_good_example_comes_to_the_same_end_as_the_bad_one)
{
  const rule *r = rule_number(_i);
  example bad, good;
  example_load(&bad, r->name, "bad.sql");
  example_load(&good, r->name, "good.sql");
  if (ends_alike(r)) {
    const char *one = end_of(&bad), *other = end_of(&good);
    ck_assert_msg(strcmp(one, other) == 0, "%s: bad.sql ends with\n%s\nand good.sql with\n%s",
                  r->name, one, other);
  }
}
END_TEST

/* Not a part of a statement. Comments may say that the next one is another migration's. */
static bool is_whole(const char *better)
{
  return !is_sentence(better) && strchr(better, ';') != NULL;
}

#define OUTSIDE "-- embark: no-transaction\n"

/* The statement of bad.sql replaced by what its finding calls better. */
static bool make_better(example *e, const rule *r)
{
  example bad;
  example_load(&bad, r->name, "bad.sql");
  const finding *f = example_finding(&bad, r->name, &bad.target);
  if (f == NULL || !is_whole(f->better)) {
    return false;
  }
  bool says_so = bad.of->outside || strstr(f->better, OUTSIDE) != NULL;
  int start = (int)bad.of->script.statements[bad.target].start;
  example_make(e, file_text(EXAMPLES, r->name, "before.sql"),
               keep_printf("%s%.*s\n%s\n", says_so ? "" : OUTSIDE "\n", start, bad.of->source.bytes,
                           f->better));
  return true;
}

START_TEST(the_better_sql_of_a_finding_does_no_worse_than_a_good_example)
{
  const rule *r = rule_number(_i);
  example e;
  if (make_better(&e, r)) {
    expect_none(good_fault(r, &e));
  }
}
END_TEST

/* --- the instruments themselves --------------------------------------------------------------- */

typedef struct known {
  const char *sql;
  lock_mode lock;
  work work;
} known;

#define BEFORE                                                                                     \
  "create table t (id int primary key, n int, s varchar(10)); create index t_n on t (n);"          \
  "create table u (t_id int); create materialized view m as select id from t;"

/* clang-format off */
static const known knowns[] = {
    {"drop table u", LOCK_ACCESS_EXCLUSIVE, WORK_NONE},
    {"alter table t rename n to k", LOCK_ACCESS_EXCLUSIVE, WORK_NONE},
    {"alter table t alter n type bigint", LOCK_ACCESS_EXCLUSIVE, WORK_REWRITE},
    {"alter table t alter s type varchar(20)", LOCK_ACCESS_EXCLUSIVE, WORK_NONE},
    {"alter table t add check (n > 0)", LOCK_ACCESS_EXCLUSIVE, WORK_SCAN},
    {"alter table t add check (n > 0) not valid", LOCK_ACCESS_EXCLUSIVE, WORK_NONE},
    {"alter table t alter n set not null", LOCK_ACCESS_EXCLUSIVE, WORK_SCAN},
    {"alter table t add unique (n)", LOCK_ACCESS_EXCLUSIVE, WORK_BUILD},
    {"alter table t add k int default 1", LOCK_ACCESS_EXCLUSIVE, WORK_NONE},
    {"alter table t add k float default random()", LOCK_ACCESS_EXCLUSIVE, WORK_REWRITE},
    {"alter table u add foreign key (t_id) references t", LOCK_SHARE_ROW_EXCLUSIVE, WORK_SCAN},
    {"create index on t (s)", LOCK_SHARE, WORK_BUILD},
    {"create index concurrently on t (s)", LOCK_SHARE_UPDATE_EXCLUSIVE, WORK_BUILD},
    {"drop index concurrently t_n", LOCK_SHARE_UPDATE_EXCLUSIVE, WORK_NONE},
    {"vacuum full t", LOCK_ACCESS_EXCLUSIVE, WORK_REWRITE},
    {"refresh materialized view m", LOCK_ACCESS_EXCLUSIVE, WORK_REWRITE},
    {"truncate t", LOCK_ACCESS_EXCLUSIVE, WORK_NONE},
    {"lock table t in exclusive mode", LOCK_EXCLUSIVE, WORK_NONE},
    {"update t set n = n + 1", LOCK_ROW_EXCLUSIVE, WORK_SCAN},
    {"insert into u values (1)", LOCK_ROW_EXCLUSIVE, WORK_NONE},
    {"select * from t", LOCK_ACCESS_SHARE, WORK_SCAN},
    {"create table v (a int)", LOCK_NONE, WORK_NONE},
};
/* clang-format on */

enum { KNOWNS = sizeof knowns / sizeof knowns[0] };

static void make_known(example *e, const known *k)
{
  bool is_alone = strstr(k->sql, "concurrently") != NULL || strstr(k->sql, "vacuum") != NULL;
  example_make(e, BEFORE, keep_printf("%s\n" HERE "%s;\n", is_alone ? OUTSIDE : "", k->sql));
}

static void expect_fault(const char *fault, const char *part)
{
  ck_assert_msg(strstr(fault, part) != NULL, "\"%s\" instead of \"%s\"", fault, part);
}

START_TEST(what_is_known_of_a_statement_is_measured_and_a_wrong_claim_noticed)
{
  const known *k = &knowns[_i];
  rule r = {.name = k->sql, .lock = k->lock, .work = k->work}, by_lock = r, by_work = r;
  by_lock.lock = (k->lock + 1) % (LOCK_ACCESS_EXCLUSIVE + 1);
  by_work.work = (k->work + 1) % (WORK_REWRITE + 1);
  example e;
  make_known(&e, k);
  deed done = bad_deed(&e);
  expect_none(deed_fault(&r, &done));
  expect_fault(deed_fault(&by_lock, &done), "the row says lock");
  expect_fault(deed_fault(&by_work, &done), "the row says work");
}
END_TEST

START_TEST(a_good_example_that_works_under_a_lock_is_noticed)
{
  const known *k = &knowns[_i];
  bool is_harmful = k->lock >= LOCK_SHARE && k->work != WORK_NONE;
  rule r = {.name = k->sql};
  example e;
  make_known(&e, k);
  const char *fault = good_fault(&r, &e);
  ck_assert_msg((fault[0] != '\0') == is_harmful, "%s: \"%s\"", k->sql, fault);
}
END_TEST

START_TEST(a_lock_counts_until_its_transaction_ends)
{
  rule r = {.name = "lock, then scan"};
  example e;
  example_make(&e, BEFORE, "alter table t add k int; update t set n = 1;");
  ck_assert_str_ne(good_fault(&r, &e), "");
  example_make(&e, BEFORE, OUTSIDE "\nalter table t add k int; update t set n = 1;");
  ck_assert_str_eq(good_fault(&r, &e), "");
}
END_TEST

START_TEST(an_example_that_fails_is_noticed)
{
  rule r = {.name = "fails", .lock = LOCK_ACCESS_EXCLUSIVE};
  example e;
  example_make(&e, BEFORE, HERE "alter table t add k int not null;");
  deed done = bad_deed(&e);
  ck_assert_int_eq(done.lock, LOCK_ACCESS_EXCLUSIVE);
  expect_fault(deed_fault(&r, &done), "23502");
  expect_fault(good_fault(&r, &e), "23502");
}
END_TEST

/* A tablespace, which no example can make without knowing a folder of the server's. */
static void make_fixtures(void)
{
  const char *where = keep_printf("%s/../fast", getenv("EMBARK_PGDATA"));
  db_make();
  act_own_roles();
  PGconn *conn = PQconnectdb("dbname=postgres");
  db_exec(conn, "COPY (SELECT) TO PROGRAM 'cat >/dev/null && mkdir %s'", where);
  db_exec(conn, "CREATE TABLESPACE fast LOCATION '%s'", where);
  PQfinish(conn);
}

Suite *test_suite(void)
{
  Suite *suite = suite_create("servers");
  TCase *claims = tcase_create("claims");
  TCase *instruments = tcase_create("instruments");
  tcase_add_unchecked_fixture(claims, make_fixtures, keep_free_all);
  tcase_add_checked_fixture(claims, NULL, db_tear_down);
  tcase_add_checked_fixture(claims, NULL, keep_free_all);
  tcase_set_timeout(claims, 120);
  tcase_add_loop_test(claims, a_bad_example_takes_the_lock_and_does_the_work_of_its_row, 0,
                      rule_count());
  tcase_add_loop_test(claims, a_good_example_never_works_on_a_table_that_it_keeps_writers_from, 0,
                      rule_count());
  tcase_add_loop_test(claims, a_good_example_comes_to_the_same_end_as_the_bad_one, 0, rule_count());
  tcase_add_loop_test(claims, the_better_sql_of_a_finding_does_no_worse_than_a_good_example, 0,
                      rule_count());
  tcase_add_unchecked_fixture(instruments, db_make, NULL);
  tcase_add_checked_fixture(instruments, NULL, db_tear_down);
  tcase_add_checked_fixture(instruments, NULL, keep_free_all);
  tcase_set_timeout(instruments, 120);
  tcase_add_loop_test(
      instruments, what_is_known_of_a_statement_is_measured_and_a_wrong_claim_noticed, 0, KNOWNS);
  tcase_add_loop_test(instruments, a_good_example_that_works_under_a_lock_is_noticed, 0, KNOWNS);
  tcase_add_test(instruments, a_lock_counts_until_its_transaction_ends);
  tcase_add_test(instruments, an_example_that_fails_is_noticed);
  suite_add_tcase(suite, claims);
  suite_add_tcase(suite, instruments);
  return suite;
}
