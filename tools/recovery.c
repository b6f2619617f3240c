/* Lists of patterns for what may be run twice, and the names of indexes. Knows PostgreSQL's
 * commands; knows nothing of the statements around, nor of what the user says about this one. */
#include "recovery.h"

#include <string.h>

#include <embark_bundle.h>

/* Run once more, each of these does nothing, or the same again. A clause counts where it is the
 * object's own, not somewhere in the text. */
static const char *const harmless[] = {
    "BEGIN", /* its transaction went with the connection */
    "START TRANSACTION",
    "VACUUM",
    "ANALYZE|ANALYSE",
    "REINDEX",
    "CLUSTER",
    "CHECKPOINT",
    "ALTER SYSTEM",
    "SET|RESET|DISCARD|SHOW",
    "REFRESH MATERIALIZED VIEW",
    "COMMENT ON",
    "GRANT|REVOKE",
    "CREATE OR REPLACE",
    "CREATE [GLOBAL|LOCAL] [TEMPORARY|TEMP|UNLOGGED] TABLE IF NOT EXISTS",
    "CREATE [TEMPORARY|TEMP|UNLOGGED] SEQUENCE IF NOT EXISTS",
    "CREATE [UNIQUE] INDEX IF NOT EXISTS", /* but CONCURRENTLY may have left it INVALID */
    "CREATE SCHEMA|EXTENSION|COLLATION|STATISTICS|SERVER IF NOT EXISTS",
    "CREATE MATERIALIZED VIEW IF NOT EXISTS",
    "CREATE FOREIGN TABLE IF NOT EXISTS",
    "CREATE USER MAPPING IF NOT EXISTS",
    "DROP AGGREGATE|CAST|COLLATION|CONVERSION|DATABASE|DOMAIN|EXTENSION|FUNCTION IF EXISTS",
    "DROP GROUP|LANGUAGE|OPERATOR|POLICY|PROCEDURE|PUBLICATION|ROLE|ROUTINE|RULE IF EXISTS",
    "DROP SCHEMA|SEQUENCE|SERVER|STATISTICS|SUBSCRIPTION|TABLE|TABLESPACE|TRANSFORM IF EXISTS",
    "DROP TRIGGER|TYPE|USER|VIEW IF EXISTS",
    "DROP INDEX [CONCURRENTLY] IF EXISTS",
    "DROP MATERIALIZED VIEW IF EXISTS",
    "DROP FOREIGN TABLE IF EXISTS",
    "DROP FOREIGN DATA WRAPPER IF EXISTS",
    "DROP EVENT TRIGGER IF EXISTS",
    "DROP ACCESS METHOD IF EXISTS",
    "DROP OPERATOR CLASS|FAMILY IF EXISTS",
    "DROP PROCEDURAL LANGUAGE IF EXISTS",
    "DROP TEXT SEARCH CONFIGURATION|DICTIONARY|PARSER|TEMPLATE IF EXISTS",
    "DROP USER MAPPING IF EXISTS",
    "ALTER TYPE * ADD VALUE IF NOT EXISTS",
    NULL,
};
static const char *const session[] = {"SET", "RESET", "DISCARD ALL", NULL};
static const char *const no_session[] = {"SET LOCAL|TRANSACTION|CONSTRAINTS", NULL};

/* REINDEX of more than a table: statement.c calls it by its width, not by its CONCURRENTLY. */
static const char *const waits[] = {
    "REINDEX DATABASE|SYSTEM|SCHEMA CONCURRENTLY",
    "REINDEX ( * ) DATABASE|SYSTEM|SCHEMA CONCURRENTLY",
    "REINDEX ( * CONCURRENTLY * ) DATABASE|SYSTEM|SCHEMA",
    NULL,
};
static const char *const no_waits[] = {"REINDEX ( * CONCURRENTLY FALSE|OFF|0 * )", NULL};

static bool matches_any(const head *h, const char *const *patterns)
{
  for (; *patterns != NULL; patterns++) {
    if (head_matches(h, *patterns, NULL)) {
      return true;
    }
  }
  return false;
}

/* --- names ------------------------------------------------------------------------------------ */

/* An identifier that says what it is as it stands: not U&"...", which is written in escapes. */
static bool take_identifier(const head *h, size_t *at, text *out)
{
  if (*at >= h->count) {
    return false;
  }
  token t = h->tokens[*at];
  if (t.kind != TOKEN_WORD && (t.kind != TOKEN_NAME || h->sql[t.start] != '"')) {
    return false;
  }
  text_put(out, h->sql + t.start, t.end - t.start);
  *at += 1;
  return true;
}

/* A name that may be qualified, without the white space and comments that may stand in it. */
static bool take_name(const head *h, size_t *at, text *out)
{
  bool whole = take_identifier(h, at, out);
  while (whole && head_take(h, at, ".")) {
    text_putc(out, '.');
    whole = take_identifier(h, at, out);
  }
  return whole;
}

/* CREATE [UNIQUE] INDEX CONCURRENTLY [IF NOT EXISTS] name ON [ONLY] table: the table and the name,
 * each with its NUL. ON and ONLY are reserved: unquoted they are no names, and where the name is
 * left out the second ON is missing. */
static bool take_index(const head *h, text *out)
{
  size_t at = 0;
  text name = {0};
  if (!head_take(h, &at, "CREATE INDEX CONCURRENTLY") &&
      !head_take(h, &at, "CREATE UNIQUE INDEX CONCURRENTLY")) {
    return false;
  }
  (void)head_take(h, &at, "IF NOT EXISTS");
  bool named = take_identifier(h, &at, &name) && head_take(h, &at, "ON");
  (void)head_take(h, &at, "ONLY");
  named = named && take_name(h, &at, out);
  text_putc(out, '\0');
  text_put(out, text_string(&name), name.size + 1);
  out->failed = out->failed || name.failed;
  text_free(&name);
  return named;
}

/* DROP INDEX CONCURRENTLY [IF EXISTS] name [RESTRICT], which takes one name and no CASCADE. */
static bool take_drop(const head *h, text *out)
{
  size_t at = 0;
  if (!head_take(h, &at, "DROP INDEX CONCURRENTLY")) {
    return false;
  }
  (void)head_take(h, &at, "IF EXISTS");
  bool named = take_name(h, &at, out);
  text_putc(out, '\0');
  (void)head_take(h, &at, "RESTRICT");
  return named && at == h->count;
}

/* ALTER TABLE ... VALIDATE CONSTRAINT as the only thing that is done to the table. */
static bool only_validates(const head *h)
{
  size_t at = 0;
  text ignored = {0};
  if (!head_take(h, &at, "ALTER TABLE")) {
    return false;
  }
  (void)head_take(h, &at, "IF EXISTS");
  (void)head_take(h, &at, "ONLY");
  bool only = take_name(h, &at, &ignored) && head_take(h, &at, "VALIDATE CONSTRAINT") &&
              take_identifier(h, &at, &ignored) && at == h->count;
  text_free(&ignored);
  return only;
}

/* --- flags ------------------------------------------------------------------------------------ */

static uint32_t name_flag(const head *h, text *names)
{
  if (take_index(h, names)) {
    return EMBARK_STATEMENT_INDEX;
  }
  text_free(names);
  if (take_drop(h, names)) {
    return EMBARK_STATEMENT_DROP;
  }
  text_free(names);
  return 0;
}

uint32_t recovery_flags(const head *h, statement_kind kind, text *names)
{
  uint32_t flags = kind == STATEMENT_CONCURRENTLY ? name_flag(h, names) : 0u;
  if (kind == STATEMENT_CONCURRENTLY || (matches_any(h, waits) && !matches_any(h, no_waits))) {
    flags |= EMBARK_STATEMENT_WAITS;
  }
  if (matches_any(h, harmless) || only_validates(h)) {
    flags |= EMBARK_STATEMENT_REPEAT;
  }
  if (matches_any(h, session) && !matches_any(h, no_session)) {
    flags |= EMBARK_STATEMENT_SESSION;
  }
  return flags;
}
