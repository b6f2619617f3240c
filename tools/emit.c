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

/* stale.c reads the first two lines of an entry back. */
static void put_migration(text *out, const migration *m, const pack_slot *slot, size_t other_at,
                          const char *symbol)
{
  const directives *dir = &m->script.directives;
  text_puts(out, "    {");
  literal_put(out, m->tag);
  text_puts(out, ", ");
  literal_put(out, m->file);
  text_printf(out, ",\n     \"%s\",\n     \"%s\",\n     ", m->hash.hex, m->chain.hex);
  if (m->other_count > 0) {
    text_printf(out, "%s_other_hashes + %zu", symbol, other_at);
  } else {
    text_puts(out, "NULL");
  }
  text_puts(out, ", NULL");
  text_printf(out, ", %" PRId64 ", %" PRId64 ", %" PRId64 ", %zu, %zu, %zu, %zu, %u, 0},\n",
              m->when_ms, dir->lock_timeout_ms, dir->statement_timeout_ms, slot->sql_offset,
              slot->sql_length, slot->first_statement, m->script.count,
              m->settings ? EMBARK_MIGRATION_SETTINGS : 0u);
}

static void put_migrations(text *out, const pack *p, const emit_names *names)
{
  if (p->migrations.count == 0) {
    return;
  }
  text_puts(
      out,
      "/* tag, file, hash, chain, other hashes, marks, when, lock timeout, statement timeout,\n"
      " * offset, length, first statement, statements, flags */\n");
  text_printf(out, "static const embark_migration %s_list[] = {\n", names->symbol);
  size_t other_at = 0;
  for (size_t i = 0; i < p->migrations.count; i++) {
    const migration *m = &p->migrations.items[i];
    put_migration(out, m, &p->slots[i], other_at, names->symbol);
    other_at += m->other_count > 0 ? m->other_count + 1 : 0;
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
  text_printf(out, "%zu, %zu};\n\n", p->migrations.count, p->statement_count);
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
