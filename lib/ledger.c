/* ledger.c - all SQL that touches the ledger, in one table, and what its answers mean. Knows the
 * two shapes of ledger; decides nothing. */
#include "ledger.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "sql.h"

/* Whoever makes a view in the ledger's place could have its code run by our question. A sample can
 * only be taken of what holds rows itself, which is found out before anything is run; then this is
 * true and costs nothing. Asking for a column like tableoid would not do: a view may have one. */
#define HOLDS_ROWS "(true OR EXISTS (SELECT FROM %T TABLESAMPLE %.system(0)))"

/* One row is in the ledger, as it was written: no trigger or rule swallowed or changed it. */
#define WRITTEN(insert, same)                                                                      \
  "WITH w AS (" insert " RETURNING *) SELECT CASE WHEN EXISTS (SELECT FROM w WHERE " same ")"      \
  " THEN 0 ELSE " RAISE("the ledger did not take the row") " END"

typedef enum text_of { CHECK, READ, LIST, TABLE, INDEX, GUARD, RECORD, RESTAMP, TEXTS } text_of;

#define COLUMNS "SELECT m.tag, m.hash, m.state, m.chain, m.\"position\", m.outline"
#define ROWS                                                                                       \
  " FROM %T AS m WHERE m.component %= $1" TEXT " ORDER BY m.\"position\", m.applied_at, m.tag"
#define DRIZZLE_ROWS "SELECT m.hash, m.created_at FROM %T AS m ORDER BY m.id"

/* In the short forms of sql.h; %T is the ledger. Texts of tags and names sort and compare by the C
 * collation, which no upgrade of the system's locales changes under an index. */
/* clang-format off */
static const char *const native[TEXTS] = {
  [CHECK] =
    /* Whoever is up to date asks only this, so it is made for the planner's haste: no order, no
     * limit, no casts. Nearly always one row answers. */
    "SELECT m.chain, m.state FROM %T AS m"
    " WHERE m.component %= $1 AND m.\"position\"" GE "$2 AND " HOLDS_ROWS,
  [READ] =
    COLUMNS ROWS,
  [LIST] =
    COLUMNS ", " ISO_8601("m.applied_at") ", m.applied_by,"
    " %.int8(%.date_part('epoch', m.duration) OPERATOR(%.*) 1000000)" ROWS,
  [TABLE] =
    "CREATE TABLE %T ("
    "component %.text COLLATE %.\"C\" NOT NULL, "
    "tag %.text COLLATE %.\"C\" NOT NULL, "
    "\"position\" %.int4 NOT NULL, "
    "hash %.text COLLATE %.\"C\" NOT NULL, "
    "chain %.text COLLATE %.\"C\" NOT NULL, "
    "outline %.text COLLATE %.\"C\", "
    "when_ms %.int8 NOT NULL, "
    "state %.text COLLATE %.\"C\" NOT NULL, "
    "applied_at %.timestamptz NOT NULL, "
    "applied_by %.text NOT NULL, "
    "duration %.interval NOT NULL, "
    "PRIMARY KEY (component, tag))",
  [INDEX] =
    "CREATE INDEX ON %T (component, \"position\")",
  [GUARD] =
    "SELECT CASE"
    " WHEN EXISTS (SELECT FROM %T AS m WHERE m.component %= $1%t AND m.tag %= $2%t)"
    " THEN " RAISE("another session has just applied this migration; this one looks again,"
                   " nothing is wrong")
    " WHEN $3%t IS NOT NULL AND NOT EXISTS (SELECT FROM %T AS m"
    " WHERE m.component %= $1%t AND m.tag %= $3%t)"
    " THEN " RAISE("the ledger has changed since the plan was made; this session looks again,"
                   " nothing is wrong")
    " ELSE 0 END",
  [RECORD] =
    WRITTEN("INSERT INTO %T (component, tag, \"position\", hash, chain, outline, when_ms, state,"
            " applied_at, applied_by, duration) VALUES ($1, $2, $3" INT4 ", $4, $5, $6, $7" INT8
            ", $8, %.clock_timestamp(), session_user,"
            " %.clock_timestamp()" MINUS "%.transaction_timestamp())",
            "w.component %= $1%t AND w.tag %= $2%t AND w.hash %= $4%t"),
  [RESTAMP] =
    "UPDATE %T AS m SET \"position\" = $3" INT4 ", chain = $4"
    " WHERE m.component %= $1%t AND m.tag %= $2%t",
};

static const char *const drizzle[TEXTS] = {
  [CHECK] =
    "SELECT %.encode(%.sha256(%.convert_to("
    "COALESCE(%.string_agg("
    "%.concat(m.created_at, ':', m.hash, %.chr(10)),"
    " '' ORDER BY m.created_at,"
    " m.hash COLLATE %.\"C\"), ''), 'UTF8')), 'hex') FROM %T AS m WHERE " HOLDS_ROWS,
  [READ] =
    DRIZZLE_ROWS,
  [LIST] =
    DRIZZLE_ROWS,
  [TABLE] =
    "CREATE TABLE %T (id SERIAL PRIMARY KEY, hash %.text NOT NULL, created_at bigint)",
  [GUARD] =
    "SELECT CASE WHEN COALESCE((SELECT %.concat(m.created_at, ':', m.hash) FROM %T AS m"
    " ORDER BY m.id DESC LIMIT 1), '') %! $1" TEXT
    " THEN " RAISE("another session has just applied migrations; this one looks again,"
                   " nothing is wrong")
    " ELSE 0 END",
  [RECORD] =
    WRITTEN("INSERT INTO %T (hash, created_at) VALUES ($1, $2" INT8 ")",
            "w.hash %= $1%t AND w.created_at %= $2" INT8),
  [INDEX] = "", [RESTAMP] = "", /* it has no place for either; the sequence asks for neither */
};
/* clang-format on */

void embark__ledger_init(embark__ledger *l, const embark_bundle *bundle, const char *schema,
                         const char *table, const embark_allocator *alloc)
{
  *l = (embark__ledger){0};
  l->bundle = bundle;
  l->schema = schema != NULL ? schema : bundle->ledger_schema;
  l->table = table != NULL ? table : bundle->ledger_table;
  l->sql.alloc = alloc;
  l->newest.alloc = alloc;
}

void embark__ledger_free(embark__ledger *l)
{
  embark__buf_free(&l->sql);
  embark__buf_free(&l->newest);
}

static int is_native(const embark__ledger *l)
{
  return l->bundle->ledger == EMBARK_LEDGER_NATIVE;
}

static int send(embark__ledger *l, embark__pipeline *p, text_of which, int count,
                const char *const *values)
{
  const char *text = (is_native(l) ? native : drizzle)[which];
  return embark__sql_send_about(p, &l->sql, text, l->schema, l->table, count, values);
}

/* Room for any int64_t in decimal. */
typedef char digits[24];

static const char *decimal(digits out, int64_t value)
{
  snprintf(out, sizeof(digits), "%" PRId64, value);
  return out;
}

int embark__ledger_send_check(embark__ledger *l, embark__pipeline *p)
{
  digits last;
  if (!is_native(l)) {
    return send(l, p, CHECK, 0, NULL);
  }
  const char *values[] = {l->bundle->component,
                          decimal(last, (int64_t)l->bundle->migration_count - 1)};
  return send(l, p, CHECK, 2, values);
}

/* Whether a row of the native ledger is our last migration's, and vouches for all before it. */
static int is_proof(const embark_bundle *b, const char *chain, const char *state)
{
  return chain != NULL && strcmp(chain, b->migrations[b->migration_count - 1].chain) == 0 &&
         state != NULL && (strcmp(state, "applied") == 0 || strcmp(state, "adopted") == 0);
}

void embark__ledger_proof(const embark__ledger *l, const PGresult *res, int *current, int *ahead)
{
  for (int row = 0; row < PQntuples(res); row++) {
    const char *first = embark__answer_text(res, row, 0);
    if (!is_native(l)) {
      *current = first != NULL && strcmp(first, l->bundle->ledger_digest) == 0;
    } else if (is_proof(l->bundle, first, embark__answer_text(res, row, 1))) {
      *current = 1;
    } else {
      *ahead = 1;
    }
  }
}

int embark__ledger_send_read(embark__ledger *l, embark__pipeline *p, int for_list)
{
  const char *values[] = {l->bundle->component};
  embark__buf_clear(&l->newest);
  return send(l, p, for_list ? LIST : READ, is_native(l) ? 1 : 0, values);
}

/* Remember a Drizzle row as the newest, in the form in which the guard asks for it. */
static int note_newest(embark__ledger *l, const char *created_at, const char *hash)
{
  embark__buf_clear(&l->newest);
  embark__buf_str(&l->newest, created_at != NULL ? created_at : "");
  embark__buf_str(&l->newest, ":");
  embark__buf_str(&l->newest, hash != NULL ? hash : "");
  return embark__buf_text(&l->newest) == NULL ? -1 : 0;
}

int embark__ledger_row(embark__ledger *l, const PGresult *res, int row, embark__row *out)
{
  const char *first = embark__answer_text(res, row, 0);
  const char *second = embark__answer_text(res, row, 1);
  *out = (embark__row){.duration_us = -1};
  if (is_native(l)) {
    out->tag = first;
    out->hash = second;
    out->state = embark__answer_text(res, row, 2);
    out->chain = embark__answer_text(res, row, 3);
    out->position = embark__answer_int(res, row, 4);
    out->outline = embark__answer_text(res, row, 5);
    out->applied_at = embark__answer_text(res, row, 6);
    out->applied_by = embark__answer_text(res, row, 7);
    if (embark__answer_text(res, row, 8) != NULL) {
      out->duration_us = embark__answer_int(res, row, 8);
    }
    return 0;
  }
  if (l->bundle->ledger == EMBARK_LEDGER_DRIZZLE_TAG) {
    out->tag = first;
  } else {
    out->hash = first;
  }
  out->has_when = second != NULL;
  out->when_ms = embark__answer_int(res, row, 1);
  return note_newest(l, second, first);
}

int embark__ledger_send_create(embark__ledger *l, embark__pipeline *p, embark__message_kind what)
{
  embark__buf_clear(&l->newest);
  if (what == MSG_CREATE_SCHEMA) {
    return embark__sql_send_create_schema(p, &l->sql, l->schema);
  }
  return send(l, p, what == MSG_CREATE_TABLE ? TABLE : INDEX, 0, NULL);
}

void embark__ledger_put_sql(const embark__ledger *l, embark__buf *out)
{
  if (strcmp(l->schema, "public") != 0) {
    embark__sql_put_line(out, CREATE_SCHEMA, l->schema, NULL);
  }
  if (is_native(l)) {
    embark__sql_put_line(out, native[TABLE], l->schema, l->table);
    embark__sql_put_line(out, native[INDEX], l->schema, l->table);
  } else {
    embark__sql_put_line(out, drizzle[TABLE], l->schema, l->table);
  }
}

int embark__ledger_send_guard(embark__ledger *l, embark__pipeline *p, uint32_t index)
{
  const embark_migration *m = &l->bundle->migrations[index];
  if (is_native(l)) {
    const char *values[] = {l->bundle->component, m->tag, index > 0 ? m[-1].tag : NULL};
    return send(l, p, GUARD, 3, values);
  }
  const char *newest = embark__buf_text(&l->newest);
  if (newest == NULL) {
    return -1;
  }
  const char *values[] = {newest};
  return send(l, p, GUARD, 1, values);
}

int embark__ledger_send_record(embark__ledger *l, embark__pipeline *p, uint32_t index, int adopted)
{
  const embark_migration *m = &l->bundle->migrations[index];
  digits position, when;
  decimal(when, m->when_ms);
  if (is_native(l)) {
    decimal(position, index);
    const char *state = adopted ? "adopted" : "applied";
    const char *values[] = {l->bundle->component, m->tag, position, m->hash, m->chain,
                            m->outline,           when,   state};
    return send(l, p, RECORD, 8, values);
  }
  const char *hash = l->bundle->ledger == EMBARK_LEDGER_DRIZZLE_TAG ? m->tag : m->hash;
  const char *values[] = {hash, when};
  return note_newest(l, when, hash) != 0 ? -1 : send(l, p, RECORD, 2, values);
}

int embark__ledger_send_restamp(embark__ledger *l, embark__pipeline *p, uint32_t index)
{
  digits position;
  const embark_migration *m = &l->bundle->migrations[index];
  const char *values[] = {l->bundle->component, m->tag, decimal(position, index), m->chain};
  return send(l, p, RESTAMP, 4, values);
}
