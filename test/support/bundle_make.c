/* bundle_make.c - a bundler for tests. Knows the format of embark_bundle.h; knows no SQL but
 * semicolons and COPY. */
#include "bundle_make.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <check.h>
#include <openssl/evp.h>

#include "bundle_outside.h"
#include "keep.h"

#define MOST_MIGRATIONS 2000

static void *make(size_t count, size_t size)
{
  return keep_zeros((count + 1) * size);
}

static char *sha256(const void *data, size_t size)
{
  unsigned char raw[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  char *hex = make(2 * 32, 1);
  ck_assert_int_eq(EVP_Digest(data, size, raw, &length, EVP_sha256(), NULL), 1);
  for (unsigned i = 0; i < length; i++) {
    snprintf(hex + (size_t)2 * i, 3, "%02x", raw[i]);
  }
  return hex;
}

/* --- statements ------------------------------------------------------------------------------- */

static int begins_with(const char *text, const char *word)
{
  return strncasecmp(text, word, strlen(word)) == 0;
}

/* As the bundler does: the words that can change a session. */
static int touches_settings(const char *sql)
{
  static const char *const words[] = {"set ", "reset ", "discard ", "do ", "call ", "execute "};
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
    if (begins_with(sql, words[i])) {
      return 1;
    }
  }
  return strstr(sql, "set_config") != NULL;
}

/* The start of the next statement: behind blanks and lines of comment. */
static char *skip_to_statement(char *at, const char *end)
{
  while (at < end) {
    if (isspace((unsigned char)*at)) {
      at++;
    } else if (at[0] == '-' && at[1] == '-') {
      char *line_end = memchr(at, '\n', (size_t)(end - at));
      at = line_end != NULL ? line_end : at + (end - at);
    } else {
      break;
    }
  }
  return at;
}

static char *statement_end(char *at, char *end)
{
  for (; at < end; at++) {
    if (*at == ';' && (at + 1 == end || at[1] == '\n')) {
      return at;
    }
  }
  return end;
}

/* Behind "copy ... from stdin;": its data. Returns where the next statement may start. */
static char *take_data(embark_statement *s, char *stop, const char *base, char *end)
{
  char *data = stop + 1 < end ? stop + 2 : end;
  char *data_end = data;
  while (data_end < end && strncmp(data_end, "\\.\n", 3) != 0) {
    data_end = (char *)memchr(data_end, '\n', (size_t)(end - data_end)) + 1;
  }
  s->flags = EMBARK_STATEMENT_COPY;
  s->data_offset = (uint64_t)(data - base);
  s->data_length = (uint64_t)(data_end - data);
  return data_end < end ? data_end + 3 : end;
}

static uint32_t count_lines(const char *from, const char *to)
{
  uint32_t lines = 0;
  for (; from < to; from++) {
    lines += *from == '\n';
  }
  return lines;
}

/* Room for one more statement. */
static embark_statement *next_statement(made_bundle *made)
{
  uint32_t count = made->bundle.statement_count++;
  if ((count & (count + 1)) == 0) { /* 0, 1, 3, 7 ...: double */
    embark_statement *more = make((size_t)count * 2 + 2, sizeof *more);
    if (count > 0) {
      memcpy(more, made->statements, count * sizeof *more);
    }
    made->statements = more;
  }
  return &made->statements[count];
}

static void split(made_bundle *made, embark_migration *m)
{
  char *base = (char *)made->sql, *begin = base + m->sql_offset, *end = begin + m->sql_length;
  const char *counted = begin;
  uint32_t line = 1;
  m->first_statement = made->bundle.statement_count;
  for (char *at = skip_to_statement(begin, end); at < end; at = skip_to_statement(at, end)) {
    embark_statement *s = next_statement(made);
    char *stop = statement_end(at, end);
    line += count_lines(counted, at);
    counted = at;
    *stop = '\0';
    *s = (embark_statement){.offset = (uint64_t)(at - base), .length = (uint64_t)(stop - at)};
    s->line = line;
    m->flags |= touches_settings(at) ? EMBARK_MIGRATION_SETTINGS : 0u;
    m->statement_count++;
    at = begins_with(at, "copy") && stop - at > 5 && begins_with(stop - 5, "stdin")
             ? take_data(s, stop, base, end)
             : stop + 1;
  }
}

/* --- bundles ---------------------------------------------------------------------------------- */

static int64_t when_of(const char *tag)
{
  return INT64_C(1700000000000) + INT64_C(60000) * strtol(tag, NULL, 10);
}

static char *chain_of(const embark_migration *before, const char *tag, const char *hash)
{
  const char *text = keep_printf("%s%s%s", before != NULL ? before->chain : "", tag, hash);
  return sha256(text, strlen(text));
}

/* Times ascend in every bundle we make but rotated ones, which are sorted here. */
static int by_when(const void *a, const void *b)
{
  const embark_migration *const *x = a, *const *y = b;
  return ((*x)->when_ms > (*y)->when_ms) - ((*x)->when_ms < (*y)->when_ms);
}

static char *ledger_digest(const made_bundle *made)
{
  uint32_t count = made->bundle.migration_count;
  const embark_migration **sorted = make(count, sizeof *sorted);
  char *text = make((size_t)count * 256, 1);
  size_t length = 0;
  for (uint32_t i = 0; i < count; i++) {
    sorted[i] = &made->migrations[i];
  }
  qsort(sorted, count, sizeof *sorted, by_when);
  for (uint32_t i = 0; i < count; i++) {
    const char *hash =
        made->bundle.ledger == EMBARK_LEDGER_DRIZZLE ? sorted[i]->hash : sorted[i]->tag;
    length +=
        (size_t)snprintf(text + length, 256, "%lld:%s\n", (long long)sorted[i]->when_ms, hash);
  }
  return sha256(text, length);
}

/* All that follows from the migrations' order. */
static void seal(made_bundle *made)
{
  embark_bundle *b = &made->bundle;
  for (uint32_t i = 0; i < b->migration_count; i++) {
    embark_migration *m = &made->migrations[i];
    m->chain = chain_of(i > 0 ? m - 1 : NULL, m->tag, m->hash);
  }
  b->format = EMBARK_BUNDLE_FORMAT;
  b->component = "main";
  b->ledger_schema = b->ledger == EMBARK_LEDGER_NATIVE ? "embark" : "drizzle";
  b->ledger_table = b->ledger == EMBARK_LEDGER_NATIVE ? "migrations" : "__drizzle_migrations";
  b->ledger_digest = b->ledger == EMBARK_LEDGER_NATIVE ? NULL : ledger_digest(made);
  b->digest =
      b->migration_count > 0 ? made->migrations[b->migration_count - 1].chain : sha256("", 0);
  b->sql = made->sql;
  b->migrations = made->migrations;
  b->statements = made->statements;
}

made_bundle *bundle_make_array(embark_ledger kind, size_t count, const char *const *tags,
                               const char *const *texts, const size_t *sizes)
{
  made_bundle *made = make(1, sizeof *made);
  size_t total = 0, at = 0; /* of a text, and behind it of the names that it holds */
  for (size_t i = 0; i < count; i++) {
    total += 2 * (sizes != NULL ? sizes[i] : strlen(texts[i])) + 1;
  }
  made->sql = make(total, 1);
  made->migrations = make(count, sizeof *made->migrations);
  made->bundle.ledger = kind;
  made->bundle.migration_count = (uint32_t)count;
  for (size_t i = 0; i < count; i++) {
    embark_migration *m = &made->migrations[i];
    size_t size = sizes != NULL ? sizes[i] : strlen(texts[i]);
    memcpy(made->sql + at, texts[i], size);
    *m = (embark_migration){.tag = keep_printf("%s", tags[i]),
                            .file = keep_printf("%s.sql", tags[i]),
                            .sql_offset = at,
                            .sql_length = size};
    m->when_ms = when_of(tags[i]);
    m->hash = sha256(texts[i], size);
    split(made, m);
    at += size + 1;
    at += bundle_outside(m, made->statements, made->sql, at);
  }
  made->bundle.sql_size = at;
  seal(made);
  return made;
}

/* The text goes behind all that is there; statements are found by offset, so they stay. */
static void add_down(made_bundle *made, embark_migration *m, const char *sql)
{
  size_t size = strlen(sql), at = (size_t)made->bundle.sql_size;
  embark_migration *down = &made->downs[made->bundle.down_count++];
  memcpy(made->sql + at, sql, size);
  *down = (embark_migration){.tag = m->tag,
                             .file = keep_printf("%s.down.sql", m->tag),
                             .sql_offset = at,
                             .sql_length = size};
  m->down = made->bundle.down_count;
  split(made, down);
  made->bundle.sql_size = at + size + 1;
}

/* Give one migration, or with `tag` NULL every one that has none, a way back. */
static void add_downs(made_bundle *made, const char *tag, const char *sql)
{
  embark_bundle *b = &made->bundle;
  size_t more = (size_t)b->migration_count * (strlen(sql) + 1);
  unsigned char *text = make((size_t)b->sql_size + more + 1, 1);
  embark_migration *downs = make((size_t)b->down_count + b->migration_count, sizeof *downs);
  memcpy(text, made->sql, (size_t)b->sql_size);
  if (b->down_count > 0) {
    memcpy(downs, made->downs, b->down_count * sizeof *downs);
  }
  made->sql = text;
  made->downs = downs;
  for (uint32_t i = 0; i < b->migration_count; i++) {
    embark_migration *m = &made->migrations[i];
    if (tag != NULL ? strcmp(m->tag, tag) == 0 : m->down == 0) {
      add_down(made, m, sql);
    }
  }
  b->sql = made->sql;
  b->statements = made->statements;
  b->downs = made->downs;
}

void bundle_down(made_bundle *made, const char *tag, const char *sql)
{
  add_downs(made, tag, sql);
}

void bundle_downs(made_bundle *made, const char *sql)
{
  add_downs(made, NULL, sql);
}

made_bundle *bundle_reversible(embark_ledger kind, unsigned count)
{
  made_bundle *made = bundle_tables(kind, count);
  for (unsigned i = 0; i < count; i++) {
    bundle_down(made, made->migrations[i].tag, keep_printf("drop table t%04u;\n", i));
  }
  return made;
}

static made_bundle *make_list(embark_ledger kind, const char *tag, va_list rest)
{
  const char **tags = make(MOST_MIGRATIONS, sizeof *tags);
  const char **texts = make(MOST_MIGRATIONS, sizeof *texts);
  size_t count = 0;
  for (; tag != NULL && count < MOST_MIGRATIONS; tag = va_arg(rest, const char *)) {
    tags[count] = tag;
    texts[count++] = va_arg(rest, const char *);
  }
  return bundle_make_array(kind, count, tags, texts, NULL);
}

made_bundle *bundle_make(embark_ledger kind, ...)
{
  va_list rest;
  va_start(rest, kind);
  const char *tag = va_arg(rest, const char *);
  made_bundle *made = make_list(kind, tag, rest);
  va_end(rest);
  return made;
}

made_bundle *bundle_native(const char *tag, ...)
{
  va_list rest;
  va_start(rest, tag);
  made_bundle *made = make_list(EMBARK_LEDGER_NATIVE, tag, rest);
  va_end(rest);
  return made;
}

made_bundle *bundle_tables(embark_ledger kind, unsigned count)
{
  const char **tags = make(count, sizeof *tags);
  const char **texts = make(count, sizeof *texts);
  for (unsigned i = 0; i < count; i++) {
    tags[i] = keep_printf("%04u_t", i);
    texts[i] = keep_printf("create table t%04u (id int);\n", i);
  }
  return bundle_make_array(kind, count, tags, texts, NULL);
}

/* The same texts with other migrations in another order. */
static made_bundle *derive(const made_bundle *whole, uint32_t count)
{
  made_bundle *made = make(1, sizeof *made);
  *made = *whole;
  made->migrations = make(whole->bundle.migration_count, sizeof *made->migrations);
  made->bundle.migration_count = count;
  memcpy(made->migrations, whole->migrations,
         whole->bundle.migration_count * sizeof *made->migrations);
  return made;
}

made_bundle *bundle_head(const made_bundle *whole, unsigned count)
{
  made_bundle *made = derive(whole, count);
  seal(made);
  return made;
}

static void move_up(made_bundle *made, const made_bundle *whole, unsigned from)
{
  size_t behind = whole->bundle.migration_count - from - 1;
  memcpy(made->migrations + from, whole->migrations + from + 1, behind * sizeof *made->migrations);
}

made_bundle *bundle_without(const made_bundle *whole, unsigned index)
{
  made_bundle *made = derive(whole, whole->bundle.migration_count - 1);
  move_up(made, whole, index);
  seal(made);
  return made;
}

made_bundle *bundle_rotated(const made_bundle *whole, unsigned index)
{
  made_bundle *made = derive(whole, whole->bundle.migration_count);
  move_up(made, whole, index);
  made->migrations[whole->bundle.migration_count - 1] = whole->migrations[index];
  seal(made);
  return made;
}
