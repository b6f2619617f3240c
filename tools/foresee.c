/* Says what the ledger will hold once a bundle is applied. Knows how Drizzle's ledger identifies a
 * migration; docs/bundle-format.md says the same in words. */
#include "foresee.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"

/* What a Drizzle ledger keeps in its column `hash`. */
static const char *ledger_key(const pack *p, const migration *m)
{
  return p->options.ledger == EMBARK_LEDGER_DRIZZLE_TAG ? m->tag : m->hash.hex;
}

typedef struct ledger_row {
  int64_t when_ms;
  const char *key;
  const char *tag;
} ledger_row;

static int by_row(const void *a, const void *b)
{
  const ledger_row *left = a;
  const ledger_row *right = b;
  if (left->when_ms != right->when_ms) {
    return left->when_ms < right->when_ms ? -1 : 1;
  }
  return strcmp(left->key, right->key);
}

static void digest_rows(pack *p, ledger_row *rows)
{
  size_t count = p->migrations.count;
  text lines = {0};
  for (size_t i = 0; i < count; i++) {
    const migration *m = &p->migrations.items[i];
    rows[i] = (ledger_row){m->when_ms, ledger_key(p, m), m->tag};
  }
  qsort(rows, count, sizeof *rows, by_row);
  for (size_t i = 0; i < count; i++) {
    text_printf(&lines, "%" PRId64 ":%s\n", rows[i].when_ms, rows[i].key);
  }
  p->ledger_digest = hash_bytes(text_string(&lines), lines.size);
  text_free(&lines);
}

/* A Drizzle ledger knows a migration by its time and hash alone, and other line endings are no
 * other migration: so no two may have the same time and the same text. */
static int check_rows(const pack *p, ledger_row *rows, diag *d)
{
  size_t count = p->migrations.count;
  size_t errors = d->errors;
  for (size_t i = 0; i < count; i++) {
    const migration *m = &p->migrations.items[i];
    rows[i] = (ledger_row){m->when_ms, m->canonical.hex, m->tag};
  }
  qsort(rows, count, sizeof *rows, by_row);
  for (size_t i = 1; i < count; i++) {
    if (by_row(&rows[i - 1], &rows[i]) == 0) {
      diag_error(d,
                 "Give one of them another time or another text, or use --ledger native, which "
                 "knows tags.",
                 "\"%s\" and \"%s\" have the same time and the same text, so the ledger cannot"
                 " tell them apart",
                 rows[i - 1].tag, rows[i].tag);
    }
  }
  return d->errors == errors ? 0 : -1;
}

int foresee_ledger(pack *p, diag *d)
{
  if (p->options.ledger == EMBARK_LEDGER_NATIVE) {
    return 0;
  }
  ledger_row *rows = alloc_bytes(p->migrations.count * sizeof *rows);
  int status = 0;
  if (p->options.ledger == EMBARK_LEDGER_DRIZZLE) {
    status = check_rows(p, rows, d);
  }
  digest_rows(p, rows);
  free(rows);
  return status;
}
