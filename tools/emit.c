/* Writes a bundle as C99. The order is tables, bytes, bundle, function: stale.c reads the table of
 * migrations back without passing over the bytes. Knows C; has no opinion on migrations. */
#include "emit.h"

#include <inttypes.h>
#include <stdbool.h>

#include "literal.h"
#include "output.h"
#include "xxd.h"

static void put_head(text *out, const emit_names *names)
{
  text_printf(out, "%s %s. Do not edit: change the SQL and run it again. */\n", EMIT_MARK,
              names->version);
}

void emit_header(text *out, const emit_names *names)
{
  put_head(out, names);
  text_printf(out, "#ifndef EMBARK_GENERATED_%s_H\n#define EMBARK_GENERATED_%s_H\n\n",
              names->symbol, names->symbol);
  text_puts(out, "#include <libpq-fe.h>\n\n#include <embark.h>\n\n"
                 "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n");
  text_puts(out,
            "/* The migrations, in the order in which they are applied. Constant; needs no set-up"
            " and no clean-up. */\n");
  text_printf(out, "extern const embark_bundle %s;\n\n", names->symbol);
  text_puts(out,
            "/* Bring the database behind `conn` up to date, or find that it is, once per process"
            " and database.\n"
            " * Returns 0 when it is; else an EMBARK_E_ code, and embark_last_error() says more."
            " */\n");
  text_printf(out, "int %s(PGconn *conn);\n\n", names->function);
  text_puts(out, "#ifdef __cplusplus\n}\n#endif\n\n#endif\n");
}

hash emit_down_hash(const embark_bundle *b, const embark_migration *down)
{
  return hash_bytes((const char *)b->sql + down->sql_offset, down->sql_length);
}

/* --- tables ----------------------------------------------------------------------------------- */

/* All lists of other hashes one after the other, each with its own NULL. */
static void put_other_hashes(text *out, const embark_bundle *b, const emit_names *names)
{
  bool any = false;
  for (uint32_t i = 0; i < b->migration_count; i++) {
    const char *const *others = b->migrations[i].other_hashes;
    if (others == NULL) {
      continue;
    }
    if (!any) {
      text_printf(out, "static const char *const %s_other_hashes[] = {\n", names->symbol);
      any = true;
    }
    for (; *others != NULL; others++) {
      text_printf(out, "    \"%s\",\n", *others);
    }
    text_puts(out, "    NULL,\n");
  }
  text_puts(out, any ? "};\n\n" : "");
}

static void put_statements(text *out, const embark_bundle *b, const emit_names *names)
{
  if (b->statement_count == 0) {
    return;
  }
  text_puts(out,
            "/* offset, length, data offset, data length, line, flags, hazards, made by, 0 */\n");
  text_printf(out, "static const embark_statement %s_statements[] = {\n", names->symbol);
  for (uint32_t i = 0; i < b->statement_count; i++) {
    const embark_statement *st = &b->statements[i];
    text_printf(out,
                "    {%" PRIu64 ", %" PRIu64 ", %" PRIu64 ", %" PRIu64 ", %" PRIu32
                ", %u, %u, %" PRIu32 ", 0},\n",
                st->offset, st->length, st->data_offset, st->data_length, st->line,
                (unsigned)st->flags, (unsigned)st->hazards, st->made_by);
  }
  text_puts(out, "};\n\n");
}

static void put_mark(text *out, const char *mark)
{
  text_puts(out, "   ");
  for (size_t i = 0; i < EMBARK_MARK_LENGTH; i++) {
    text_printf(out, " '%c',", mark[i]);
  }
  text_putc(out, '\n');
}

/* The marks of all statements that run without a transaction, a line each and a NUL after each
 * migration. Letter by letter, because C promises no literal of more than 4095. */
static void put_marks(text *out, const embark_bundle *b, const emit_names *names)
{
  bool any = false;
  for (uint32_t i = 0; i < b->migration_count; i++) {
    const embark_migration *m = &b->migrations[i];
    if (m->marks == NULL) {
      continue;
    }
    if (!any) {
      text_printf(out, "static const char %s_marks[] = {\n", names->symbol);
      any = true;
    }
    for (uint32_t k = 0; k < m->statement_count; k++) {
      put_mark(out, m->marks + (size_t)k * EMBARK_MARK_LENGTH);
    }
    text_puts(out, "    0,\n");
  }
  text_puts(out, any ? "};\n\n" : "");
}

/* Where in the lists above the part of the next migration begins that has one. */
typedef struct list_ends {
  size_t other_hashes;
  size_t marks;
} list_ends;

static void put_part(text *out, const char *symbol, const char *list, size_t *end, size_t size)
{
  if (size == 0) {
    text_puts(out, "NULL");
    return;
  }
  text_printf(out, "%s_%s + %zu", symbol, list, *end);
  *end += size;
}

/* With its NULL. */
static size_t other_size(const embark_migration *m)
{
  size_t size = 0;
  while (m->other_hashes != NULL && m->other_hashes[size] != NULL) {
    size++;
  }
  return m->other_hashes != NULL ? size + 1 : 0;
}

/* stale.c reads the first two lines of an entry back. What reverts a migration has no hash, so
 * there a comment says what --check goes by. */
static void put_hashes(text *out, const embark_bundle *b, const embark_migration *m)
{
  if (m->hash == NULL) {
    text_printf(out, ",\n     NULL, NULL, /* %s */\n     ", emit_down_hash(b, m).hex);
  } else {
    text_printf(out, ",\n     \"%s\",\n     \"%s\",\n     ", m->hash, m->chain);
  }
}

static void put_migration(text *out, const embark_bundle *b, const embark_migration *m,
                          list_ends *ends, const char *symbol)
{
  text_puts(out, "    {");
  literal_put(out, m->tag);
  text_puts(out, ", ");
  literal_put(out, m->file);
  put_hashes(out, b, m);
  put_part(out, symbol, "other_hashes", &ends->other_hashes, other_size(m));
  text_puts(out, ", ");
  put_part(out, symbol, "marks", &ends->marks,
           m->marks != NULL ? (size_t)m->statement_count * EMBARK_MARK_LENGTH + 1 : 0);
  text_printf(out,
              ", %" PRId64 ", %" PRId64 ", %" PRId64 ", %" PRIu64 ", %" PRIu64 ", %" PRIu32
              ", %" PRIu32 ", %" PRIu32 ", %" PRIu32 ",\n     ",
              m->when_ms, m->lock_timeout_ms, m->statement_timeout_ms, m->sql_offset, m->sql_length,
              m->first_statement, m->statement_count, m->flags, m->down);
  text_printf(out, m->outline != NULL ? "\"%s\"},\n" : "%s},\n",
              m->outline != NULL ? m->outline : "NULL");
}

static void put_migrations(text *out, const embark_bundle *b, const emit_names *names)
{
  if (b->migration_count == 0) {
    return;
  }
  text_puts(
      out,
      "/* tag, file, hash, chain, other hashes, marks, when, lock timeout, statement timeout,\n"
      " * offset, length, first statement, statements, flags, down, outline */\n");
  text_printf(out, "static const embark_migration %s_list[] = {\n", names->symbol);
  list_ends ends = {0, 0};
  for (uint32_t i = 0; i < b->migration_count; i++) {
    put_migration(out, b, &b->migrations[i], &ends, names->symbol);
  }
  text_puts(out, "};\n\n");
}

static void put_downs(text *out, const embark_bundle *b, const emit_names *names)
{
  if (b->down_count == 0) {
    return;
  }
  text_printf(out, "static const embark_migration %s_downs[] = {\n", names->symbol);
  list_ends none = {0, 0};
  for (uint32_t i = 0; i < b->down_count; i++) {
    put_migration(out, b, &b->downs[i], &none, names->symbol);
  }
  text_puts(out, "};\n\n");
}

static void put_tables(text *out, const embark_bundle *b, const emit_names *names)
{
  put_head(out, names);
  text_puts(out, "#include ");
  literal_put(out, names->header);
  text_puts(out, "\n\n#include <stddef.h>\n\n");
  put_other_hashes(out, b, names);
  put_marks(out, b, names);
  put_migrations(out, b, names);
  put_downs(out, b, names);
  put_statements(out, b, names);
}

/* --- the bundle ------------------------------------------------------------------------------- */

static void put_ledger(text *out, const embark_bundle *b)
{
  const char *ledger = b->ledger == EMBARK_LEDGER_NATIVE    ? "EMBARK_LEDGER_NATIVE"
                       : b->ledger == EMBARK_LEDGER_DRIZZLE ? "EMBARK_LEDGER_DRIZZLE"
                                                            : "EMBARK_LEDGER_DRIZZLE_TAG";
  bool assume = b->adopt == EMBARK_ADOPT_ASSUME;
  text_printf(out, ",\n    %s, %s,\n    ", ledger,
              assume ? "EMBARK_ADOPT_ASSUME" : "EMBARK_ADOPT_REFUSE");
  literal_put(out, b->ledger_schema);
  text_puts(out, ", ");
  literal_put(out, b->ledger_table);
  text_puts(out, ",\n");
}

/* The name of a table, or NULL when it has no rows: C has no empty arrays. */
static void put_table(text *out, const char *symbol, const char *table, uint32_t count)
{
  text_printf(out, "%s%s, ", count > 0 ? symbol : "NULL", count > 0 ? table : "");
}

static void put_bundle(text *out, const embark_bundle *b, const emit_names *names)
{
  const char *symbol = names->symbol;
  text_printf(out, "const embark_bundle %s = {\n    %" PRIu32 ", %" PRIu32 ", ", symbol, b->format,
              b->forbid);
  literal_put(out, b->component);
  put_ledger(out, b);
  text_printf(out, "    \"%s\",\n    ", b->digest);
  text_printf(out, b->ledger_digest != NULL ? "\"%s\",\n" : "%s,\n",
              b->ledger_digest != NULL ? b->ledger_digest : "NULL");
  text_printf(out, "    %s_sql, %" PRIu64 ",\n    ", symbol, b->sql_size);
  put_table(out, symbol, "_list", b->migration_count);
  put_table(out, symbol, "_statements", b->statement_count);
  text_printf(out, "%" PRIu32 ", %" PRIu32 ",\n    ", b->migration_count, b->statement_count);
  put_table(out, symbol, "_downs", b->down_count);
  text_printf(out, "%" PRIu32 ", 0};\n\n", b->down_count);
  text_printf(out, "int %s(PGconn *conn)\n{\n", names->function);
  text_printf(out, "  return embark_migrate_once(conn, &%s, NULL, NULL);\n}\n", symbol);
}

int emit_source(int fd, const char *path, const embark_bundle *b, const emit_names *names, diag *d)
{
  text before = {0};
  text after = {0};
  xxd_input sql = {b->sql, (size_t)b->sql_size};
  put_tables(&before, b, names);
  text_printf(&before, "static const unsigned char %s_sql[] = {\n", names->symbol);
  text_puts(&after, b->sql_size > 0 ? ", 0x00};\n\n" : "  0x00};\n\n");
  put_bundle(&after, b, names);
  int status = output_write(fd, path, &before, d);
  if (status == 0) {
    status = xxd_write(fd, path, &sql, d);
  }
  if (status == 0) {
    status = output_write(fd, path, &after, d);
  }
  text_free(&before);
  text_free(&after);
  return status;
}
