/* aftermath.c - databases after faults. Knows the catalog; knows nothing of faults. */
#include "aftermath.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "drive.h"
#include "dump.h"
#include "keep.h"

#define DUMP_EVERY 10 /* pg_dump takes longer than all the rest of a round */

static const made_bundle *learned;
static const char **states; /* after so many migrations */
static const char *dump;
static unsigned rounds;

int aftermath_is_long(void)
{
  return getenv("EMBARK_TEST_LONG") != NULL;
}

/* Everything but what differs between any two runs: times, and numbers of sequences, which a
 * rollback leaves gaps in. The ledger's own tables may be there before its first row is. */
static const char *look(void)
{
  const embark_bundle *b = &learned->bundle;
  const char *in_schema = keep_printf("nspname !~ '^pg_' AND nspname <> 'information_schema' AND"
                                      " nspname <> '%s'",
                                      b->ledger_schema);
  return db_rows(
      db_watch,
      "SELECT 'class', relname::text, relkind::text, coalesce(pg_get_indexdef(i.indexrelid) ||"
      " i.indisvalid, pg_get_viewdef(c.oid), '') FROM pg_class AS c JOIN pg_namespace AS n"
      " ON n.oid = relnamespace LEFT JOIN pg_index AS i ON i.indexrelid = c.oid WHERE %s"
      " UNION ALL SELECT 'column', attrelid::regclass::text || '.' || attname,"
      "  format_type(atttypid, atttypmod) || attnotnull, coalesce(pg_get_expr(adbin, adrelid), '')"
      "  FROM pg_attribute JOIN pg_class AS c ON c.oid = attrelid JOIN pg_namespace AS n"
      "  ON n.oid = relnamespace LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum"
      "  WHERE attnum > 0 AND %s"
      " UNION ALL SELECT 'constraint', conname::text, conrelid::regclass::text,"
      "  pg_get_constraintdef(c.oid) FROM pg_constraint AS c JOIN pg_namespace AS n"
      "  ON n.oid = connamespace WHERE %s"
      " UNION ALL SELECT 'function', p.oid::regprocedure::text, '', pg_get_functiondef(p.oid)"
      "  FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = pronamespace WHERE %s"
      " UNION ALL SELECT 'rows', relname::text, '', query_to_xml(format("
      "   'SELECT string_agg(r, '', '' ORDER BY r) FROM (SELECT (to_jsonb(t) - %%L::text[])::text"
      "    AS r FROM %%I.%%I AS t) AS s', '{applied_at,duration}' ::text[] ||"
      "    CASE WHEN nspname = 'drizzle' THEN 'id' ELSE 'applied_at' END, nspname, relname),"
      "   true, false, '')::text FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace"
      "  WHERE relkind = 'r' AND nspname !~ '^pg_' AND nspname <> 'information_schema'"
      "  AND (nspname <> '%s' OR relname <> '%s' OR"
      "   query_to_xml(format('SELECT 1 FROM %%I.%%I', nspname, relname), true, true, '')::text"
      "   ~ '1')"
      " ORDER BY 1, 2, 3",
      in_schema, in_schema, in_schema, in_schema, b->ledger_schema, b->ledger_table);
}

static void given(unsigned applied)
{
  embark_error err;
  const made_bundle *head = bundle_head(learned, applied);
  if (applied > 0) {
    int code = embark_migrate(db_watch, &head->bundle, NULL, &err);
    ck_assert_msg(code == EMBARK_OK, "%s\n%s", err.message, err.detail);
  }
}

void aftermath_given(unsigned applied)
{
  db_empty();
  given(applied);
}

void aftermath_learn(const made_bundle *made)
{
  unsigned count = made->bundle.migration_count;
  learned = made;
  rounds = 0;
  states = keep_zeros((count + 1) * sizeof *states);
  db_empty();
  for (unsigned i = 0; i <= count; i++) {
    given(i);
    states[i] = look();
    ck_assert(i == 0 || strcmp(states[i], states[i - 1]) != 0);
  }
  dump = dump_of_schema();
  db_empty();
}

static void expect_nothing_held(void)
{
  db_expect_rows("0", "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
                      " AND database = (SELECT oid FROM pg_database WHERE datname = "
                      "current_database())");
  db_expect_rows("0", "SELECT count(*) FROM pg_prepared_xacts");
}

unsigned aftermath_expect_whole(unsigned applied)
{
  db_wait_until("NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend')");
  expect_nothing_held();
  unsigned count = learned->bundle.migration_count;
  const char *now = look();
  for (unsigned i = 0; i <= count; i++) {
    if (strcmp(now, states[i]) == 0) {
      ck_assert_msg(i >= applied, "%u migrations are there, %u were said to be", i, applied);
      return i;
    }
  }
  ck_abort_msg("no undisturbed run has the database like this:\n%s", now);
  return 0;
}

void aftermath_expect_completed(void)
{
  embark_error err;
  db_reconnect("application_name=next");
  int code = embark_migrate(db_conn, &learned->bundle, NULL, &err);
  ck_assert_msg(code == EMBARK_OK, "%s\n%s\n%s", err.message, err.detail, err.hint);
  expect_nothing_held();
  db_expect_rows("0", "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                      " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
                      " AND xact_start IS NOT NULL");
  const char *last = states[learned->bundle.migration_count], *now = look();
  ck_assert_msg(strcmp(now, last) == 0, "the database is\n%s\ninstead of\n%s", now, last);
  if (rounds++ % DUMP_EVERY == 0) {
    ck_assert_str_eq(dump_of_schema(), dump);
  }
}
