/* script.c - the frame of a script, and of each migration's transaction. What a run of the library
 * says in these places is in lib/transaction.c, lib/session.c and lib/sequence.c. */
#include "script.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "hazard_words.h"
#include "psql.h"
#include "script_part.h"

/* --- writing ---------------------------------------------------------------------------------- */

static void put_form(script_writer *w, char form, const char *const *values)
{
  switch (form) {
  case 'T':
    text_puts(w->out, text_string(&w->ledger));
    break;
  case 'P':
    text_puts(w->out, text_string(&w->progress));
    break;
  case 'K':
    text_printf(w->out, "%" PRId64, w->lock_key);
    break;
  case 'O':
    psql_put_literal(w->out, text_string(&w->ledger));
    break;
  case 'C':
    psql_put_literal(w->out, w->bundle->component);
    break;
  case '.':
    text_puts(w->out, "pg_catalog.");
    break;
  case '=':
    text_puts(w->out, "OPERATOR(pg_catalog.=)");
    break;
  case '!':
    text_puts(w->out, "OPERATOR(pg_catalog.<>)");
    break;
  case 't':
    text_puts(w->out, "::pg_catalog.text");
    break;
  default:
    psql_put_literal(w->out, values != NULL ? values[form - '1'] : NULL);
    break;
  }
}

void script_sql(script_writer *w, const char *sql, const char *const *values)
{
  for (const char *mark; (mark = strchr(sql, '%')) != NULL; sql = mark + 2) {
    text_put(w->out, sql, (size_t)(mark - sql));
    put_form(w, mark[1], values);
  }
  text_puts(w->out, sql);
}

const char *script_decimal(script_digits out, int64_t value)
{
  snprintf(out, sizeof(script_digits), "%" PRId64, value);
  return out;
}

void script_say(script_writer *w, const char *tag, const char *what)
{
  text line = {0};
  text_printf(&line, "embark: %s%s", tag, what);
  text_puts(w->out, "\\echo ");
  psql_put_argument(w->out, text_string(&line));
  text_putc(w->out, '\n');
  w->out->failed = w->out->failed || line.failed;
  text_free(&line);
}

statement_kind script_put_statement(script_writer *w, const embark_statement *s, bool *std_strings)
{
  const char *sql = (const char *)w->bundle->sql;
  if ((s->flags & EMBARK_STATEMENT_COPY) == 0) {
    return psql_put_statement(w->out, sql + s->offset, s->length, std_strings);
  }
  psql_put_copy(w->out, sql + s->offset, s->length, sql + s->data_offset, s->data_length,
                std_strings);
  return STATEMENT_COPY_IN;
}

/* --- the frame of a transaction --------------------------------------------------------------- */

int64_t script_limit(int64_t directive, int64_t option, int64_t otherwise)
{
  int64_t ms = directive != 0 ? directive : option != 0 ? option : otherwise;
  return ms == EMBARK_NO_TIMEOUT ? 0 : ms;
}

void script_put_no_limit(script_writer *w, bool is_local)
{
  const char *values[] = {is_local ? "true" : "false"};
  script_sql(w,
             "SELECT CASE WHEN %.current_setting('server_version_num') OPERATOR(%.>=) '170000'"
             " THEN %.set_config('transaction_timeout', '0', %1) END AS embark_ignored \\gset\n",
             values);
}

static void put_arms(script_writer *w, const embark_migration *m)
{
  const embark_options *o = w->plan->options;
  int64_t lock = script_limit(m != NULL ? m->lock_timeout_ms : 0, o->lock_timeout_ms, 5000);
  int64_t each = script_limit(m != NULL ? m->statement_timeout_ms : 0, o->statement_timeout_ms, 0);
  text_printf(w->out,
              "SET LOCAL lock_timeout = %" PRId64 "; SET LOCAL statement_timeout = %" PRId64 ";\n",
              lock, each);
  text_puts(w->out, "SET LOCAL client_encoding = 'UTF8'; SET LOCAL standard_conforming_strings = "
                    "on;\nSET LOCAL idle_in_transaction_session_timeout = 0;\n");
  script_put_no_limit(w, true);
}

void script_begin(script_writer *w, const embark_migration *m, bool takes_lock)
{
  text_puts(w->out, "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE \\g\n");
  put_arms(w, m);
  if (takes_lock) {
    script_sql(w,
               REFUSE("NOT %.pg_try_advisory_xact_lock(%K)",
                      "'another session is migrating; nothing is wrong, run this script again "
                      "when it is through'"),
               NULL);
  }
}

void script_put_role(script_writer *w)
{
  text_puts(w->out, "-- its statements may have left another role\n");
  script_sql(w,
             "SELECT %.set_config('statement_timeout', '2147483647', true),"
             " %.set_config('client_encoding', 'UTF8', true),\n"
             "  CASE WHEN session_user%t %! :'embark_user'"
             " THEN %.set_config('session_authorization', :'embark_user', false) END,\n"
             "  %.set_config('role', :'embark_role', false) \\gset embark_\n",
             NULL);
}

void script_put_settings_back(script_writer *w, const embark_migration *m)
{
  text_puts(w->out, "-- and other settings\n");
  script_sql(
      w,
      "SELECT %.count(%.set_config(COALESCE(s.name, saved.name), saved.value, false))\n"
      "  FROM (SELECT s.name, s.setting FROM %.pg_settings AS s WHERE s.source %= 'session'\n"
      "    AND s.name %! ALL ('{client_encoding,transaction_isolation,transaction_read_only,"
      "transaction_deferrable}'%t[])) AS s\n"
      "  FULL JOIN ROWS FROM (%.unnest(:'embark_names'%t[]), %.unnest(:'embark_values'%t[]))"
      " AS saved(name, value)\n    ON s.name %= saved.name\n"
      "  WHERE s.name IS NULL OR saved.name IS NULL OR s.setting %! saved.value \\gset embark_\n",
      NULL);
  put_arms(w, m);
}

/* --- a migration with its transaction --------------------------------------------------------- */

static void put_inside(script_writer *w, uint32_t index)
{
  const embark_migration *m = &w->bundle->migrations[index];
  bool std_strings = true;
  bool has_settings = (m->flags & EMBARK_MIGRATION_SETTINGS) != 0;
  script_begin(w, m, true);
  script_put_question(w, index);
  script_say(w, m->tag, " is in the ledger already");
  text_puts(w->out, "ROLLBACK;\n\\else\n");
  script_put_guard(w, index);
  for (uint32_t i = 0; i < m->statement_count; i++) {
    script_put_statement(w, &w->bundle->statements[m->first_statement + i], &std_strings);
  }
  if (has_settings) {
    script_put_role(w);
  }
  script_put_row(w, index, "applied");
  if (has_settings) {
    script_put_settings_back(w, m);
  }
  text_puts(w->out, "COMMIT;\n");
  script_say(w, m->tag, " applied");
  text_puts(w->out, "\\endif\n");
}

static void put_migration(script_writer *w, uint32_t index)
{
  const embark_migration *m = &w->bundle->migrations[index];
  text_printf(w->out, "\n-- %s (%s)\n", m->tag, m->file);
  if (w->plan->hazards[index] != 0) {
    text_puts(w->out, "-- hazards: ");
    hazards_put(w->out, w->plan->hazards[index]);
    text_putc(w->out, '\n');
  }
  if ((m->flags & EMBARK_MIGRATION_NO_TRANSACTION) != 0) {
    script_put_outside(w, index);
  } else {
    put_inside(w, index);
  }
}

/* --- the script ------------------------------------------------------------------------------- */

/* No date: the same folder and database give the same script. */
static void put_header(script_writer *w)
{
  const embark_bundle *b = w->bundle;
  text_printf(w->out,
              "-- Migrations for psql, written by embark %s.\n"
              "--\n"
              "-- bundle     %s\n"
              "-- ledger     %s, component %s\n"
              "-- contains   %" PRIu32 " of %" PRIu32 " migrations%s\n"
              "--\n",
              embark_version(), b->digest, text_string(&w->ledger), b->component,
              w->plan->step_count, b->migration_count,
              w->plan->is_offline ? "; no database was asked" : ", which were pending");
  text_puts(
      w->out,
      "-- Run it as  psql -X -f FILE [CONNECTION]  and not inside a transaction (psql -1), nor\n"
      "-- through a pooler that hands out connections by transaction.\n"
      "--\n"
      "-- Each migration is one transaction together with its row in the ledger, under the lock "
      "that\n"
      "-- embark itself takes. What the ledger has already is passed over: to run the script twice,"
      "\n-- or again after an error, is no harm. psql stops at the first error, with status 3.\n"
      "--\n"
      "-- \\g ends a statement as ; does. \\; and \\: are ; and : that psql shall not take for its "
      "own.\n");
}

static void put_setup(script_writer *w)
{
  text_puts(w->out, "\n\\set ON_ERROR_STOP on\n\\set ON_ERROR_ROLLBACK off\n\\set AUTOCOMMIT on\n"
                    "\\set SINGLELINE off\n\\set FETCH_COUNT 0\n\\set QUIET on\n"
                    "\\encoding UTF8\nSET standard_conforming_strings = on \\g\n"
                    "\n-- a setting that lasts as long as a transaction is seen by the next "
                    "statement only inside one\n");
  script_sql(w,
             "SELECT %.set_config('embark.block', 'open', true) AS embark_ignored \\gset\n" REFUSE(
                 "%.current_setting('embark.block', true) %= 'open'",
                 "'this script has transactions of its own: run it without psql -1, and outside of "
                 "a transaction'"),
             NULL);
  text_puts(w->out, "\n-- the session as it is, to put back what migrations change\n");
  script_sql(w,
             "SELECT session_user AS embark_user, %.current_setting('role') AS embark_role,\n"
             "  COALESCE(%.array_agg(s.name)%t, '{}') AS embark_names,"
             " COALESCE(%.array_agg(s.setting)%t, '{}') AS embark_values\n"
             "  FROM %.pg_settings AS s WHERE s.source %= 'session'\n"
             "  AND s.name %! ALL ('{client_encoding,transaction_isolation,transaction_read_only,"
             "transaction_deferrable}'%t[]) \\gset\n",
             NULL);
}

static void put_body(script_writer *w)
{
  put_setup(w);
  script_put_ledger(w);
  script_put_history(w);
  for (uint32_t i = 0; i < w->bundle->migration_count; i++) {
    if (w->plan->is_step[i]) {
      put_migration(w, i);
    }
  }
  if ((w->plan->options->flags & EMBARK_OUT_OF_ORDER) != 0) {
    script_put_restamp(w);
  }
  text_putc(w->out, '\n');
  script_say(w, "done", "");
}

static void put_name(text *out, const char *schema, const char *table)
{
  psql_put_identifier(out, schema);
  text_putc(out, '.');
  psql_put_identifier(out, table);
}

static int open_writer(script_writer *w)
{
  const embark_options *o = w->plan->options;
  const embark_bundle *b = w->bundle;
  const char *schema = o->ledger_schema != NULL ? o->ledger_schema : b->ledger_schema;
  const char *table = o->ledger_table != NULL ? o->ledger_table : b->ledger_table;
  put_name(&w->ledger, schema, table);
  const char *ours = b->ledger == EMBARK_LEDGER_NATIVE ? schema : "embark";
  put_name(&w->progress, ours, "progress");
  put_name(&w->audit, ours, "audit");
  return embark_ledger_sql(b, o, &w->lock_key, NULL, 0) > 0 ? 0 : -1;
}

int script_put(text *out, const script_plan *plan)
{
  script_writer w = {.out = out, .plan = plan, .bundle = plan->bundle};
  int status = open_writer(&w);
  if (status == 0) {
    put_header(&w);
  }
  if (status == 0 && plan->step_count == 0) {
    text_putc(out, '\n');
    script_say(&w, "nothing is pending", "");
  } else if (status == 0) {
    put_body(&w);
  }
  bool failed = w.ledger.failed || w.progress.failed || w.audit.failed || out->failed;
  text_free(&w.ledger);
  text_free(&w.progress);
  text_free(&w.audit);
  return status == 0 && !failed ? 0 : -1;
}
