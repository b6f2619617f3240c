/* Names that are hard to quote, or long: of ledgers, components and migrations. */
#include <string.h>

#include "drive.h"
#include "keep.h"
#include "suite.h"

/* A text of exactly so many bytes: a's, and behind them two bytes of one character. */
static const char *long_name(size_t bytes)
{
  char *name = keep_zeros(bytes + 1);
  memset(name, 'a', bytes - 2);
  memcpy(name + bytes - 2, "\xc3\xa4", 2);
  return name;
}

static const char *const tags[] = {
    "0000_it's",
    "0001_\"quoted\"",
    "0002_back\\slash",
    "0003_$1 %s %T {a,b}",
    "0004_t\xc3\xa4g \xe6\xbc\xa2\xe5\xad\x97 \xf0\x9f\x90\x98",
    "0005_'; DROP TABLE t; --",
    NULL, /* a long one */
};

static made_bundle *odd_bundle(embark_ledger kind, size_t count)
{
  const char *names[8], *texts[8];
  for (size_t i = 0; i < count; i++) {
    names[i] = tags[i] != NULL ? tags[i] : keep_printf("%04zu_%s", i, long_name(1000));
    texts[i] = keep_printf("create table t%zu ();\n", i);
  }
  return bundle_make_array(kind, count, names, texts, NULL);
}

static void takes_any_tag(embark_ledger kind, const char *column)
{
  size_t count = sizeof tags / sizeof tags[0];
  made_bundle *made = odd_bundle(kind, count);
  drive_ok(bundle_head(made, 3));
  drive_ok(made);
  drive_ok(made);
  ck_assert_int_eq(drive_op(EMBARK_VERIFY, made), EMBARK_OK);
  for (size_t i = 0; i < count; i++) {
    const char *tag = made->migrations[i].tag;
    char *quoted = PQescapeLiteral(db_watch, tag, strlen(tag));
    db_expect_rows("1", "SELECT count(*) FROM %s.%s WHERE %s = %s", made->bundle.ledger_schema,
                   made->bundle.ledger_table, column, quoted);
    PQfreemem(quoted);
  }
}

START_TEST(a_tag_may_be_any_text)
{
  takes_any_tag(EMBARK_LEDGER_NATIVE, "tag");
}
END_TEST

START_TEST(a_tag_in_a_ledger_of_tags_may_be_any_text)
{
  takes_any_tag(EMBARK_LEDGER_DRIZZLE_TAG, "hash");
}
END_TEST

START_TEST(a_tag_is_the_same_whatever_encoding_the_connection_has)
{
  made_bundle *made = odd_bundle(EMBARK_LEDGER_NATIVE, 5);
  drive_ok(made);
  db_reconnect("client_encoding=LATIN1");
  drive_ok(made);
  ck_assert_int_eq(drive_op(EMBARK_VERIFY, made), EMBARK_OK);
}
END_TEST

START_TEST(g7_an_error_about_a_long_tag_is_cut_between_characters)
{
  made_bundle *made =
      bundle_native(keep_printf("0000_%s", long_name(119)), "create table t ();\n",
                    keep_printf("0001_%s\xc3\xa4", long_name(300)), "create table t ();\n", NULL);
  drive_expect(made, EMBARK_E_SQL);
  ck_assert_uint_lt(strlen(drive_error.tag), EMBARK_TAG_SIZE);
  ck_assert_str_eq(drive_error.tag + strlen(drive_error.tag) - 4, "a...");
  ck_assert_ptr_nonnull(strstr(drive_error.message, "0001_aaa"));
  ck_assert_uint_eq(drive_error.statement, 1);
}
END_TEST

START_TEST(a_component_may_be_any_text)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 2);
  made->bundle.component = "it's \"mine\" \\ \xe6\xbc\xa2 $1";
  drive_ok(made);
  drive_ok(made);
  db_expect_rows("it's \"mine\" \\ \xe6\xbc\xa2 $1|2",
                 "SELECT component, count(*) FROM embark.migrations GROUP BY component");
}
END_TEST

static void named(embark_ledger kind, const char *schema, const char *table)
{
  made_bundle *made = bundle_tables(kind, 3);
  drive_options.ledger_schema = schema;
  drive_options.ledger_table = table;
  drive_ok(bundle_head(made, 2));
  drive_ok(made);
  drive_ok(made);
  ck_assert_int_eq(drive_op(EMBARK_VERIFY, made), EMBARK_OK);
  char *quoted_schema = PQescapeIdentifier(db_watch, schema, strlen(schema));
  char *quoted_table = PQescapeIdentifier(db_watch, table, strlen(table));
  db_expect_rows("3", "SELECT count(*) FROM %s.%s", quoted_schema, quoted_table);
  PQfreemem(quoted_schema);
  PQfreemem(quoted_table);
}

START_TEST(a_ledgers_name_may_have_63_bytes)
{
  named(EMBARK_LEDGER_NATIVE, long_name(63), keep_printf("b%s", long_name(62)));
}
END_TEST

START_TEST(a_drizzle_ledgers_name_may_have_63_bytes)
{
  named(EMBARK_LEDGER_DRIZZLE, long_name(63), keep_printf("b%s", long_name(62)));
}
END_TEST

START_TEST(a_ledgers_name_may_be_anything_that_a_name_can_be)
{
  named(EMBARK_LEDGER_NATIVE, "select", "a.b;\"\"--\n\\'$1%T \xe6\xbc\xa2");
}
END_TEST

START_TEST(a_drizzle_ledgers_name_may_be_anything_that_a_name_can_be)
{
  named(EMBARK_LEDGER_DRIZZLE, " ", "\"");
}
END_TEST

/* PostgreSQL would cut it, and two programs' ledgers could be one table under two locks. */
START_TEST(a_ledgers_name_of_64_bytes_is_refused)
{
  const char *before = db_mark();
  drive_options.ledger_schema = long_name(64);
  ck_assert_int_eq(drive_unasked(db_conn, &bundle_tables(EMBARK_LEDGER_NATIVE, 1)->bundle),
                   EMBARK_E_ARGUMENT);
  drive_options.ledger_schema = NULL;
  drive_options.ledger_table = long_name(64);
  ck_assert_int_eq(drive_unasked(db_conn, &bundle_tables(EMBARK_LEDGER_NATIVE, 1)->bundle),
                   EMBARK_E_ARGUMENT);
  drive_options.ledger_table = NULL;
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 1);
  made->bundle.ledger_table = long_name(64);
  drive_expect(made, EMBARK_E_BUNDLE);
  db_expect_mark(before);
}
END_TEST

Suite *test_suite(void)
{
  return drive_suite("names", a_tag_may_be_any_text, a_tag_in_a_ledger_of_tags_may_be_any_text,
                     a_tag_is_the_same_whatever_encoding_the_connection_has,
                     g7_an_error_about_a_long_tag_is_cut_between_characters,
                     a_component_may_be_any_text, a_ledgers_name_may_have_63_bytes,
                     a_drizzle_ledgers_name_may_have_63_bytes,
                     a_ledgers_name_may_be_anything_that_a_name_can_be,
                     a_drizzle_ledgers_name_may_be_anything_that_a_name_can_be,
                     a_ledgers_name_of_64_bytes_is_refused, NULL);
}
