/* made.c - bundles made in memory. */
#include "made.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server.h"

static void *room_for(void *block, size_t size)
{
  void *grown = realloc(block, size);
  if (grown == NULL) {
    die("a bundle", "out of memory");
  }
  return grown;
}

static void add_bytes(made *m, const char *bytes, size_t length)
{
  size_t need = (size_t)m->bundle.sql_size + length + 1;
  if (need > m->sql_room) {
    m->sql_room = need * 2;
    m->sql = room_for(m->sql, m->sql_room);
    m->bundle.sql = m->sql;
  }
  memcpy(m->sql + m->bundle.sql_size, bytes, length);
  m->bundle.sql_size += length;
  m->sql[m->bundle.sql_size] = '\0';
}

static void name(made *m, uint32_t i)
{
  made_names *n = &m->names[i];
  snprintf(n->tag, sizeof n->tag, "%05u_bench", i);
  snprintf(n->file, sizeof n->file, "%s.sql", n->tag);
  snprintf(n->hash, sizeof n->hash, "%064x", i + 1);
  snprintf(n->chain, sizeof n->chain, "c%063x", i + 1);
  m->migrations[i] = (embark_migration){
      .tag = n->tag,
      .file = n->file,
      .hash = n->hash,
      .chain = n->chain,
      .when_ms = 60000 * ((int64_t)i + 1),
  };
}

made *made_new(embark_ledger kind, uint32_t count)
{
  made *m = room_for(NULL, sizeof *m);
  *m = (made){0};
  m->migrations = room_for(NULL, count * sizeof *m->migrations);
  m->names = room_for(NULL, count * sizeof *m->names);
  for (uint32_t i = 0; i < count; i++) {
    name(m, i);
  }
  m->bundle = (embark_bundle){
      .format = EMBARK_BUNDLE_FORMAT,
      .component = "main",
      .ledger = kind,
      .ledger_schema = kind == EMBARK_LEDGER_NATIVE ? "embark" : "drizzle",
      .ledger_table = kind == EMBARK_LEDGER_NATIVE ? "migrations" : "__drizzle_migrations",
      .digest = m->names[count - 1].chain,
      .ledger_digest = kind == EMBARK_LEDGER_NATIVE ? NULL : m->names[count - 1].chain,
      .migrations = m->migrations,
      .migration_count = count,
  };
  add_bytes(m, "", 0);
  return m;
}

made *made_tables(embark_ledger kind, uint32_t count)
{
  char sql[256];
  made *m = made_new(kind, count);
  for (uint32_t i = 0; i < count; i++) {
    snprintf(sql, sizeof sql,
             "CREATE TABLE t%05u (id int PRIMARY KEY, name text NOT NULL, at timestamptz)", i);
    made_statement(m, i, sql);
    snprintf(sql, sizeof sql, "CREATE INDEX t%05u_name ON t%05u (name)", i, i);
    made_statement(m, i, sql);
    snprintf(sql, sizeof sql, "INSERT INTO t%05u VALUES (1, 'one', now()), (2, 'two', now())", i);
    made_statement(m, i, sql);
  }
  return m;
}

void made_free(made *m)
{
  free(m->sql);
  free(m->statements);
  free(m->migrations);
  free(m->names);
  free(m);
}

static embark_statement *add(made *m, uint32_t migration, const char *text)
{
  uint32_t index = m->bundle.statement_count++;
  embark_migration *to = &m->migrations[migration];
  if (index >= m->statement_room) {
    m->statement_room = (index + 1) * 2;
    m->statements = room_for(m->statements, m->statement_room * sizeof *m->statements);
    m->bundle.statements = m->statements;
  }
  if (to->statement_count++ == 0) {
    to->first_statement = index;
    to->sql_offset = m->bundle.sql_size;
  }
  m->statements[index] = (embark_statement){
      .offset = m->bundle.sql_size, .length = strlen(text), .line = to->statement_count};
  add_bytes(m, text, strlen(text) + 1);
  to->sql_length = m->bundle.sql_size - to->sql_offset;
  return &m->statements[index];
}

void made_statement(made *m, uint32_t migration, const char *text)
{
  add(m, migration, text);
}

void made_copy(made *m, uint32_t migration, const char *text, const char *line, size_t size)
{
  embark_statement *s = add(m, migration, text);
  s->flags = EMBARK_STATEMENT_COPY;
  s->data_offset = m->bundle.sql_size;
  while (s->data_length < size) {
    add_bytes(m, line, strlen(line));
    s->data_length += strlen(line);
  }
  embark_migration *of = &m->migrations[migration];
  of->sql_length = m->bundle.sql_size - of->sql_offset;
}

void made_write(const made *m, const char *path)
{
  FILE *out = fopen(path, "w");
  if (out == NULL) {
    die(path, "cannot be written");
  }
  for (uint32_t i = 0; i < m->bundle.statement_count; i++) {
    fprintf(out, "%s;\n", (const char *)m->sql + m->statements[i].offset);
  }
  if (fclose(out) != 0) {
    die(path, "cannot be written");
  }
}
