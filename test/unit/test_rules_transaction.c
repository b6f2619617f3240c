/* What the statements of a transaction do to others together. */
#include "linted.h"
#include "suite.h"

/* clang-format off */
static const lint_case cases[] = {
    {NULL, "truncate a, b; drop trigger g on c; truncate d", "many-exclusive-locks"},
    {NULL, "truncate a; truncate b; truncate a", ""},
    {NULL, "truncate a; truncate b; drop index i", ""},
    {"create table a (x int); create index i on a (x)", "truncate a; truncate b; drop index i", ""},
    {"create table c (x int); create index i on c (x)",
     "truncate a; truncate b; drop index i",
     "many-exclusive-locks"},
    {"create table t (a int)", "drop index older; create index i on t (a)", ""},
    {"create table t (a int)", "lock t; reindex index older", ""},
    {"create table t (a int)", "lock t; reindex table older", "slow-work-under-lock"},
    {"create table t (id int); alter table t add constraint k foreign key (id) references u",
     "lock u; do $$ begin alter table t add constraint k foreign key (id) references u; "
     "exception when duplicate_object then null; end $$",
     ""},
    {"create table c (a int)", "truncate a; truncate b; drop table c", ""},
    {NULL, "create table c (a int); truncate a; truncate b; truncate c", ""},
    {NULL, "-- embark: no-transaction\ntruncate a; truncate b; truncate c", ""},
    {NULL,
     "-- embark: no-transaction\nbegin; truncate a; truncate b; commit; begin; truncate c; commit",
     ""},
    {NULL,
     "-- embark: no-transaction\nbegin; truncate a; truncate b; truncate c; commit",
     "many-exclusive-locks"},
    {NULL,
     "create policy p on a using (true); alter policy p on b using (true); drop policy p on c",
     "many-exclusive-locks"},
    {NULL, "drop trigger g on t; update t set a = 1", "slow-work-under-lock"},
    {NULL, "lock t; delete from u where a is null", "slow-work-under-lock"},
    {NULL, "drop trigger g on t; update t set a = 1; update u set a = 1", "slow-work-under-lock"},
    {NULL, "update t set a = 1; drop trigger g on t", ""},
    {NULL, "drop trigger g on t; insert into t values (1)", ""},
    {NULL, "drop trigger g on t; update t set a = 1 where id = 5", ""},
    {"create table t (id int primary key, a int, b text unique)",
     "drop trigger g on t; update t set a = 1 where id in (5, 6) and a = 0; "
     "delete from t where b = 'x'",
     ""},
    {"create table t (id int, a int); create unique index i on t (id)",
     "drop trigger g on t; update t set a = 1 where id = 5",
     ""},
    {"create table t (id int, a int); create index i on t (id)",
     "drop trigger g on t; update t set a = 1 where id = 5",
     "slow-work-under-lock"},
    {NULL,
     "alter table a add x int; alter table b add x int; alter table c add x int",
     "many-exclusive-locks"},
    {"create table t (id int, a int, primary key (id, a))",
     "drop trigger g on t; update t set a = 1 where id = 5",
     "slow-work-under-lock"},
    {"create table t (id int, a int, primary key (id, a))",
     "drop trigger g on t; update t set a = 1 where id = 5 and a = 6",
     ""},
    {"create table t (id int primary key, a int)",
     "drop trigger g on t; update t set a = 1 where a = 2",
     "slow-work-under-lock"},
    {"create table t (a int)",
     "drop trigger g on t; create index i on t (a)",
     "slow-work-under-lock"},
    {"create table t (a int)",
     "create trigger g after insert on t execute function f(); create index i on t (a)",
     ""},
    {"create table t (a int)", "create index i on t (a); create index j on t (a)", ""},
    {"create table t (a int)",
     "create index i on t (a); create index j on u (a)",
     "slow-work-under-write-lock"},
    {"create table t (a int)",
     "create index i on t (a); lock v; create index j on u (a)",
     "slow-work-under-lock"},
    {NULL, "create table n (t int references t); update u set a = 1", "slow-work-under-write-lock"},
    {NULL, "create table n (id int primary key, n int references n); update u set a = 1", ""},
    {"create table p (a int) partition by list (a)",
     "create table p1 partition of p for values in (1); update u set a = 1",
     "slow-work-under-lock"},
    {"create table t (a int)",
     "create table n (a int); lock t; insert into n select a from t",
     "slow-work-under-lock"},
    {"create table t (a int)",
     "lock u; create table n as select t.a from t join u on true",
     "slow-work-under-lock"},
    {"create table t (a int)", "lock u; create table n as select a from t where a = 1", ""},
    {"create table t (a int)", "lock u; create table n as select a from t with no data", ""},
    {"create table t (a int)", "lock u; insert into n select a from t limit 1", ""},
    {NULL, "create table n (a int); update n set a = 1; lock t", ""},
    {NULL, "create table n (a int); lock t; update n set a = 1", ""},
    {"create table o (a int)", "update u set a = 1; truncate o", ""},
    {NULL, "-- embark: no-transaction\nlock t; update u set a = 1", ""},
    {NULL, "-- embark: no-transaction\nbegin; drop trigger g on t; commit; update u set a = 1", ""},
    {NULL,
     "-- embark: no-transaction\nbegin; drop trigger g on t; update u set a = 1; commit",
     "slow-work-under-lock"},
    {NULL,
     "-- embark: no-transaction\nbegin; drop trigger g on t; update u set a = 1; commit; "
     "begin; lock v; update u set a = 2; commit",
     "slow-work-under-lock slow-work-under-lock"},
};
/* clang-format on */

START_TEST(tells_of_locks_and_work_of_a_transaction)
{
  expect_rules(&rules_transaction, &cases[_i]);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("rules_transaction");
  TCase *tc = tcase_create("rules_transaction");
  tcase_add_loop_test(tc, tells_of_locks_and_work_of_a_transaction, 0,
                      sizeof cases / sizeof cases[0]);
  suite_add_tcase(suite, tc);
  return suite;
}
