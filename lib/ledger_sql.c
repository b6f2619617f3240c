/* ledger_sql.c - the public call that says how an empty ledger is made. Knows what of it a bundle
 * needs; the statements are those of the runs themselves. */
#include <string.h>

#include "bundle.h"
#include "ledger.h"
#include "lock.h"
#include "options.h"
#include "progress.h"

static int needs_progress(const embark_bundle *bundle)
{
  for (uint32_t i = 0; i < bundle->migration_count; i++) {
    if (embark__is_outside(&bundle->migrations[i])) {
      return 1;
    }
  }
  return 0;
}

static void put_all(embark__buf *out, const embark_bundle *bundle, const embark__ledger *ledger)
{
  embark__ledger_put_sql(ledger, out);
  if (needs_progress(bundle)) {
    embark__progress_table progress;
    embark__progress_init(&progress, bundle, ledger->schema, ledger->table, out->alloc);
    embark__progress_put_sql(&progress, out);
    embark__progress_free(&progress);
  }
}

/* As much of the text as there is room for. */
static void copy_out(const char *text, size_t length, char *buffer, size_t size)
{
  if (size > 0) {
    size_t most = length < size ? length : size - 1;
    memcpy(buffer, text, most);
    buffer[most] = '\0';
  }
}

size_t embark_ledger_sql(const embark_bundle *bundle, const embark_options *opt, int64_t *lock_key,
                         char *buffer, size_t size)
{
  embark_options filled;
  embark_error err;
  copy_out("", 0, buffer, size);
  if (bundle == NULL || embark__options_fill(&filled, opt, &err) != EMBARK_OK ||
      embark__bundle_check(bundle, &err) != EMBARK_OK) {
    return 0;
  }
  embark__ledger ledger;
  embark__buf text = {.alloc = filled.allocator};
  embark__ledger_init(&ledger, bundle, filled.ledger_schema, filled.ledger_table, filled.allocator);
  put_all(&text, bundle, &ledger);
  const char *whole = embark__buf_text(&text);
  size_t length = whole != NULL ? text.length : 0;
  copy_out(whole != NULL ? whole : "", length, buffer, size);
  if (lock_key != NULL) {
    *lock_key = embark__lock_key_of(&filled, bundle->ledger, ledger.schema, ledger.table);
  }
  embark__buf_free(&text);
  embark__ledger_free(&ledger);
  return length;
}
