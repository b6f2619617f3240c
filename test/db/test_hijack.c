/* Objects planted by somebody else, to be run with the rights of whoever migrates: functions,
 * operators, types and casts named like those the library uses, and things in the ledger's place
 * that are no plain table. Each that is run takes a number from the sequence trap.calls, which no
 * rollback undoes. */
#include <string.h>

#include "drive.h"
#include "keep.h"
#include "suite.h"

#define NATIVE  EMBARK_LEDGER_NATIVE
#define DRIZZLE EMBARK_LEDGER_DRIZZLE

static void given_trap(void)
{
  db_exec(db_watch,
          "CREATE SCHEMA trap; CREATE SEQUENCE trap.calls;"
          "CREATE FUNCTION trap.yes() RETURNS bool LANGUAGE sql AS"
          " 'SELECT pg_catalog.nextval(''trap.calls'') IS NOT NULL';"
          "GRANT USAGE ON SCHEMA trap TO public; GRANT ALL ON SEQUENCE trap.calls TO public");
}

static void expect_untouched(void)
{
  db_expect_rows("f", "SELECT is_called FROM trap.calls");
}

/* --- names ------------------------------------------------------------------------------------ */

/* Every function and operator of pg_catalog that can be had again, in schema @: same name, same
 * arguments, but it takes a number. What has pseudo-types cannot; of those we use, some by hand,
 * which fit our calls better than the catalog's own. */
static const char functions[] =
    "CREATE SCHEMA IF NOT EXISTS @; DO $do$ DECLARE p record; BEGIN"
    " FOR p IN SELECT oid, proname, pg_get_function_identity_arguments(oid) AS args,"
    "   pg_get_function_result(oid) AS result FROM pg_proc"
    "   WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind = 'f' LOOP"
    "  BEGIN EXECUTE format('CREATE FUNCTION @.%I(%s) RETURNS %s LANGUAGE plpgsql AS"
    "   $f$ BEGIN PERFORM trap.yes(); RETURN NULL; END $f$', p.proname, p.args, p.result);"
    "  EXCEPTION WHEN OTHERS THEN NULL; END;"
    " END LOOP; END $do$";
static const char operators[] =
    "DO $do$ DECLARE o record; BEGIN"
    " FOR o IN SELECT oid, oprname, oprleft::regtype AS l, oprright::regtype AS r,"
    "   oprresult::regtype AS result FROM pg_operator"
    "   WHERE oprnamespace = 'pg_catalog'::regnamespace AND oprkind = 'b' LOOP"
    "  BEGIN EXECUTE format('CREATE FUNCTION @.operator_%s(%s, %s) RETURNS %s"
    "    LANGUAGE plpgsql AS $f$ BEGIN PERFORM trap.yes(); RETURN NULL; END $f$', o.oid, o.l, o.r,"
    "    o.result);"
    "   EXECUTE format('CREATE OPERATOR @.%s (FUNCTION = @.operator_%s, LEFTARG = %s,"
    "    RIGHTARG = %s)', o.oprname, o.oid, o.l, o.r);"
    "  EXCEPTION WHEN OTHERS THEN NULL; END;"
    " END LOOP; END $do$";
static const char by_hand[] =
    "CREATE FUNCTION @.concat(VARIADIC text[]) RETURNS text LANGUAGE sql AS"
    " 'SELECT trap.yes()::text';"
    "CREATE FUNCTION @.concat(text, text, text) RETURNS text LANGUAGE sql AS"
    " 'SELECT trap.yes()::text';"
    "CREATE FUNCTION @.add(text, text, text) RETURNS text LANGUAGE sql AS"
    " 'SELECT trap.yes()::text';"
    "CREATE AGGREGATE @.string_agg(text, text) (sfunc = @.add, stype = text);"
    "CREATE FUNCTION @.unnest(text[]) RETURNS SETOF text LANGUAGE sql AS"
    " 'SELECT trap.yes()::text';"
    "CREATE VIEW @.pg_class AS SELECT trap.yes(); CREATE VIEW @.pg_locks AS SELECT trap.yes();"
    "CREATE VIEW @.pg_settings AS SELECT trap.yes(); CREATE VIEW @.pg_namespace AS SELECT"
    " trap.yes(); CREATE VIEW @.migrations AS SELECT trap.yes();"
    "CREATE DOMAIN @.text AS pg_catalog.text CHECK (trap.yes());"
    "CREATE DOMAIN @.name AS pg_catalog.name CHECK (trap.yes());"
    "CREATE DOMAIN @.int4 AS pg_catalog.int4 CHECK (trap.yes());"
    "CREATE DOMAIN @.int8 AS pg_catalog.int8 CHECK (trap.yes());"
    "CREATE DOMAIN @.oid AS pg_catalog.oid CHECK (trap.yes());"
    "CREATE DOMAIN @.bool AS pg_catalog.bool CHECK (trap.yes())";

/* The text with the schema in place of each @. */
static const char *in_schema(const char *text, const char *schema)
{
  char *out = keep_zeros(strlen(text) * (strlen(schema) + 1) + 1), *at = out;
  for (; *text != '\0'; text++) {
    if (*text == '@') {
      memcpy(at, schema, strlen(schema));
      at += strlen(schema);
    } else {
      *at++ = *text;
    }
  }
  return out;
}

static void plant(const char *schema)
{
  static const char *const all[] = {functions, operators, by_hand};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
    db_exec(db_watch, "%s", in_schema(all[i], schema));
  }
  db_expect_rows("t",
                 "SELECT (SELECT count(*) FROM pg_proc WHERE pronamespace = '%s'::regnamespace)"
                 " > 2500 AND (SELECT count(*) FROM pg_operator WHERE oprnamespace ="
                 " '%s'::regnamespace) > 600",
                 schema, schema);
}

static int op(embark_op what, const made_bundle *made)
{
  embark_run *run = drive_start(what, made);
  int code = drive_run(run);
  embark_run_free(run);
  return code;
}

/* Everything that a run can do, each through a statement of its own. */
static void everything(embark_ledger kind)
{
  made_bundle *made =
      bundle_make(kind, "0000_a", "create table public.a (i pg_catalog.int4);\n", "0001_b",
                  "set work_mem = '2MB';\ncopy public.a from stdin;\n1\n\\.\n", "0002_c",
                  "create table public.c ();\n", "0003_d", "create table public.d ();\n", NULL);
  drive_options.adopt = EMBARK_ADOPT_ASSUME;
  ck_assert_int_eq(op(EMBARK_PLAN, made), EMBARK_OK);
  ck_assert_int_eq(drive_unasked(db_conn, &bundle_head(made, 2)->bundle), EMBARK_OK);
  ck_assert_int_eq(op(EMBARK_VERIFY, made), EMBARK_E_PENDING);
  ck_assert_int_eq(drive_unasked(db_conn, &made->bundle), EMBARK_OK);
  ck_assert_int_eq(drive_unasked(db_conn, &made->bundle), EMBARK_OK);
  ck_assert_int_eq(op(EMBARK_VERIFY, made), EMBARK_OK);
}

static void nothing_of(const char *schema, const char *path)
{
  db_exec(db_watch, "CREATE SCHEMA IF NOT EXISTS drizzle");
  given_trap();
  db_exec(db_conn, "SET search_path = %s", path);
  plant(schema);
  everything(NATIVE);
  db_exec(db_watch, "DROP TABLE public.c, public.d");
  everything(DRIZZLE); /* with tables there, so it begins by adopting */
  expect_untouched();
  db_exec(db_conn, "SELECT concat('a'::pg_catalog.text, 'b', 'c')"); /* the trap does work */
  db_expect_rows("t", "SELECT is_called FROM trap.calls");
}

START_TEST(functions_operators_and_types_first_on_the_path_are_never_run)
{
  nothing_of("evil", "evil, pg_catalog");
}
END_TEST

START_TEST(functions_operators_and_types_in_public_are_never_run)
{
  nothing_of("public", "public");
}
END_TEST

/* Names that the ledger's own are qualified against. */
START_TEST(a_temporary_table_does_not_pass_for_the_ledger)
{
  made_bundle *made = bundle_tables(NATIVE, 2);
  db_exec(db_conn, "CREATE TEMPORARY TABLE migrations (LIKE pg_class);"
                   "SET search_path = pg_temp, public");
  ck_assert_int_eq(
      drive_unasked(db_conn, &bundle_native("0000_t", "create table public.t ();\n", NULL)->bundle),
      EMBARK_OK);
  db_expect_rows("0000_t", "SELECT tag FROM embark.migrations");
  ck_assert_ptr_nonnull(made);
}
END_TEST

/* --- in the ledger's place -------------------------------------------------------------------- */

/* One migration is applied, another pending; then this is done to the ledger. */
static made_bundle *given_ledger(embark_ledger kind, const char *what)
{
  made_bundle *made = bundle_tables(kind, 2);
  given_trap();
  drive_given(bundle_head(made, 1));
  const char *ledger = keep_printf("%s.%s", made->bundle.ledger_schema, made->bundle.ledger_table);
  db_exec(db_watch, "SET search_path = pg_catalog; CREATE FUNCTION trap.row() RETURNS trigger"
                    " LANGUAGE plpgsql AS 'BEGIN PERFORM trap.yes(); RETURN NULL; END'");
  db_exec(db_watch, "SELECT pg_catalog.set_config('my.ledger', '%s', false)", ledger);
  db_exec(db_watch,
          "DO $$ BEGIN EXECUTE pg_catalog.replace(%s, '%%T',"
          " pg_catalog.current_setting('my.ledger')); END $$",
          what);
  db_exec(db_watch, "RESET search_path; SELECT setval('trap.calls', 1, false)");
  return made;
}

static void expect_distrust(const made_bundle *made, const char *why)
{
  const char *before = db_mark();
  drive_expect(made, EMBARK_E_LEDGER);
  drive_expect_error(keep_printf("%s.%s cannot be trusted as a ledger", made->bundle.ledger_schema,
                                 made->bundle.ledger_table),
                     why, NULL);
  ck_assert_int_eq(drive_op(EMBARK_PLAN, made), EMBARK_E_LEDGER);
  ck_assert_int_eq(drive_op(EMBARK_VERIFY, made), EMBARK_E_LEDGER);
  db_expect_mark(before);
  expect_untouched();
}

static void distrusts(const char *what, const char *why)
{
  const char *quoted = keep_printf("$what$%s$what$", what);
  expect_distrust(given_ledger(NATIVE, quoted), why);
  db_exec(db_watch, "DROP SCHEMA trap, embark CASCADE; DROP TABLE t0000");
  expect_distrust(given_ledger(DRIZZLE, quoted), why);
}

#define MOVE "ALTER TABLE %T RENAME TO old; "
#define OLD  "pg_catalog.split_part('%T', '.', 1)"

START_TEST(a_view_in_the_ledgers_place_is_not_even_asked)
{
  given_trap();
  made_bundle *made = bundle_tables(NATIVE, 2);
  /* It says that all is applied, and has what a table has. */
  db_exec(db_watch,
          "CREATE SCHEMA embark; CREATE VIEW embark.migrations AS SELECT '%s'::text AS chain,"
          " 'applied'::text AS state, 'main'::text AS component, 1 AS position,"
          " trap.yes() AS tag, 1::oid AS tableoid, '(0,1)'::tid AS ctid, 1::text::xid AS xmin",
          made->migrations[1].chain);
  expect_distrust(made, "It is not an ordinary table.");
}
END_TEST

START_TEST(a_view_in_the_place_of_a_drizzle_ledger_is_not_even_asked)
{
  given_trap();
  made_bundle *made = bundle_tables(DRIZZLE, 2);
  db_exec(db_watch, "CREATE SCHEMA drizzle; CREATE VIEW drizzle.__drizzle_migrations AS"
                    " SELECT 1 AS id, trap.yes()::text AS hash, 1 AS created_at");
  expect_distrust(made, "It is not an ordinary table.");
}
END_TEST

/* The planner runs what is immutable, so that would be early. */
START_TEST(a_view_over_an_immutable_function_is_not_even_planned)
{
  given_trap();
  db_exec(db_watch, "CREATE SCHEMA embark; CREATE FUNCTION trap.now() RETURNS text IMMUTABLE"
                    " LANGUAGE plpgsql AS 'BEGIN PERFORM trap.yes(); RETURN ''x''; END';"
                    "CREATE VIEW embark.migrations AS SELECT trap.now() AS chain,"
                    " trap.now() AS state, trap.now() AS component, 1 AS position");
  db_exec(db_watch, "SELECT setval('trap.calls', 1, false)");
  expect_distrust(bundle_tables(NATIVE, 2), "It is not an ordinary table.");
}
END_TEST

START_TEST(a_materialized_view_is_no_ledger)
{
  made_bundle *made =
      given_ledger(NATIVE, "'ALTER TABLE %T RENAME TO old;"
                           " CREATE MATERIALIZED VIEW %T AS SELECT * FROM embark.old'");
  expect_distrust(made, "It is not an ordinary table.");
}
END_TEST

START_TEST(a_foreign_table_is_no_ledger)
{
  made_bundle *made = given_ledger(
      NATIVE, "'CREATE FOREIGN DATA WRAPPER fake; CREATE SERVER fake FOREIGN DATA WRAPPER fake;"
              " ALTER TABLE %T RENAME TO old; CREATE FOREIGN TABLE %T (component text, tag text,"
              " position int, hash text, chain text, state text) SERVER fake'");
  expect_distrust(made, "It is not an ordinary table.");
  db_exec(db_watch, "DROP FOREIGN DATA WRAPPER fake CASCADE");
}
END_TEST

START_TEST(a_partitioned_table_is_no_ledger)
{
  made_bundle *made = given_ledger(
      NATIVE, "'ALTER TABLE %T RENAME TO old; CREATE TABLE %T (LIKE embark.old) PARTITION BY"
              " LIST (component)'");
  expect_distrust(made, "It is not an ordinary table.");
}
END_TEST

START_TEST(an_unlogged_table_is_no_ledger)
{
  distrusts("ALTER TABLE %T SET UNLOGGED", "It does not outlive a crash or its session.");
}
END_TEST

START_TEST(a_rule_on_the_ledger_is_refused)
{
  distrusts("CREATE RULE r AS ON INSERT TO %T DO INSTEAD SELECT trap.yes()", "It has a rule.");
}
END_TEST

START_TEST(a_trigger_on_the_ledger_is_refused)
{
  distrusts("CREATE TRIGGER r BEFORE INSERT ON %T FOR EACH ROW EXECUTE FUNCTION trap.row()",
            "It has a trigger.");
}
END_TEST

START_TEST(a_ledger_with_children_is_refused)
{
  distrusts("CREATE TABLE trap.child () INHERITS (%T)", "It is part of an inheritance tree.");
}
END_TEST

START_TEST(a_default_that_is_somebodys_function_is_refused)
{
  distrusts("ALTER TABLE %T ADD COLUMN extra bool; ALTER TABLE %T ALTER COLUMN extra"
            " SET DEFAULT trap.yes()",
            "It uses functions or types that are not PostgreSQL's own.");
}
END_TEST

START_TEST(a_constraint_that_is_somebodys_function_is_refused)
{
  distrusts("ALTER TABLE %T ADD CHECK (trap.yes()) NOT VALID",
            "It uses functions or types that are not PostgreSQL's own.");
}
END_TEST

START_TEST(an_index_over_somebodys_function_is_refused)
{
  distrusts("CREATE FUNCTION trap.of(text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS"
            " 'BEGIN PERFORM trap.yes(); RETURN $1; END'; CREATE INDEX ON %T (trap.of(hash))",
            "It uses functions or types that are not PostgreSQL's own.");
}
END_TEST

START_TEST(a_column_of_somebodys_type_is_refused)
{
  distrusts("CREATE DOMAIN trap.hash AS text CHECK (trap.yes()); ALTER TABLE %T ALTER COLUMN hash"
            " TYPE trap.hash",
            "It uses functions or types that are not PostgreSQL's own.");
}
END_TEST

/* The role may write the ledger, but not see what is in it. */
START_TEST(row_level_security_that_hides_rows_is_refused)
{
  const char *role = db_role("");
  made_bundle *made = given_ledger(NATIVE, "'ALTER TABLE %T ENABLE ROW LEVEL SECURITY'");
  db_exec(db_watch,
          "GRANT ALL ON SCHEMA public, embark TO %s; GRANT ALL ON embark.migrations TO %s", role,
          role);
  db_reconnect(keep_printf("user=%s", role));
  expect_distrust(made, "Row-level security hides rows of it.");
}
END_TEST

START_TEST(row_level_security_that_is_not_for_this_role_is_no_obstacle)
{
  made_bundle *made = given_ledger(NATIVE, "'ALTER TABLE %T ENABLE ROW LEVEL SECURITY'");
  drive_ok(made);
}
END_TEST

/* What a DBA may well do to it. */
START_TEST(constraints_and_indexes_without_code_of_others_are_no_obstacle)
{
  made_bundle *made = given_ledger(
      NATIVE, "'ALTER TABLE %T ADD CHECK (length(hash) = 64), ADD COLUMN note text DEFAULT upper("
              "''x''); CREATE INDEX ON %T (lower(tag)); COMMENT ON TABLE %T IS ''ours'''");
  drive_ok(made);
}
END_TEST

/* --- behind our back -------------------------------------------------------------------------- */

/* The migration itself sees to it that its row is not taken: then it is rolled back. */
static void row_is_not_taken(embark_ledger kind, const char *body)
{
  made_bundle *made = bundle_make(kind, "0000_a", "create table a ();\n", "0001_b", "", NULL);
  const char *ledger = keep_printf("%s.%s", made->bundle.ledger_schema, made->bundle.ledger_table);
  made_bundle *spoilt = bundle_make(
      kind, "0000_a", "create table a ();\n", "0001_b",
      keep_printf("create table b ();\ncreate function no() returns trigger language plpgsql as"
                  " $$ begin %s end $$;\ncreate trigger no before insert on %s for each row execute"
                  " function no();\n",
                  body, ledger),
      NULL);
  drive_expect(spoilt, EMBARK_E_LEDGER);
  drive_expect_error("migration \"0001_b\" was rolled back when its ledger row was written", NULL,
                     NULL);
  db_expect_tables("a");
  db_expect_rows("1", "SELECT count(*) FROM %s", ledger);
}

START_TEST(g2_a_row_that_a_trigger_swallows_is_not_a_success)
{
  row_is_not_taken(NATIVE, "return null;");
}
END_TEST

START_TEST(g2_a_row_that_a_trigger_swallows_from_a_drizzle_ledger_is_not_a_success)
{
  row_is_not_taken(DRIZZLE, "return null;");
}
END_TEST

START_TEST(g2_a_row_that_a_trigger_changes_is_not_a_success)
{
  row_is_not_taken(NATIVE, "new.tag := 'x'; return new;");
}
END_TEST

START_TEST(g2_a_row_that_a_trigger_changes_in_a_drizzle_ledger_is_not_a_success)
{
  row_is_not_taken(DRIZZLE, "new.hash := 'x'; return new;");
}
END_TEST

/* A cast belongs to no schema: the one from text to integer, of which our errors could be made, is
 * everybody's. */
START_TEST(g2_a_cast_of_somebodys_does_not_turn_our_errors_into_success)
{
  given_trap();
  db_exec(db_watch, "CREATE FUNCTION trap.cast(text) RETURNS int LANGUAGE sql AS"
                    " 'SELECT CASE WHEN trap.yes() THEN 0 END';"
                    "CREATE CAST (text AS int) WITH FUNCTION trap.cast(text) AS IMPLICIT");
  row_is_not_taken(NATIVE, "return null;");
  expect_untouched();
}
END_TEST

static void given_event_trigger(const char *body)
{
  const char *role = db_role("SUPERUSER"); /* only such may have one */
  PGconn *other = db_connect(keep_printf("user=%s", role));
  given_trap();
  db_exec(
      other,
      "CREATE FUNCTION trap.hears() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN %s END $$;"
      "CREATE EVENT TRIGGER hears ON ddl_command_end EXECUTE FUNCTION trap.hears()",
      body);
}

START_TEST(an_event_trigger_that_forbids_the_ledger_ends_the_run_before_anything_is_applied)
{
  given_event_trigger("RAISE 'no tables here';");
  const char *before = db_mark();
  drive_expect(bundle_tables(NATIVE, 2), EMBARK_E_SERVER);
  drive_expect_error("the server refused to create the ledger", NULL, NULL);
  ck_assert_ptr_nonnull(strstr(drive_error.detail, "no tables here"));
  db_expect_mark(before);
}
END_TEST

START_TEST(an_event_trigger_that_writes_down_what_is_made_is_no_obstacle)
{
  given_event_trigger("INSERT INTO trap.made SELECT object_identity FROM"
                      " pg_event_trigger_ddl_commands() WHERE object_type = 'table';");
  db_exec(db_watch, "ALTER EVENT TRIGGER hears DISABLE; CREATE TABLE trap.made (what text);"
                    "ALTER EVENT TRIGGER hears ENABLE");
  drive_options.adopt = EMBARK_ADOPT_REFUSE;
  drive_expect(bundle_tables(NATIVE, 2), EMBARK_E_ADOPT);
  db_exec(db_watch, "CREATE EXTENSION btree_gist; ALTER EXTENSION btree_gist ADD TABLE trap.made");
  drive_ok(bundle_tables(NATIVE, 2));
  db_expect_rows("embark.migrations\npublic.t0000\npublic.t0001", "SELECT what FROM trap.made");
}
END_TEST

Suite *test_suite(void)
{
  return drive_suite(
      "hijack", functions_operators_and_types_first_on_the_path_are_never_run,
      functions_operators_and_types_in_public_are_never_run,
      g2_a_cast_of_somebodys_does_not_turn_our_errors_into_success,
      a_temporary_table_does_not_pass_for_the_ledger, a_view_in_the_ledgers_place_is_not_even_asked,
      a_view_in_the_place_of_a_drizzle_ledger_is_not_even_asked,
      a_view_over_an_immutable_function_is_not_even_planned, a_materialized_view_is_no_ledger,
      a_foreign_table_is_no_ledger, a_partitioned_table_is_no_ledger,
      an_unlogged_table_is_no_ledger, a_rule_on_the_ledger_is_refused,
      a_trigger_on_the_ledger_is_refused, a_ledger_with_children_is_refused,
      a_default_that_is_somebodys_function_is_refused,
      a_constraint_that_is_somebodys_function_is_refused,
      an_index_over_somebodys_function_is_refused, a_column_of_somebodys_type_is_refused,
      row_level_security_that_hides_rows_is_refused,
      row_level_security_that_is_not_for_this_role_is_no_obstacle,
      constraints_and_indexes_without_code_of_others_are_no_obstacle,
      g2_a_row_that_a_trigger_swallows_is_not_a_success,
      g2_a_row_that_a_trigger_swallows_from_a_drizzle_ledger_is_not_a_success,
      g2_a_row_that_a_trigger_changes_is_not_a_success,
      g2_a_row_that_a_trigger_changes_in_a_drizzle_ledger_is_not_a_success,
      an_event_trigger_that_forbids_the_ledger_ends_the_run_before_anything_is_applied,
      an_event_trigger_that_writes_down_what_is_made_is_no_obstacle, NULL);
}
