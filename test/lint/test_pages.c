/* The words about the rules: each has a row, a page, a line in the overview and examples, and they
 * say the same. What they claim of a server is test_servers.c's. */
#include <dirent.h>
#include <string.h>

#include <check.h>
#include <embark_bundle.h>

#include "example.h"
#include "keep.h"
#include "page.h"
#include "sql.h"
#include "suite.h"

static void expect_none(const char *fault)
{
  ck_assert_msg(fault[0] == '\0', "%s", fault);
}

static const char *page_of(const rule *r)
{
  const char *page = file_text(PAGES, ".", keep_printf("%s.md", r->name));
  ck_assert_msg(page != NULL, "%s has no page " PAGES "/%s.md", r->name, r->name);
  return page;
}

START_TEST(each_page_says_what_the_row_of_its_rule_says)
{
  const rule *r = rule_number(_i);
  expect_none(page_fault(r, page_of(r)));
}
END_TEST

START_TEST(the_overview_says_what_the_row_of_each_rule_says)
{
  const char *overview = file_text(PAGES, ".", OVERVIEW);
  ck_assert_ptr_nonnull(overview);
  expect_none(overview_fault(rule_number(_i), overview));
}
END_TEST

/* Every entry of the folder, less `ending`, is a rule. */
static void expect_rules_only(const char *where, const char *ending)
{
  DIR *dir = opendir(where);
  ck_assert_ptr_nonnull(dir);
  for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
    size_t size = strlen(entry->d_name), tail = strlen(ending);
    if (entry->d_name[0] == '.' || strcmp(entry->d_name, OVERVIEW) == 0) {
      continue;
    }
    ck_assert_msg(size > tail && strcmp(entry->d_name + size - tail, ending) == 0 &&
                      rule_find(keep_printf("%.*s", (int)(size - tail), entry->d_name)) != NULL,
                  "%s/%s: no rule has that name", where, entry->d_name);
  }
  closedir(dir);
}

START_TEST(no_page_and_no_example_is_of_a_rule_that_does_not_exist)
{
  expect_rules_only(PAGES, ".md");
  expect_rules_only(EXAMPLES, "");
}
END_TEST

/* What a lock holds up for as long as the work takes. */
static uint32_t hazards_of(lock_mode lock, work w)
{
  uint32_t hazards = w == WORK_REWRITE ? EMBARK_HAZARD_REWRITES : 0;
  if (w != WORK_NONE && lock >= LOCK_SHARE) {
    hazards |= EMBARK_HAZARD_BLOCKS_WRITES;
  }
  if (w != WORK_NONE && lock == LOCK_ACCESS_EXCLUSIVE) {
    hazards |= EMBARK_HAZARD_BLOCKS_READS;
  }
  return hazards;
}

START_TEST(hazards_are_at_least_those_that_follow_from_lock_and_work)
{
  const rule *r = rule_number(_i);
  uint32_t least = hazards_of(r->lock, r->work);
  ck_assert_msg((r->hazards & least) == least, "%s: hazards %x without %x", r->name, r->hazards,
                least & ~r->hazards);
}
END_TEST

/* --- what the linter says of examples --------------------------------------------------------- */

START_TEST(a_bad_example_is_found_at_its_mark)
{
  const rule *r = rule_number(_i);
  example e;
  example_load(&e, r->name, "bad.sql");
  ck_assert_msg(e.target < e.of->script.count, "%s: no statement below a line -- here", r->name);
  const finding *f = example_finding(&e, r->name, &e.target);
  ck_assert_msg(f != NULL, "%s is not found in its own bad.sql below the mark", r->name);
  const statement *st = &e.of->script.statements[e.target];
  size_t mark = (size_t)(strstr(e.of->source.bytes, HERE) - e.of->source.bytes);
  ck_assert_msg(f->at > mark && f->at < st->end, "%s points elsewhere", r->name);
}
END_TEST

START_TEST(a_good_example_is_not_found)
{
  const rule *r = rule_number(_i);
  example e;
  example_load(&e, r->name, "good.sql");
  const finding *f = example_finding(&e, r->name, NULL);
  ck_assert_msg(f == NULL, "%s is found in its own good.sql: %s", r->name, f->message);
}
END_TEST

START_TEST(the_bundle_carries_the_hazards_of_a_bad_example)
{
  const rule *r = rule_number(_i);
  example e;
  example_load(&e, r->name, "bad.sql");
  const pack *p = &e.folder.pack;
  uint32_t hazards = p->statements[e.of->place.first_statement + e.target].hazards;
  ck_assert_msg((hazards & r->hazards) == r->hazards, "%s: the bundle has hazards %x, the row %x",
                r->name, hazards, r->hazards);
}
END_TEST

/* Such as "public" and SQL's own words, which are in capitals, may begin one. */
START_TEST(a_message_is_one_line_in_lower_case_without_a_full_stop)
{
  const rule *r = rule_number(_i);
  example e;
  example_load(&e, r->name, "bad.sql");
  const finding *f = example_finding(&e, r->name, &e.target);
  ck_assert_ptr_nonnull(f);
  size_t size = strlen(f->message);
  bool begins_sentence =
      f->message[0] >= 'A' && f->message[0] <= 'Z' && f->message[1] >= 'a' && f->message[1] <= 'z';
  ck_assert_msg(size > 0 && !begins_sentence && f->message[size - 1] != '.' &&
                    strchr(f->message, '\n') == NULL,
                "%s: \"%s\"", r->name, f->message);
}
END_TEST

START_TEST(the_better_way_of_a_finding_is_a_sentence_or_sql)
{
  const rule *r = rule_number(_i);
  example e;
  example_load(&e, r->name, "bad.sql");
  const finding *f = example_finding(&e, r->name, &e.target);
  ck_assert_ptr_nonnull(f);
  expect_none(is_sentence(f->better) ? "" : sql_fault(f->better));
}
END_TEST

START_TEST(the_sql_of_a_page_is_sql)
{
  const char *at = page_of(rule_number(_i));
  for (const char *sql; (sql = sql_block(&at)) != NULL;) {
    expect_none(sql_fault(sql));
  }
}
END_TEST

/* --- a wrong word is noticed ------------------------------------------------------------------ */

static const rule right = {
    "drop-moon",       SEVERITY_ERROR, EMBARK_HAZARD_DESTRUCTIVE | EMBARK_HAZARD_REWRITES,
    LOCK_SHARE,        WORK_SCAN,      0,
    "the moon is gone"};

static const char right_page[] =
    "# drop-moon\n\nThe moon is gone.\n\n| severity | error |\n|---|---|\n"
    "| hazards | rewrites, destructive |\n| lock | SHARE |\n| work | scan |\n"
    "\n## What happens\n\nTides end.\n\n## Write instead\n\nNothing at all.\n"
    "\n## When it is fine\n\nNever: `-- embark: allow drop-moon: reason`.\n";

static const char right_overview[] =
    "| rule | severity | hazards | lock | work |\n|---|---|---|---|---|\n"
    "| [drop-moon](drop-moon.md) | error | destructive, rewrites | SHARE | scan | the moon |\n";

/* The same rule with one word of its row another. */
static rule wrong_rule(int which)
{
  rule r = right;
  r.name = which == 0 ? "drop-sun" : r.name;
  r.severity = which == 1 ? SEVERITY_NOTE : r.severity;
  r.hazards = which == 2 ? EMBARK_HAZARD_DESTRUCTIVE : r.hazards;
  r.lock = which == 3 ? LOCK_SHARE_ROW_EXCLUSIVE : r.lock;
  r.work = which == 4 ? WORK_NONE : r.work;
  return r;
}

START_TEST(a_wrong_word_in_a_row_is_noticed)
{
  rule wrong = wrong_rule(_i);
  expect_none(page_fault(&right, right_page));
  expect_none(overview_fault(&right, right_overview));
  ck_assert_str_ne(page_fault(&wrong, right_page), "");
  ck_assert_str_ne(overview_fault(&wrong, right_overview), "");
}
END_TEST

/* The page with every `part` gone. */
static const char *page_without(const char *part)
{
  const char *at = strstr(right_page, part);
  ck_assert_ptr_nonnull(at);
  return keep_printf("%.*s%s", (int)(at - right_page), right_page, at + strlen(part));
}

START_TEST(what_a_page_leaves_out_is_noticed)
{
  static const char *const parts[] = {"| severity | error |\n", "| hazards | rewrites, ",
                                      "| lock | SHARE |\n",     "| work | scan |\n",
                                      "## What happens\n",      "## Write instead\n",
                                      "## When it is fine\n",   "allow drop-moon: "};
  for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
    ck_assert_msg(page_fault(&right, page_without(parts[i]))[0] != '\0', "%s", parts[i]);
  }
}
END_TEST

START_TEST(sql_that_is_none_is_noticed)
{
  expect_none(sql_fault("select 1; create index concurrently i on t (a);"));
  ck_assert_str_ne(sql_fault("select 1; create concurrently index i;"), "");
  ck_assert_str_ne(sql_fault("select 'a"), "");
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("pages");
  TCase *words = tcase_create("words");
  TCase *checkers = tcase_create("checkers");
  TCase *examples = tcase_create("examples");
  int count = rule_count();
  tcase_add_checked_fixture(words, NULL, keep_free_all);
  tcase_add_loop_test(words, each_page_says_what_the_row_of_its_rule_says, 0, count);
  tcase_add_loop_test(words, the_overview_says_what_the_row_of_each_rule_says, 0, count);
  tcase_add_loop_test(words, hazards_are_at_least_those_that_follow_from_lock_and_work, 0, count);
  tcase_add_test(words, no_page_and_no_example_is_of_a_rule_that_does_not_exist);
  suite_add_tcase(suite, words);
  tcase_add_checked_fixture(checkers, NULL, keep_free_all);
  tcase_add_loop_test(checkers, a_wrong_word_in_a_row_is_noticed, 0, 5);
  tcase_add_test(checkers, what_a_page_leaves_out_is_noticed);
  suite_add_tcase(suite, checkers);
  if (tree_grammar() != NULL) {
    tcase_add_checked_fixture(examples, NULL, keep_free_all);
    tcase_add_loop_test(examples, a_bad_example_is_found_at_its_mark, 0, count);
    tcase_add_loop_test(examples, a_good_example_is_not_found, 0, count);
    tcase_add_loop_test(examples, the_bundle_carries_the_hazards_of_a_bad_example, 0, count);
    tcase_add_loop_test(examples, a_message_is_one_line_in_lower_case_without_a_full_stop, 0,
                        count);
    tcase_add_loop_test(examples, the_better_way_of_a_finding_is_a_sentence_or_sql, 0, count);
    tcase_add_test(checkers, sql_that_is_none_is_noticed);
    tcase_add_loop_test(examples, the_sql_of_a_page_is_sql, 0, count);
    suite_add_tcase(suite, examples);
  }
  return suite;
}
