/* G8: migrations without a transaction, when nothing goes wrong or a statement is wrong. */
#include <string.h>

#include "drive.h"
#include "keep.h"
#include "record.h"
#include "suite.h"

#define NO_TRANSACTION "-- embark: no-transaction\n"

START_TEST(g8_an_index_is_built_concurrently_between_other_migrations)
{
  made_bundle *made = bundle_native(
      "0000_a", "create table a (id int, x int);\n", "0001_i",
      NO_TRANSACTION
      "create index concurrently i on a (id);\ncreate index concurrently j on a (x);\n",
      "0002_b", "create table b ();\n", NULL);
  drive_options.on_event = record_event;
  drive_ok(made);
  db_expect_tables("a b");
  db_expect_rows("i|t\nj|t",
                 "SELECT indexrelid::regclass, indisvalid FROM pg_index WHERE indrelid = "
                 "'a'::regclass ORDER BY 1");
  db_expect_rows("0000_a|0|applied\n0001_i|1|applied\n0002_b|2|applied",
                 "SELECT tag, position, state FROM embark.migrations ORDER BY position");
  db_expect_rows("0001_i|applied|2", "SELECT tag, state, statement FROM embark.progress");
  drive_ok(made);
}
END_TEST

Suite *test_suite(void)
{
  return drive_suite("outside", g8_an_index_is_built_concurrently_between_other_migrations, NULL);
}
