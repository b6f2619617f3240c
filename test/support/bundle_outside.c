/* bundle_outside.c - flags and marks for tests, from the spellings that its header lists. Knows no
 * SQL; a statement that is spelled otherwise gets no flag. */
#include "bundle_outside.h"

#include <stdio.h>
#include <string.h>

#include <check.h>
#include <openssl/evp.h>

#include "keep.h"

#define REPEATABLE "-- embark: repeatable"

/* Pass over `words` at *at. */
static int take(const char **at, const char *words)
{
  size_t size = strlen(words);
  if (strncmp(*at, words, size) != 0) {
    return 0;
  }
  *at += size;
  return 1;
}

/* Copy the name at `at`, up to a blank or parenthesis outside of double quotes, with its NUL.
 * Returns where it ends. */
static const char *take_name(char *out, const char *at)
{
  int quoted = 0;
  for (; *at != '\0' && (quoted || strchr(" \n(", *at) == NULL); at++) {
    quoted ^= *at == '"';
    *out++ = *at;
  }
  *out = '\0';
  return at;
}

/* create index: table and name to `out`. Returns the names' size. */
static size_t take_index(embark_statement *s, const char *at, char *out)
{
  char *name = keep_zeros(strlen(at) + 1);
  if (!take(&at, "create index concurrently ") && !take(&at, "create unique index concurrently ")) {
    return 0;
  }
  (void)take(&at, "if not exists ");
  at = take_name(name, at);
  if (!take(&at, " on ")) {
    return 0;
  }
  (void)take(&at, "only ");
  take_name(out, at);
  memcpy(out + strlen(out) + 1, name, strlen(name) + 1);
  s->flags |= EMBARK_STATEMENT_INDEX | EMBARK_STATEMENT_WAITS;
  return strlen(out) + strlen(name) + 2;
}

static size_t take_drop(embark_statement *s, const char *at, char *out)
{
  if (!take(&at, "drop index concurrently ")) {
    return 0;
  }
  (void)take(&at, "if exists ");
  take_name(out, at);
  s->flags |= EMBARK_STATEMENT_DROP | EMBARK_STATEMENT_WAITS;
  return strlen(out) + 1;
}

static int begins_with(const char *text, const char *words)
{
  return take(&text, words);
}

static unsigned simple_flags(const char *text)
{
  if (begins_with(text, "set ")) {
    return EMBARK_STATEMENT_REPEAT | EMBARK_STATEMENT_SESSION;
  }
  if (strcmp(text, "begin") == 0 || begins_with(text, "vacuum")) {
    return EMBARK_STATEMENT_REPEAT;
  }
  return strcmp(text, "commit") == 0 ? EMBARK_STATEMENT_COMMIT : 0u;
}

/* A comment line between the end of what came before and the statement says that it may be
 * repeated. */
static int is_marked(const char *before, const char *text)
{
  const char *found = strstr(before, REPEATABLE);
  return found != NULL && found < text;
}

static void put_mark(char *out, const char *text, size_t length)
{
  unsigned char raw[EVP_MAX_MD_SIZE];
  ck_assert_int_eq(EVP_Digest(text, length, raw, NULL, EVP_sha256(), NULL), 1);
  for (size_t i = 0; i < EMBARK_MARK_LENGTH / 2; i++) {
    snprintf(out + 2 * i, 3, "%02x", raw[i]);
  }
}

size_t bundle_outside(embark_migration *m, embark_statement *statements, unsigned char *sql,
                      size_t names_at)
{
  const char *base = (const char *)sql, *before = base + m->sql_offset;
  if (!begins_with(before, "-- embark: no-transaction\n")) {
    return 0;
  }
  char *marks = keep_zeros((size_t)m->statement_count * EMBARK_MARK_LENGTH + 1);
  size_t taken = 0;
  m->flags |= EMBARK_MIGRATION_NO_TRANSACTION;
  m->marks = marks;
  for (uint32_t i = 0; i < m->statement_count; i++) {
    embark_statement *s = &statements[m->first_statement + i];
    const char *text = base + s->offset;
    char *names = (char *)sql + names_at + taken;
    size_t size = take_index(s, text, names) + take_drop(s, text, names);
    unsigned flags = simple_flags(text) | (is_marked(before, text) ? EMBARK_STATEMENT_REPEAT : 0u);
    s->flags = (uint16_t)(s->flags | flags);
    if (size > 0) {
      s->data_offset = names_at + taken;
      s->data_length = size;
    }
    put_mark(marks + (size_t)i * EMBARK_MARK_LENGTH, text, s->length);
    taken += size;
    before = (s->flags & EMBARK_STATEMENT_COPY) != 0 ? base + s->data_offset + s->data_length
                                                     : text + s->length + 1;
  }
  return taken;
}
