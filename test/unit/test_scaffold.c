/* New migrations: their names, their files, and the folder around them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/stat.h>
#include <unistd.h>

#include "alloc.h"
#include "folder.h"
#include "layout.h"
#include "loaded.h"
#include "scaffold.h"
#include "suite.h"

/* 2026-11-22T12:34:56.789Z */
#define NOW_MS INT64_C(1795350896789)

static char dir[] = "/tmp/embark-test-scaffold-XXXXXX";
static scaffold_made made;
static diag said;

static void remove_all(const char *path)
{
  folder f = {0};
  diag ignored = {0};
  if (folder_read(&f, path, &ignored) == 0) {
    for (size_t i = 0; i < f.count; i++) {
      char *inside = alloc_path(path, f.entries[i].name);
      if (f.entries[i].is_folder) {
        remove_all(inside);
      }
      remove(inside);
      free(inside);
    }
  }
  folder_free(&f);
  diag_free(&ignored);
}

static void set_up(void)
{
  memcpy(dir + strlen(dir) - 6, "XXXXXX", 6);
  ck_assert_ptr_nonnull(mkdtemp(dir));
}

static void tear_down(void)
{
  scaffold_made_free(&made);
  diag_free(&said);
  remove_all(dir);
  rmdir(dir);
}

static void given(const char *name, const char *content)
{
  char *path = alloc_path(dir, name);
  FILE *file = fopen(path, "w");
  ck_assert_ptr_nonnull(file);
  ck_assert_int_ge(fputs(content, file), 0);
  ck_assert_int_eq(fclose(file), 0);
  free(path);
}

static void given_meta(const char *name, const char *content)
{
  char *meta = alloc_path(dir, "meta");
  mkdir(meta, 0777);
  free(meta);
  given(name, content);
}

static source content_of(const char *name)
{
  source src = {0};
  char *path = alloc_path(dir, name);
  ck_assert_msg(source_read(&src, path, &said) == 0, "%s", text_string(&said.out));
  free(path);
  return src;
}

static void expect_content(const char *name, const char *want)
{
  source src = content_of(name);
  ck_assert_str_eq(src.bytes, want);
  source_free(&src);
}

/* What was made is a migration, and the last one: nothing is to be said about it. */
static void expect_bundles(void)
{
  loaded l = {0};
  pack_options options = {.component = "main", .adopt = EMBARK_ADOPT_REFUSE, .strict = true};
  ck_assert_msg(loaded_build(&l, dir, &options, &said) == 0, "%s", text_string(&said.out));
  const embark_bundle *b = loaded_bundle(&l);
  ck_assert_uint_gt(b->migration_count, 0);
  ck_assert_str_eq(b->migrations[b->migration_count - 1].tag, made.tag);
  ck_assert_str_eq(text_string(&said.out), "");
  loaded_free(&l);
}

/* Make one, and find that these are its files. */
static void expect_made(const char *name, bool with_down, const char *files)
{
  text got = {0};
  scaffold_made_free(&made);
  ck_assert_msg(scaffold_new(dir, name, with_down, NOW_MS, &made, &said) == 0, "%s",
                text_string(&said.out));
  for (size_t i = 0; i < made.count; i++) {
    ck_assert_int_eq(access(made.files[i], R_OK), 0);
    text_printf(&got, "%s%s", i > 0 ? " " : "", made.files[i] + strlen(dir) + 1);
  }
  ck_assert_str_eq(text_string(&got), files);
  text_free(&got);
  expect_bundles();
}

static void expect_refused(const char *name, const char *message)
{
  ck_assert_int_eq(scaffold_new(dir, name, true, NOW_MS, &made, &said), -1);
  ck_assert_msg(strstr(text_string(&said.out), message) != NULL, "%s", text_string(&said.out));
  ck_assert_ptr_nonnull(said.first.hint.bytes);
  ck_assert_uint_eq(made.count, 0);
}

/* --- names ------------------------------------------------------------------------------------ */

START_TEST(names_become_tags)
{
  expect_made("Add Orders", false, "0001_add_orders.sql");
  expect_made("add_orders.sql", false, "0002_add_orders.sql");
  expect_made("  users/roles: the 2nd -- try!  ", false, "0003_users_roles_the_2nd_try.sql");
  expect_made("../../etc/passwd", false, "0004_etc_passwd.sql");
  expect_made("gr\xc3\xb6\xc3\x9f"
              "e",
              false, "0005_gr_e.sql");
  expect_made("%s%n", false, "0006_s_n.sql");
}
END_TEST

START_TEST(names_without_letters_and_overlong_ones_are_refused)
{
  char overlong[200];
  memset(overlong, 'a', sizeof overlong - 1);
  overlong[sizeof overlong - 1] = '\0';
  expect_refused("", "has no letter");
  expect_refused("-- !", "has no letter");
  expect_refused(overlong, "199 letters");
}
END_TEST

/* --- plain folders ---------------------------------------------------------------------------- */

START_TEST(numbers_go_on_as_the_folder_has_them)
{
  static const char *const cases[][2] = {
      {"0007_a.sql",                 "0008_b.sql"                 },
      {"9_a.sql",                    "10_b.sql"                   },
      {"0099-a.sql",                 "0100-b.sql"                 },
      {"999_a.sql",                  "1000_b.sql"                 },
      {"000000000009_a.sql",         "000000000010_b.sql"         },
      {"0000000009_a.sql",           "0000000010_b.sql"           },
      {"20240131235959_a.sql",       "20261122123456_b.sql"       },
      {"1700000000_a.sql",           "1795350896_b.sql"           },
      {"1700000000000_a.sql",        "1795350896789_b.sql"        },
      {"99999999999999999999_a.sql", "100000000000000000000_b.sql"},
      {"0001_a.up.sql",              "0002_b.up.sql"              },
      {"00000000000009_a.sql",       "00000000000010_b.sql"       },
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    given(cases[i][0], "select 1;");
    expect_made("b", false, cases[i][1]);
    remove_all(dir);
  }
}
END_TEST

START_TEST(a_time_is_later_than_the_last_even_if_the_clock_is_not)
{
  given("20261231235959_a.sql", "");
  expect_made("b", false, "20270101000000_b.sql");
  given("99991231235959_c.sql", "");
  expect_made("d", false, "99991231235960_d.sql");
}
END_TEST

START_TEST(the_highest_number_counts_not_the_last_name)
{
  given("10_a.sql", "");
  given("9_z.sql", "");
  expect_made("b", false, "11_b.sql");
}
END_TEST

START_TEST(a_new_folder_is_made_and_begins_with_one)
{
  rmdir(dir);
  expect_made("init", true, "0001_init.sql 0001_init.down.sql");
}
END_TEST

START_TEST(a_folder_without_migrations_is_as_good_as_empty)
{
  given("README.md", "hello");
  expect_made("init", false, "0001_init.sql");
}
END_TEST

START_TEST(a_new_migration_says_what_to_write)
{
  expect_made("add orders", true, "0001_add_orders.sql 0001_add_orders.down.sql");
  source up = content_of("0001_add_orders.sql");
  source down = content_of("0001_add_orders.down.sql");
  ck_assert_int_eq(strncmp(up.bytes, "-- add_orders: what it does, and why\n", 37), 0);
  ck_assert_ptr_nonnull(strstr(up.bytes, "-- embark: no-transaction"));
  ck_assert_int_eq(strncmp(down.bytes, "-- Undoes 0001_add_orders,", 26), 0);
  source_free(&up);
  source_free(&down);
}
END_TEST

START_TEST(what_reverts_goes_beside_up_files_as_well)
{
  given("1_a.up.sql", "");
  given("1_a.down.sql", "");
  expect_made("b", true, "2_b.up.sql 2_b.down.sql");
}
END_TEST

/* --- a folder for each ------------------------------------------------------------------------ */

static void given_folder(const char *name, const char *file, const char *content)
{
  char *path = alloc_path(dir, name);
  char *inside = alloc_path(name, file);
  mkdir(path, 0777);
  given(inside, content);
  free(path);
  free(inside);
}

START_TEST(a_folder_of_folders_gets_another)
{
  given_folder("20240131235959_a", "migration.sql", "select 1;");
  expect_made("b", true, "20261122123456_b/migration.sql 20261122123456_b/down.sql");
  expect_made("c", false, "20261122123457_c/migration.sql");
}
END_TEST

START_TEST(behind_a_number_that_is_no_time_comes_the_time)
{
  given_folder("0_init", "migration.sql", "select 1;");
  expect_made("b", false, "20261122123456_b/migration.sql");
}
END_TEST

START_TEST(a_folder_gets_the_last_ones_snapshot)
{
  given_folder("20240131235959_a", "migration.sql", "select 1;");
  given_folder("20240131235959_a", "snapshot.json",
               "{\"version\": \"8\", \"id\": \"x\", \"prevIds\": [\"y\", \"z\"], \"ddl\": []}");
  expect_made("b", false, "20261122123456_b/migration.sql 20261122123456_b/snapshot.json");
  source src = content_of("20261122123456_b/snapshot.json");
  ck_assert_ptr_nonnull(strstr(src.bytes, "\"prevIds\": [\"x\"], \"ddl\": []}"));
  ck_assert_ptr_null(strstr(src.bytes, "\"id\": \"x\""));
  source_free(&src);
}
END_TEST

START_TEST(a_folder_that_fails_is_not_left_behind)
{
  given_folder("20240131235959_a", "migration.sql", "select 1;");
  given_folder("20240131235959_a", "snapshot.json", "no");
  expect_refused("b", "is no JSON object");
  ck_assert(!folder_has(dir, "20261122123456_b"));
}
END_TEST

/* --- what is in the way ----------------------------------------------------------------------- */

START_TEST(a_folder_that_is_not_sound_is_left_alone)
{
  given("a.sql", "");
  expect_refused("b", "does not begin with a number");
  ck_assert_int_eq(access(dir, F_OK), 0);
}
END_TEST

START_TEST(nothing_is_overwritten_and_nothing_left_behind)
{
  static const char journal[] = "{\"version\":\"7\",\"entries\":[]}";
  given_meta(LAYOUT_JOURNAL, journal);
  given("meta/0000_snapshot.json", "{\"id\":\"a\",\"prevId\":\"b\"}");
  expect_refused("a", "cannot create");
  ck_assert(!folder_has(dir, "0000_a.sql"));
  ck_assert(!folder_has(dir, "0000_a.down.sql"));
  expect_content(LAYOUT_JOURNAL, journal);
  expect_content("meta/0000_snapshot.json", "{\"id\":\"a\",\"prevId\":\"b\"}");
}
END_TEST

START_TEST(a_leftover_of_the_same_name_is_in_the_way)
{
  given_meta(LAYOUT_JOURNAL, "{\"version\":\"7\",\"entries\":[]}");
  given("0000_a.sql", "mine");
  expect_refused("a", "cannot create");
  expect_content("0000_a.sql", "mine");
}
END_TEST

START_TEST(a_folder_in_no_folder_is_not_made)
{
  char *deep = alloc_path(dir, "a/b");
  ck_assert_int_eq(scaffold_new(deep, "x", false, NOW_MS, &made, &said), -1);
  ck_assert_ptr_nonnull(strstr(text_string(&said.out), "cannot create the folder"));
  free(deep);
}
END_TEST

/* --- Drizzle ---------------------------------------------------------------------------------- */

#define HEAD "{\n  \"version\": \"7\",\n  \"dialect\": \"postgresql\",\n  \"entries\": ["
#define FIRST                                                                                      \
  "\n    {\n      \"idx\": 0,\n      \"version\": \"7\",\n      \"when\": 5,\n"                    \
  "      \"tag\": \"0000_init\",\n      \"breakpoints\": true\n    }"

START_TEST(the_journal_gets_an_entry_as_drizzle_kit_writes_it)
{
  given_meta(LAYOUT_JOURNAL, HEAD FIRST "\n  ]\n}");
  given("0000_init.sql", "");
  expect_made("add orders", true, "0001_add_orders.sql 0001_add_orders.down.sql");
  ck_assert_str_eq(made.changed + strlen(dir) + 1, LAYOUT_JOURNAL);
  expect_content(LAYOUT_JOURNAL,
                 HEAD FIRST ",\n    {\n      \"idx\": 1,\n      \"version\": \"7\",\n"
                            "      \"when\": 1795350896789,\n      \"tag\": \"0001_add_orders\",\n"
                            "      \"breakpoints\": true\n    }\n  ]\n}");
}
END_TEST

START_TEST(an_empty_journal_gets_its_first_entry)
{
  given_meta(LAYOUT_JOURNAL, HEAD "]\n}\n");
  expect_made("init", false, "0000_init.sql");
  expect_content(LAYOUT_JOURNAL,
                 HEAD "\n    {\n      \"idx\": 0,\n      \"version\": \"7\",\n"
                      "      \"when\": 1795350896789,\n      \"tag\": \"0000_init\",\n"
                      "      \"breakpoints\": true\n    }\n  ]\n}\n");
}
END_TEST

START_TEST(a_journal_that_looks_otherwise_goes_on_looking_so)
{
#define NEW(tag) "\"when\":1795350896789,\"tag\":\"" tag "\",\"breakpoints\":true}"
#define ONE      "{\"x\":{\"entries\":[1]},\"entries\":[{\"idx\":4,\"when\":5,\"tag\":\"0004_a\"}"
#define SPACED                                                                                     \
  "{\r\n\t\"entries\": [\r\n\t\t{ \"tag\": \"0004_a\", \"when\": 5, \"version\": \"6\" }"
  static const char *const cases[][2] = {
      {ONE "],\"y\":[\"]\"]}",
       ONE ",{\"idx\":5,\"version\":\"7\"," NEW("0005_b") "],\"y\":[\"]\"]}" },
      {"\xef\xbb\xbf" SPACED "\r\n\t]\r\n}\r\n",
       SPACED ",\r\n\t\t{ \"idx\": 1, \"version\": \"6\", \"when\": 1795350896789,"
              " \"tag\": \"0005_b\", \"breakpoints\": true }\r\n\t]\r\n}\r\n"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    given_meta(LAYOUT_JOURNAL, cases[i][0]);
    given("0004_a.sql", "");
    expect_made("b", false, "0005_b.sql");
    source journal = content_of(LAYOUT_JOURNAL);
    ck_assert_str_eq(journal.bytes, cases[i][1]);
    ck_assert_int_eq(journal.bom, (unsigned char)cases[i][0][0] == 0xef);
    source_free(&journal);
    remove_all(dir);
  }
}
END_TEST

START_TEST(an_entry_is_later_than_all_before_it)
{
  given_meta(LAYOUT_JOURNAL,
             "{\"entries\":[{\"idx\":0,\"when\":1900000000000,\"tag\":\"0000_a\"}]}");
  given("0000_a.sql", "");
  expect_made("b", false, "0001_b.sql");
  source journal = content_of(LAYOUT_JOURNAL);
  ck_assert_ptr_nonnull(strstr(journal.bytes, "\"when\":1900000000001"));
  source_free(&journal);
}
END_TEST

START_TEST(prefixes_of_a_drizzle_folder_go_on_too)
{
  given_meta(LAYOUT_JOURNAL, "{\"entries\":[{\"idx\":0,\"when\":5,\"tag\":\"20240131235959_a\"}]}");
  given("20240131235959_a.sql", "");
  expect_made("b", false, "20261122123456_b.sql");
}
END_TEST

START_TEST(the_snapshot_is_the_last_one_under_a_new_id)
{
  static const char last[] = "{\n  \"id\": \"11111111-2222-4333-8444-555555555555\",\n"
                             "  \"prevId\": \"00000000-0000-0000-0000-000000000000\",\n"
                             "  \"tables\": {\n    \"id\": 1\n  }\n}";
  given_meta(LAYOUT_JOURNAL, HEAD FIRST "\n  ]\n}");
  given("0000_init.sql", "");
  given("meta/0000_snapshot.json", last);
  expect_made("b", false, "0001_b.sql meta/0001_snapshot.json");
  source src = content_of("meta/0001_snapshot.json");
  char id[37];
  char want[sizeof last];
  memcpy(id, src.bytes + 11, 36);
  id[36] = '\0';
  ck_assert_uint_eq(strspn(id, "0123456789abcdef-"), 36);
  ck_assert_str_ne(id, "11111111-2222-4333-8444-555555555555");
  ck_assert_int_eq(id[14], '4');
  snprintf(want, sizeof want,
           "{\n  \"id\": \"%s\",\n  \"prevId\": \"11111111-2222-4333-8444-555555555555\",\n"
           "  \"tables\": {\n    \"id\": 1\n  }\n}",
           id);
  ck_assert_str_eq(src.bytes, want);
  source_free(&src);
}
END_TEST

START_TEST(a_snapshot_that_is_none_is_an_error)
{
  given_meta(LAYOUT_JOURNAL, HEAD FIRST "\n  ]\n}");
  given("0000_init.sql", "");
  given("meta/0000_snapshot.json", "{\"id\": \"a\"}");
  expect_refused("b", "has no \"id\" and \"prevId\"");
  given("meta/0000_snapshot.json", "[");
  expect_refused("b", "is no JSON object");
  ck_assert(!folder_has(dir, "0001_b.sql"));
}
END_TEST

static TCase *case_of_plain(void)
{
  TCase *c = tcase_create("plain");
  tcase_add_checked_fixture(c, set_up, tear_down);
  tcase_add_test(c, names_become_tags);
  tcase_add_test(c, names_without_letters_and_overlong_ones_are_refused);
  tcase_add_test(c, numbers_go_on_as_the_folder_has_them);
  tcase_add_test(c, a_time_is_later_than_the_last_even_if_the_clock_is_not);
  tcase_add_test(c, the_highest_number_counts_not_the_last_name);
  tcase_add_test(c, a_new_folder_is_made_and_begins_with_one);
  tcase_add_test(c, a_folder_without_migrations_is_as_good_as_empty);
  tcase_add_test(c, a_new_migration_says_what_to_write);
  tcase_add_test(c, what_reverts_goes_beside_up_files_as_well);
  tcase_add_test(c, a_folder_of_folders_gets_another);
  tcase_add_test(c, behind_a_number_that_is_no_time_comes_the_time);
  tcase_add_test(c, a_folder_gets_the_last_ones_snapshot);
  tcase_add_test(c, a_folder_that_fails_is_not_left_behind);
  tcase_add_test(c, a_folder_that_is_not_sound_is_left_alone);
  tcase_add_test(c, nothing_is_overwritten_and_nothing_left_behind);
  tcase_add_test(c, a_leftover_of_the_same_name_is_in_the_way);
  tcase_add_test(c, a_folder_in_no_folder_is_not_made);
  return c;
}

Suite *test_suite(void)
{
  Suite *suite = suite_create("scaffold");
  TCase *c = tcase_create("drizzle");
  suite_add_tcase(suite, case_of_plain());
  tcase_add_checked_fixture(c, set_up, tear_down);
  tcase_add_test(c, the_journal_gets_an_entry_as_drizzle_kit_writes_it);
  tcase_add_test(c, an_empty_journal_gets_its_first_entry);
  tcase_add_test(c, a_journal_that_looks_otherwise_goes_on_looking_so);
  tcase_add_test(c, an_entry_is_later_than_all_before_it);
  tcase_add_test(c, prefixes_of_a_drizzle_folder_go_on_too);
  tcase_add_test(c, the_snapshot_is_the_last_one_under_a_new_id);
  tcase_add_test(c, a_snapshot_that_is_none_is_an_error);
  suite_add_tcase(suite, c);
  return suite;
}
