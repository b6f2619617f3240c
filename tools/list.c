/* Prints a bundle's table of contents. Knows columns and JSON; computes nothing. */
#include "list.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "hazard_words.h"
#include "utf8.h"
#include "when.h"

static const char *ledger_name(embark_ledger ledger)
{
  static const char *const names[] = {
      [EMBARK_LEDGER_NATIVE] = "native",
      [EMBARK_LEDGER_DRIZZLE] = "drizzle",
      [EMBARK_LEDGER_DRIZZLE_TAG] = "drizzle-tag",
  };
  return names[ledger];
}

static const char *layout_name(layout_kind layout)
{
  static const char *const names[] = {
      [LAYOUT_PLAIN] = "plain",
      [LAYOUT_DRIZZLE] = "drizzle",
      [LAYOUT_FOLDERS] = "folders",
  };
  return names[layout];
}

/* In characters; wide and combining ones are not told apart. */
static size_t width(const char *string)
{
  size_t count = 0;
  for (; *string != '\0'; string++) {
    count += !utf8_is_continuation(*string);
  }
  return count;
}

static size_t widest_tag(const pack *p)
{
  size_t widest = strlen("tag");
  for (size_t i = 0; i < p->migrations.count; i++) {
    size_t w = width(p->migrations.items[i].tag);
    widest = w > widest ? w : widest;
  }
  return widest;
}

void list_table(text *out, const pack *p)
{
  size_t widest = widest_tag(p);
  text_printf(out, "%5s  tag%*s  %-20s  %10s  %10s  hash\n", "#", (int)(widest - 3), "", "when",
              "statements", "bytes");
  for (size_t i = 0; i < p->migrations.count; i++) {
    const migration *m = &p->migrations.items[i];
    char when[WHEN_SIZE];
    when_format(when, m->when_ms);
    text_printf(out, "%5zu  %s%*s  %-20s  %10zu  %10zu  %.12s%s", i + 1, m->tag,
                (int)(widest - width(m->tag)), "", when, m->script.count, m->source.size,
                m->hash.hex, m->outside ? "  no transaction" : "");
    text_puts(out, m->down > 0 ? "  reversible\n" : "\n");
  }
}

/* Whatever it may meet: what a database has, and so what is in danger, is not known here. */
static uint32_t hazards_of(const pack *p, const migration *m)
{
  uint32_t hazards = 0;
  for (size_t i = 0; i < m->script.count; i++) {
    hazards |= p->statements[m->place.first_statement + i].hazards;
  }
  return hazards;
}

static json_t *migration_json(const pack *p, size_t index)
{
  const migration *m = &p->migrations.items[index];
  return json_pack("{s:I, s:s, s:s, s:s, s:I, s:I, s:I, s:b, s:b, s:I, s:I, s:s?, s:o}", "position",
                   (json_int_t)index + 1, "tag", m->tag, "file", m->file, "hash", m->hash.hex,
                   "when_ms", (json_int_t)m->when_ms, "statements", (json_int_t)m->script.count,
                   "bytes", (json_int_t)m->source.size, "settings", m->settings, "no_transaction",
                   m->outside, "lock_timeout_ms", (json_int_t)m->script.directives.lock_timeout_ms,
                   "statement_timeout_ms", (json_int_t)m->script.directives.statement_timeout_ms,
                   "down", m->down_file, "hazards", hazards_json(hazards_of(p, m)));
}

static json_t *pack_json(const pack *p)
{
  const pack_options *o = &p->options;
  json_t *list = json_array();
  for (size_t i = 0; i < p->migrations.count; i++) {
    if (json_array_append_new(list, migration_json(p, i)) != 0) {
      json_decref(list);
      return NULL;
    }
  }
  return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:o}", "layout",
                   layout_name(p->layout), "component", o->component, "ledger",
                   ledger_name(o->ledger), "ledger_schema", o->ledger_schema, "ledger_table",
                   o->ledger_table, "adopt", o->adopt == EMBARK_ADOPT_ASSUME ? "assume" : "refuse",
                   "forbid", hazards_json(o->forbid), "digest", p->digest.hex, "migrations", list);
}

int list_json(text *out, const pack *p)
{
  json_t *root = pack_json(p);
  char *json = root != NULL ? json_dumps(root, JSON_INDENT(2)) : NULL;
  json_decref(root);
  if (json == NULL) {
    return -1;
  }
  text_puts(out, json);
  text_putc(out, '\n');
  free(json);
  return 0;
}
