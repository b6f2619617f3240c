/* script_outside.c - a migration without a transaction in a script. As in a run, the table of
 * progress is told of each statement before it runs, so that a script which was cut off does not
 * run one twice, and embark migrate can take it up as well. The lock is the session's. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "psql.h"
#include "script_part.h"

#define ROW_OF "p.ledger %= %O AND p.component %= %C AND p.tag %= %1"

static bool waits_by_design(const script_writer *w, const embark_migration *m)
{
  for (uint32_t i = 0; i < m->statement_count; i++) {
    if ((w->bundle->statements[m->first_statement + i].flags & EMBARK_STATEMENT_WAITS) != 0) {
      return true;
    }
  }
  return false;
}

/* --- where to begin --------------------------------------------------------------------------- */

/* {1,4}: the statements that may run once more. */
static void put_repeatable(script_writer *w, const embark_migration *m)
{
  const char *before = "";
  text_puts(w->out, "'{");
  for (uint32_t i = 0; i < m->statement_count; i++) {
    if ((w->bundle->statements[m->first_statement + i].flags & EMBARK_STATEMENT_REPEAT) != 0) {
      text_printf(w->out, "%s%" PRIu32, before, i + 1);
      before = ",";
    }
  }
  script_sql(w, "}'::%.int4[]", NULL);
}

/* The marks say whether the statements that are done are still those of the file. */
static void put_start(script_writer *w, const embark_migration *m)
{
  /* clang-format off */
  static const char before[] =
    "SELECT COALESCE((SELECT CASE\n"
    "  WHEN EXISTS (SELECT FROM %.pg_stat_activity AS a WHERE a.pid %= p.backend_pid"
    " AND a.datname %= %.current_database()\n"
    "    AND a.pid %! %.pg_backend_pid() AND a.state %= 'active')\n"
    "  THEN " RAISE_LIST("'process ', p.backend_pid, ' is still at work on \"', %1, '\"'") "\n"
    "  WHEN %.substr(%2, 1, x.size) %! %.substr(p.done, 1, x.size)\n"
    "  THEN " RAISE_LIST("'migration \"', %1, '\" was changed after it was begun'") "\n"
    "  WHEN p.state %= 'done' THEN p.statement OPERATOR(%.+) 1\n"
    "  WHEN p.state %= 'again' OR p.state %= 'running' AND p.statement %= ANY (";
  static const char after[] =
    ") THEN p.statement\n"
    "  ELSE " RAISE_LIST("'statement ', p.statement, ' of \"', %1, '\" was interrupted: look "
                         "whether it took effect, and say so with embark resume; or let embark "
                         "migrate take it up'") "\n"
    "  END FROM %P AS p, LATERAL (SELECT CASE WHEN p.state %= 'again'"
    " THEN (p.statement OPERATOR(%.-) 1) OPERATOR(%.*) 16\n"
    "    ELSE %.length(p.done) END) AS x(size)\n"
    "  WHERE " ROW_OF " AND p.state %! 'applied'), 1) AS embark_next \\gset\n";
  /* clang-format on */
  const char *values[] = {m->tag, m->marks};
  text_puts(w->out, "-- was it begun and interrupted\n");
  script_sql(w, before, values);
  put_repeatable(w, m);
  script_sql(w, after, values);
}

/* What a run sets for such a migration, for as long as it lasts. */
static void put_session(script_writer *w, const embark_migration *m)
{
  const embark_options *o = w->plan->options;
  int64_t lock = m->lock_timeout_ms == 0 && waits_by_design(w, m)
                     ? 0
                     : script_limit(m->lock_timeout_ms, o->lock_timeout_ms, 5000);
  text_printf(w->out, "SET lock_timeout = %" PRId64 "; SET statement_timeout = %" PRId64 ";\n",
              lock, script_limit(m->statement_timeout_ms, o->statement_timeout_ms, 0));
  text_puts(w->out, "SET client_encoding = 'UTF8'; SET standard_conforming_strings = on;\n"
                    "SET default_transaction_isolation = 'read committed';\n"
                    "SET default_transaction_read_only = off; "
                    "SET default_transaction_deferrable = off;\n"
                    "SET idle_in_transaction_session_timeout = 0;\n");
  script_put_no_limit(w, false);
}

/* --- statement by statement ------------------------------------------------------------------- */

/* In the transaction that is open: role and encoding that may write it. */
static void put_borrow(script_writer *w)
{
  script_sql(w,
             "SELECT %.set_config('client_encoding', 'UTF8', true),\n"
             "  CASE WHEN session_user%t %! :'embark_user'"
             " THEN %.set_config('session_authorization', :'embark_user', true) END,\n"
             "  %.set_config('role', :'embark_role', true) \\gset embark_\n",
             NULL);
}

/* The index of that name that is there before: the statement's own names, the search_path of the
 * moment. */
static void put_index_before(script_writer *w, const embark_statement *s)
{
  if ((s->flags & EMBARK_STATEMENT_INDEX) == 0) {
    text_puts(w->out, "NULL");
    return;
  }
  const char *table = (const char *)w->bundle->sql + s->data_offset;
  const char *values[] = {table, table + strlen(table) + 1};
  script_sql(w,
             "(SELECT i.indexrelid FROM %.pg_index AS i JOIN %.pg_class AS c"
             " ON c.oid %= i.indexrelid\n    WHERE i.indrelid %= %.to_regclass(%1)::%.oid"
             " AND c.relname %= (%.parse_ident(%2))[1]::%.name)",
             values);
}

/* Statement `number` is `state`: "running" or "done". */
static void put_note(script_writer *w, const embark_migration *m, uint32_t number,
                     const char *state)
{
  char *marks = alloc_string(m->marks, (size_t)number * EMBARK_MARK_LENGTH);
  script_digits digits;
  const char *values[] = {m->tag, state, script_decimal(digits, number), marks};
  put_borrow(w);
  script_sql(w,
             "INSERT INTO %P (ledger, component, tag, state, statement, done, index_before,"
             " backend_pid,\n    started_at, changed_at, changed_by)\n"
             "  VALUES (%O, %C, %1, %2, %3, %4, ",
             values);
  put_index_before(w, &w->bundle->statements[m->first_statement + number - 1]);
  script_sql(w,
             ", %.pg_backend_pid(),\n"
             "    %.clock_timestamp(), %.clock_timestamp(), session_user)\n"
             "  ON CONFLICT (ledger, component, tag) DO UPDATE SET state = excluded.state,"
             " statement = excluded.statement,\n    done = excluded.done,"
             " index_before = excluded.index_before, backend_pid = excluded.backend_pid,\n"
             "    changed_at = excluded.changed_at, changed_by = excluded.changed_by;\n",
             NULL);
  free(marks);
}

static void put_noted(script_writer *w, const embark_migration *m, uint32_t number,
                      const char *state)
{
  text_puts(w->out, "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE \\g\n");
  put_note(w, m, number, state);
  text_puts(w->out, "COMMIT;\n");
}

/* Within a transaction of the file's own only its commit is noted, and as done: true together. */
static void put_notice(script_writer *w, const embark_migration *m, uint32_t number, bool in_block)
{
  const embark_statement *s = &w->bundle->statements[m->first_statement + number - 1];
  if (!in_block) {
    put_noted(w, m, number, "running");
  } else if ((s->flags & EMBARK_STATEMENT_COMMIT) != 0) {
    put_note(w, m, number, "done");
  }
}

static bool is_begin(statement_kind kind)
{
  return kind == STATEMENT_BEGIN || kind == STATEMENT_BEGIN_OPTIONS;
}

static bool is_end(statement_kind kind)
{
  return kind == STATEMENT_COMMIT || kind == STATEMENT_ROLLBACK;
}

/* What is done is passed over, but for settings of the session, which is another one now. */
static void put_statements(script_writer *w, const embark_migration *m)
{
  bool std_strings = true;
  bool in_block = false;
  for (uint32_t i = 0; i < m->statement_count; i++) {
    const embark_statement *s = &w->bundle->statements[m->first_statement + i];
    bool is_setting = (s->flags & EMBARK_STATEMENT_SESSION) != 0;
    script_digits number;
    const char *values[] = {script_decimal(number, i + 1)};
    script_sql(w, "SELECT %1 OPERATOR(%.>=) :embark_next AS embark_go \\gset\n\\if :embark_go\n",
               values);
    put_notice(w, m, i + 1, in_block);
    text_puts(w->out, is_setting ? "\\endif\n" : "");
    statement_kind kind = script_put_statement(w, s, &std_strings);
    text_puts(w->out, is_setting ? "" : "\\endif\n");
    in_block = is_begin(kind) || (in_block && !is_end(kind));
  }
  if (m->statement_count > 0) {
    put_noted(w, m, m->statement_count, "done");
  }
}

/* --- the whole -------------------------------------------------------------------------------- */

static void put_end(script_writer *w, uint32_t index)
{
  const embark_migration *m = &w->bundle->migrations[index];
  script_digits count;
  const char *values[] = {m->tag, script_decimal(count, m->statement_count), m->marks};
  script_begin(w, m, false);
  script_put_role(w);
  script_sql(w,
             "UPDATE %P AS p SET state = 'applied', statement = %2, done = %3,"
             " changed_at = %.clock_timestamp(), changed_by = session_user\n"
             "  WHERE " ROW_OF ";\n",
             values);
  script_put_row(w, index, "applied");
  script_put_settings_back(w, m);
  text_puts(w->out, "COMMIT;\n");
}

void script_put_outside(script_writer *w, uint32_t index)
{
  const embark_migration *m = &w->bundle->migrations[index];
  text_puts(w->out, "-- Without a transaction: what is done of it stays done. Each statement is "
                    "noted before it\n-- runs. Where this ends in one, run it again: it goes on "
                    "from there, or says what to look at.\n");
  script_sql(w,
             REFUSE("NOT %.pg_try_advisory_lock(%K)",
                    "'another session is migrating; nothing is wrong, run this script again when "
                    "it is through'"),
             NULL);
  script_put_question(w, index);
  script_say(w, m->tag, " is in the ledger already");
  text_puts(w->out, "\\else\n");
  script_put_guard(w, index);
  put_start(w, m);
  put_session(w, m);
  put_statements(w, m);
  put_end(w, index);
  script_say(w, m->tag, " applied");
  script_sql(w, "\\endif\nSELECT %.pg_advisory_unlock(%K) AS embark_ignored \\gset\n", NULL);
}
