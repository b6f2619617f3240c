/* Puts a bundle together: loads the migrations of a folder, chains their hashes, lays their
 * texts one after the other, and sums it all up in a digest. docs/bundle-format.md says the same
 * in words. */
#include "pack.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "layout.h"

/* Statements whose data is names. */
#define STATEMENT_NAMES (EMBARK_STATEMENT_INDEX | EMBARK_STATEMENT_DROP)

/* --- loading ---------------------------------------------------------------------------------- */

static void fill_options(pack *p, const pack_options *options)
{
  p->options = *options;
  if (p->options.ledger == 0) {
    p->options.ledger = p->drizzle ? EMBARK_LEDGER_DRIZZLE : EMBARK_LEDGER_NATIVE;
  }
  if (p->options.ledger_schema == NULL) {
    bool native = p->options.ledger == EMBARK_LEDGER_NATIVE;
    p->options.ledger_schema = native ? "embark" : "drizzle";
    p->options.ledger_table = native ? "migrations" : "__drizzle_migrations";
  }
}

/* Every file is looked at, so that one run shows what is wrong with each. */
static int load(pack *p, const char *dir, diag *d)
{
  int status = 0;
  for (size_t i = 0; i < p->migrations.count; i++) {
    migration *m = &p->migrations.items[i];
    if (migration_load(m, dir, p->drizzle, d) != 0) {
      status = -1;
      continue;
    }
    migration_hash(m, p->options.ledger);
  }
  return status;
}

static void chain(migration_list *list)
{
  hash before = {{0}};
  for (size_t i = 0; i < list->count; i++) {
    text link = {0};
    text_printf(&link, "%s\n%s\n%s", before.hex, list->items[i].tag, list->items[i].hash.hex);
    before = hash_bytes(text_string(&link), link.size);
    list->items[i].chain = before;
    text_free(&link);
  }
}

/* --- texts and statements --------------------------------------------------------------------- */

/* Copy the file's text from *at up to `end`. */
static void copy_to(text *sql, const source *src, size_t *at, size_t end)
{
  text_put(sql, src->bytes + *at, end - *at);
  *at = end;
}

/* The server wants the last data line ended as well. */
static void end_data(text *sql, embark_statement *st)
{
  if (st->data_length > 0 && sql->bytes != NULL && sql->bytes[sql->size - 1] != '\n') {
    text_putc(sql, '\n');
    st->data_length++;
  }
}

/* One that is implied has no text in the file: append_extras() gives it one behind. */
static void lay_statement(pack *p, const migration *m, const statement *st, size_t *at)
{
  text *sql = &p->sql;
  p->statements = alloc_one_more(p->statements, &p->statement_capacity, p->statement_count,
                                 sizeof p->statements[0]);
  embark_statement *out = &p->statements[p->statement_count++];
  *out = (embark_statement){.line = (uint32_t)st->line, .flags = st->flags};
  if (st->implied != NULL) {
    return;
  }
  copy_to(sql, &m->source, at, st->start);
  out->offset = sql->size;
  out->length = st->end - st->start;
  copy_to(sql, &m->source, at, st->end);
  text_putc(sql, '\0');
  *at += st->closed; /* the NUL is there in place of the semicolon */
  if (st->what.kind == STATEMENT_COPY_IN) {
    copy_to(sql, &m->source, at, st->data_start);
    out->flags |= EMBARK_STATEMENT_COPY;
    out->data_offset = sql->size;
    out->data_length = st->data_end - st->data_start;
    copy_to(sql, &m->source, at, st->data_end);
    end_data(sql, out);
  }
}

/* Put what the run needs, and the file does not say in so many words, behind the file's text. */
static void append_extras(pack *p, const migration *m, const pack_slot *slot)
{
  text *sql = &p->sql;
  for (size_t i = 0; i < m->script.count; i++) {
    const statement *st = &m->script.statements[i];
    embark_statement *out = &p->statements[slot->first_statement + i];
    if (st->implied != NULL) {
      out->offset = sql->size;
      out->length = strlen(st->implied);
      text_put(sql, st->implied, out->length + 1);
    }
    if ((st->flags & STATEMENT_NAMES) != 0) {
      out->data_offset = sql->size;
      out->data_length = st->names.size;
      text_put(sql, text_string(&st->names), st->names.size);
      sql->failed = sql->failed || st->names.failed;
    }
  }
}

static void lay_migration(pack *p, size_t index)
{
  const migration *m = &p->migrations.items[index];
  pack_slot *slot = &p->slots[index];
  size_t at = 0;
  slot->sql_offset = p->sql.size;
  slot->first_statement = p->statement_count;
  for (size_t i = 0; i < m->script.count; i++) {
    lay_statement(p, m, &m->script.statements[i], &at);
  }
  copy_to(&p->sql, &m->source, &at, m->source.size);
  slot->sql_length = p->sql.size - slot->sql_offset;
  append_extras(p, m, slot);
}

static int lay_out(pack *p, diag *d)
{
  p->slots = alloc_bytes(p->migrations.count * sizeof p->slots[0]);
  for (size_t i = 0; i < p->migrations.count; i++) {
    lay_migration(p, i);
  }
  if (p->sql.failed) {
    diag_error(d, NULL, "out of memory");
    return -1;
  }
  if (p->statement_count > UINT32_MAX) {
    diag_error(d, "Split the folder in two bundles.", "more than 4294967295 statements");
    return -1;
  }
  return 0;
}

/* --- what the ledger will say ----------------------------------------------------------------- */

/* What a Drizzle ledger keeps in its column `hash`. */
static const char *ledger_key(const pack *p, const migration *m)
{
  return p->options.ledger == EMBARK_LEDGER_DRIZZLE_TAG ? m->tag : m->hash.hex;
}

typedef struct ledger_row {
  int64_t when_ms;
  const char *key;
  const char *tag;
} ledger_row;

static int by_row(const void *a, const void *b)
{
  const ledger_row *left = a;
  const ledger_row *right = b;
  if (left->when_ms != right->when_ms) {
    return left->when_ms < right->when_ms ? -1 : 1;
  }
  return strcmp(left->key, right->key);
}

static void digest_rows(pack *p, ledger_row *rows)
{
  size_t count = p->migrations.count;
  text lines = {0};
  for (size_t i = 0; i < count; i++) {
    const migration *m = &p->migrations.items[i];
    rows[i] = (ledger_row){m->when_ms, ledger_key(p, m), m->tag};
  }
  qsort(rows, count, sizeof *rows, by_row);
  for (size_t i = 0; i < count; i++) {
    text_printf(&lines, "%" PRId64 ":%s\n", rows[i].when_ms, rows[i].key);
  }
  p->ledger_digest = hash_bytes(text_string(&lines), lines.size);
  text_free(&lines);
}

/* A Drizzle ledger knows a migration by its time and hash alone, and other line endings are no
 * other migration: so no two may have the same time and the same text. */
static int check_rows(const pack *p, ledger_row *rows, diag *d)
{
  size_t count = p->migrations.count;
  size_t errors = d->errors;
  for (size_t i = 0; i < count; i++) {
    const migration *m = &p->migrations.items[i];
    rows[i] = (ledger_row){m->when_ms, m->canonical.hex, m->tag};
  }
  qsort(rows, count, sizeof *rows, by_row);
  for (size_t i = 1; i < count; i++) {
    if (by_row(&rows[i - 1], &rows[i]) == 0) {
      diag_error(d,
                 "Give one of them another time or another text, or use --ledger native, which "
                 "knows tags.",
                 "\"%s\" and \"%s\" have the same time and the same text, so the ledger cannot"
                 " tell them apart",
                 rows[i - 1].tag, rows[i].tag);
    }
  }
  return d->errors == errors ? 0 : -1;
}

static int foresee_ledger(pack *p, diag *d)
{
  if (p->options.ledger == EMBARK_LEDGER_NATIVE) {
    return 0;
  }
  ledger_row *rows = alloc_bytes(p->migrations.count * sizeof *rows);
  int status = 0;
  if (p->options.ledger == EMBARK_LEDGER_DRIZZLE) {
    status = check_rows(p, rows, d);
  }
  digest_rows(p, rows);
  free(rows);
  return status;
}

/* --- the whole -------------------------------------------------------------------------------- */

static void describe_names(text *out, const pack *p, const embark_statement *st)
{
  uint64_t at = 0;
  while ((st->flags & STATEMENT_NAMES) != 0 && at < st->data_length) {
    const char *name = p->sql.bytes + st->data_offset + at;
    text_printf(out, " %zu:%s", strlen(name), name);
    at += strlen(name) + 1;
  }
}

static void describe_migration(text *out, const pack *p, size_t index)
{
  const migration *m = &p->migrations.items[index];
  const pack_slot *slot = &p->slots[index];
  text_printf(out, "migration %zu:%s %s %" PRId64 " %" PRId64 " %" PRId64 " %" PRIu32 " %zu %zu\n",
              strlen(m->tag), m->tag, m->hash.hex, m->when_ms, m->script.directives.lock_timeout_ms,
              m->script.directives.statement_timeout_ms, migration_flags(m), slot->sql_length,
              m->script.count);
  for (size_t i = 0; i < m->script.count; i++) {
    const embark_statement *st = &p->statements[slot->first_statement + i];
    text_printf(out, "statement %" PRIu64 " %" PRIu64 " %" PRIu32 " %" PRIu32,
                st->offset - slot->sql_offset, st->length, st->line, st->flags);
    if ((st->flags & EMBARK_STATEMENT_COPY) != 0) {
      text_printf(out, " %" PRIu64 " %" PRIu64, st->data_offset - slot->sql_offset,
                  st->data_length);
    }
    describe_names(out, p, st);
    text_putc(out, '\n');
  }
}

static int digest(pack *p, diag *d)
{
  const pack_options *o = &p->options;
  text out = {0};
  text_printf(&out, "embark bundle %u\ncomponent %zu:%s\nledger %d %zu:%s %zu:%s\nadopt %d\n",
              (unsigned)EMBARK_BUNDLE_FORMAT, strlen(o->component), o->component, (int)o->ledger,
              strlen(o->ledger_schema), o->ledger_schema, strlen(o->ledger_table), o->ledger_table,
              (int)o->adopt);
  for (size_t i = 0; i < p->migrations.count; i++) {
    describe_migration(&out, p, i);
  }
  bool failed = out.failed;
  p->digest = hash_bytes(text_string(&out), out.size);
  text_free(&out);
  if (failed) {
    diag_error(d, NULL, "out of memory");
  }
  return failed ? -1 : 0;
}

int pack_build(pack *p, const char *dir, const pack_options *options, diag *d)
{
  layout_kind layout = LAYOUT_PLAIN;
  *p = (pack){0};
  if (layout_read(&layout, &p->migrations, dir, options->strict, d) != 0) {
    return -1;
  }
  p->drizzle = layout == LAYOUT_DRIZZLE;
  fill_options(p, options);
  if (load(p, dir, d) != 0) {
    return -1;
  }
  chain(&p->migrations);
  if (foresee_ledger(p, d) != 0 || lay_out(p, d) != 0) {
    return -1;
  }
  return digest(p, d);
}

void pack_free(pack *p)
{
  migration_list_free(&p->migrations);
  free(p->slots);
  free(p->statements);
  text_free(&p->sql);
  *p = (pack){0};
}
