/* Describes a bundle as text, and takes the hash of that. Knows what matters at run time;
 * docs/bundle-format.md has the text's form. */
#include "digest.h"

#include <inttypes.h>
#include <string.h>

#include "hash.h"
#include "text.h"

static void describe_names(text *out, const pack *p, const embark_statement *st)
{
  uint64_t at = 0;
  while ((st->flags & PACK_STATEMENT_NAMES) != 0 && at < st->data_length) {
    const char *name = p->sql.bytes + st->data_offset + at;
    text_printf(out, " %zu:%s", strlen(name), name);
    at += strlen(name) + 1;
  }
}

static void describe_statements(text *out, const pack *p, const migration *m)
{
  for (size_t i = 0; i < m->script.count; i++) {
    const embark_statement *st = &p->statements[m->place.first_statement + i];
    text_printf(out, "statement %" PRIu64 " %" PRIu64 " %" PRIu32 " %u %u %" PRIu32,
                st->offset - m->place.sql_offset, st->length, st->line, (unsigned)st->flags,
                (unsigned)st->hazards, st->made_by);
    if ((st->flags & EMBARK_STATEMENT_COPY) != 0) {
      text_printf(out, " %" PRIu64 " %" PRIu64, st->data_offset - m->place.sql_offset,
                  st->data_length);
    }
    describe_names(out, p, st);
    text_putc(out, '\n');
  }
}

static void describe_migration(text *out, const pack *p, const migration *m)
{
  const directives *dir = &m->script.directives;
  text_printf(out, "%s %zu:%s %s", m->is_down ? "down" : "migration", strlen(m->tag), m->tag,
              m->is_down ? m->canonical.hex : m->hash.hex);
  if (!m->is_down) {
    text_printf(out, " %" PRId64, m->when_ms);
  }
  text_printf(out, " %" PRId64 " %" PRId64 " %" PRIu32 " %zu %zu\n", dir->lock_timeout_ms,
              dir->statement_timeout_ms, migration_flags(m), m->place.sql_length, m->script.count);
  describe_statements(out, p, m);
}

int digest_pack(pack *p, diag *d)
{
  const pack_options *o = &p->options;
  text out = {0};
  text_printf(&out, "embark bundle %u\ncomponent %zu:%s\nledger %d %zu:%s %zu:%s\nadopt %d\n",
              (unsigned)EMBARK_BUNDLE_FORMAT, strlen(o->component), o->component, (int)o->ledger,
              strlen(o->ledger_schema), o->ledger_schema, strlen(o->ledger_table), o->ledger_table,
              (int)o->adopt);
  text_printf(&out, "forbid %" PRIu32 "\n", o->forbid);
  for (size_t i = 0; i < p->migrations.count; i++) {
    describe_migration(&out, p, &p->migrations.items[i]);
  }
  for (size_t i = 0; i < p->downs.count; i++) {
    describe_migration(&out, p, &p->downs.items[i]);
  }
  bool failed = out.failed;
  p->digest = hash_bytes(text_string(&out), out.size);
  text_free(&out);
  if (failed) {
    diag_error(d, NULL, "out of memory");
  }
  return failed ? -1 : 0;
}
