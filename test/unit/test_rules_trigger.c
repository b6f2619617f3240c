/* Triggers and row level security of tables that others use. */
#include "linted.h"
#include "suite.h"

/* clang-format off */
static const lint_case cases[] = {
    {"create table t (a int)",
     "create trigger g before update on t for each row execute function f()",
     "create-trigger"},
    {"create table t (a int)",
     "create constraint trigger g after update on t for each row execute function f()",
     "create-trigger"},
    {NULL,
     "create table t (a int); "
     "create trigger g before update on t for each row execute function f()",
     ""},
    {"create view v as select 1 as a",
     "create trigger g instead of insert on v for each row execute function f()",
     ""},
    {"create table t (a int)", "alter table t disable trigger g", "disable-trigger"},
    {"create table t (a int)", "alter table t disable trigger all", "disable-trigger"},
    {"create table t (a int)",
     "alter table t disable trigger all; update t set a = 1; alter table t enable trigger all",
     ""},
    {"create table t (a int)",
     "alter table t disable trigger all; alter table t enable trigger g",
     "disable-trigger"},
    {"create table t (a int)",
     "alter table t disable trigger user; alter table u enable trigger user",
     "disable-trigger"},
    {"create table t (a int)",
     "-- embark: no-transaction\nalter table t disable trigger user; "
     "alter table t enable trigger user",
     "disable-trigger"},
    {"create table t (a int)", "alter table t enable trigger g", ""},
    {"create table t (a int)", "alter table t enable row level security", "enable-rls"},
    {NULL, "alter table older enable row level security", "enable-rls"},
    {"create table t (a int)",
     "alter table t enable row level security; create policy p on t using (true)",
     ""},
    {"create table t (a int)",
     "create policy p on public.t using (true); alter table t enable row level security",
     ""},
    {"create table t (a int)",
     "create policy p on other.t using (true); alter table t enable row level security",
     "enable-rls"},
    {"create table t (a int)",
     "create policy t on u using (true); alter table t enable row level security",
     "enable-rls"},
    {NULL, "create table t (a int); alter table t enable row level security", ""},
    {"create table t (a int); alter table t enable row level security",
     "alter table t enable row level security",
     ""},
    {"create table t (a int); alter table t enable row level security; "
     "alter table t disable row level security",
     "alter table t enable row level security",
     "enable-rls"},
    {"create table t (a int)", "alter table t disable row level security", ""},
};
/* clang-format on */

START_TEST(tells_of_what_others_will_meet)
{
  expect_rules(&rules_trigger, &cases[_i]);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("rules_trigger");
  TCase *tc = tcase_create("rules_trigger");
  tcase_add_loop_test(tc, tells_of_what_others_will_meet, 0, sizeof cases / sizeof cases[0]);
  suite_add_tcase(suite, tc);
  return suite;
}
