/* ledger.c - what is asked of the ledger, and what its answers mean. Knows the parameters of the
 * statements in ledger_text.c; decides nothing. */
#include "ledger.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "ledger_text.h"
#include "sql.h"

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

static int send(embark__ledger *l, embark__pipeline *p, embark__ledger_text which, int count,
                const char *const *values)
{
  const char *text = embark__ledger_text_of(l->bundle->ledger, which);
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
    return send(l, p, LEDGER_CHECK, 0, NULL);
  }
  const char *values[] = {l->bundle->component,
                          decimal(last, (int64_t)l->bundle->migration_count - 1)};
  return send(l, p, LEDGER_CHECK, 2, values);
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
  return send(l, p, for_list ? LEDGER_LIST : LEDGER_READ, is_native(l) ? 1 : 0, values);
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
  out->position = embark__answer_int(res, row, 2);
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
  return send(l, p, what == MSG_CREATE_TABLE ? LEDGER_TABLE : LEDGER_INDEX, 0, NULL);
}

void embark__ledger_put_sql(const embark__ledger *l, embark__buf *out)
{
  if (strcmp(l->schema, "public") != 0) {
    embark__sql_put_line(out, CREATE_SCHEMA, l->schema, NULL);
  }
  if (is_native(l)) {
    embark__sql_put_line(out, embark__ledger_text_of(l->bundle->ledger, LEDGER_TABLE), l->schema,
                         l->table);
    embark__sql_put_line(out, embark__ledger_text_of(l->bundle->ledger, LEDGER_INDEX), l->schema,
                         l->table);
  } else {
    embark__sql_put_line(out, embark__ledger_text_of(l->bundle->ledger, LEDGER_TABLE), l->schema,
                         l->table);
  }
}

int embark__ledger_send_guard(embark__ledger *l, embark__pipeline *p, uint32_t index)
{
  const embark_migration *m = &l->bundle->migrations[index];
  if (is_native(l)) {
    const char *values[] = {l->bundle->component, m->tag, index > 0 ? m[-1].tag : NULL};
    return send(l, p, LEDGER_GUARD, 3, values);
  }
  const char *newest = embark__buf_text(&l->newest);
  if (newest == NULL) {
    return -1;
  }
  const char *values[] = {newest};
  return send(l, p, LEDGER_GUARD, 1, values);
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
    return send(l, p, LEDGER_RECORD, 8, values);
  }
  const char *hash = l->bundle->ledger == EMBARK_LEDGER_DRIZZLE_TAG ? m->tag : m->hash;
  const char *values[] = {hash, when};
  return note_newest(l, when, hash) != 0 ? -1 : send(l, p, LEDGER_RECORD, 2, values);
}

/* What tells the ledger's row of a planned migration from all others. Returns how many values. */
static int row_values(const embark__ledger *l, const embark__plan *plan, uint32_t index,
                      digits when, const char *values[3])
{
  const embark_migration *m = &l->bundle->migrations[index];
  const char *hash = embark__plan_hash(plan, index);
  switch (l->bundle->ledger) {
  case EMBARK_LEDGER_NATIVE:
    values[0] = l->bundle->component;
    values[1] = m->tag;
    values[2] = hash;
    return 3;
  case EMBARK_LEDGER_DRIZZLE:
    values[0] = decimal(when, m->when_ms);
    values[1] = hash;
    return 2;
  case EMBARK_LEDGER_DRIZZLE_TAG:
    values[0] = NULL;
    values[1] = m->tag;
    return 2;
  }
  return 0;
}

int embark__ledger_send_hold(embark__ledger *l, embark__pipeline *p, const embark__plan *plan,
                             uint32_t index)
{
  digits when, newest;
  const char *values[4];
  int count = row_values(l, plan, index, when, values);
  values[count] = decimal(newest, plan->last_position);
  return send(l, p, LEDGER_HOLD, count + 1, values);
}

int embark__ledger_send_change(embark__ledger *l, embark__pipeline *p, const embark__plan *plan,
                               uint32_t index)
{
  const embark_migration *m = &l->bundle->migrations[index];
  digits when;
  const char *values[5];
  int count = row_values(l, plan, index, when, values);
  if (plan->op == EMBARK_REVERT) {
    return send(l, p, LEDGER_REMOVE, count, values);
  }
  values[count++] = m->hash;
  values[count] = m->outline;
  return send(l, p, LEDGER_ACCEPT, count + is_native(l), values);
}

int embark__ledger_send_restamp(embark__ledger *l, embark__pipeline *p, uint32_t index)
{
  digits position;
  const embark_migration *m = &l->bundle->migrations[index];
  const char *values[] = {l->bundle->component, m->tag, decimal(position, index), m->chain};
  return send(l, p, LEDGER_RESTAMP, 4, values);
}
