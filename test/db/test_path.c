/* A ledger's schema that would come into the search_path by being made: unqualified names of
 * migrations would come to mean something else. */
#include "drive.h"
#include "keep.h"
#include "suite.h"

static made_bundle *two(void)
{
  return bundle_tables(EMBARK_LEDGER_NATIVE, 2);
}

/* The connection under test is one of a role called like the ledger's schema. */
static const char *given_role_of_that_name(void)
{
  const char *role = db_role("");
  db_exec(db_watch, "GRANT CREATE ON DATABASE %s TO %s; GRANT ALL ON SCHEMA public TO %s",
          db_name(), role, role);
  db_reconnect(keep_printf("user=%s", role));
  drive_options.ledger_schema = role;
  return role;
}

static void expect_refusal(const made_bundle *made)
{
  const char *before = db_mark();
  drive_expect(made, EMBARK_E_LEDGER);
  drive_expect_error(keep_printf("the ledger's schema \"%s\" would become part of the search_path",
                                 drive_options.ledger_schema != NULL ? drive_options.ledger_schema
                                                                     : made->bundle.ledger_schema),
                     NULL, NULL);
  db_expect_mark(before);
}

START_TEST(a_role_called_like_the_ledgers_schema_is_refused_before_anything_is_written)
{
  given_role_of_that_name();
  expect_refusal(two());
}
END_TEST

START_TEST(a_role_called_like_a_drizzle_ledgers_schema_is_refused_before_anything_is_written)
{
  given_role_of_that_name();
  expect_refusal(bundle_tables(EMBARK_LEDGER_DRIZZLE, 2));
}
END_TEST

START_TEST(a_role_that_is_set_and_called_like_the_ledgers_schema_is_refused)
{
  const char *role = given_role_of_that_name();
  db_reconnect("");
  db_exec(db_conn, "SET ROLE %s", role);
  expect_refusal(two());
}
END_TEST

START_TEST(a_search_path_that_names_the_ledgers_schema_is_refused_before_anything_is_written)
{
  db_exec(db_conn, "SET search_path = embark, public");
  expect_refusal(two());
}
END_TEST

START_TEST(a_search_path_of_the_database_that_names_the_ledgers_schema_is_refused)
{
  db_exec(db_watch, "ALTER DATABASE %s SET search_path = public, embark", db_name());
  db_reconnect("");
  expect_refusal(two());
}
END_TEST

START_TEST(a_search_path_that_names_a_quoted_schema_of_the_ledger_is_refused)
{
  drive_options.ledger_schema = "My, \"own\"";
  db_exec(db_conn, "SET search_path = \"My, \"\"own\"\"\", public");
  expect_refusal(two());
}
END_TEST

START_TEST(a_search_path_that_was_not_normalised_is_refused_too)
{
  drive_options.ledger_schema = "embark";
  db_exec(db_conn, "SELECT set_config('search_path', ' EMBARK ,public', false)");
  expect_refusal(two());
}
END_TEST

START_TEST(a_search_path_that_names_a_schema_of_a_longer_name_is_no_obstacle)
{
  db_exec(db_conn, "SET search_path = embark_app, \"disembark\", public");
  drive_ok(two());
  db_expect_tables("t0000 t0001");
}
END_TEST

START_TEST(a_role_called_like_the_ledgers_schema_is_no_obstacle_on_another_search_path)
{
  given_role_of_that_name();
  db_exec(db_conn, "SET search_path = public");
  drive_ok(two());
  db_expect_tables("t0000 t0001");
}
END_TEST

/* It is the host's wish then that tables land there. */
START_TEST(a_schema_on_the_search_path_that_is_made_beforehand_serves)
{
  const char *role = given_role_of_that_name();
  db_exec(db_watch, "CREATE SCHEMA %s AUTHORIZATION %s", role, role);
  drive_ok(two());
  db_expect_rows("migrations t0000 t0001",
                 "SELECT string_agg(relname, ' ' ORDER BY relname COLLATE \"C\") FROM pg_class"
                 " WHERE relnamespace = '%s'::regnamespace AND relkind = 'r'",
                 role);
}
END_TEST

START_TEST(a_ledger_that_is_there_serves_a_role_called_like_its_schema)
{
  const char *role = given_role_of_that_name();
  db_exec(db_conn, "SET search_path = public");
  drive_ok(bundle_head(two(), 1));
  db_reconnect(keep_printf("user=%s", role));
  drive_ok(two());
  db_expect_rows("2", "SELECT count(*) FROM %s.migrations", role);
}
END_TEST

START_TEST(a_ledger_that_is_there_serves_a_search_path_that_names_it)
{
  drive_given(bundle_head(two(), 1));
  db_exec(db_conn, "SET search_path = public, embark");
  drive_ok(two());
  db_expect_tables("t0000 t0001");
}
END_TEST

Suite *test_suite(void)
{
  return drive_suite(
      "path", a_role_called_like_the_ledgers_schema_is_refused_before_anything_is_written,
      a_role_called_like_a_drizzle_ledgers_schema_is_refused_before_anything_is_written,
      a_role_that_is_set_and_called_like_the_ledgers_schema_is_refused,
      a_search_path_that_names_the_ledgers_schema_is_refused_before_anything_is_written,
      a_search_path_of_the_database_that_names_the_ledgers_schema_is_refused,
      a_search_path_that_names_a_quoted_schema_of_the_ledger_is_refused,
      a_search_path_that_was_not_normalised_is_refused_too,
      a_search_path_that_names_a_schema_of_a_longer_name_is_no_obstacle,
      a_role_called_like_the_ledgers_schema_is_no_obstacle_on_another_search_path,
      a_schema_on_the_search_path_that_is_made_beforehand_serves,
      a_ledger_that_is_there_serves_a_role_called_like_its_schema,
      a_ledger_that_is_there_serves_a_search_path_that_names_it, NULL);
}
