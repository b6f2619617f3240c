/* script_ledger.c - the ledger in a script: it is made, asked and written in the words that the
 * library has for it (lib/ledger.c, lib/survey.c), which its tests hold against it. */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "psql.h"
#include "script_part.h"

static bool is_native(const script_writer *w)
{
  return w->bundle->ledger == EMBARK_LEDGER_NATIVE;
}

/* --- making it -------------------------------------------------------------------------------- */

/* Asked before the ledger is there, which is a table too; Embark's other tables do not count. */
static void ask_for_tables(script_writer *w)
{
  const char *values[] = {text_string(&w->progress), text_string(&w->audit)};
  script_sql(w,
             "SELECT EXISTS (SELECT FROM %.pg_class AS c\n"
             "  JOIN %.pg_namespace AS n ON n.oid %= c.relnamespace\n"
             "  WHERE (c.relkind %= 'r' OR c.relkind %= 'p') AND c.relpersistence %! 't'\n"
             "  AND n.nspname %! ALL ('{pg_catalog,information_schema,pg_toast}'::%.name[])\n"
             "  AND c.oid %! ALL (ARRAY[COALESCE(%.to_regclass(%1)::%.oid, 0::%.oid),"
             " COALESCE(%.to_regclass(%2)::%.oid, 0::%.oid)])\n"
             "  AND NOT EXISTS (SELECT FROM %.pg_depend AS d WHERE d.deptype %= 'e'"
             " AND d.objid %= c.oid AND d.classid %= c.tableoid)) AS embark_has_tables \\gset\n",
             values);
}

/* What is adopted is recorded in the transaction that makes the ledger. */
static void put_adoption(script_writer *w)
{
  text_puts(w->out, "\\if :embark_has_tables\n");
  for (uint32_t i = 0; i < w->bundle->migration_count; i++) {
    if (w->plan->is_step[i]) {
      script_put_row(w, i, "adopted");
    }
  }
  script_say(w, "", "there are tables and no ledger: the migrations are recorded as adopted");
  text_puts(w->out, "\\endif\n");
}

static void put_refusal(script_writer *w)
{
  text_puts(w->out, "\\if :embark_has_tables\n");
  script_sql(w,
             "SELECT " RAISE("the database has tables, but no ledger of migrations: take it over "
                             "with embark adopt, or use an empty database") " \\gset embark_\n",
             NULL);
  text_puts(w->out, "\\endif\n");
}

static void put_schema(script_writer *w, const char *sql, const char *name)
{
  const char *values[] = {name};
  script_sql(w, "SELECT %.to_regnamespace(%1) IS NULL AS embark_is_new \\gset\n", values);
  text_printf(w->out, "\\if :embark_is_new\n%s;\n", sql);
  script_sql(w,
             REFUSE("EXISTS (SELECT FROM %.pg_namespace AS n WHERE n.oid %= "
                    "%.to_regnamespace(%1)::%.oid\n"
                    "    AND n.nspname %= ANY (%.current_schemas(false)))",
                    "'the schema ', %1, ' would become part of the search_path, and tables of the "
                    "migrations would land in it: choose another one for the ledger'"),
             values);
  text_puts(w->out, "\\endif\n");
}

/* `more` is its index, or NULL. */
static void put_table(script_writer *w, const char *sql, const char *name, const char *more)
{
  bool is_ledger = strcmp(name, text_string(&w->ledger)) == 0;
  const char *values[] = {name};
  script_sql(w, "SELECT %.to_regclass(%1) IS NULL AS embark_is_new \\gset\n", values);
  text_puts(w->out, "\\if :embark_is_new\n");
  if (is_ledger && !w->plan->adopts) {
    put_refusal(w);
  }
  text_printf(w->out, "%s;\n", sql);
  if (more != NULL) {
    text_printf(w->out, "%s;\n", more);
  }
  if (is_ledger && w->plan->adopts) {
    put_adoption(w);
  }
  text_puts(w->out, "\\endif\n");
}

/* The name behind `prefix`, up to the parenthesis of a table; NULL where it begins otherwise. */
static char *name_behind(const char *sql, const char *prefix)
{
  size_t start = strlen(prefix);
  if (strncmp(sql, prefix, start) != 0) {
    return NULL;
  }
  const char *end = strstr(sql + start, " (");
  return alloc_string(sql + start, end != NULL ? (size_t)(end - sql) - start : strlen(sql + start));
}

static void put_object(script_writer *w, const char *sql, const char *next)
{
  char *schema = name_behind(sql, "CREATE SCHEMA ");
  char *table = name_behind(sql, "CREATE TABLE ");
  if (schema != NULL) {
    put_schema(w, sql, schema);
  } else if (table != NULL) {
    put_table(w, sql, table, strncmp(next, "CREATE INDEX", 12) == 0 ? next : NULL);
  }
  free(schema);
  free(table);
}

/* Cut off the statement at the start of `sql`; returns what follows it. */
static char *cut(char *sql)
{
  char *end = strstr(sql, ";\n");
  if (end == NULL) {
    return sql + strlen(sql);
  }
  *end = '\0';
  return end + 2;
}

void script_put_ledger(script_writer *w)
{
  size_t size = embark_ledger_sql(w->bundle, w->plan->options, NULL, NULL, 0);
  char *sql = alloc_bytes(size + 1);
  embark_ledger_sql(w->bundle, w->plan->options, NULL, sql, size + 1);
  text_puts(w->out, "\n-- the ledger, where it is missing\n");
  script_begin(w, NULL, true);
  ask_for_tables(w);
  for (char *at = sql, *next = cut(at), *after; *at != '\0'; at = next, next = after) {
    after = cut(next);
    put_object(w, at, next);
  }
  text_puts(w->out, "COMMIT;\n");
  free(sql);
}

/* --- writing it ------------------------------------------------------------------------------- */

/* One row is in the ledger, as it was written: no trigger or rule swallowed or changed it. */
#define WRITTEN(insert, same)                                                                      \
  "WITH w AS (" insert " RETURNING *)\n" REFUSE("NOT EXISTS (SELECT FROM w WHERE " same ")",       \
                                                "'the ledger did not take the row'")

static void put_native_row(script_writer *w, uint32_t index, const char *state)
{
  const embark_migration *m = &w->bundle->migrations[index];
  script_digits position, when;
  const char *values[] = {m->tag,     script_decimal(position, index),  m->hash, m->chain,
                          m->outline, script_decimal(when, m->when_ms), state};
  script_sql(w,
             WRITTEN("INSERT INTO %T (component, tag, \"position\", hash, chain, outline, when_ms,"
                     " state, applied_at, applied_by, duration)\n"
                     "  VALUES (%C, %1, %2, %3,\n  %4, %5, %6,\n  %7, %.clock_timestamp(),"
                     " session_user, %.clock_timestamp() OPERATOR(%.-) %.transaction_timestamp())",
                     "w.component %= %C AND w.tag %= %1 AND w.hash %= %3"),
             values);
}

static void put_drizzle_row(script_writer *w, uint32_t index)
{
  const embark_migration *m = &w->bundle->migrations[index];
  const char *key = w->bundle->ledger == EMBARK_LEDGER_DRIZZLE_TAG ? m->tag : m->hash;
  script_digits when;
  const char *values[] = {key, script_decimal(when, m->when_ms)};
  text newest = {0};
  script_sql(w,
             WRITTEN("INSERT INTO %T (hash, created_at) VALUES (%1, %2)",
                     "w.hash %= %1 AND w.created_at %= %2"),
             values);
  text_printf(&newest, "%s:%s", when, key);
  text_puts(w->out, "\\set embark_newest ");
  psql_put_argument(w->out, text_string(&newest));
  text_putc(w->out, '\n');
  w->out->failed = w->out->failed || newest.failed;
  text_free(&newest);
}

void script_put_row(script_writer *w, uint32_t index, const char *state)
{
  if (is_native(w)) {
    put_native_row(w, index, state);
  } else {
    put_drizzle_row(w, index);
  }
}

void script_put_restamp(script_writer *w)
{
  if (!is_native(w)) {
    return; /* it has no place for it */
  }
  text_puts(w->out, "\n-- what stands behind a late migration gets its place anew\n");
  script_begin(w, NULL, true);
  script_sql(w,
             "UPDATE %T AS m SET \"position\" = k.number, chain = k.chain\n"
             "  FROM (VALUES\n",
             NULL);
  for (uint32_t i = 0; i < w->bundle->migration_count; i++) {
    const embark_migration *m = &w->bundle->migrations[i];
    const char *values[] = {m->tag, m->chain};
    text_printf(w->out, "%s(%u, ", i == 0 ? "  " : ",\n  ", (unsigned)i);
    script_sql(w, i == 0 ? "%1%t, %2%t)" : "%1, %2)", values);
  }
  script_sql(w,
             ") AS k (number, tag, chain)\n  WHERE m.component %= %C AND m.tag %= k.tag"
             " AND (m.\"position\" %! k.number OR m.chain %! k.chain);\nCOMMIT;\n",
             NULL);
}
