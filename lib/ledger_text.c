/* ledger_text.c - all SQL that touches the ledger, in one place. Knows the two shapes of ledger. */
#include "ledger_text.h"

#include "sql.h"

/* Whoever makes a view in the ledger's place could have its code run by our question. A sample can
 * only be taken of what holds rows itself, which is found out before anything is run; then this is
 * true and costs nothing. Asking for a column like tableoid would not do: a view may have one. */
#define HOLDS_ROWS "(true OR EXISTS (SELECT FROM %T TABLESAMPLE %.system(0)))"

/* One row is in the ledger, as it was written: no trigger or rule swallowed or changed it. */
#define WRITTEN(change, same) "WITH w AS (" change "%W" same "%E"

/* The row that row_values() says. */
#define NATIVE_ROW  "m.component%=$1%t AND m.tag%=$2%t AND m.hash%=$3%t"
#define DRIZZLE_ROW "($1%I IS NULL OR m.created_at%=$1%I) AND m.hash%=$2%t"

#define KEY          "%.text COLLATE %.\"C\" NOT NULL"
#define COLUMNS      "SELECT m.tag, m.hash, m.state, m.chain, m.\"position\", m.outline"
#define ROWS         " FROM %T AS m WHERE m.component%=$1%t" IN_ORDER
#define IN_ORDER     " ORDER BY m.\"position\", m.applied_at, m.tag"
#define DRIZZLE_ROWS "SELECT m.hash, m.created_at, m.id FROM %T AS m ORDER BY m.id"

/* In the short forms of sql.h; %T is the ledger. Texts of tags and names sort and compare by the C
 * collation, which no upgrade of the system's locales changes under an index. Not in tables: their
 * pointers would cost the loader an entry each. */
/* clang-format off */
static const char *native(embark__ledger_text which)
{
  switch (which) {
  case LEDGER_CHECK:
    /* Whoever is up to date asks only this, so it is made for the planner's haste: no order, no
     * limit, no casts. Nearly always one row answers. */
    return
      "SELECT m.chain, m.state FROM %T AS m"
      " WHERE m.component%=$1 AND m.\"position\"%g$2 AND " HOLDS_ROWS;
  case LEDGER_READ:
    return COLUMNS ROWS;
  case LEDGER_LIST:
    return
      COLUMNS ", " ISO_8601("m.applied_at") ", m.applied_by,"
      " %.int8(%.date_part('epoch', m.duration)%*1000000)" ROWS;
  case LEDGER_TABLE:
    return
      "CREATE TABLE %T (component " KEY ", tag " KEY ", \"position\" %.int4 NOT NULL, hash " KEY ","
      " chain " KEY ", outline %.text COLLATE %.\"C\", when_ms %.int8 NOT NULL, state " KEY ","
      " applied_at %.timestamptz NOT NULL, applied_by %.text NOT NULL,"
      " duration %.interval NOT NULL, PRIMARY KEY (component, tag))";
  case LEDGER_INDEX:
    return "CREATE INDEX ON %T (component, \"position\")";
  case LEDGER_GUARD:
    return
      "SELECT CASE"
      " WHEN EXISTS (SELECT FROM %T AS m WHERE m.component%=$1%t AND m.tag%=$2%t)"
      " THEN " RAISE("another session has just applied this migration; this one looks again,"
                     " nothing is wrong")
      " WHEN $3%t IS NOT NULL AND NOT EXISTS (SELECT FROM %T AS m"
      " WHERE m.component%=$1%t AND m.tag%=$3%t)"
      " THEN %L ELSE 0 END";
  case LEDGER_HOLD:
    return
      "SELECT CASE WHEN EXISTS (SELECT FROM %T AS m WHERE " NATIVE_ROW ")"
      " AND NOT EXISTS (SELECT FROM %T AS m WHERE m.component%=$1%t"
      " AND m.\"position\"%>$4%I) THEN 0 ELSE %L END";
  case LEDGER_RECORD:
    return
      WRITTEN("INSERT INTO %T (component, tag, \"position\", hash, chain, outline, when_ms, state,"
              " applied_at, applied_by, duration) VALUES ($1, $2, $3%i, $4, $5, $6, $7%I, $8,"
              " %.clock_timestamp(), session_user, %.clock_timestamp()%-%.transaction_timestamp())",
              "w.component%=$1%t AND w.tag%=$2%t AND w.hash%=$4%t");
  case LEDGER_REMOVE:
    return WRITTEN("DELETE FROM %T AS m WHERE " NATIVE_ROW, "true");
  case LEDGER_ACCEPT:
    return WRITTEN("UPDATE %T AS m SET hash = $4, outline = $5 WHERE " NATIVE_ROW, "w.hash%=$4%t");
  case LEDGER_RESTAMP:
    return
      "UPDATE %T AS m SET \"position\" = $3%i, chain = $4 WHERE m.component%=$1%t AND m.tag%=$2%t";
  }
  return "";
}

static const char *drizzle(embark__ledger_text which)
{
  switch (which) {
  case LEDGER_CHECK:
    return
      "SELECT %.encode(%.sha256(%.convert_to("
      "COALESCE(%.string_agg("
      "%.concat(m.created_at, ':', m.hash, %.chr(10)),"
      " '' ORDER BY m.created_at,"
      " m.hash COLLATE %.\"C\"), ''), 'UTF8')), 'hex') FROM %T AS m WHERE " HOLDS_ROWS;
  case LEDGER_READ:
  case LEDGER_LIST:
    return DRIZZLE_ROWS;
  case LEDGER_TABLE:
    return "CREATE TABLE %T (id SERIAL PRIMARY KEY, hash %.text NOT NULL, created_at bigint)";
  case LEDGER_GUARD:
    return
      "SELECT CASE WHEN COALESCE((SELECT %.concat(m.created_at, ':', m.hash) FROM %T AS m"
      " ORDER BY m.id DESC LIMIT 1), '')%!$1%t THEN "
      RAISE("another session has just applied migrations; this one looks again, nothing is wrong")
      " ELSE 0 END";
  case LEDGER_RECORD:
    return
      WRITTEN("INSERT INTO %T (hash, created_at) VALUES ($1, $2%I)",
              "w.hash%=$1%t AND w.created_at%=$2%I");
  case LEDGER_HOLD:
    return
      "SELECT CASE WHEN EXISTS (SELECT FROM %T AS m WHERE " DRIZZLE_ROW ")"
      " AND NOT EXISTS (SELECT FROM %T AS m WHERE m.id%>$3%I)"
      " THEN 0 ELSE %L END";
  case LEDGER_REMOVE:
    return WRITTEN("DELETE FROM %T AS m WHERE " DRIZZLE_ROW, "true");
  case LEDGER_ACCEPT:
    return WRITTEN("UPDATE %T AS m SET hash = $3 WHERE " DRIZZLE_ROW, "w.hash%=$3%t");
  case LEDGER_INDEX:
  case LEDGER_RESTAMP:
    break; /* it has no place for these; the sequence asks for neither */
  }
  return "";
}
/* clang-format on */

const char *embark__ledger_text_of(embark_ledger kind, embark__ledger_text which)
{
  return kind == EMBARK_LEDGER_NATIVE ? native(which) : drizzle(which);
}
