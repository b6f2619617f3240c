/* Options: the defaults, callers of older and newer versions, and values that cannot be. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "suite.h"

static embark_options filled;
static embark_error err;

static void expect_defaults(void)
{
  ck_assert_uint_eq(filled.struct_size, sizeof filled);
  ck_assert_int_eq(filled.lock_wait_ms, 60000);
  ck_assert_int_eq(filled.lock_timeout_ms, 5000);
  ck_assert_int_eq(filled.statement_timeout_ms, EMBARK_NO_TIMEOUT);
  ck_assert_uint_eq(filled.retries, 10);
  ck_assert_uint_eq(filled.flags, 0);
  ck_assert_int_eq(filled.adopt, EMBARK_ADOPT_DEFAULT);
  ck_assert_int_eq(filled.has_lock_key, 0);
  ck_assert_int_eq(filled.lock_key, 0);
  ck_assert_ptr_null(filled.ledger_schema);
  ck_assert_ptr_null(filled.ledger_table);
  ck_assert(filled.on_event == NULL);
  ck_assert_ptr_null(filled.event_data);
  ck_assert_ptr_null(filled.allocator);
  ck_assert_int_eq(filled.answer_timeout_ms, EMBARK_NO_TIMEOUT);
}

START_TEST(without_options_all_is_default)
{
  ck_assert_int_eq(embark__options_fill(&filled, NULL, &err), EMBARK_OK);
  expect_defaults();
}
END_TEST

START_TEST(options_from_init_are_all_default)
{
  embark_options given = EMBARK_OPTIONS_INIT;
  ck_assert_int_eq(embark__options_fill(&filled, &given, &err), EMBARK_OK);
  expect_defaults();
}
END_TEST

START_TEST(init_leaves_no_field_unset)
{
  embark_options expected, given = EMBARK_OPTIONS_INIT;
  memset(&expected, 0, sizeof expected);
  expected.struct_size = sizeof expected;
  /* The last field of the struct is the last of the list: one more would shift it. */
  ck_assert_uint_eq(offsetof(embark_options, approved) + sizeof given.approved, sizeof given);
  ck_assert_uint_eq(given.struct_size, expected.struct_size);
  ck_assert_mem_eq((char *)&given + sizeof(size_t), (char *)&expected + sizeof(size_t),
                   offsetof(embark_options, has_lock_key) - sizeof(size_t));
}
END_TEST

static int hook(void *data, const embark_event *event)
{
  return data != NULL && event != NULL;
}

static void *resize(void *data, void *block, size_t size)
{
  (void)data;
  return realloc(block, size);
}

static void release(void *data, void *block)
{
  (void)data;
  free(block);
}

START_TEST(what_the_caller_sets_is_kept)
{
  static const embark_allocator allocator = {resize, release, NULL};
  embark_options given = {.struct_size = sizeof given,
                          .lock_wait_ms = EMBARK_WAIT_FOREVER,
                          .lock_timeout_ms = EMBARK_NO_TIMEOUT,
                          .statement_timeout_ms = INT32_MAX,
                          .retries = 1,
                          .flags = EMBARK_OUT_OF_ORDER,
                          .adopt = EMBARK_ADOPT_ASSUME,
                          .has_lock_key = 1,
                          .lock_key = -1,
                          .ledger_schema = "s",
                          .ledger_table = "t",
                          .on_event = hook,
                          .event_data = &given,
                          .allocator = &allocator,
                          .answer_timeout_ms = 1};
  ck_assert_int_eq(embark__options_fill(&filled, &given, &err), EMBARK_OK);
  ck_assert_int_eq(filled.lock_wait_ms, EMBARK_WAIT_FOREVER);
  ck_assert_int_eq(filled.lock_timeout_ms, EMBARK_NO_TIMEOUT);
  ck_assert_int_eq(filled.statement_timeout_ms, INT32_MAX);
  ck_assert_uint_eq(filled.retries, 1);
  ck_assert_uint_eq(filled.flags, EMBARK_OUT_OF_ORDER);
  ck_assert_int_eq(filled.adopt, EMBARK_ADOPT_ASSUME);
  ck_assert_int_eq(filled.has_lock_key, 1);
  ck_assert_int_eq(filled.lock_key, -1);
  ck_assert_str_eq(filled.ledger_schema, "s");
  ck_assert_str_eq(filled.ledger_table, "t");
  ck_assert(filled.on_event == hook);
  ck_assert_ptr_eq(filled.event_data, &given);
  ck_assert_ptr_eq(filled.allocator, &allocator);
  ck_assert_int_eq(filled.answer_timeout_ms, 1);
}
END_TEST

START_TEST(what_an_older_caller_does_not_know_is_not_read)
{
  embark_options given;
  memset(&given, 0x5a, sizeof given);
  given.struct_size = offsetof(embark_options, lock_timeout_ms);
  given.lock_wait_ms = 7;
  ck_assert_int_eq(embark__options_fill(&filled, &given, &err), EMBARK_OK);
  ck_assert_int_eq(filled.lock_wait_ms, 7);
  filled.lock_wait_ms = 60000;
  expect_defaults();
}
END_TEST

START_TEST(a_caller_that_knows_the_size_alone_gets_the_defaults)
{
  size_t alone = sizeof(size_t);
  const void *given = &alone;
  ck_assert_int_eq(embark__options_fill(&filled, given, &err), EMBARK_OK);
  expect_defaults();
}
END_TEST

START_TEST(a_size_that_no_version_had_is_refused)
{
  static const size_t sizes[] = {0, sizeof(size_t) - 1, sizeof(embark_options) + 1, SIZE_MAX};
  embark_options given = EMBARK_OPTIONS_INIT;
  given.struct_size = sizes[_i];
  ck_assert_int_eq(embark__options_fill(&filled, &given, &err), EMBARK_E_ARGUMENT);
  ck_assert_int_eq(err.code, EMBARK_E_ARGUMENT);
  ck_assert_str_eq(
      err.message,
      "the options are not usable: struct_size is not that of this version or an older one");
  ck_assert_str_eq(err.hint, "Start from EMBARK_OPTIONS_INIT and set what shall differ.");
}
END_TEST

typedef struct refusal {
  embark_options given;
  const char *why;
} refusal;

static const embark_allocator no_resize = {NULL, release, NULL};
static const embark_allocator no_release = {resize, NULL, NULL};

/* clang-format off */
static const refusal refusals[] = {
  {{.lock_wait_ms = -3},                           "lock_wait_ms is negative"},
  {{.lock_wait_ms = INT64_MIN},                    "lock_wait_ms is negative"},
  {{.lock_timeout_ms = -2},                        "a timeout is out of range"},
  {{.lock_timeout_ms = (int64_t)INT32_MAX + 1},    "a timeout is out of range"},
  {{.statement_timeout_ms = -2},                   "a timeout is out of range"},
  {{.statement_timeout_ms = INT64_MAX},            "a timeout is out of range"},
  {{.answer_timeout_ms = -2},                      "a timeout is out of range"},
  {{.flags = 4},                                   "an unknown flag is set"},
  {{.flags = 0x80000001u},                         "an unknown flag is set"},
  {{.forbid = EMBARK_HAZARD_ALL + 1},              "forbid has an unknown hazard"},
  {{.adopt = (embark_adopt)3},                     "adopt has no such value"},
  {{.ledger_schema = ""},                          "a name of the ledger is empty"},
  {{.ledger_table = ""},                           "a name of the ledger is empty"},
  {{.allocator = &no_resize},                      "the allocator lacks a function"},
  {{.allocator = &no_release},                     "the allocator lacks a function"},
};
/* clang-format on */

START_TEST(a_value_that_cannot_be_is_refused)
{
  char message[EMBARK_TEXT_SIZE] = "the options are not usable: ";
  embark_options given = refusals[_i].given;
  given.struct_size = sizeof given;
  ck_assert_int_eq(embark__options_fill(&filled, &given, &err), EMBARK_E_ARGUMENT);
  ck_assert_str_eq(err.message, strcat(message, refusals[_i].why));
}
END_TEST

START_TEST(the_longest_wait_is_taken)
{
  embark_options given = EMBARK_OPTIONS_INIT;
  given.lock_wait_ms = _i == 0 ? INT64_MAX : EMBARK_WAIT_NONE;
  ck_assert_int_eq(embark__options_fill(&filled, &given, &err), EMBARK_OK);
  ck_assert_int_eq(filled.lock_wait_ms, given.lock_wait_ms);
}
END_TEST

/* --- what an op needs ------------------------------------------------------------------------- */

START_TEST(there_are_nine_ops)
{
  filled = (embark_options){.target = "", .reason = "r"};
  for (int op = -1; op <= 11; op++) {
    int expected = op >= EMBARK_MIGRATE && op <= EMBARK_STATUS ? EMBARK_OK : EMBARK_E_ARGUMENT;
    ck_assert_int_eq(embark__options_check_op(&filled, (embark_op)op, &err), expected);
  }
}
END_TEST

typedef struct need {
  embark_op op;
  embark_options given;
  int code;
} need;

/* clang-format off */
static const need needs[] = {
  {EMBARK_REVERT,       {.target = NULL},            EMBARK_E_ARGUMENT},
  {EMBARK_REVERT,       {.target = ""},              EMBARK_OK},
  {EMBARK_REVERT,       {.steps = 1},                EMBARK_OK},
  {EMBARK_ACCEPT,       {.target = "a"},             EMBARK_E_ARGUMENT},
  {EMBARK_ACCEPT,       {.reason = ""},              EMBARK_E_ARGUMENT},
  {EMBARK_ACCEPT,       {.reason = "a"},             EMBARK_OK},
  {EMBARK_ADOPT,        {.target = NULL},            EMBARK_OK},
  {EMBARK_RESUME_DONE,  {.flags = EMBARK_DRY_RUN},   EMBARK_E_ARGUMENT},
  {EMBARK_RESUME_AGAIN, {.flags = EMBARK_DRY_RUN},   EMBARK_E_ARGUMENT},
  {EMBARK_RESUME_DONE,  {.flags = 0},                EMBARK_OK},
  {EMBARK_MIGRATE,      {.flags = EMBARK_DRY_RUN},   EMBARK_OK},
};
/* clang-format on */

START_TEST(an_op_without_what_it_needs_is_refused)
{
  const need *n = &needs[_i];
  ck_assert_int_eq(embark__options_check_op(&n->given, n->op, &err), n->code);
  if (n->code != EMBARK_OK) {
    ck_assert_str_ne(err.hint, "");
  }
}
END_TEST

START_TEST(a_target_is_found_by_its_tag)
{
  static const embark_migration migrations[] = {{.tag = NULL}, {.tag = "a"}, {.tag = "b"}};
  embark_bundle bundle = {.migrations = migrations, .migration_count = 3};
  embark_options given = {.target = "b"};
  uint32_t target = 0;
  ck_assert_int_eq(embark__options_find_target(&given, EMBARK_MIGRATE, &bundle, &target, &err),
                   EMBARK_OK);
  ck_assert_uint_eq(target, 3);
  given.target = "c";
  ck_assert_int_eq(embark__options_find_target(&given, EMBARK_MIGRATE, &bundle, &target, &err),
                   EMBARK_E_TARGET);
  given.target = "";
  ck_assert_int_eq(embark__options_find_target(&given, EMBARK_MIGRATE, &bundle, &target, &err),
                   EMBARK_E_TARGET);
  target = 0;
  ck_assert_int_eq(embark__options_find_target(&given, EMBARK_REVERT, &bundle, &target, &err),
                   EMBARK_OK);
  ck_assert_uint_eq(target, 0);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("options");
  TCase *defaults = tcase_create("defaults");
  tcase_add_test(defaults, without_options_all_is_default);
  tcase_add_test(defaults, options_from_init_are_all_default);
  tcase_add_test(defaults, init_leaves_no_field_unset);
  tcase_add_test(defaults, what_the_caller_sets_is_kept);
  tcase_add_loop_test(defaults, the_longest_wait_is_taken, 0, 2);
  suite_add_tcase(suite, defaults);
  TCase *versions = tcase_create("versions");
  tcase_add_test(versions, what_an_older_caller_does_not_know_is_not_read);
  tcase_add_test(versions, a_caller_that_knows_the_size_alone_gets_the_defaults);
  tcase_add_loop_test(versions, a_size_that_no_version_had_is_refused, 0, 4);
  suite_add_tcase(suite, versions);
  TCase *values = tcase_create("values");
  tcase_add_loop_test(values, a_value_that_cannot_be_is_refused, 0,
                      (int)(sizeof refusals / sizeof refusals[0]));
  suite_add_tcase(suite, values);
  TCase *ops = tcase_create("ops");
  tcase_add_test(ops, there_are_nine_ops);
  tcase_add_loop_test(ops, an_op_without_what_it_needs_is_refused, 0,
                      (int)(sizeof needs / sizeof needs[0]));
  tcase_add_test(ops, a_target_is_found_by_its_tag);
  suite_add_tcase(suite, ops);
  return suite;
}
