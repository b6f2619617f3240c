/* What is kept of a run for those who listen: each event as it is sent, and not too many. */
#include <stdlib.h>
#include <string.h>

#include "journal.h"
#include "suite.h"

static journal l;
static char *all;

static const embark_migration migration = {
    .tag = "0001_b", .file = "0001_b.sql", .statement_count = 3};

static void set_up(void)
{
  l = (journal){0};
  all = NULL;
}

static void tear_down(void)
{
  journal_free(&l);
  free(all);
}

/* All that was told so far. */
static const char *told(void)
{
  size_t size = journal_size(&l);
  all = realloc(all, size + 1);
  ck_assert_ptr_nonnull(all);
  for (size_t at = 0; at < size;) {
    size_t got = journal_read(&l, at, all + at, size - at);
    ck_assert_uint_gt(got, 0);
    at += got;
  }
  all[size] = '\0';
  return all;
}

static embark_event event_of(embark_event_type type)
{
  return (embark_event){.type = type,
                        .step = 2,
                        .steps = 3,
                        .statement = 1,
                        .statements = 3,
                        .holder_pid = 4711,
                        .elapsed_ms = 17,
                        .tag = "0001_b",
                        .sqlstate = "00000",
                        .severity = "NOTICE",
                        .message = "so it is",
                        .done = 5,
                        .total = 9,
                        .hazards = EMBARK_HAZARD_REWRITES};
}

typedef struct example {
  embark_event_type type;
  const char *record;
} example;

static const example examples[] = {
    {EMBARK_EVENT_PLANNED,
     "event: planned\ndata: {\"steps\":3,\"hazards\":[\"rewrites\"],\"elapsed_ms\":17}\n\n"   },
    {EMBARK_EVENT_STARTED,
     "event: started\ndata: {\"tag\":\"0001_b\",\"step\":2,\"steps\":3,\"file\":\"0001_b.sql\","
     "\"statements\":3,\"hazards\":[\"rewrites\"],\"elapsed_ms\":17}\n\n"                     },
    {EMBARK_EVENT_STATEMENT,
     "event: statement\ndata: {\"tag\":\"0001_b\",\"step\":2,\"steps\":3,\"statement\":1,"
     "\"statements\":3,\"elapsed_ms\":17}\n\n"                                                },
    {EMBARK_EVENT_APPLIED,
     "event: applied\ndata: {\"tag\":\"0001_b\",\"step\":2,\"steps\":3,\"duration_ms\":1.234,"
     "\"elapsed_ms\":17}\n\n"                                                                 },
    {EMBARK_EVENT_NOTICE,
     "event: notice\ndata: {\"tag\":\"0001_b\",\"severity\":\"NOTICE\",\"sqlstate\":\"00000\","
     "\"message\":\"so it is\",\"elapsed_ms\":17}\n\n"                                        },
    {EMBARK_EVENT_LOCK_WAIT,
     "event: lock_wait\ndata: {\"holder_pid\":4711,\"message\":\"so it is\",\"done\":5,\"total\":9,"
     "\"elapsed_ms\":17}\n\n"                                                                 },
    {EMBARK_EVENT_RETRY,
     "event: retry\ndata: {\"tag\":\"0001_b\",\"message\":\"so it is\",\"elapsed_ms\":17}\n\n"},
    {EMBARK_EVENT_RESUMED,
     "event: resumed\ndata: {\"tag\":\"0001_b\",\"statement\":1,\"message\":\"so it is\","
     "\"elapsed_ms\":17}\n\n"                                                                 },
    {EMBARK_EVENT_DONE,      ""                                                               },
};

START_TEST(each_event_is_told_with_what_it_is_about)
{
  embark_event event = event_of(examples[_i].type);
  journal_add(&l, &event, &migration, 1234);
  ck_assert_str_eq(told(), examples[_i].record);
}
END_TEST

static void add_at(embark_event_type type, int64_t elapsed_ms)
{
  embark_event event = event_of(type);
  event.elapsed_ms = elapsed_ms;
  journal_add(&l, &event, &migration, -1);
}

static size_t count(const char *wanted)
{
  size_t found = 0;
  for (const char *at = strstr(told(), wanted); at != NULL; at = strstr(at + 1, wanted)) {
    found++;
  }
  return found;
}

START_TEST(statements_are_told_ten_times_a_second_at_most)
{
  for (int64_t ms = 0; ms < 1000; ms++) {
    add_at(EMBARK_EVENT_STATEMENT, ms);
  }
  ck_assert_uint_eq(count("event: statement"), 10);
  ck_assert_uint_eq(count("\"elapsed_ms\":0}"), 1);
  ck_assert_uint_eq(count("\"elapsed_ms\":100}"), 1);
}
END_TEST

START_TEST(the_last_statement_that_came_too_soon_is_held_until_something_follows_it)
{
  add_at(EMBARK_EVENT_STATEMENT, 0);
  ck_assert(!journal_has_held(&l));
  add_at(EMBARK_EVENT_STATEMENT, 1);
  add_at(EMBARK_EVENT_STATEMENT, 2);
  ck_assert(journal_has_held(&l));
  journal_tell_held(&l);
  ck_assert(!journal_has_held(&l));
  ck_assert_uint_eq(count("\"elapsed_ms\":1}"), 0);
  ck_assert_uint_eq(count("\"elapsed_ms\":2}"), 1);
  add_at(EMBARK_EVENT_STATEMENT, 3);
  ck_assert(journal_has_held(&l));
  add_at(EMBARK_EVENT_APPLIED, 4);
  ck_assert(!journal_has_held(&l));
  ck_assert_uint_eq(count("\"elapsed_ms\":3}"), 0);
}
END_TEST

START_TEST(what_is_full_takes_only_migrations_and_says_so_once)
{
  size_t steps = 0;
  while (journal_size(&l) < JOURNAL_FULL) {
    add_at(EMBARK_EVENT_NOTICE, 0);
  }
  size_t before = journal_size(&l);
  for (; steps < 10; steps++) {
    add_at(EMBARK_EVENT_NOTICE, 0);
    add_at(EMBARK_EVENT_STATEMENT, 1000);
    add_at(EMBARK_EVENT_LOCK_WAIT, 0);
    add_at(EMBARK_EVENT_STARTED, 0);
    add_at(EMBARK_EVENT_APPLIED, 0);
  }
  ck_assert_uint_eq(count("event: started"), 10);
  ck_assert_uint_eq(count("event: applied"), 10);
  ck_assert_uint_eq(count("event: statement"), 0);
  ck_assert_uint_eq(count("event: lock_wait"), 0);
  ck_assert_uint_eq(count("{\"tag\":null,\"severity\":\"WARNING\",\"sqlstate\":null,"), 1);
  ck_assert_uint_lt(journal_size(&l), before + 6000);
}
END_TEST

START_TEST(what_is_very_full_takes_the_result_alone)
{
  text document = {0};
  text_puts(&document, "{}");
  while (journal_size(&l) < JOURNAL_VERY_FULL) {
    add_at(EMBARK_EVENT_APPLIED, 0);
  }
  size_t before = journal_size(&l);
  add_at(EMBARK_EVENT_APPLIED, 0);
  add_at(EMBARK_EVENT_STARTED, 0);
  ck_assert_uint_eq(journal_size(&l), before);
  journal_end(&l, &document);
  ck_assert_str_eq(told() + before, "event: result\ndata: {}\n\n");
  text_free(&document);
}
END_TEST

START_TEST(pieces_of_any_size_make_up_the_whole)
{
  char piece[7], whole[1024] = "";
  add_at(EMBARK_EVENT_PLANNED, 0);
  text failed = {.failed = true};
  journal_end(&l, &failed);
  size_t at = 0, got;
  while ((got = journal_read(&l, at, piece, sizeof piece)) > 0) {
    memcpy(whole + at, piece, got);
    at += got;
  }
  ck_assert_uint_eq(at, journal_size(&l));
  ck_assert_str_eq(whole, told());
}
END_TEST

START_TEST(a_result_without_memory_is_told_as_such)
{
  text failed = {.failed = true};
  journal_end(&l, &failed);
  ck_assert_ptr_nonnull(strstr(told(), "event: result\ndata: {\"schema\":1,\"embark\":\""));
  ck_assert_ptr_nonnull(strstr(told(), "\"error\":{\"code\":\"EMBARK_E_MEMORY\","));
  ck_assert_ptr_nonnull(strstr(told(), "\"exit\":1}\n\n"));
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("admin journal");
  TCase *tc = tcase_create("admin journal");
  tcase_set_timeout(tc, 60);
  tcase_add_checked_fixture(tc, set_up, tear_down);
  tcase_add_loop_test(tc, each_event_is_told_with_what_it_is_about, 0,
                      sizeof examples / sizeof examples[0]);
  tcase_add_test(tc, statements_are_told_ten_times_a_second_at_most);
  tcase_add_test(tc, the_last_statement_that_came_too_soon_is_held_until_something_follows_it);
  tcase_add_test(tc, what_is_full_takes_only_migrations_and_says_so_once);
  tcase_add_test(tc, what_is_very_full_takes_the_result_alone);
  tcase_add_test(tc, pieces_of_any_size_make_up_the_whole);
  tcase_add_test(tc, a_result_without_memory_is_told_as_such);
  suite_add_tcase(suite, tc);
  return suite;
}
