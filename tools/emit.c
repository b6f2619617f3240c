/* Writes a bundle as C99. The order is tables, bytes, bundle, function: stale.c reads the table of
 * migrations back without passing over the bytes. Knows C; has no opinion on migrations. */
#include "emit.h"

#include <inttypes.h>

#include "literal.h"
#include "output.h"
#include "xxd.h"

static void put_mark(text *out, const emit_names *names)
{
  text_printf(out, "%s %s. Do not edit: change the SQL and run it again. */\n", EMIT_MARK,
              names->version);
}

void emit_header(text *out, const emit_names *names)
{
  put_mark(out, names);
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

/* --- tables ----------------------------------------------------------------------------------- */

/* All lists of other hashes one after the other, each with its own NULL. */
static void put_other_hashes(text *out, const pack *p, const emit_names *names)
{
  size_t count = 0;
  for (size_t i = 0; i < p->migrations.count; i++) {
    const migration *m = &p->migrations.items[i];
    if (m->other_count == 0) {
      continue;
    }
    if (count == 0) {
      text_printf(out, "static const char *const %s_other_hashes[] = {\n", names->symbol);
    }
    for (size_t k = 0; k < m->other_count; k++) {
      text_printf(out, "    \"%s\",\n", m->others[k].hex);
    }
    text_puts(out, "    NULL,\n");
    count += m->other_count + 1;
  }
  text_puts(out, count > 0 ? "};\n\n" : "");
}

static void put_statements(text *out, const pack *p, const emit_names *names)
{
  if (p->statement_count == 0) {
    return;
  }
  text_puts(out, "/* offset, length, data offset, data length, line, flags */\n");
  text_printf(out, "static const embark_statement %s_statements[] = {\n", names->symbol);
  for (size_t i = 0; i < p->statement_count; i++) {
    const embark_statement *st = &p->statements[i];
    text_printf(out,
                "    {%" PRIu64 ", %" PRIu64 ", %" PRIu64 ", %" PRIu64 ", %" PRIu32 ", %" PRIu32
                "},\n",
                st->offset, st->length, st->data_offset, st->data_length, st->line, st->flags);
  }
  text_puts(out, "};\n\n");
}

/* A mark is the beginning of a hash. The text as it is sent, but for its line endings: a checkout
 * with others is no other statement. */
static void put_statement_mark(text *out, const pack *p, const embark_statement *st)
{
  hash h = hash_text(p->sql.bytes + st->offset, st->length, false, HASH_LF);
  text_puts(out, "   ");
  for (size_t i = 0; i < EMBARK_MARK_LENGTH; i++) {
    text_printf(out, " '%c',", h.hex[i]);
  }
  text_putc(out, '\n');
}

/* The marks of all statements that run without a transaction, a line each and a NUL after each
 * migration. Letter by letter, because C promises no literal of more than 4095. */
static void put_marks(text *out, const pack *p, const emit_names *names)
{
  bool any = false;
  for (size_t i = 0; i < p->migrations.count; i++) {
    const migration *m = &p->migrations.items[i];
    if (!m->outside) {
      continue;
    }
    if (!any) {
      text_printf(out, "static const char %s_marks[] = {\n", names->symbol);
    }
    for (size_t k = 0; k < m->script.count; k++) {
      put_statement_mark(out, p, &p->statements[p->slots[i].first_statement + k]);
    }
    text_puts(out, "    0,\n");
    any = true;
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

/* stale.c reads the first two lines of an entry back. */
static void put_migration(text *out, const migration *m, const pack_slot *slot, list_ends *ends,
                          const char *symbol)
{
  const directives *dir = &m->script.directives;
  text_puts(out, "    {");
  literal_put(out, m->tag);
  text_puts(out, ", ");
  literal_put(out, m->file);
  text_printf(out, ",\n     \"%s\",\n     \"%s\",\n     ", m->hash.hex, m->chain.hex);
  put_part(out, symbol, "other_hashes", &ends->other_hashes,
           m->other_count > 0 ? m->other_count + 1 : 0);
  text_puts(out, ", ");
  put_part(out, symbol, "marks", &ends->marks,
           m->outside ? m->script.count * EMBARK_MARK_LENGTH + 1 : 0);
  text_printf(
      out, ", %" PRId64 ", %" PRId64 ", %" PRId64 ", %zu, %zu, %zu, %zu, %" PRIu32 ", 0, NULL},\n",
      m->when_ms, dir->lock_timeout_ms, dir->statement_timeout_ms, slot->sql_offset,
      slot->sql_length, slot->first_statement, m->script.count, migration_flags(m));
}

static void put_migrations(text *out, const pack *p, const emit_names *names)
{
  if (p->migrations.count == 0) {
    return;
  }
  text_puts(
      out,
      "/* tag, file, hash, chain, other hashes, marks, when, lock timeout, statement timeout,\n"
      " * offset, length, first statement, statements, flags, down, outline */\n");
  text_printf(out, "static const embark_migration %s_list[] = {\n", names->symbol);
  list_ends ends = {0, 0};
  for (size_t i = 0; i < p->migrations.count; i++) {
    put_migration(out, &p->migrations.items[i], &p->slots[i], &ends, names->symbol);
  }
  text_puts(out, "};\n\n");
}

static void put_tables(text *out, const pack *p, const emit_names *names)
{
  put_mark(out, names);
  text_puts(out, "#include ");
  literal_put(out, names->header);
  text_puts(out, "\n\n#include <stddef.h>\n\n");
  put_other_hashes(out, p, names);
  put_marks(out, p, names);
  put_migrations(out, p, names);
  put_statements(out, p, names);
}

/* --- the bundle ------------------------------------------------------------------------------- */

static void put_ledger(text *out, const pack_options *o)
{
  const char *ledger = o->ledger == EMBARK_LEDGER_NATIVE    ? "EMBARK_LEDGER_NATIVE"
                       : o->ledger == EMBARK_LEDGER_DRIZZLE ? "EMBARK_LEDGER_DRIZZLE"
                                                            : "EMBARK_LEDGER_DRIZZLE_TAG";
  bool assume = o->adopt == EMBARK_ADOPT_ASSUME;
  text_printf(out, ",\n    %s, %s,\n    ", ledger,
              assume ? "EMBARK_ADOPT_ASSUME" : "EMBARK_ADOPT_REFUSE");
  literal_put(out, o->ledger_schema);
  text_puts(out, ", ");
  literal_put(out, o->ledger_table);
  text_puts(out, ",\n");
}

/* The name of a table, or NULL when it has no rows: C has no empty arrays. */
static void put_table(text *out, const char *symbol, const char *table, size_t count)
{
  text_printf(out, "%s%s, ", count > 0 ? symbol : "NULL", count > 0 ? table : "");
}

static void put_bundle(text *out, const pack *p, const emit_names *names)
{
  const char *symbol = names->symbol;
  text_printf(out, "const embark_bundle %s = {\n    %u, 0, ", symbol,
              (unsigned)EMBARK_BUNDLE_FORMAT);
  literal_put(out, p->options.component);
  put_ledger(out, &p->options);
  text_printf(out, "    \"%s\",\n    ", p->digest.hex);
  if (p->ledger_digest.hex[0] != '\0') {
    text_printf(out, "\"%s\",\n", p->ledger_digest.hex);
  } else {
    text_puts(out, "NULL,\n");
  }
  text_printf(out, "    %s_sql, %zu,\n    ", symbol, p->sql.size);
  put_table(out, symbol, "_list", p->migrations.count);
  put_table(out, symbol, "_statements", p->statement_count);
  text_printf(out, "%zu, %zu, NULL, 0, 0};\n\n", p->migrations.count, p->statement_count);
  text_printf(out, "int %s(PGconn *conn)\n{\n", names->function);
  text_printf(out, "  return embark_migrate_once(conn, &%s, NULL, NULL);\n}\n", symbol);
}

int emit_source(int fd, const char *path, const pack *p, const emit_names *names, diag *d)
{
  text before = {0};
  text after = {0};
  put_tables(&before, p, names);
  text_printf(&before, "static const unsigned char %s_sql[] = {\n", names->symbol);
  text_puts(&after, p->sql.size > 0 ? ", 0x00};\n\n" : "  0x00};\n\n");
  put_bundle(&after, p, names);
  int status = output_write(fd, path, &before, d);
  if (status == 0) {
    status = xxd_write(fd, path, &p->sql, d);
  }
  if (status == 0) {
    status = output_write(fd, path, &after, d);
  }
  text_free(&before);
  text_free(&after);
  return status;
}
