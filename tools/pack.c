/* Puts a bundle together: loads the migrations of a folder, chains their hashes, and lays their
 * texts one after the other. docs/bundle-format.md says the same in words. */
#include "pack.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "digest.h"
#include "foresee.h"
#include "lint.h"

/* --- loading ---------------------------------------------------------------------------------- */

static void fill_options(pack *p, const pack_options *options)
{
  p->options = *options;
  if (p->options.ledger == 0) {
    p->options.ledger = p->layout == LAYOUT_DRIZZLE ? EMBARK_LEDGER_DRIZZLE : EMBARK_LEDGER_NATIVE;
  }
  if (p->options.ledger_schema == NULL) {
    bool native = p->options.ledger == EMBARK_LEDGER_NATIVE;
    p->options.ledger_schema = native ? "embark" : "drizzle";
    p->options.ledger_table = native ? "migrations" : "__drizzle_migrations";
  }
}

static void add_downs(pack *p)
{
  for (size_t i = 0; i < p->migrations.count; i++) {
    migration *m = &p->migrations.items[i];
    if (m->down_file != NULL) {
      migration_add(&p->downs, m->tag, strlen(m->tag), m->down_file, 0)->is_down = true;
      m->down = p->downs.count;
    }
  }
}

/* Every file is looked at, so that one run shows what is wrong with each. */
static int load(pack *p, migration_list *list, const char *dir, diag *d)
{
  int status = 0;
  for (size_t i = 0; i < list->count; i++) {
    migration *m = &list->items[i];
    if (migration_load(m, dir, p->drizzle, d) != 0) {
      status = -1;
      continue;
    }
    migration_hash(m, p->options.ledger);
  }
  return status;
}

static int load_all(pack *p, const char *dir, diag *d)
{
  add_downs(p);
  int status = load(p, &p->migrations, dir, d);
  return load(p, &p->downs, dir, d) == 0 ? status : -1;
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
  *out = (embark_statement){.line = (uint32_t)st->line, .flags = (uint16_t)st->flags};
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
static void append_extras(pack *p, const migration *m)
{
  text *sql = &p->sql;
  for (size_t i = 0; i < m->script.count; i++) {
    const statement *st = &m->script.statements[i];
    embark_statement *out = &p->statements[m->place.first_statement + i];
    if (st->implied != NULL) {
      out->offset = sql->size;
      out->length = strlen(st->implied);
      text_put(sql, st->implied, out->length + 1);
    }
    if ((st->flags & PACK_STATEMENT_NAMES) != 0) {
      out->data_offset = sql->size;
      out->data_length = st->names.size;
      text_put(sql, text_string(&st->names), st->names.size);
      sql->failed = sql->failed || st->names.failed;
    }
  }
}

static void lay_migration(pack *p, migration *m)
{
  size_t at = 0;
  m->place.sql_offset = p->sql.size;
  m->place.first_statement = p->statement_count;
  for (size_t i = 0; i < m->script.count; i++) {
    lay_statement(p, m, &m->script.statements[i], &at);
  }
  copy_to(&p->sql, &m->source, &at, m->source.size);
  m->place.sql_length = p->sql.size - m->place.sql_offset;
  append_extras(p, m);
}

static int lay_out(pack *p, diag *d)
{
  for (size_t i = 0; i < p->migrations.count; i++) {
    lay_migration(p, &p->migrations.items[i]);
  }
  for (size_t i = 0; i < p->downs.count; i++) {
    lay_migration(p, &p->downs.items[i]);
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

/* drizzle-orm 1 goes by a column with names that our rows would leave empty: it would apply them
 * once more. */
static int check_ledger(const pack *p, const char *dir, diag *d)
{
  if (p->layout == LAYOUT_FOLDERS && p->options.ledger != EMBARK_LEDGER_NATIVE) {
    diag_error(d, "Leave --ledger out: a native ledger is Embark's own.",
               "%s: the ledger of drizzle-orm 1, which goes with this layout, is not supported by"
               " this version",
               dir);
    return -1;
  }
  return 0;
}

static int read_folder(pack *p, const char *dir, const pack_options *options, diag *d)
{
  if (layout_read(&p->layout, &p->migrations, dir, options->strict, d) != 0) {
    return -1;
  }
  p->drizzle = p->layout != LAYOUT_PLAIN;
  if (p->migrations.count == 0 && p->layout != LAYOUT_DRIZZLE) {
    diag_error(d, "Is the path right? Migrations are files called NNNN_name.sql in this folder.",
               "%s holds no migrations", dir);
    return -1;
  }
  fill_options(p, options);
  return check_ledger(p, dir, d);
}

int pack_build(pack *p, const char *dir, const pack_options *options, diag *d)
{
  *p = (pack){0};
  if (read_folder(p, dir, options, d) != 0 || load_all(p, dir, d) != 0) {
    return -1;
  }
  chain(&p->migrations);
  if (foresee_ledger(p, d) != 0 || lay_out(p, d) != 0) {
    return -1;
  }
  p->lint = alloc_bytes(sizeof *p->lint);
  lint_run(p->lint, p);
  lint_mark_hazards(p->lint, p);
  return digest_pack(p, d);
}

void pack_free(pack *p)
{
  if (p->lint != NULL) {
    lint_free(p->lint);
    free(p->lint);
  }
  migration_list_free(&p->migrations);
  migration_list_free(&p->downs);
  free(p->statements);
  text_free(&p->sql);
  *p = (pack){0};
}
