/* Prints a generated bundle, for part_compile.sh. Links no library: it never migrates. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "m.h"

int embark_migrate_once(PGconn *conn, const embark_bundle *bundle, const embark_options *opt,
                        embark_error *err)
{
  return conn == NULL && bundle != NULL && opt == NULL && err == NULL ? 0 : 1;
}

static void print_bytes(const char *name, const unsigned char *bytes, uint64_t size)
{
  printf("  %s: ", name);
  for (uint64_t i = 0; i < size; i++) {
    printf(bytes[i] >= 0x20 && bytes[i] < 0x7f ? "%c" : "<%02x>", (unsigned)bytes[i]);
  }
  printf("\n");
}

static void print_flags(uint32_t flags)
{
  static const char *const names[] = {"copy", "repeat", "commit", "index",
                                      "drop", "waits",  "session"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    printf("%s%s", (flags & 1u << i) != 0 ? " " : "", (flags & 1u << i) != 0 ? names[i] : "");
  }
}

static void print_statement(const embark_bundle *b, const embark_statement *st, const char *mark)
{
  const char *sql = (const char *)b->sql + st->offset;
  printf(" line %" PRIu32 ", ends with NUL: %d, flags:", st->line, strlen(sql) == st->length);
  print_flags(st->flags);
  if (st->hazards != 0) {
    printf(" hazards %u to what migration %" PRIu32 " makes", (unsigned)st->hazards, st->made_by);
  }
  printf("\n");
  print_bytes("sql", b->sql + st->offset, st->length);
  if (st->data_length > 0) {
    print_bytes("data", b->sql + st->data_offset, st->data_length);
  }
  if (mark != NULL) {
    printf("  mark: %.*s\n", (int)EMBARK_MARK_LENGTH, mark);
  }
}

static void print_migration(const embark_bundle *b, const embark_migration *m)
{
  printf("%s %s %.8s %.8s flags %" PRIu32 " timeouts %" PRId64 " %" PRId64 "\n", m->tag, m->file,
         m->hash != NULL ? m->hash : "-", m->chain != NULL ? m->chain : "-", m->flags,
         m->lock_timeout_ms, m->statement_timeout_ms);
  printf(" outline %.4s %.4s\n", m->outline != NULL ? m->outline : "-",
         m->outline != NULL ? m->outline + EMBARK_OUTLINE_LENGTH / 2 : "-");
  print_bytes("text", b->sql + m->sql_offset, m->sql_length);
  for (uint32_t i = 0; i < m->statement_count; i++) {
    const char *mark = m->marks != NULL ? m->marks + (size_t)i * EMBARK_MARK_LENGTH : NULL;
    print_statement(b, &b->statements[m->first_statement + i], mark);
  }
  if (m->marks != NULL) {
    printf(" marks of %zu statements\n", strlen(m->marks) / EMBARK_MARK_LENGTH);
  }
}

int main(void)
{
  const embark_bundle *b = &all_of_it;
  printf("%s %s.%s %" PRIu32 " %" PRIu32 " %d\n", b->component, b->ledger_schema, b->ledger_table,
         b->migration_count, b->statement_count, b->sql[b->sql_size]);
  for (uint32_t i = 0; i < b->migration_count; i++) {
    print_migration(b, &b->migrations[i]);
  }
  for (uint32_t i = 0; i < b->migration_count; i++) {
    uint32_t down = b->migrations[i].down;
    if (down != 0) {
      printf("%s is reverted by\n ", b->migrations[i].tag);
      print_migration(b, &b->downs[down - 1]);
    }
  }
  return go(NULL);
}
