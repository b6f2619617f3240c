/* A bundle is held to its word: each defect that a generated file could have is found. */
#include <string.h>

#include "bundle.h"
#include "suite.h"

#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

#define COPY EMBARK_STATEMENT_COPY
#define HUGE UINT64_MAX

static const unsigned char sql[] = "create table a()\0\ncopy a from stdin\0\n1\n2\n\\.\n";
static embark_statement statements[2];
static embark_migration migrations[2];
static embark_migration downs[1];
static embark_bundle bundle;
static embark_error err;

static void start(void)
{
  statements[0] = (embark_statement){.offset = 0, .length = 16, .line = 1};
  statements[1] = (embark_statement){.offset = 18,
                                     .length = 17,
                                     .data_offset = 37,
                                     .data_length = 4,
                                     .line = 2,
                                     .flags = EMBARK_STATEMENT_COPY,
                                     .hazards = EMBARK_HAZARD_ALL,
                                     .made_by = 2};
  migrations[0] = (embark_migration){.tag = "0000_a",
                                     .file = "0000_a.sql",
                                     .hash = DIGEST,
                                     .chain = DIGEST,
                                     .sql_length = sizeof sql - 1,
                                     .statement_count = 2};
  migrations[1] = migrations[0];
  migrations[1].tag = "0001_empty";
  migrations[1].file = "0001_empty.sql";
  migrations[1].first_statement = 2;
  migrations[1].statement_count = 0;
  bundle = (embark_bundle){.format = EMBARK_BUNDLE_FORMAT,
                           .component = "main",
                           .ledger = EMBARK_LEDGER_NATIVE,
                           .ledger_schema = "embark",
                           .ledger_table = "migrations",
                           .digest = DIGEST,
                           .sql = sql,
                           .sql_size = sizeof sql - 1,
                           .migrations = migrations,
                           .statements = statements,
                           .migration_count = 2,
                           .statement_count = 2};
}

static void expect_refusal(int code, const char *what, const char *tag)
{
  char message[EMBARK_TEXT_SIZE] = "the bundle is not usable: ";
  ck_assert_int_eq(code, EMBARK_E_BUNDLE);
  ck_assert_int_eq(err.code, EMBARK_E_BUNDLE);
  ck_assert_str_eq(err.message, strcat(message, what));
  ck_assert_str_eq(err.tag, tag);
  ck_assert_str_eq(err.hint, "Generate it again with embark-bundle, and build the program anew.");
}

START_TEST(a_sound_bundle_passes)
{
  ck_assert_int_eq(embark__bundle_check(&bundle, &err), EMBARK_OK);
  ck_assert_int_eq(embark__bundle_validate(&bundle, &err), EMBARK_OK);
}
END_TEST

START_TEST(an_empty_bundle_needs_no_tables)
{
  bundle.migrations = NULL;
  bundle.statements = NULL;
  bundle.sql = NULL;
  bundle.sql_size = 0;
  bundle.migration_count = 0;
  bundle.statement_count = 0;
  bundle.ledger = EMBARK_LEDGER_DRIZZLE;
  ck_assert_int_eq(embark__bundle_check(&bundle, &err), EMBARK_OK);
  ck_assert_int_eq(embark__bundle_validate(&bundle, &err), EMBARK_OK);
}
END_TEST

START_TEST(a_bundle_of_another_format_is_told_from_a_broken_one)
{
  bundle.format = 2;
  ck_assert_int_eq(embark__bundle_check(&bundle, &err), EMBARK_E_BUNDLE);
  ck_assert_str_eq(err.message, "the bundle has format 2, this library reads 1");
  ck_assert_str_eq(err.hint, "Use an embark-bundle and a libembark of the same version.");
}
END_TEST

START_TEST(a_ledger_of_no_known_kind_is_refused)
{
  bundle.ledger = (embark_ledger)(_i == 0 ? 0 : 4);
  expect_refusal(embark__bundle_check(&bundle, &err), "unknown kind of ledger", "");
}
END_TEST

START_TEST(a_hazard_that_nobody_knows_is_not_forbidden)
{
  bundle.forbid = EMBARK_HAZARD_ALL;
  ck_assert_int_eq(embark__bundle_check(&bundle, &err), EMBARK_OK);
  bundle.forbid = EMBARK_HAZARD_ALL + 1;
  expect_refusal(embark__bundle_check(&bundle, &err), "it forbids an unknown hazard", "");
}
END_TEST

/* Texts that every bundle must have. */
static const char **const names[] = {&bundle.component, &bundle.ledger_schema, &bundle.ledger_table,
                                     &bundle.digest};
static const char *const no_names[] = {NULL, ""};

START_TEST(a_name_that_is_missing_is_refused)
{
  *names[_i / 2] = no_names[_i % 2];
  expect_refusal(embark__bundle_check(&bundle, &err), "a name or its digest is missing", "");
}
END_TEST

START_TEST(a_digest_of_another_length_is_refused)
{
  bundle.digest = &DIGEST[1];
  expect_refusal(embark__bundle_check(&bundle, &err), "a name or its digest is missing", "");
}
END_TEST

START_TEST(a_drizzle_bundle_must_know_its_ledgers_digest)
{
  bundle.ledger = (embark_ledger)_i;
  expect_refusal(embark__bundle_check(&bundle, &err), "the digest of its ledger is missing", "");
  bundle.ledger_digest = DIGEST;
  ck_assert_int_eq(embark__bundle_check(&bundle, &err), EMBARK_OK);
}
END_TEST

START_TEST(a_table_that_is_missing_is_refused)
{
  bundle.migrations = _i == 0 ? NULL : migrations;
  bundle.statements = _i == 1 ? NULL : statements;
  bundle.sql = _i == 2 ? NULL : sql;
  expect_refusal(embark__bundle_check(&bundle, &err), "a table is missing", "");
}
END_TEST

START_TEST(more_migrations_than_a_position_can_count_are_refused)
{
  bundle.migration_count = (uint32_t)INT32_MAX + 1;
  expect_refusal(embark__bundle_check(&bundle, &err), "too many migrations", "");
}
END_TEST

START_TEST(a_migration_without_a_name_is_refused)
{
  migrations[1].tag = _i < 2 ? no_names[_i] : "0001_empty";
  migrations[1].file = _i >= 2 ? no_names[_i - 2] : "0001_empty.sql";
  expect_refusal(embark__bundle_validate(&bundle, &err), "a migration has no name", "");
}
END_TEST

START_TEST(a_migration_without_a_whole_digest_is_refused)
{
  static const char *const broken[] = {NULL, "", &DIGEST[1]};
  migrations[1].hash = _i < 3 ? broken[_i] : DIGEST;
  migrations[1].chain = _i >= 3 ? broken[_i - 3] : DIGEST;
  expect_refusal(embark__bundle_validate(&bundle, &err), "a migration has no digest", "0001_empty");
}
END_TEST

typedef struct outside {
  uint32_t first_statement;
  uint32_t statement_count;
  uint64_t sql_offset;
  uint64_t sql_length;
} outside;

#define SIZE (sizeof sql - 1)

static const outside outsides[] = {
    {3,          0,          0,          0         },
    {2,          1,          0,          0         },
    {0,          3,          0,          0         },
    {1,          UINT32_MAX, 0,          0         },
    {UINT32_MAX, 1,          0,          0         },
    {0,          0,          SIZE + 1,   0         },
    {0,          0,          0,          SIZE + 1  },
    {0,          0,          1,          SIZE      },
    {0,          0,          1,          UINT64_MAX},
    {0,          0,          UINT64_MAX, 2         },
};

START_TEST(a_migration_that_lies_outside_is_refused)
{
  const outside *o = &outsides[_i];
  migrations[1].first_statement = o->first_statement;
  migrations[1].statement_count = o->statement_count;
  migrations[1].sql_offset = o->sql_offset;
  migrations[1].sql_length = o->sql_length;
  expect_refusal(embark__bundle_validate(&bundle, &err), "a migration lies outside of it",
                 "0001_empty");
}
END_TEST

/* The second statement, with one thing wrong with it. */
/* clang-format off */
static const embark_statement unsound[] = {
    {.offset = 18, .length = 0, .line = 2},
    {.offset = 18, .length = 17, .line = 0},
    {.offset = 18, .length = 16, .line = 2},
    {.offset = 18, .length = SIZE, .line = 2},
    {.offset = SIZE + 1, .length = 1, .line = 2},
    {.offset = 1, .length = UINT64_MAX, .line = 2},
    {.offset = UINT64_MAX, .length = 2, .line = 2},
    {.offset = 0, .length = 35, .line = 1}, /* both, with the NUL between them */
    {.offset = 18, .length = 17, .line = 2, .flags = 128},
    {.offset = 18, .length = 17, .line = 2, .hazards = EMBARK_HAZARD_ALL + 1},
    {.offset = 18, .length = 17, .line = 2, .made_by = 3},
    {.offset = 18, .length = 17, .line = 2, .flags = COPY, .data_offset = SIZE + 1},
    {.offset = 18, .length = 17, .line = 2, .flags = COPY, .data_offset = 1, .data_length = SIZE},
    {.offset = 18, .length = 17, .line = 2, .flags = COPY, .data_offset = 1, .data_length = HUGE},
};
/* clang-format on */

START_TEST(a_statement_that_is_not_a_text_inside_is_refused)
{
  statements[1] = unsound[_i];
  expect_refusal(embark__bundle_validate(&bundle, &err), "a statement lies outside of it",
                 "0000_a");
}
END_TEST

START_TEST(the_last_statement_may_end_with_the_sql)
{
  static const unsigned char whole[] = "select 1";
  bundle.sql = whole;
  bundle.sql_size = sizeof whole - 1;
  statements[0].length = sizeof whole - 1;
  migrations[0].sql_length = sizeof whole - 1;
  migrations[0].statement_count = 1;
  migrations[1].sql_length = 0;
  ck_assert_int_eq(embark__bundle_validate(&bundle, &err), EMBARK_OK);
}
END_TEST

/* --- without a transaction -------------------------------------------------------------------- */

#define INDEX_SQL "create index concurrently i on a(x)"

/* One statement, behind whose NUL lie its names. */
static void given_outside(uint16_t flags, uint64_t names_length)
{
  static const unsigned char whole[] = INDEX_SQL "\0a\0i\0no";
  bundle.sql = whole;
  bundle.sql_size = sizeof whole - 1;
  statements[0].length = sizeof INDEX_SQL - 1;
  statements[0].flags = flags;
  statements[0].data_offset = sizeof INDEX_SQL;
  statements[0].data_length = names_length;
  migrations[0].sql_length = sizeof whole - 1;
  migrations[0].statement_count = 1;
  migrations[0].flags = EMBARK_MIGRATION_NO_TRANSACTION;
  migrations[0].marks = "0123456789abcdef";
  migrations[1].sql_length = 0;
}

START_TEST(g8_a_statement_without_a_transaction_has_its_mark_and_names)
{
  given_outside(EMBARK_STATEMENT_INDEX | EMBARK_STATEMENT_WAITS, 4);
  ck_assert_int_eq(embark__bundle_validate(&bundle, &err), EMBARK_OK);
  given_outside(EMBARK_STATEMENT_DROP | EMBARK_STATEMENT_WAITS, 2);
  ck_assert_int_eq(embark__bundle_validate(&bundle, &err), EMBARK_OK);
  given_outside(EMBARK_STATEMENT_REPEAT, 0);
  ck_assert_int_eq(embark__bundle_validate(&bundle, &err), EMBARK_OK);
}
END_TEST

START_TEST(g8_marks_of_another_number_are_refused)
{
  static const char *const wrong[] = {NULL, "", "0123456789abcde", "0123456789abcdef0",
                                      "0123456789abcdef0123456789abcdef"};
  given_outside(0, 0);
  migrations[0].marks = wrong[_i];
  expect_refusal(embark__bundle_validate(&bundle, &err), "the marks of its statements are missing",
                 "0000_a");
}
END_TEST

START_TEST(g8_names_that_are_not_whole_are_refused)
{
  static const struct {
    uint16_t flags;
    uint64_t length;
  } wrong[] = {
      {EMBARK_STATEMENT_INDEX, 0},
      {EMBARK_STATEMENT_INDEX, 2},
      {EMBARK_STATEMENT_INDEX, 3},
      {EMBARK_STATEMENT_INDEX, 5},
      {EMBARK_STATEMENT_DROP,  0},
      {EMBARK_STATEMENT_DROP,  1},
      {EMBARK_STATEMENT_DROP,  4},
  };
  given_outside(wrong[_i].flags, wrong[_i].length);
  expect_refusal(embark__bundle_validate(&bundle, &err), "the marks of its statements are missing",
                 "0000_a");
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* The first migration gets a down file of the first statement; tests spoil it. */
static void given_down(void)
{
  downs[0] = (embark_migration){.tag = "0000_a",
                                .file = "0000_a.down.sql",
                                .sql_length = sizeof sql - 1,
                                .statement_count = 1};
  migrations[0].down = 1;
  bundle.downs = downs;
  bundle.down_count = 1;
}

START_TEST(a_sound_down_file_passes_without_digests)
{
  given_down();
  ck_assert_int_eq(embark__bundle_check(&bundle, &err), EMBARK_OK);
  ck_assert_int_eq(embark__bundle_validate(&bundle, &err), EMBARK_OK);
}
END_TEST

START_TEST(downs_that_are_counted_but_not_there_are_refused)
{
  given_down();
  bundle.downs = NULL;
  expect_refusal(embark__bundle_check(&bundle, &err), "a table is missing", "");
}
END_TEST

START_TEST(a_down_file_that_is_not_sound_is_refused)
{
  static const char *const why[] = {"a down file lies outside of it",
                                    "a migration has no name",
                                    "a migration has no name",
                                    "a migration lies outside of it",
                                    "a migration lies outside of it",
                                    "a statement lies outside of it",
                                    "a down file is another migration's",
                                    "a down file has no transaction"};
  given_down();
  switch (_i) {
  case 0:
    migrations[0].down = 2;
    break;
  case 1:
    downs[0].tag = NULL;
    break;
  case 2:
    downs[0].file = NULL;
    break;
  case 3:
    downs[0].statement_count = 3;
    break;
  case 4:
    downs[0].sql_offset = 1;
    break;
  case 5:
    statements[1].length = HUGE;
    migrations[0].statement_count = 1;
    downs[0].first_statement = 1;
    break;
  case 6:
    downs[0].tag = "0001_empty";
    break;
  default:
    downs[0].flags = EMBARK_MIGRATION_NO_TRANSACTION;
    break;
  }
  int code = embark__bundle_validate(&bundle, &err);
  expect_refusal(code, why[_i], _i == 1 || _i == 2 ? "" : _i == 6 ? "0000_a" : err.tag);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("bundle");
  TCase *whole = tcase_create("whole");
  tcase_add_checked_fixture(whole, start, NULL);
  tcase_add_test(whole, a_sound_bundle_passes);
  tcase_add_test(whole, an_empty_bundle_needs_no_tables);
  tcase_add_test(whole, a_bundle_of_another_format_is_told_from_a_broken_one);
  tcase_add_loop_test(whole, a_ledger_of_no_known_kind_is_refused, 0, 2);
  tcase_add_test(whole, a_hazard_that_nobody_knows_is_not_forbidden);
  tcase_add_loop_test(whole, a_name_that_is_missing_is_refused, 0, 2 * COUNT(names));
  tcase_add_test(whole, a_digest_of_another_length_is_refused);
  tcase_add_loop_test(whole, a_drizzle_bundle_must_know_its_ledgers_digest, 2, 4);
  tcase_add_loop_test(whole, a_table_that_is_missing_is_refused, 0, 3);
  tcase_add_test(whole, more_migrations_than_a_position_can_count_are_refused);
  suite_add_tcase(suite, whole);
  TCase *parts = tcase_create("parts");
  tcase_add_checked_fixture(parts, start, NULL);
  tcase_add_loop_test(parts, a_migration_without_a_name_is_refused, 0, 4);
  tcase_add_loop_test(parts, a_migration_without_a_whole_digest_is_refused, 0, 6);
  tcase_add_loop_test(parts, a_migration_that_lies_outside_is_refused, 0, COUNT(outsides));
  tcase_add_loop_test(parts, a_statement_that_is_not_a_text_inside_is_refused, 0, COUNT(unsound));
  tcase_add_test(parts, the_last_statement_may_end_with_the_sql);
  tcase_add_test(parts, g8_a_statement_without_a_transaction_has_its_mark_and_names);
  tcase_add_loop_test(parts, g8_marks_of_another_number_are_refused, 0, 5);
  tcase_add_test(parts, a_sound_down_file_passes_without_digests);
  tcase_add_test(parts, downs_that_are_counted_but_not_there_are_refused);
  tcase_add_loop_test(parts, a_down_file_that_is_not_sound_is_refused, 0, 8);
  tcase_add_loop_test(parts, g8_names_that_are_not_whole_are_refused, 0, 7);
  suite_add_tcase(suite, parts);
  return suite;
}
