/* script_history.c - what a script asks of the ledger: the same questions that a run decides by
 * (lib/decide.c) and guards each migration with (lib/ledger.c). */
#include "script_part.h"

/* Of a migration k and the rows m of the ledger; `known` has all migrations of the bundle. */
typedef struct ledger_words {
  const char *has;      /* the ledger has k */
  const char *changed;  /* it has k with another content */
  const char *stranger; /* the names of rows that are none of the bundle's */
} ledger_words;

#define EXACT "m.created_at %= k.when_ms AND m.hash %= ANY (k.hashes)"

/* clang-format off */
static const ledger_words words[] = {
  [EMBARK_LEDGER_NATIVE] = {
    "EXISTS (SELECT FROM %T AS m WHERE m.component %= %C AND m.tag %= k.tag)",
    "EXISTS (SELECT FROM %T AS m WHERE m.component %= %C AND m.tag %= k.tag"
      " AND m.hash %! ALL (k.hashes))",
    "SELECT m.tag AS name FROM %T AS m WHERE m.component %= %C"
      " AND NOT EXISTS (SELECT FROM known AS k WHERE k.tag %= m.tag)"},
  [EMBARK_LEDGER_DRIZZLE] = {
    "EXISTS (SELECT FROM %T AS m WHERE " EXACT ")",
    "NOT EXISTS (SELECT FROM %T AS m WHERE " EXACT ") AND EXISTS (SELECT FROM %T AS n"
      " WHERE n.created_at %= k.when_ms AND NOT EXISTS (SELECT FROM known AS o"
      " WHERE n.created_at %= o.when_ms AND n.hash %= ANY (o.hashes)))",
    "SELECT m.hash AS name FROM %T AS m WHERE NOT EXISTS (SELECT FROM known AS k WHERE " EXACT ")"},
  [EMBARK_LEDGER_DRIZZLE_TAG] = {
    "EXISTS (SELECT FROM %T AS m WHERE m.hash %= k.tag)",
    "false",
    "SELECT m.hash AS name FROM %T AS m"
      " WHERE NOT EXISTS (SELECT FROM known AS k WHERE k.tag %= m.hash)"},
};
/* clang-format on */

static bool is_native(const script_writer *w)
{
  return w->bundle->ledger == EMBARK_LEDGER_NATIVE;
}

static void put_hashes(script_writer *w, const embark_migration *m)
{
  text_printf(w->out, "'{%s", m->hash);
  for (const char *const *other = m->other_hashes; other != NULL && *other != NULL; other++) {
    text_printf(w->out, ",%s", *other);
  }
  text_puts(w->out, "}'");
}

/* Migration `index` as a row of `known`; the first one says the types. */
static void put_known(script_writer *w, uint32_t index, bool is_first)
{
  const embark_migration *m = &w->bundle->migrations[index];
  script_digits when;
  const char *values[] = {m->tag, script_decimal(when, m->when_ms)};
  text_printf(w->out, "(%u, %s, ", (unsigned)index, w->plan->is_step[index] ? "true" : "false");
  script_sql(w, is_first ? "%1%t, %2::%.int8, " : "%1, %2, ", values);
  put_hashes(w, m);
  script_sql(w, is_first ? "%t[])" : ")", NULL);
}

static void put_all_known(script_writer *w)
{
  text_puts(w->out, "WITH known (number, is_step, tag, when_ms, hashes) AS (VALUES\n");
  for (uint32_t i = 0; i < w->bundle->migration_count; i++) {
    text_puts(w->out, i == 0 ? "  " : ",\n  ");
    put_known(w, i, i == 0);
  }
  text_puts(w->out, "),\n");
}

/* The first of the migrations f that are so. */
#define FIRST(condition)                                                                           \
  "(SELECT f.tag FROM found AS f WHERE " condition " ORDER BY f.number LIMIT 1)"
#define CASE_OF(condition, before, after)                                                          \
  "  WHEN " FIRST(condition) " IS NOT NULL\n  THEN " RAISE_LIST(                                   \
      "'" before "\"', " FIRST(condition) ", '\"" after "'") "\n"
#define PENDING "f.is_step AND NOT f.is_there"

static void put_found(script_writer *w)
{
  const ledger_words *l = &words[w->bundle->ledger];
  text_puts(w->out, "found AS (SELECT k.number, k.is_step, k.tag,\n  ");
  script_sql(w, l->has, NULL);
  text_puts(w->out, " AS is_there,\n  ");
  script_sql(w, l->changed, NULL);
  text_puts(w->out, " AS is_changed FROM known AS k),\nstranger AS (");
  script_sql(w, l->stranger, NULL);
  text_puts(w->out, "),\n");
}

/* clang-format off */
static const char trusted[] =
  REFUSE("EXISTS (SELECT FROM %.pg_class AS c WHERE c.oid %= %.to_regclass(%O)::%.oid\n"
    "    AND (c.relkind %! 'r' OR %.row_security_active(c.oid)\n"
    "    OR EXISTS (SELECT FROM %.pg_rewrite AS r WHERE r.ev_class %= c.oid)\n"
    "    OR EXISTS (SELECT FROM %.pg_trigger AS t WHERE t.tgrelid %= c.oid)))",
    "%O, ' cannot be trusted as a ledger: it is no ordinary table, or has a rule, a trigger or"
    " row-level security'");
static const char place[] =
  "place AS (SELECT COALESCE(%.max(f.number) FILTER (WHERE f.is_there), -1) AS newest,"
  " COALESCE(%.max(f.number) FILTER (WHERE " PENDING "), -1) AS last\n"
  "  FROM found AS f)\n";
static const char changed[] =
  "SELECT CASE\n"
  CASE_OF("f.is_changed", "migration ",
    " was changed after it was applied; embark verify says how")
  "  WHEN place.last OPERATOR(%.<) 0 THEN 0\n";
static const char late[] =
  CASE_OF(PENDING " AND f.number OPERATOR(%.<) place.newest", "migration ",
    " is pending, but a later one is applied");
static const char missing[] =
  CASE_OF("NOT f.is_step AND NOT f.is_there AND f.number OPERATOR(%.<) place.last",
    "the ledger does not have ", ", which this script supposes")
  "  WHEN EXISTS (SELECT FROM stranger)\n  THEN "
  RAISE_LIST("'the database has migration \"', (SELECT s.name FROM stranger AS s LIMIT 1),"
    " '\", which this script does not know'")
  "\n  ELSE 0 END AS embark_ignored FROM place \\gset\n";

#define NEWEST                                                                                     \
  "COALESCE((SELECT %.concat(m.created_at, ':', m.hash) FROM %T AS m"                              \
  " ORDER BY m.id DESC LIMIT 1), '')"
/* clang-format on */

void script_put_history(script_writer *w)
{
  text_puts(w->out, "\n-- is history what this script supposes\n");
  script_sql(w, trusted, NULL);
  put_all_known(w);
  put_found(w);
  script_sql(w, place, NULL);
  script_sql(w, changed, NULL);
  if ((w->plan->options->flags & EMBARK_OUT_OF_ORDER) == 0) {
    script_sql(w, late, NULL);
  }
  script_sql(w, missing, NULL);
  if (!is_native(w)) {
    script_sql(w, "SELECT " NEWEST " AS embark_newest \\gset\n", NULL);
  }
}

void script_put_question(script_writer *w, uint32_t index)
{
  text_puts(w->out, "SELECT ");
  script_sql(w, words[w->bundle->ledger].has, NULL);
  if (is_native(w)) {
    text_puts(w->out, "\n  AND NOT ");
    script_sql(w, words[EMBARK_LEDGER_NATIVE].changed, NULL);
  }
  text_puts(w->out, " AS embark_has\n  FROM (VALUES ");
  put_known(w, index, true);
  text_puts(w->out, ") AS k (number, is_step, tag, when_ms, hashes) \\gset\n\\if :embark_has\n");
}

void script_put_guard(script_writer *w, uint32_t index)
{
  const embark_migration *m = &w->bundle->migrations[index];
  if (!is_native(w)) {
    script_sql(w,
               REFUSE(NEWEST " %! :'embark_newest'",
                      "'another session has applied migrations meanwhile: run this script again'"),
               NULL);
  } else if (index > 0) {
    const char *values[] = {m[-1].tag};
    script_sql(w,
               REFUSE("NOT EXISTS (SELECT FROM %T AS m WHERE m.component %= %C AND m.tag %= %1)",
                      "'the ledger does not have \"', %1, '\", which comes before'"),
               values);
  }
}
