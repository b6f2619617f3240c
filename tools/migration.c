/* Loads one migration and computes its hashes. Knows what a ledger records of a file; knows nothing
 * of how folders are laid out. */
#include "migration.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "outside.h"
#include "refuse.h"

migration *migration_add(migration_list *list, const char *tag, size_t tag_size, const char *file,
                         int64_t when_ms)
{
  list->items = alloc_one_more(list->items, &list->capacity, list->count, sizeof list->items[0]);
  migration *m = &list->items[list->count++];
  *m = (migration){.tag = alloc_string(tag, tag_size),
                   .file = alloc_string(file, strlen(file)),
                   .when_ms = when_ms};
  return m;
}

static int by_tag(const void *a, const void *b)
{
  const migration *const *left = a;
  const migration *const *right = b;
  return strcmp((*left)->tag, (*right)->tag);
}

migration **migration_list_sorted(const migration_list *list)
{
  migration **sorted = alloc_bytes(list->count * sizeof(migration *));
  for (size_t i = 0; i < list->count; i++) {
    sorted[i] = &list->items[i];
  }
  if (list->count > 0) {
    qsort(sorted, list->count, sizeof(migration *), by_tag);
  }
  return sorted;
}

migration *migration_find(migration *const *sorted, size_t count, const char *tag, size_t size)
{
  migration key = {.tag = alloc_string(tag, size)};
  const migration *wanted = &key;
  migration *const *found = NULL;
  if (count > 0) {
    found = bsearch(&wanted, sorted, count, sizeof(migration *), by_tag);
  }
  free(key.tag);
  return found != NULL ? *found : NULL;
}

/* A way back runs in one transaction, whatever its folder is. */
static int judge(migration *m, bool drizzle, diag *d)
{
  if (m->is_down) {
    return refuse_down(&m->script, &m->source, d);
  }
  m->outside = outside_applies(&m->script, drizzle);
  return m->outside ? outside_judge(&m->script, &m->source, drizzle, d)
                    : refuse_script(&m->script, &m->source, d);
}

int migration_load(migration *m, const char *dir, bool drizzle, diag *d)
{
  char *path = alloc_path(dir, m->file);
  int status = source_read(&m->source, path, d);
  free(path);
  if (status != 0 || split(&m->script, &m->source, drizzle, d) != 0) {
    return -1;
  }
  if (judge(m, drizzle, d) != 0) {
    return -1;
  }
  for (size_t i = 0; i < m->script.count; i++) {
    m->settings = m->settings || m->script.statements[i].settings;
  }
  return 0;
}

uint32_t migration_flags(const migration *m)
{
  return (m->settings ? EMBARK_MIGRATION_SETTINGS : 0u) |
         (m->outside ? EMBARK_MIGRATION_NO_TRANSACTION : 0u);
}

static void add_other(migration *m, hash other)
{
  if (hash_equal(&other, &m->hash)) {
    return;
  }
  for (size_t i = 0; i < m->other_count; i++) {
    if (hash_equal(&other, &m->others[i])) {
      return;
    }
  }
  m->others[m->other_count++] = other;
}

/* drizzle-orm records the hash of the file as it is; a checkout with other line endings must not
 * make it another migration, so the other forms of the same text are known as well. */
static void hash_forms(migration *m)
{
  const source *src = &m->source;
  m->hash = hash_text(src->bytes, src->size, src->bom, HASH_AS_IS);
  add_other(m, m->canonical);
  add_other(m, hash_text(src->bytes, src->size, false, HASH_CRLF));
  add_other(m, hash_text(src->bytes, src->size, true, HASH_LF));
  add_other(m, hash_text(src->bytes, src->size, true, HASH_CRLF));
}

void migration_hash(migration *m, embark_ledger ledger)
{
  m->canonical = hash_text(m->source.bytes, m->source.size, false, HASH_LF);
  m->hash = m->canonical;
  if (ledger != EMBARK_LEDGER_NATIVE && !m->is_down) {
    hash_forms(m);
  }
}

void migration_list_free(migration_list *list)
{
  for (size_t i = 0; i < list->count; i++) {
    free(list->items[i].tag);
    free(list->items[i].file);
    free(list->items[i].down_file);
    source_free(&list->items[i].source);
    script_free(&list->items[i].script);
  }
  free(list->items);
  *list = (migration_list){0};
}
