/* Whose making it is what a statement endangers: the bundle's word for what is forbidden later. */
#include <embark_bundle.h>

#include "linted.h"
#include "suite.h"

typedef struct aged {
  const char *first;
  const char *second;
  size_t made_by; /* of the last statement's hazards */
} aged;

/* clang-format off */
static const aged cases[] = {
    {"create table t (a int)", "drop table t", 1},
    {"create table if not exists t (a int)", "drop table t", 0},
    {"create table t (a int)", "create table if not exists t (a int); drop table t", 1},
    {"create table t (a int)", "drop table t, older", 0},
    {"create table t (a int)", "drop table t; create table if not exists t (); drop table t", 0},
    {"create table t (a int)", "alter table t add if not exists b int; alter table t drop b", 1},
    {"create table t (a int)", "truncate t cascade", 0},
    {"create table t (a int)", "set search_path to app; drop table t", 0},
    {"create table t (a int)", "set search_path to app; drop table public.t", 1},
    {"create temp table t (a int)", "drop table t", 0},
    {"create table t (a int)", "create schema s; alter table t set schema s; drop schema s cascade",
     1},
    {"create schema s", "alter table older set schema s; drop schema s cascade", 0},
    {"create schema if not exists s", "drop schema s cascade", 0},
    {"create schema s", "create table if not exists s.t (); create schema z; drop table s.t", 1},
    {"create table p (a int) partition by list (a)",
     "alter table p attach partition older default; alter table p drop a", 0},
    {"create table p (a int)", "create table c () inherits (p); drop table p cascade", 1},
    {"create table t (a int)", "alter table older rename to t; drop table u, t", 0},
    {"create table t (a int)",
     "alter table t rename to u; alter table older rename to t; drop table t", 0},
};
/* clang-format on */

START_TEST(what_may_be_older_than_the_folder_is_nobodys_making)
{
  const char *const texts[] = {cases[_i].first, cases[_i].second};
  linted l;
  if (tree_grammar() == NULL) {
    return;
  }
  linted_run(&l, texts, 2);
  const embark_statement *last = &l.pack.statements[l.pack.statement_count - 1];
  lint_mark_hazards(&l.lint, &l.pack);
  ck_assert_uint_ne(last->hazards & EMBARK_HAZARD_DESTRUCTIVE, 0);
  ck_assert_uint_eq(last->made_by, cases[_i].made_by);
  linted_free(&l);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("lint_age");
  TCase *tc = tcase_create("lint_age");
  tcase_add_loop_test(tc, what_may_be_older_than_the_folder_is_nobodys_making, 0,
                      sizeof cases / sizeof cases[0]);
  suite_add_tcase(suite, tc);
  return suite;
}
