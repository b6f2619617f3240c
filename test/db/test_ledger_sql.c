/* embark_ledger_sql(): what a DBA runs beforehand is what a run would have made. */
#include <string.h>

#include "drive.h"
#include "dump.h"
#include "failing_alloc.h"
#include "keep.h"
#include "suite.h"

static int64_t key;

static const char *sql_of(const made_bundle *made)
{
  size_t length = embark_ledger_sql(&made->bundle, &drive_options, &key, NULL, 0);
  char *text = keep_zeros(length + 1);
  ck_assert_uint_gt(length, 0);
  ck_assert_uint_eq(embark_ledger_sql(&made->bundle, &drive_options, &key, text, length + 1),
                    length);
  ck_assert_uint_eq(strlen(text), length);
  return text;
}

static made_bundle *with_all(embark_ledger kind)
{
  return bundle_make(kind, "0000_a", "create table a ();\n", "0001_n",
                     "-- embark: no-transaction\nvacuum a;\n", "0002_b", "create table b ();\n",
                     NULL);
}

/* The database anew, between two of one test. */
static void empty(void)
{
  db_empty();
  db_reconnect("");
}

/* All tables and what hangs on them; as pg_dump has it too, where there is one. */
static const char *look(void)
{
  return keep_printf(
      "%s\n%s\n%s\n%s",
      db_rows(db_watch, "SELECT c.oid::regclass, c.relkind, a.attnum, a.attname, a.attnotnull,"
                        " format_type(a.atttypid, a.atttypmod), a.attcollation::regcollation,"
                        " pg_get_expr(d.adbin, d.adrelid) FROM pg_class AS c"
                        " JOIN pg_namespace AS n ON n.oid = c.relnamespace"
                        " JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0"
                        " LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum"
                        " WHERE n.nspname !~ '^(pg_|information_schema)' ORDER BY 1, 3"),
      db_rows(db_watch, "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid)"
                        " FROM pg_constraint WHERE conrelid <> 0 AND connamespace::regnamespace"
                        "::text !~ '^(pg_|information_schema)' ORDER BY 1, 2"),
      db_rows(db_watch, "SELECT schemaname, indexname, indexdef FROM pg_indexes"
                        " WHERE schemaname !~ '^(pg_|information_schema)' ORDER BY 1, 2"),
      dump_is_there() ? dump_of_schema() : "");
}

static void same_as_a_run(const made_bundle *made)
{
  drive_ok(made);
  const char *of_run = look();
  empty();
  db_exec(db_watch, "%s", sql_of(made));
  drive_ok(made);
  db_expect_same(of_run, look());
  empty();
}

START_TEST(it_makes_what_a_run_makes)
{
  for (int kind = EMBARK_LEDGER_NATIVE; kind <= EMBARK_LEDGER_DRIZZLE_TAG; kind++) {
    same_as_a_run(bundle_tables((embark_ledger)kind, 2));
    same_as_a_run(with_all((embark_ledger)kind));
  }
}
END_TEST

START_TEST(it_makes_what_a_run_makes_under_any_name)
{
  drive_options.ledger_schema = "we\"ird. %T 'x'";
  drive_options.ledger_table = "t\xc3\xa4"
                               "b$1le";
  same_as_a_run(with_all(EMBARK_LEDGER_NATIVE));
  same_as_a_run(with_all(EMBARK_LEDGER_DRIZZLE));
  drive_options.ledger_schema = "embark";
  same_as_a_run(with_all(EMBARK_LEDGER_DRIZZLE));
}
END_TEST

START_TEST(schema_public_is_there_already)
{
  drive_options.ledger_schema = "public";
  ck_assert_ptr_null(strstr(sql_of(bundle_tables(EMBARK_LEDGER_NATIVE, 1)), "CREATE SCHEMA"));
  same_as_a_run(with_all(EMBARK_LEDGER_NATIVE));
}
END_TEST

START_TEST(each_statement_is_a_line)
{
  ck_assert_str_eq(sql_of(bundle_tables(EMBARK_LEDGER_DRIZZLE, 1)),
                   "CREATE SCHEMA \"drizzle\";\n"
                   "CREATE TABLE \"drizzle\".\"__drizzle_migrations\" (id SERIAL PRIMARY KEY,"
                   " hash pg_catalog.text NOT NULL, created_at bigint);\n");
}
END_TEST

START_TEST(a_role_without_create_migrates_then)
{
  for (int kind = EMBARK_LEDGER_NATIVE; kind <= EMBARK_LEDGER_DRIZZLE_TAG; kind++) {
    made_bundle *made = with_all((embark_ledger)kind);
    const char *role = db_role("");
    db_exec(db_watch, "%s", sql_of(made));
    db_exec(db_watch,
            "GRANT CREATE ON SCHEMA public TO %s; GRANT USAGE ON SCHEMA public, embark%s TO %s;"
            "GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA embark%s TO %s;"
            "GRANT USAGE ON ALL SEQUENCES IN SCHEMA embark%s TO %s",
            role, kind == EMBARK_LEDGER_NATIVE ? "" : ", drizzle", role,
            kind == EMBARK_LEDGER_NATIVE ? "" : ", drizzle", role,
            kind == EMBARK_LEDGER_NATIVE ? "" : ", drizzle", role);
    db_reconnect(keep_printf("user=%s", role));
    drive_ok(made);
    db_expect_tables("a b");
    db_exec(db_watch, "DROP OWNED BY %s CASCADE", role);
    empty();
  }
}
END_TEST

/* The keys are those that the runs take: test_lock.c has them on the server. */
START_TEST(the_key_is_that_of_the_runs)
{
  sql_of(bundle_tables(EMBARK_LEDGER_NATIVE, 1));
  ck_assert_int_eq(key, INT64_C(-7581280206742538100));
  sql_of(bundle_tables(EMBARK_LEDGER_DRIZZLE, 1));
  ck_assert_int_eq(key, 0x4d495252);
  drive_options.has_lock_key = 1;
  drive_options.lock_key = -7;
  sql_of(bundle_tables(EMBARK_LEDGER_NATIVE, 1));
  ck_assert_int_eq(key, -7);
}
END_TEST

START_TEST(what_does_not_fit_is_cut)
{
  char small[14];
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 1);
  memset(small, 'x', sizeof small);
  size_t length = embark_ledger_sql(&made->bundle, NULL, NULL, small, 7);
  ck_assert_uint_eq(length, strlen(sql_of(made)));
  ck_assert_str_eq(small, "CREATE");
  ck_assert_int_eq(small[7], 'x');
}
END_TEST

START_TEST(arguments_that_are_no_good_give_nothing)
{
  char text[4] = "abc";
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 1);
  ck_assert_uint_eq(embark_ledger_sql(NULL, NULL, NULL, text, sizeof text), 0);
  ck_assert_str_eq(text, "");
  drive_options.ledger_table = "";
  ck_assert_uint_eq(embark_ledger_sql(&made->bundle, &drive_options, NULL, NULL, 0), 0);
  made->bundle.format = 99;
  ck_assert_uint_eq(embark_ledger_sql(&made->bundle, NULL, NULL, NULL, 0), 0);
}
END_TEST

START_TEST(memory_that_ends_anywhere_gives_nothing_and_leaks_nothing)
{
  failing_alloc memory;
  size_t length = 0;
  made_bundle *made = with_all(EMBARK_LEDGER_NATIVE);
  for (size_t at = 1; length == 0; at++) {
    char text[100] = "";
    failing_alloc_init(&memory, at);
    drive_options.allocator = &memory.alloc;
    length = embark_ledger_sql(&made->bundle, &drive_options, NULL, text, sizeof text);
    ck_assert_uint_eq(memory.blocks, 0);
    ck_assert((length == 0) == (text[0] == '\0'));
  }
  ck_assert_uint_gt(memory.calls, 1);
}
END_TEST

Suite *test_suite(void)
{
  Suite *suite = suite_create("ledger_sql");
  drive_add_single(suite, it_makes_what_a_run_makes, it_makes_what_a_run_makes_under_any_name,
                   schema_public_is_there_already, each_statement_is_a_line,
                   a_role_without_create_migrates_then, the_key_is_that_of_the_runs,
                   what_does_not_fit_is_cut, arguments_that_are_no_good_give_nothing,
                   memory_that_ends_anywhere_gives_nothing_and_leaks_nothing, NULL);
  return suite;
}
