/* Folders: which migrations they hold, in which order, and the bundle made of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sys/stat.h>
#include <unistd.h>

#include "alloc.h"
#include "digest.h"
#include "folder.h"
#include "layout.h"
#include "pack.h"
#include "suite.h"

static char dir[] = "/tmp/embark-test-layout-XXXXXX";
static migration_list list;
static pack packed;
static diag said;

/* The folders of a test are flat but for meta/. */
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
  migration_list_free(&list);
  pack_free(&packed);
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

static void given_journal(const char *entries)
{
  text journal = {0};
  char *meta = alloc_path(dir, "meta");
  mkdir(meta, 0777);
  free(meta);
  text_printf(&journal, "{\"version\":\"7\",\"dialect\":\"postgresql\",\"entries\":[%s]}", entries);
  given(LAYOUT_JOURNAL, text_string(&journal));
  text_free(&journal);
}

static void expect_tags(layout_kind want, const char *tags)
{
  layout_kind kind = LAYOUT_PLAIN;
  text got = {0};
  ck_assert_msg(layout_read(&kind, &list, dir, false, &said) == 0, "%s", text_string(&said.out));
  for (size_t i = 0; i < list.count; i++) {
    text_printf(&got, "%s%s", i > 0 ? " " : "", list.items[i].tag);
  }
  ck_assert_int_eq(kind, want);
  ck_assert_str_eq(text_string(&got), tags);
  text_free(&got);
}

static void build_with(const pack_options *options)
{
  pack_free(&packed);
  ck_assert_msg(pack_build(&packed, dir, options, &said) == 0, "%s", text_string(&said.out));
}

static void build(embark_ledger ledger)
{
  pack_options options = {.component = "main", .ledger = ledger, .adopt = EMBARK_ADOPT_REFUSE};
  build_with(&options);
}

static void expect_hash_of(const char *text_of_it, const hash *got)
{
  hash want = hash_bytes(text_of_it, strlen(text_of_it));
  ck_assert_str_eq(got->hex, want.hex);
}

/* --- plain ------------------------------------------------------------------------------------ */

START_TEST(plain_files_are_ordered_by_number)
{
  given("10_j.sql", "");
  given("9_i.sql", "");
  given("0002_b.sql", "");
  given("99999999999999999999999999_z.sql", "");
  given("000_a.sql", "");
  expect_tags(LAYOUT_PLAIN, "000_a 0002_b 9_i 10_j 99999999999999999999999999_z");
}
END_TEST

START_TEST(other_files_are_passed_over)
{
  given("1_a.sql", "");
  given("README.md", "");
  given(".2_b.sql", "");
  given("3_c.sql~", "");
  expect_tags(LAYOUT_PLAIN, "1_a");
  char *hidden = alloc_path(dir, ".2_b.sql");
  ck_assert_int_eq(remove(hidden), 0); /* tear_down() does not see it */
  free(hidden);
}
END_TEST

START_TEST(timestamps_give_the_time)
{
  given("20240229120000_a.sql", "");
  given("0001_a.sql", "");
  expect_tags(LAYOUT_PLAIN, "0001_a 20240229120000_a");
  ck_assert_int_eq(list.items[0].when_ms, 0);
  ck_assert_int_eq(list.items[1].when_ms, INT64_C(1709208000000));
}
END_TEST

/* --- what reverts ----------------------------------------------------------------------------- */

/* The file that reverts each migration, "-" where none does. */
static void expect_downs(const char *files)
{
  layout_kind kind = LAYOUT_PLAIN;
  text got = {0};
  ck_assert_msg(layout_read(&kind, &list, dir, true, &said) == 0, "%s", text_string(&said.out));
  for (size_t i = 0; i < list.count; i++) {
    const char *file = list.items[i].down_file;
    text_printf(&got, "%s%s", i > 0 ? " " : "", file != NULL ? file : "-");
  }
  ck_assert_str_eq(text_string(&got), files);
  text_free(&got);
}

START_TEST(down_files_go_with_the_migration_of_their_name)
{
  given("1_a.sql", "");
  given("2_b.sql", "");
  given("2_b.down.sql", "");
  given("10_c.up.sql", "");
  given("10_c.down.sql", "");
  expect_downs("- 2_b.down.sql 10_c.down.sql");
}
END_TEST

START_TEST(down_files_are_no_leftovers_of_a_journal)
{
  given_journal("{\"tag\":\"0000_a\",\"when\":1},{\"tag\":\"0001_b\",\"when\":2}");
  given("0000_a.sql", "");
  given("0001_b.sql", "");
  given("0001_b.down.sql", "");
  expect_downs("- 0001_b.down.sql");
  ck_assert_str_eq(text_string(&said.out), "");
}
END_TEST

START_TEST(folders_are_ordered_by_number_and_may_hold_what_reverts)
{
  static const char *const folders[] = {"20240229120000_b", "20230101000000_z", "0_init",
                                        "20240229120000_a", "notes"};
  for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
    text file = {0};
    char *path = alloc_path(dir, folders[i]);
    ck_assert_int_eq(mkdir(path, 0777), 0);
    free(path);
    text_printf(&file, "%s/%s", folders[i], i < 4 ? "migration.sql" : "notes.txt");
    given(text_string(&file), "select 1;");
    text_free(&file);
  }
  given("20230101000000_z/down.sql", "select 2;");
  expect_tags(LAYOUT_FOLDERS, "0_init 20230101000000_z 20240229120000_a 20240229120000_b");
  ck_assert_str_eq(list.items[1].file, "20230101000000_z/migration.sql");
  ck_assert_str_eq(list.items[1].down_file, "20230101000000_z/down.sql");
  ck_assert_ptr_null(list.items[0].down_file);
  ck_assert_int_eq(list.items[2].when_ms, INT64_C(1709208000000));
  build(0);
  ck_assert_int_eq(packed.options.ledger, EMBARK_LEDGER_NATIVE);
}
END_TEST

START_TEST(a_journal_says_whether_a_file_is_a_migration_or_reverts_one)
{
  given_journal("{\"tag\":\"a\",\"when\":1},{\"tag\":\"a.down\",\"when\":2}");
  given("a.sql", "");
  given("a.down.sql", "");
  given("a.down.down.sql", "");
  expect_downs("- a.down.down.sql");
}
END_TEST

START_TEST(a_down_file_without_its_migration_is_an_error)
{
  layout_kind kind = LAYOUT_PLAIN;
  given("0001_a.sql", "");
  given("0001_A.down.sql", "");
  ck_assert_int_eq(layout_read(&kind, &list, dir, false, &said), -1);
  ck_assert_ptr_nonnull(strstr(text_string(&said.out), "0001_A.down.sql reverts no migration"));
  ck_assert_ptr_nonnull(strstr(text_string(&said.out), "rename it to 0001_a.down.sql"));
}
END_TEST

START_TEST(what_reverts_lies_behind_all_migrations)
{
  static const char want[] = "select 1\0select 2\0\ndrop table b\0";
  given("1_a.sql", "select 1;");
  given("1_a.down.sql", "-- nothing\n");
  given("2_b.sql", "select 2;\n");
  given("2_b.down.sql", "drop table b;");
  build(EMBARK_LEDGER_NATIVE);
  const migration *downs = packed.downs.items;
  ck_assert_uint_eq(packed.downs.count, 2);
  ck_assert_uint_eq(packed.migrations.items[1].down, 2);
  ck_assert_str_eq(downs[1].tag, "2_b");
  ck_assert_str_eq(downs[1].file, "2_b.down.sql");
  ck_assert_uint_eq(downs[0].script.count, 0);
  ck_assert_uint_eq(downs[0].place.sql_offset, strlen("select 1;select 2;\n"));
  ck_assert_uint_eq(downs[1].place.first_statement, 2);
  ck_assert_mem_eq(packed.sql.bytes, want, strlen("select 1;select 2;\n"));
  ck_assert_str_eq(packed.sql.bytes + packed.statements[2].offset, "drop table b");
}
END_TEST

START_TEST(what_reverts_is_in_no_hash_but_the_digest)
{
  given("1_a.sql", "select 1;");
  given_journal("{\"tag\":\"1_a\",\"when\":1}");
  build(EMBARK_LEDGER_DRIZZLE);
  hash chain = packed.migrations.items[0].chain;
  hash of_ledger = packed.ledger_digest;
  hash whole = packed.digest;
  given("1_a.down.sql", "select 2;");
  build(EMBARK_LEDGER_DRIZZLE);
  ck_assert(hash_equal(&chain, &packed.migrations.items[0].chain));
  ck_assert(hash_equal(&of_ledger, &packed.ledger_digest));
  ck_assert(!hash_equal(&whole, &packed.digest));
}
END_TEST

START_TEST(what_reverts_runs_in_a_transaction_in_a_drizzle_folder_too)
{
  pack_options options = {.component = "main", .adopt = EMBARK_ADOPT_REFUSE};
  given_journal("{\"tag\":\"a\",\"when\":1}");
  given("a.sql", "commit; vacuum; begin;");
  given("a.down.sql", "commit; vacuum; begin;");
  ck_assert_int_eq(pack_build(&packed, dir, &options, &said), -1);
  ck_assert_uint_eq(said.errors, 1);
  ck_assert_ptr_nonnull(strstr(text_string(&said.first.path), "a.down.sql"));
}
END_TEST

/* --- Drizzle ---------------------------------------------------------------------------------- */

START_TEST(the_journal_gives_order_and_time)
{
  given_journal("{\"tag\":\"0001_b\",\"when\":20},{\"tag\":\"0000_a\",\"when\":10}");
  given("0000_a.sql", "");
  given("0001_b.sql", "");
  expect_tags(LAYOUT_DRIZZLE, "0001_b 0000_a");
  ck_assert_int_eq(list.items[0].when_ms, 20);
  ck_assert_ptr_nonnull(strstr(text_string(&said.out), "\"0000_a\" is older than \"0001_b\""));
}
END_TEST

START_TEST(old_journals_say_pg)
{
  given_journal("");
  given(LAYOUT_JOURNAL, "{\"version\":\"5\",\"dialect\":\"pg\",\"entries\":[]}");
  expect_tags(LAYOUT_DRIZZLE, "");
}
END_TEST

/* --- the bundle ------------------------------------------------------------------------------- */

START_TEST(the_ledger_follows_the_layout)
{
  given("1_a.sql", "");
  build(0);
  ck_assert_int_eq(packed.options.ledger, EMBARK_LEDGER_NATIVE);
  ck_assert_str_eq(packed.options.ledger_schema, "embark");
  ck_assert_str_eq(packed.options.ledger_table, "migrations");
  given_journal("");
  build(0);
  ck_assert_int_eq(packed.options.ledger, EMBARK_LEDGER_DRIZZLE);
  ck_assert_str_eq(packed.options.ledger_schema, "drizzle");
  ck_assert_str_eq(packed.options.ledger_table, "__drizzle_migrations");
}
END_TEST

START_TEST(native_hashes_see_through_line_ends_and_bom)
{
  given("1_a.sql", "\xef\xbb\xbf"
                   "select 1;\r\n");
  build(EMBARK_LEDGER_NATIVE);
  expect_hash_of("select 1;\n", &packed.migrations.items[0].hash);
  ck_assert_uint_eq(packed.migrations.items[0].other_count, 0);
  ck_assert_uint_eq(packed.sql.size, strlen("select 1;\r\n"));
}
END_TEST

START_TEST(drizzle_hashes_are_of_the_raw_file_and_know_the_others)
{
  given("1_a.sql", "\xef\xbb\xbf"
                   "a\n");
  build(EMBARK_LEDGER_DRIZZLE);
  const migration *m = &packed.migrations.items[0];
  expect_hash_of("\xef\xbb\xbf"
                 "a\n",
                 &m->hash);
  ck_assert_uint_eq(m->other_count, 3);
  expect_hash_of("a\n", &m->others[0]);
  expect_hash_of("a\r\n", &m->others[1]);
  expect_hash_of("\xef\xbb\xbf"
                 "a\r\n",
                 &m->others[2]);
}
END_TEST

START_TEST(mixed_line_ends_have_four_other_hashes_and_one_line_has_one)
{
  given("1_a.sql", "a\nb\r\n");
  given("2_b.sql", "a");
  build(EMBARK_LEDGER_DRIZZLE);
  ck_assert_uint_eq(packed.migrations.items[0].other_count, 4);
  ck_assert_uint_eq(packed.migrations.items[1].other_count, 1);
}
END_TEST

START_TEST(the_chain_binds_tag_and_hash_to_what_came_before)
{
  given("1_a.sql", "a");
  given("2_b.sql", "b");
  build(EMBARK_LEDGER_NATIVE);
  const migration *m = packed.migrations.items;
  text link = {0};
  text_printf(&link, "\n1_a\n%s", m[0].hash.hex);
  expect_hash_of(text_string(&link), &m[0].chain);
  text_free(&link);
  text_printf(&link, "%s\n2_b\n%s", m[0].chain.hex, m[1].hash.hex);
  expect_hash_of(text_string(&link), &m[1].chain);
  text_free(&link);
}
END_TEST

START_TEST(the_ledger_digest_is_over_the_rows_by_time_then_key)
{
  given_journal(
      "{\"tag\":\"b\",\"when\":100},{\"tag\":\"c\",\"when\":9},{\"tag\":\"a\",\"when\":100}");
  given("a.sql", "1");
  given("b.sql", "2");
  given("c.sql", "3");
  build(EMBARK_LEDGER_DRIZZLE_TAG);
  expect_hash_of("9:c\n100:a\n100:b\n", &packed.ledger_digest);
  build(EMBARK_LEDGER_NATIVE);
  ck_assert_str_eq(packed.ledger_digest.hex, "");
}
END_TEST

START_TEST(statements_lie_in_the_text_and_end_with_nul)
{
  static const char want[] = "-- c\nselect 1\0 select 2\0 -- d\ncopy t from stdin\0\n1\n";
  given("1_a.sql", "-- c\nselect 1; select 2 -- d\n");
  given("2_b.sql", "copy t from stdin;\n1");
  build(EMBARK_LEDGER_NATIVE);
  ck_assert_uint_eq(packed.sql.size, sizeof want - 1);
  ck_assert_mem_eq(packed.sql.bytes, want, sizeof want - 1);
  ck_assert_uint_eq(packed.statement_count, 3);
  ck_assert_uint_eq(packed.migrations.items[1].place.first_statement, 2);
  ck_assert_uint_eq(packed.statements[2].offset, packed.migrations.items[1].place.sql_offset);
  ck_assert_uint_eq(packed.statements[2].data_length, 2);
}
END_TEST

START_TEST(begin_and_commit_around_the_whole_are_no_statements)
{
  given("1_a.sql", "begin;\nselect 1;\ncommit;\n");
  given("2_b.sql", "start transaction; end");
  build(EMBARK_LEDGER_NATIVE);
  ck_assert_uint_eq(packed.statement_count, 1);
  ck_assert_str_eq(packed.sql.bytes + packed.statements[0].offset, "select 1");
}
END_TEST

START_TEST(the_digest_changes_with_whatever_counts_at_run_time)
{
  hash before;
  given("1_a.sql", "select 1; select 2");
  build(EMBARK_LEDGER_NATIVE);
  before = packed.digest;
  build(EMBARK_LEDGER_NATIVE);
  ck_assert(hash_equal(&before, &packed.digest));
  build(EMBARK_LEDGER_DRIZZLE_TAG);
  ck_assert(!hash_equal(&before, &packed.digest));
  given("2_b.sql", "");
  build(EMBARK_LEDGER_NATIVE);
  ck_assert(!hash_equal(&before, &packed.digest));
}
END_TEST

START_TEST(the_digest_changes_with_hazards_what_makes_their_object_and_what_is_forbidden)
{
  pack_options options = {.component = "main", .ledger = EMBARK_LEDGER_NATIVE};
  given("1_a.sql", "drop table t");
  build_with(&options);
  packed.statements[0].hazards = 0;
  packed.statements[0].made_by = 0;
  ck_assert_int_eq(digest_pack(&packed, &said), 0);
  hash harmless = packed.digest;
  packed.statements[0].hazards = EMBARK_HAZARD_DESTRUCTIVE;
  ck_assert_int_eq(digest_pack(&packed, &said), 0);
  hash destructive = packed.digest;
  packed.statements[0].made_by = 1;
  ck_assert_int_eq(digest_pack(&packed, &said), 0);
  hash own = packed.digest;
  packed.options.forbid = EMBARK_HAZARD_DESTRUCTIVE;
  ck_assert_int_eq(digest_pack(&packed, &said), 0);
  ck_assert(!hash_equal(&harmless, &destructive));
  ck_assert(!hash_equal(&destructive, &own));
  ck_assert(!hash_equal(&own, &packed.digest));
}
END_TEST

/* The text that docs/bundle-format.md describes. */
START_TEST(g15_the_digest_is_over_flags_and_names_too)
{
  text want = {0};
  given("1_a.sql", "-- embark: no-transaction\ncreate index concurrently i on s.t (a);\n"
                   "-- embark: repeatable\ncopy t from stdin;\n1\n\\.\nset role r");
  given("2_b.sql", "vacuum_is_no_command; set role r");
  given("2_b.down.sql", "-- embark: lock-timeout 5s\r\nset role s;\n");
  pack_options options = {.component = "main", .adopt = EMBARK_ADOPT_REFUSE, .forbid = 17};
  build_with(&options);
  for (size_t i = 0; i < packed.statement_count; i++) {
    packed.statements[i].hazards = 0;
    packed.statements[i].made_by = 0;
  }
  packed.statements[4].hazards = EMBARK_HAZARD_UNCLASSIFIED | EMBARK_HAZARD_DESTRUCTIVE;
  packed.statements[4].made_by = 2;
  ck_assert_int_eq(digest_pack(&packed, &said), 0);
  const migration *m = packed.migrations.items;
  text_puts(&want, "embark bundle 1\ncomponent 4:main\nledger 1 6:embark 10:migrations\nadopt 1\n"
                   "forbid 17\n");
  text_printf(&want, "migration 3:1_a %s 0 0 0 3 123 3\n", m[0].hash.hex);
  text_puts(&want, "statement 26 38 2 40 0 0 3:s.t 1:i\n"
                   "statement 88 17 4 3 0 0 107 2\n"
                   "statement 112 10 7 66 0 0\n");
  text_printf(&want, "migration 3:2_b %s 0 0 0 1 33 2\n", m[1].hash.hex);
  text_puts(&want, "statement 0 20 1 0 0 0\nstatement 22 10 1 0 33 2\n");
  text_printf(&want, "down 3:2_b %s 5000 0 1 40 1\n", packed.downs.items[0].canonical.hex);
  text_puts(&want, "statement 28 10 2 0 0 0\n");
  expect_hash_of(text_string(&want), &packed.digest);
  text_free(&want);
}
END_TEST

/* The text is the file's, but for the semicolons that became NULs; and every statement that stands
 * in the file lies where it stood. */
static void expect_text_of_file(size_t index)
{
  const migration *m = &packed.migrations.items[index];
  const migration_place *slot = &m->place;
  const char *got = packed.sql.bytes + slot->sql_offset;
  ck_assert_uint_eq(slot->sql_length, m->source.size);
  for (size_t i = 0; i < slot->sql_length; i++) {
    char want = m->source.bytes[i];
    ck_assert_msg(got[i] == want || (got[i] == '\0' && want == ';'), "byte %zu of %s", i, m->tag);
  }
  for (size_t i = 0; i < m->script.count; i++) {
    const statement *st = &m->script.statements[i];
    const embark_statement *laid = &packed.statements[slot->first_statement + i];
    const char *text_of_it = packed.sql.bytes + laid->offset;
    ck_assert_uint_eq(strlen(text_of_it), laid->length);
    if (st->implied != NULL) {
      ck_assert_str_eq(text_of_it, st->implied);
      ck_assert_uint_ge(laid->offset, slot->sql_offset + slot->sql_length);
    } else {
      ck_assert_uint_eq(laid->offset, slot->sql_offset + st->start);
      ck_assert_uint_eq(laid->length, st->end - st->start);
    }
  }
}

START_TEST(g8_what_is_implied_and_the_names_change_the_text_of_no_statement)
{
  given_journal("{\"tag\":\"a\",\"when\":1},{\"tag\":\"b\",\"when\":2},{\"tag\":\"c\",\"when\":3},"
                "{\"tag\":\"d\",\"when\":4}");
  given("a.sql", "insert into t values (';');commit;\ncreate index concurrently i on t (a);\n"
                 "drop index concurrently if exists j;begin;insert into t values (2);--x");
  given("b.sql", "commit;create index concurrently \"i;\" on \"t\" (a);begin;");
  given("c.sql", "select 1;\n");
  given("d.sql", "-- embark: no-transaction\ncreate index concurrently k on t (a);");
  build(EMBARK_LEDGER_DRIZZLE);
  for (size_t i = 0; i < 4; i++) {
    expect_text_of_file(i);
  }
  const embark_statement *index =
      &packed.statements[packed.migrations.items[0].place.first_statement + 3];
  ck_assert_uint_eq(index->data_length, 4);
  ck_assert_mem_eq(packed.sql.bytes + index->data_offset, "t\0i", 4);
  ck_assert_uint_ge(index->data_offset, packed.migrations.items[0].place.sql_offset +
                                            packed.migrations.items[0].place.sql_length);
  ck_assert_uint_lt(index->data_offset, packed.migrations.items[1].place.sql_offset);
}
END_TEST

START_TEST(only_statements_without_a_transaction_carry_flags)
{
  given("1_a.sql", "begin; set role r; copy t from stdin;\n1\n\\.\nanalyze; commit;");
  build(EMBARK_LEDGER_NATIVE);
  ck_assert_uint_eq(migration_flags(&packed.migrations.items[0]), EMBARK_MIGRATION_SETTINGS);
  ck_assert_uint_eq(packed.statements[0].flags, 0);
  ck_assert_uint_eq(packed.statements[1].flags, EMBARK_STATEMENT_COPY);
  ck_assert_uint_eq(packed.statements[2].flags, 0);
}
END_TEST

static void add_layouts(TCase *c)
{
  tcase_add_test(c, plain_files_are_ordered_by_number);
  tcase_add_test(c, other_files_are_passed_over);
  tcase_add_test(c, timestamps_give_the_time);
  tcase_add_test(c, down_files_go_with_the_migration_of_their_name);
  tcase_add_test(c, down_files_are_no_leftovers_of_a_journal);
  tcase_add_test(c, folders_are_ordered_by_number_and_may_hold_what_reverts);
  tcase_add_test(c, a_journal_says_whether_a_file_is_a_migration_or_reverts_one);
  tcase_add_test(c, a_down_file_without_its_migration_is_an_error);
  tcase_add_test(c, what_reverts_lies_behind_all_migrations);
  tcase_add_test(c, what_reverts_is_in_no_hash_but_the_digest);
  tcase_add_test(c, what_reverts_runs_in_a_transaction_in_a_drizzle_folder_too);
  tcase_add_test(c, the_journal_gives_order_and_time);
  tcase_add_test(c, old_journals_say_pg);
}

Suite *test_suite(void)
{
  Suite *suite = suite_create("layout");
  TCase *c = tcase_create("layout");
  tcase_add_checked_fixture(c, set_up, tear_down);
  add_layouts(c);
  tcase_add_test(c, the_ledger_follows_the_layout);
  tcase_add_test(c, native_hashes_see_through_line_ends_and_bom);
  tcase_add_test(c, drizzle_hashes_are_of_the_raw_file_and_know_the_others);
  tcase_add_test(c, mixed_line_ends_have_four_other_hashes_and_one_line_has_one);
  tcase_add_test(c, the_chain_binds_tag_and_hash_to_what_came_before);
  tcase_add_test(c, the_ledger_digest_is_over_the_rows_by_time_then_key);
  tcase_add_test(c, statements_lie_in_the_text_and_end_with_nul);
  tcase_add_test(c, begin_and_commit_around_the_whole_are_no_statements);
  tcase_add_test(c, the_digest_changes_with_whatever_counts_at_run_time);
  tcase_add_test(c, the_digest_changes_with_hazards_what_makes_their_object_and_what_is_forbidden);
  tcase_add_test(c, g15_the_digest_is_over_flags_and_names_too);
  tcase_add_test(c, g8_what_is_implied_and_the_names_change_the_text_of_no_statement);
  tcase_add_test(c, only_statements_without_a_transaction_carry_flags);
  suite_add_tcase(suite, c);
  return suite;
}
