/* Which findings are told, for which question. */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "linted.h"
#include "select.h"
#include "suite.h"
#include "tree.h"

/* Rules of this test's own, with findings of which the linter knows nothing. */
static const rule hidden = {.name = "hidden", .severity = SEVERITY_HIDDEN};
static const rule note = {.name = "note", .severity = SEVERITY_NOTE, .flags = RULE_STYLE};
static const rule existing = {
    .name = "existing", .severity = SEVERITY_ERROR, .flags = RULE_ON_EXISTING};
static const rule by_size = {
    .name = "by-size", .severity = SEVERITY_WARNING, .flags = RULE_BY_SIZE | RULE_ON_EXISTING};

static linted given;
static selection told;

static void set_up(void)
{
  const char *const texts[] = {
      "create table users (i int); create table old (i int);",
      "create table app.events (i int); select 1;",
      "drop table old;",
  };
  linted_run(&given, texts, 3);
  findings_free(&given.lint.found);
}

static void tear_down(void)
{
  selection_free(&told);
  linted_free(&given);
}

static finding *find(const rule *r, size_t number, size_t made_by, const char *about)
{
  finding *f = findings_add(&given.lint.found, r);
  f->migration = number;
  f->made_by = made_by;
  free(f->about);
  f->about = alloc_string(about, strlen(about));
  return f;
}

/* The names of the rules that are told, in their order. */
static void expect(const select_scope *scope, const char *names)
{
  text got = {0};
  selection_free(&told);
  selection_make(&told, &given.lint, &given.pack, scope);
  for (size_t i = 0; i < told.count; i++) {
    text_printf(&got, "%s%s", i > 0 ? " " : "", told.items[i].finding->rule->name);
  }
  ck_assert_str_eq(text_string(&got), names);
  text_free(&got);
}

START_TEST(all_are_told_but_hidden_ones_where_nothing_is_asked)
{
  find(&hidden, 0, 0, "");
  find(&note, 0, 1, "public.users");
  find(&existing, 1, 1, "public.users");
  expect(&(select_scope){0}, "note existing");
  ck_assert_uint_eq(told.migrations, 3);
  ck_assert_uint_eq(told.of[SEVERITY_ERROR], 1);
  ck_assert_uint_eq(told.of[SEVERITY_WARNING], 0);
  ck_assert_uint_eq(told.of[SEVERITY_NOTE], 1);
}
END_TEST

START_TEST(they_are_told_in_the_order_of_the_files)
{
  find(&by_size, 2, 0, "")->at = 1;
  find(&note, 1, 0, "")->at = 9;
  find(&existing, 1, 0, "")->at = 3;
  find(&by_size, 1, 0, "")->at = 9;
  expect(&(select_scope){0}, "existing note by-size by-size");
}
END_TEST

START_TEST(a_batch_is_all_that_is_looked_at_and_what_it_makes_is_new)
{
  const bool batch[] = {false, true, true};
  find(&existing, 0, 0, "");
  find(&existing, 1, 1, "public.users");
  find(&by_size, 2, 2, "app.events");
  find(&note, 2, 2, "app.events");
  expect(&(select_scope){.batch = batch}, "existing note");
  ck_assert_uint_eq(told.migrations, 2);
}
END_TEST

START_TEST(since_is_what_comes_behind_the_tag)
{
  bool *batch = select_since(&given.pack, "0001_step");
  ck_assert_ptr_nonnull(batch);
  ck_assert(!batch[0] && !batch[1] && batch[2]);
  free(batch);
  batch = select_since(&given.pack, "0002_step");
  ck_assert_ptr_nonnull(batch);
  ck_assert(!batch[0] && !batch[1] && !batch[2]);
  free(batch);
  ck_assert_ptr_null(select_since(&given.pack, "0001"));
}
END_TEST

START_TEST(what_takes_long_by_size_is_no_matter_on_a_small_table)
{
  const assumption users[] = {
      {"users=small", 5, true}
  };
  const assumption events[] = {
      {"app.events", 10, true}
  };
  const assumption bare[] = {
      {"events", 6, true}
  };
  const assumption all_but[] = {
      {"*",            1,  true },
      {"public.users", 12, false}
  };
  const assumption last_counts[] = {
      {"users", 5, true },
      {"users", 5, false}
  };
  find(&by_size, 1, 0, "public.users");
  find(&by_size, 1, 0, "app.events");
  find(&existing, 1, 0, "public.users");
  expect(&(select_scope){.assumptions = users, .assumption_count = 1}, "by-size existing");
  ck_assert_str_eq(told.items[0].finding->about, "app.events");
  expect(&(select_scope){.assumptions = events, .assumption_count = 1}, "by-size existing");
  ck_assert_str_eq(told.items[0].finding->about, "public.users");
  expect(&(select_scope){.assumptions = bare, .assumption_count = 1}, "by-size by-size existing");
  expect(&(select_scope){.assumptions = all_but, .assumption_count = 2}, "by-size existing");
  ck_assert_str_eq(told.items[0].finding->about, "public.users");
  expect(&(select_scope){.assumptions = last_counts, .assumption_count = 2},
         "by-size by-size existing");
}
END_TEST

START_TEST(style_is_no_matter_of_what_a_later_migration_drops)
{
  const object *old = catalog_find(&given.lint.catalog, OBJECT_TABLE, NULL, "old");
  if (tree_grammar() == NULL) {
    return;
  }
  ck_assert_ptr_null(old);
  find(&note, 0, 1, "public.users")->object = 1;
  find(&note, 0, 1, "public.old")->object = 2;
  find(&existing, 1, 1, "public.old")->object = 2;
  expect(&(select_scope){0}, "note existing");
  ck_assert_str_eq(told.items[0].finding->about, "public.users");
}
END_TEST

START_TEST(what_is_allowed_is_counted_for_itself)
{
  linted_free(&given);
  const char *const texts[] = {"-- embark: allow existing: is fine\nselect 1; select 2;"};
  linted_run(&given, texts, 1);
  findings_free(&given.lint.found);
  find(&existing, 0, 0, "");
  find(&existing, 0, 0, "")->statement = 1;
  expect(&(select_scope){0}, "existing existing");
  ck_assert_str_eq(told.items[0].reason, "is fine");
  ck_assert_ptr_null(told.items[1].reason);
  ck_assert_uint_eq(told.allowed, 1);
  ck_assert_uint_eq(told.of[SEVERITY_ERROR], 1);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("select");
  TCase *c = tcase_create("select");
  tcase_add_checked_fixture(c, set_up, tear_down);
  tcase_add_test(c, all_are_told_but_hidden_ones_where_nothing_is_asked);
  tcase_add_test(c, they_are_told_in_the_order_of_the_files);
  tcase_add_test(c, a_batch_is_all_that_is_looked_at_and_what_it_makes_is_new);
  tcase_add_test(c, since_is_what_comes_behind_the_tag);
  tcase_add_test(c, what_takes_long_by_size_is_no_matter_on_a_small_table);
  tcase_add_test(c, style_is_no_matter_of_what_a_later_migration_drops);
  tcase_add_test(c, what_is_allowed_is_counted_for_itself);
  suite_add_tcase(suite, c);
  return suite;
}
