/* Fills in a bundle's tables from what pack.c put together. Knows embark_bundle.h; computes nothing
 * but marks. */
#include "loaded.h"

#include <stdlib.h>

#include "alloc.h"

/* --- lists ------------------------------------------------------------------------------------ */

static void list_other_hashes(loaded *l)
{
  const migration_list *list = &l->pack.migrations;
  size_t count = 0;
  for (size_t i = 0; i < list->count; i++) {
    count += list->items[i].other_count + 1;
  }
  l->other_hashes = alloc_bytes(count * sizeof *l->other_hashes);
  const char **at = l->other_hashes;
  for (size_t i = 0; i < list->count; i++) {
    const migration *m = &list->items[i];
    for (size_t k = 0; k < m->other_count; k++) {
      *at++ = m->others[k].hex;
    }
    l->migrations[i].other_hashes = m->other_count > 0 ? at - m->other_count : NULL;
    *at++ = NULL;
  }
}

/* A mark is the beginning of a hash. The text as it is sent, but for its line endings: a checkout
 * with others is no other statement. */
static void put_marks(text *out, const pack *p, const migration *m)
{
  for (size_t i = 0; i < m->script.count; i++) {
    const embark_statement *st = &p->statements[m->place.first_statement + i];
    hash h = hash_text(p->sql.bytes + st->offset, st->length, false, HASH_LF);
    text_put(out, h.hex, EMBARK_MARK_LENGTH);
  }
  text_putc(out, '\0');
}

/* Those of all migrations first, because their place moves as they grow. */
static void list_marks(loaded *l)
{
  const migration_list *list = &l->pack.migrations;
  size_t at = 0;
  for (size_t i = 0; i < list->count; i++) {
    if (list->items[i].outside) {
      put_marks(&l->marks, &l->pack, &list->items[i]);
    }
  }
  for (size_t i = 0; i < list->count && !l->marks.failed; i++) {
    const migration *m = &list->items[i];
    if (m->outside) {
      l->migrations[i].marks = l->marks.bytes + at;
      at += m->script.count * EMBARK_MARK_LENGTH + 1;
    }
  }
}

/* --- the bundle ------------------------------------------------------------------------------- */

static embark_migration migration_of(const migration *m)
{
  const directives *dir = &m->script.directives;
  return (embark_migration){.tag = m->tag,
                            .file = m->file,
                            .hash = m->is_down ? NULL : m->hash.hex,
                            .chain = m->is_down ? NULL : m->chain.hex,
                            .when_ms = m->when_ms,
                            .lock_timeout_ms = dir->lock_timeout_ms,
                            .statement_timeout_ms = dir->statement_timeout_ms,
                            .sql_offset = m->place.sql_offset,
                            .sql_length = m->place.sql_length,
                            .first_statement = (uint32_t)m->place.first_statement,
                            .statement_count = (uint32_t)m->script.count,
                            .flags = migration_flags(m),
                            .down = (uint32_t)m->down,
                            .outline = m->is_down ? NULL : m->script.outline};
}

static embark_migration *table_of(const migration_list *list)
{
  embark_migration *table = alloc_bytes(list->count * sizeof *table);
  for (size_t i = 0; i < list->count; i++) {
    table[i] = migration_of(&list->items[i]);
  }
  return table;
}

static void fill_bundle(loaded *l)
{
  const pack *p = &l->pack;
  const pack_options *o = &p->options;
  size_t count = p->migrations.count;
  l->bundle = (embark_bundle){.format = EMBARK_BUNDLE_FORMAT,
                              .forbid = o->forbid,
                              .component = o->component,
                              .ledger = o->ledger,
                              .adopt = o->adopt,
                              .ledger_schema = o->ledger_schema,
                              .ledger_table = o->ledger_table,
                              .digest = p->digest.hex,
                              .ledger_digest =
                                  p->ledger_digest.hex[0] != '\0' ? p->ledger_digest.hex : NULL,
                              .sql = (const unsigned char *)text_string(&p->sql),
                              .sql_size = p->sql.size,
                              .migrations = count > 0 ? l->migrations : NULL,
                              .statements = p->statement_count > 0 ? p->statements : NULL,
                              .migration_count = (uint32_t)count,
                              .statement_count = (uint32_t)p->statement_count,
                              .downs = p->downs.count > 0 ? l->downs : NULL,
                              .down_count = (uint32_t)p->downs.count};
}

int loaded_build(loaded *l, const char *dir, const pack_options *options, diag *d)
{
  *l = (loaded){0};
  if (pack_build(&l->pack, dir, options, d) != 0) {
    return -1;
  }
  l->migrations = table_of(&l->pack.migrations);
  l->downs = table_of(&l->pack.downs);
  list_other_hashes(l);
  list_marks(l);
  if (l->marks.failed) {
    diag_error(d, NULL, "out of memory");
    return -1;
  }
  fill_bundle(l);
  return 0;
}

const embark_bundle *loaded_bundle(const loaded *l)
{
  return &l->bundle;
}

void loaded_free(loaded *l)
{
  pack_free(&l->pack);
  free(l->migrations);
  free(l->downs);
  free(l->other_hashes);
  text_free(&l->marks);
  *l = (loaded){0};
}
