/* Connections of any client encoding: tags, components and errors are UTF-8 all the same. */
#include "drive.h"
#include "keep.h"
#include "suite.h"

static made_bundle *foreign(void)
{
  made_bundle *made = bundle_native("0000_täble", "create table a (x text);\n", "0001_größe",
                                    "insert into a values ('ü');\n", "0002_ende",
                                    "select 'ü', \"Größe\" from a;\n", NULL);
  return made;
}

static void goes_on_and_off(const char *encoding)
{
  drive_given(bundle_head(foreign(), 1));
  db_reconnect(keep_printf("client_encoding=%s", encoding));
  drive_ok(bundle_head(foreign(), 2));
  drive_ok(bundle_head(foreign(), 2));
  db_expect_rows("0000_täble\n0001_größe", "SELECT tag FROM embark.migrations ORDER BY position");
  db_expect_rows("ü", "SELECT x FROM a");
}

START_TEST(tags_are_read_as_utf8_from_a_session_of_latin1)
{
  goes_on_and_off("LATIN1");
}
END_TEST

START_TEST(tags_are_read_as_utf8_from_a_session_of_sjis)
{
  goes_on_and_off("SJIS");
}
END_TEST

START_TEST(a_component_is_written_and_read_as_utf8)
{
  made_bundle *made = bundle_head(foreign(), 2);
  made->bundle.component = "bücher";
  db_reconnect("client_encoding=LATIN1");
  drive_ok(made);
  drive_ok(made);
  db_expect_rows("bücher", "SELECT DISTINCT component FROM embark.migrations");
}
END_TEST

START_TEST(errors_are_utf8)
{
  db_reconnect("client_encoding=LATIN1");
  drive_expect(foreign(), EMBARK_E_SQL);
  drive_expect_error("migration \"0002_ende\" failed at statement 1",
                     "ERROR: column \"Größe\" does not exist (SQLSTATE 42703)", NULL);
  drive_expect_place("0002_ende", 1, 1, 13);
}
END_TEST

START_TEST(a_ledger_with_a_foreign_name_is_found_from_a_session_of_latin1)
{
  drive_options.ledger_schema = "schöma";
  drive_ok(bundle_head(foreign(), 2));
  db_reconnect("client_encoding=LATIN1");
  drive_ok(bundle_head(foreign(), 2));
  db_expect_rows("2", "SELECT count(*) FROM \"schöma\".migrations");
}
END_TEST

Suite *test_suite(void)
{
  return drive_suite("encoding", tags_are_read_as_utf8_from_a_session_of_latin1,
                     tags_are_read_as_utf8_from_a_session_of_sjis,
                     a_component_is_written_and_read_as_utf8, errors_are_utf8,
                     a_ledger_with_a_foreign_name_is_found_from_a_session_of_latin1, NULL);
}
