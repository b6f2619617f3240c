/* mixture.c - traces in tables, in the catalog and in the progress. Knows nothing of faults. */
#include "mixture.h"

#include <check.h>

#include "drive.h"
#include "strike.h"

made_bundle *mixture_bundle(embark_ledger kind)
{
  return bundle_make(kind, "0000_a",
                     "create table a (id int primary key, x int);\ncreate table log (n int);\n",
                     "0001_n",
                     "-- embark: no-transaction\n"
                     "create index concurrently i on a (x);\n"
                     "begin;\ninsert into log values (1);\ncommit;\n"
                     "vacuum a;\n"
                     "-- embark: repeatable\n"
                     "insert into a values (1, 1) on conflict do nothing;\n",
                     "0002_b", "create table b ();\ninsert into log values (2);\n", NULL);
}

void mixture_empty(void)
{
  db_empty();
}

void mixture_expect_true(void)
{
  if (db_value(db_watch, "SELECT to_regclass('embark.progress')")[0] == '\0') {
    db_expect_rows("0", "SELECT count(*) FROM pg_class WHERE relname = 'i'");
    return;
  }
  const char *done = "coalesce((SELECT statement - (state IN ('running', 'again'))::int"
                     " FROM embark.progress), 0)";
  if (db_value(db_watch, "SELECT to_regclass('log')")[0] == '\0') {
    db_expect_rows("0", "SELECT %s", done);
    return;
  }
  db_expect_rows("t", "SELECT (%s >= %d) = EXISTS (SELECT FROM log WHERE n = 1)", done,
                 MIXTURE_COMMIT);
  db_expect_rows("t",
                 "SELECT %s < 1 OR (SELECT indisvalid FROM pg_index"
                 " WHERE indexrelid = to_regclass('i'))",
                 done);
  db_expect_rows("t", "SELECT %s < %d OR EXISTS (SELECT FROM a)", done, MIXTURE_STATEMENTS);
}

static void expect_nobody(void)
{
  db_wait_until("NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid NOT IN (%d, %d) AND backend_type = 'client backend')",
                PQbackendPID(db_conn), PQbackendPID(db_watch));
  db_expect_rows("0", "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database"
                      " WHERE locktype = 'advisory' AND datname = current_database()");
  db_expect_rows("0", "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                      " AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
                      " AND backend_type = 'client backend'");
}

void mixture_expect_effects(const made_bundle *made)
{
  db_expect_tables("a b log");
  db_expect_rows("1 2", "SELECT string_agg(n::text, ' ' ORDER BY n) FROM log");
  db_expect_rows("1|1", "SELECT * FROM a");
  db_expect_rows("a_pkey|t\ni|t",
                 "SELECT c.relname, i.indisvalid AND i.indisready FROM pg_index i JOIN pg_class c"
                 " ON c.oid = i.indexrelid WHERE c.relnamespace = 'public'::regnamespace"
                 " ORDER BY c.relname COLLATE \"C\"");
  db_expect_rows("3", "SELECT count(*) FROM %s.%s", made->bundle.ledger_schema,
                 made->bundle.ledger_table);
  db_expect_rows("applied", "SELECT state FROM embark.progress");
  mixture_expect_true();
}

void mixture_expect_complete(const made_bundle *made)
{
  expect_nobody();
  mixture_expect_effects(made);
}

void mixture_complete(const made_bundle *made)
{
  strike_no_more();
  db_reconnect("application_name=next");
  drive_ok(made);
  mixture_expect_complete(made);
}
