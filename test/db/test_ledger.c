/* The ledger itself: its names, its makers, its kinds, and databases that were there before it. */
#include "drive.h"
#include "keep.h"
#include "record.h"
#include "suite.h"

START_TEST(a_drizzle_ledger_is_as_drizzle_orm_makes_it)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_DRIZZLE, 2);
  drive_ok(made);
  db_expect_rows("id|integer|t|nextval('drizzle.__drizzle_migrations_id_seq'::regclass)\n"
                 "hash|text|t|\ncreated_at|bigint|f|",
                 "SELECT attname, format_type(atttypid, atttypmod), attnotnull,"
                 " coalesce(pg_get_expr(adbin, adrelid), '') FROM pg_attribute"
                 " LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum"
                 " WHERE attrelid = 'drizzle.__drizzle_migrations'::regclass AND attnum > 0"
                 " ORDER BY attnum");
  db_expect_rows("__drizzle_migrations_pkey|PRIMARY KEY (id)",
                 "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
                 " WHERE conrelid = 'drizzle.__drizzle_migrations'::regclass"
                 " AND contype <> 'n'"); /* which PostgreSQL 18 has for NOT NULL */
  db_expect_rows(keep_printf("1|%s|1700000000000\n2|%s|1700000060000", made->migrations[0].hash,
                             made->migrations[1].hash),
                 "SELECT * FROM drizzle.__drizzle_migrations ORDER BY id");
}
END_TEST

START_TEST(a_ledger_of_tags_has_tags_for_hashes)
{
  drive_ok(bundle_tables(EMBARK_LEDGER_DRIZZLE_TAG, 2));
  db_expect_rows("1|0000_t|1700000000000\n2|0001_t|1700000060000",
                 "SELECT * FROM drizzle.__drizzle_migrations ORDER BY id");
}
END_TEST

static void given_ledger_by_dba(const char *role)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 1);
  drive_given(made); /* the library's own DDL, by a superuser */
  db_exec(db_watch, "DROP TABLE t0000; TRUNCATE embark.migrations");
  db_exec(db_watch,
          "GRANT CREATE ON SCHEMA public TO %s; GRANT USAGE ON SCHEMA public, embark TO %s;"
          "GRANT SELECT, INSERT, UPDATE ON embark.migrations TO %s",
          role, role, role);
}

START_TEST(a_ledger_made_beforehand_serves_a_role_that_could_not_make_it)
{
  const char *role = db_role("");
  given_ledger_by_dba(role);
  db_reconnect(keep_printf("user=%s", role));
  drive_ok(bundle_tables(EMBARK_LEDGER_NATIVE, 3));
  db_expect_rows(keep_printf("0000_t|%s\n0001_t|%s\n0002_t|%s", role, role, role),
                 "SELECT tag, applied_by FROM embark.migrations ORDER BY position");
}
END_TEST

START_TEST(a_role_that_may_not_make_the_ledger_is_told_so)
{
  const char *role = db_role("");
  db_exec(db_watch, "GRANT CREATE ON SCHEMA public TO %s", role);
  db_reconnect(keep_printf("user=%s", role));
  drive_expect(bundle_tables(EMBARK_LEDGER_NATIVE, 2), EMBARK_E_PERMISSION);
  drive_expect_error(
      "the ledger embark.migrations may not be created",
      keep_printf("ERROR: permission denied for database %s (SQLSTATE 42501)", db_name()), NULL);
  db_expect_tables("");
}
END_TEST

START_TEST(a_schema_that_is_there_and_open_to_the_role_is_enough)
{
  const char *role = db_role("");
  db_exec(db_watch, "CREATE SCHEMA embark; GRANT ALL ON SCHEMA embark, public TO %s", role);
  db_reconnect(keep_printf("user=%s", role));
  drive_ok(bundle_tables(EMBARK_LEDGER_NATIVE, 2));
}
END_TEST

START_TEST(g6_a_role_that_may_only_read_the_ledger_finds_it_up_to_date)
{
  const char *role = db_role("");
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 2);
  drive_given(made);
  db_exec(db_watch, "GRANT USAGE ON SCHEMA embark TO %s; GRANT SELECT ON embark.migrations TO %s",
          role, role);
  db_reconnect(keep_printf("user=%s", role));
  drive_ok(made);
}
END_TEST

START_TEST(a_role_that_may_not_read_the_ledger_is_told_so)
{
  const char *role = db_role("");
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 2);
  drive_given(made);
  db_reconnect(keep_printf("user=%s", role));
  drive_expect(made, EMBARK_E_PERMISSION);
  drive_expect_error("the ledger embark.migrations may not be read", NULL, NULL);
  ck_assert_str_eq(drive_error.sqlstate, "42501");
}
END_TEST

static void any_name(embark_ledger kind)
{
  made_bundle *made = bundle_tables(kind, 3);
  drive_options.ledger_schema = "we\"ird. %T 'x'";
  drive_options.ledger_table = "täb$1le";
  drive_ok(bundle_head(made, 2));
  drive_ok(made);
  drive_ok(made);
  db_expect_rows("3", "SELECT count(*) FROM \"we\"\"ird. %%T 'x'\".\"täb$1le\"");
}

START_TEST(the_ledger_may_have_any_name)
{
  any_name(EMBARK_LEDGER_NATIVE);
}
END_TEST

START_TEST(a_drizzle_ledger_may_have_any_name)
{
  any_name(EMBARK_LEDGER_DRIZZLE);
}
END_TEST

START_TEST(the_ledger_may_lie_in_schema_public)
{
  drive_options.ledger_schema = "public";
  drive_ok(bundle_tables(EMBARK_LEDGER_NATIVE, 2));
  db_expect_tables("migrations t0000 t0001");
}
END_TEST

START_TEST(a_table_that_is_no_ledger_is_not_touched)
{
  db_exec(db_watch, "CREATE SCHEMA embark; CREATE TABLE embark.migrations (id int)");
  const char *before = db_mark();
  drive_expect(bundle_tables(EMBARK_LEDGER_NATIVE, 2), EMBARK_E_LEDGER);
  drive_expect_error("embark.migrations is not a ledger of this kind", NULL, NULL);
  db_expect_mark(before);
}
END_TEST

START_TEST(a_ledger_of_the_other_kind_is_not_touched)
{
  drive_given(bundle_tables(EMBARK_LEDGER_DRIZZLE, 2));
  drive_options.ledger_schema = "drizzle";
  drive_options.ledger_table = "__drizzle_migrations";
  const char *before = db_mark();
  drive_expect(bundle_tables(EMBARK_LEDGER_NATIVE, 2), EMBARK_E_LEDGER);
  db_expect_mark(before);
}
END_TEST

START_TEST(a_database_with_tables_and_no_ledger_is_refused)
{
  db_exec(db_watch, "CREATE TABLE legacy ()");
  const char *before = db_mark();
  drive_expect(bundle_tables(EMBARK_LEDGER_NATIVE, 2), EMBARK_E_ADOPT);
  drive_expect_error("the database has tables, but no ledger of migrations",
                     "Applying the bundle from its start would collide with what is there.", NULL);
  db_expect_mark(before);
}
END_TEST

static void adopts(embark_ledger kind, int by_bundle)
{
  made_bundle *made = bundle_tables(kind, 3);
  db_exec(db_watch, "CREATE TABLE t0000 (); CREATE TABLE t0001 (); CREATE TABLE t0002 ()");
  made->bundle.adopt = by_bundle ? EMBARK_ADOPT_ASSUME : EMBARK_ADOPT_DEFAULT;
  drive_options.adopt = by_bundle ? EMBARK_ADOPT_DEFAULT : EMBARK_ADOPT_ASSUME;
  drive_ok(made);
  drive_ok(made);
}

START_TEST(a_database_with_tables_is_adopted_when_an_option_says_so)
{
  adopts(EMBARK_LEDGER_NATIVE, 0);
  db_expect_rows("0000_t|adopted\n0001_t|adopted\n0002_t|adopted",
                 "SELECT tag, state FROM embark.migrations ORDER BY position");
}
END_TEST

START_TEST(a_database_with_tables_is_adopted_when_the_bundle_says_so)
{
  adopts(EMBARK_LEDGER_NATIVE, 1);
}
END_TEST

START_TEST(a_database_with_tables_is_adopted_into_a_drizzle_ledger)
{
  adopts(EMBARK_LEDGER_DRIZZLE, 0);
  db_expect_rows("3", "SELECT count(*) FROM drizzle.__drizzle_migrations");
}
END_TEST

START_TEST(an_option_overrules_a_bundle_that_would_adopt)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 3);
  db_exec(db_watch, "CREATE TABLE t0000 ()");
  made->bundle.adopt = EMBARK_ADOPT_ASSUME;
  drive_options.adopt = EMBARK_ADOPT_REFUSE;
  drive_expect(made, EMBARK_E_ADOPT);
}
END_TEST

START_TEST(an_empty_database_is_migrated_though_adopting_is_allowed)
{
  drive_options.adopt = EMBARK_ADOPT_ASSUME;
  drive_ok(bundle_tables(EMBARK_LEDGER_NATIVE, 2));
  db_expect_tables("t0000 t0001");
}
END_TEST

START_TEST(migrations_after_adoption_are_run)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_NATIVE, 3);
  db_exec(db_watch, "CREATE TABLE t0000 ()");
  drive_options.adopt = EMBARK_ADOPT_ASSUME;
  drive_ok(bundle_head(made, 1));
  drive_ok(made);
  db_expect_tables("t0000 t0001 t0002");
}
END_TEST

START_TEST(an_extensions_tables_do_not_count)
{
  db_exec(db_watch, "CREATE TABLE spatial_ref_sys (); CREATE EXTENSION btree_gist;"
                    "ALTER EXTENSION btree_gist ADD TABLE spatial_ref_sys");
  drive_ok(bundle_tables(EMBARK_LEDGER_NATIVE, 1));
  db_expect_tables("spatial_ref_sys t0000");
}
END_TEST

START_TEST(views_sequences_and_temporary_tables_do_not_count)
{
  db_exec(db_watch, "CREATE VIEW v AS SELECT 1; CREATE SEQUENCE s");
  db_exec(db_conn, "CREATE TEMPORARY TABLE mine ()");
  drive_ok(bundle_tables(EMBARK_LEDGER_NATIVE, 1));
}
END_TEST

START_TEST(functions_and_operators_of_others_on_the_path_are_never_run)
{
  db_exec(
      db_watch,
      "CREATE SCHEMA evil;"
      "CREATE FUNCTION evil.no(text, text) RETURNS bool LANGUAGE sql AS 'SELECT 1/0 = 1';"
      "CREATE OPERATOR evil.= (leftarg = text, rightarg = text, function = evil.no);"
      "CREATE FUNCTION evil.set_config(text, text, bool) RETURNS text LANGUAGE sql AS 'SELECT "
      "(1/0)::text';"
      "CREATE FUNCTION evil.concat(text) RETURNS text LANGUAGE sql AS 'SELECT (1/0)::text';"
      "CREATE DOMAIN evil.int4 AS text; CREATE DOMAIN evil.text AS pg_catalog.text CHECK (false)");
  db_exec(db_conn, "SET search_path = evil, pg_catalog, public");
  drive_ok(bundle_native("0000_a", "create table public.a ();\n", NULL));
}
END_TEST

START_TEST(drizzle_rows_of_another_program_are_found)
{
  made_bundle *made = bundle_tables(EMBARK_LEDGER_DRIZZLE, 3);
  db_exec(db_watch,
          "CREATE SCHEMA drizzle; CREATE TABLE drizzle.__drizzle_migrations"
          " (id SERIAL PRIMARY KEY, hash text NOT NULL, created_at numeric);"
          "CREATE TABLE t0000 (); INSERT INTO drizzle.__drizzle_migrations (hash, created_at)"
          " VALUES ('%s', 1700000000000)",
          made->migrations[0].hash);
  drive_ok(made);
  db_expect_tables("t0000 t0001 t0002");
}
END_TEST

Suite *test_suite(void)
{
  return drive_suite(
      "ledger", a_drizzle_ledger_is_as_drizzle_orm_makes_it, a_ledger_of_tags_has_tags_for_hashes,
      a_ledger_made_beforehand_serves_a_role_that_could_not_make_it,
      a_role_that_may_not_make_the_ledger_is_told_so,
      a_schema_that_is_there_and_open_to_the_role_is_enough,
      g6_a_role_that_may_only_read_the_ledger_finds_it_up_to_date,
      a_role_that_may_not_read_the_ledger_is_told_so, the_ledger_may_have_any_name,
      a_drizzle_ledger_may_have_any_name, the_ledger_may_lie_in_schema_public,
      a_table_that_is_no_ledger_is_not_touched, a_ledger_of_the_other_kind_is_not_touched,
      a_database_with_tables_and_no_ledger_is_refused,
      a_database_with_tables_is_adopted_when_an_option_says_so,
      a_database_with_tables_is_adopted_when_the_bundle_says_so,
      a_database_with_tables_is_adopted_into_a_drizzle_ledger,
      an_option_overrules_a_bundle_that_would_adopt,
      an_empty_database_is_migrated_though_adopting_is_allowed, migrations_after_adoption_are_run,
      an_extensions_tables_do_not_count, views_sequences_and_temporary_tables_do_not_count,
      functions_and_operators_of_others_on_the_path_are_never_run,
      drizzle_rows_of_another_program_are_found, NULL);
}
