/* Makes a new migration as `drizzle-kit generate --custom` does: the file, an entry at the end of
 * the journal, and a snapshot that is the last one under a new id, because the schema in TypeScript
 * does not change by it. */
#include "scaffold_files.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <openssl/rand.h>

#include "alloc.h"
#include "json_text.h"
#include "layout.h"
#include "number.h"
#include "output.h"

#define RESTORE "Restore it from version control; drizzle-kit writes it."

/* A file of drizzle-kit's, as text and parsed. */
typedef struct document {
  source src;
  json_t *root;
} document;

static int document_read(document *doc, const char *path, diag *d)
{
  json_error_t error;
  *doc = (document){{0}, NULL};
  if (source_read(&doc->src, path, d) != 0) {
    return -1;
  }
  doc->root = json_loadb(doc->src.bytes, doc->src.size, JSON_REJECT_DUPLICATES, &error);
  if (!json_is_object(doc->root)) {
    diag_error(d, RESTORE, "%s is no JSON object", path);
    return -1;
  }
  return 0;
}

static void document_free(document *doc)
{
  source_free(&doc->src);
  json_decref(doc->root);
}

/* A byte order mark that was there stays there. */
static void put_bom(text *out, const document *doc)
{
  text_puts(out, doc->src.bom ? "\xef\xbb\xbf" : "");
}

/* --- the journal ------------------------------------------------------------------------------ */

static json_t *last_entry(const document *journal)
{
  json_t *entries = json_object_get(journal->root, "entries");
  size_t count = json_array_size(entries);
  return count > 0 ? json_array_get(entries, count - 1) : NULL;
}

static json_int_t next_idx(const document *journal)
{
  json_t *idx = json_object_get(last_entry(journal), "idx");
  size_t count = json_array_size(json_object_get(journal->root, "entries"));
  return json_is_integer(idx) ? json_integer_value(idx) + 1 : (json_int_t)count;
}

/* The entries' version: that of the last, else the journal's. As JSON; to be freed. */
static char *entry_version(const document *journal)
{
  json_t *version = json_object_get(last_entry(journal), "version");
  if (version == NULL) {
    version = json_object_get(journal->root, "version");
  }
  return version != NULL ? json_dumps(version, JSON_ENCODE_ANY) : strdup("\"7\"");
}

/* drizzle-orm skips what is not later than all that was applied. */
static int64_t next_when(const scaffold *s)
{
  int64_t when_ms = s->now_ms;
  for (size_t i = 0; i < s->list->count; i++) {
    int64_t before = s->list->items[i].when_ms;
    when_ms = before >= when_ms && before < INT64_MAX ? before + 1 : when_ms;
  }
  return when_ms;
}

/* Add the journal with one more entry to `out`. Returns 0, or -1 when it cannot be done. */
static int put_journal(text *out, const scaffold *s, const document *journal)
{
  json_span entries;
  char idx[32];
  char when[32];
  text tag = {0};
  char *version = entry_version(journal);
  bool found = json_find(journal->src.bytes, "entries", &entries);
  snprintf(idx, sizeof idx, "%" JSON_INTEGER_FORMAT, next_idx(journal));
  snprintf(when, sizeof when, "%" PRId64, next_when(s));
  text_printf(&tag, "\"%s\"", s->made->tag);
  if (found && version != NULL) {
    const json_member members[] = {
        {"idx",         idx              },
        {"version",     version          },
        {"when",        when             },
        {"tag",         text_string(&tag)},
        {"breakpoints", "true"           },
    };
    put_bom(out, journal);
    json_put_appended(out, journal->src.bytes, entries, members,
                      sizeof members / sizeof members[0]);
  }
  out->failed = out->failed || tag.failed;
  text_free(&tag);
  free(version);
  return found && out->size > 0 && !out->failed ? 0 : -1;
}

static int replace_file(const char *path, const text *content, diag *d)
{
  output file = {0};
  int status = output_open(&file, path, d);
  if (status == 0) {
    status = output_write(file.fd, path, content, d);
  }
  if (status == 0) {
    status = output_close(&file, d);
  }
  if (status == 0) {
    status = output_place(&file, d);
  }
  output_drop(&file);
  return status;
}

static int append_entry(scaffold *s, const document *journal)
{
  text content = {0};
  int status = put_journal(&content, s, journal);
  if (status != 0) {
    diag_error(s->diag, RESTORE, "%s: no entry can be added", journal->src.path);
  } else {
    status = replace_file(journal->src.path, &content, s->diag);
  }
  if (status == 0) {
    s->made->changed = alloc_string(journal->src.path, strlen(journal->src.path));
  }
  text_free(&content);
  return status;
}

/* --- the snapshot ----------------------------------------------------------------------------- */

/* The name of the last snapshot, as drizzle-kit finds it: by the order of the names. To be freed;
 * NULL when there is none. */
static char *last_snapshot(const scaffold *s)
{
  folder meta = {0};
  diag ignored = {0};
  char *name = NULL;
  char *path = alloc_path(s->dir, "meta");
  (void)folder_read(&meta, path, &ignored); /* its journal was read, so it can be */
  for (size_t i = 0; i < meta.count; i++) {
    const char *entry = meta.entries[i].name;
    if (entry[0] != '_' && name_ends_with(entry, "_snapshot.json")) {
      free(name);
      name = alloc_string(entry, strlen(entry));
    }
  }
  folder_free(&meta);
  diag_free(&ignored);
  free(path);
  return name;
}

/* A random UUID, in quotes. */
static int put_uuid(text *out, diag *d)
{
  unsigned char bytes[16];
  if (RAND_bytes(bytes, sizeof bytes) != 1) {
    diag_error(d, NULL, "libcrypto has no random numbers");
    return -1;
  }
  bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40);
  bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
  text_putc(out, '"');
  for (size_t i = 0; i < sizeof bytes; i++) {
    text_printf(out, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "", bytes[i]);
  }
  text_putc(out, '"');
  return 0;
}

/* Copy `json` with other values for two of its members, in whichever order they stand. */
static void put_replaced(text *out, const char *json, json_span a, const char *value_a, json_span b,
                         const char *value_b)
{
  bool a_first = a.start < b.start;
  json_span first = a_first ? a : b;
  json_span second = a_first ? b : a;
  text_put(out, json, first.start);
  text_puts(out, a_first ? value_a : value_b);
  text_put(out, json + first.end, second.start - first.end);
  text_puts(out, a_first ? value_b : value_a);
  text_puts(out, json + second.end);
}

static int put_snapshot(text *out, const document *last, diag *d)
{
  const char *json = last->src.bytes;
  json_span id;
  json_span prev;
  text new_id = {0};
  text old_id = {0};
  if (!json_find(json, "id", &id) || !json_find(json, "prevId", &prev)) {
    diag_error(d, RESTORE, "%s has no \"id\" and \"prevId\"", last->src.path);
    return -1;
  }
  text_put(&old_id, json + id.start, id.end - id.start);
  int status = put_uuid(&new_id, d);
  if (status == 0) {
    put_bom(out, last);
    put_replaced(out, json, id, text_string(&new_id), prev, text_string(&old_id));
  }
  out->failed = out->failed || new_id.failed || old_id.failed;
  text_free(&new_id);
  text_free(&old_id);
  return status;
}

/* A folder without snapshots (they can be left out of version control) gets none. */
static int copy_snapshot(scaffold *s)
{
  char *last = last_snapshot(s);
  if (last == NULL) {
    return 0;
  }
  document doc;
  text file = {0};
  text content = {0};
  text path = {0};
  text_printf(&path, "%s/meta/%s", s->dir, last);
  text_printf(&file, "meta/%.*s_snapshot.json", (int)number_size(s->made->tag), s->made->tag);
  int status = document_read(&doc, text_string(&path), s->diag);
  if (status == 0) {
    status = put_snapshot(&content, &doc, s->diag);
  }
  if (status == 0) {
    status = scaffold_create(s, text_string(&file), &content);
  }
  document_free(&doc);
  text_free(&file);
  text_free(&content);
  text_free(&path);
  free(last);
  return status;
}

/* --- the whole -------------------------------------------------------------------------------- */

/* Behind the highest number, whatever the journal's order is; four digits of the index at first. */
static void put_tag(text *out, const scaffold *s, const document *journal)
{
  const char *last = "";
  for (size_t i = 0; i < s->list->count; i++) {
    const char *tag = s->list->items[i].tag;
    if (number_compare(tag, number_size(tag), last, number_size(last)) >= 0) {
      last = tag;
    }
  }
  if (number_size(last) > 0) {
    number_put_next(out, last, number_size(last), s->now_ms);
  } else {
    text_printf(out, "%04" JSON_INTEGER_FORMAT, next_idx(journal));
  }
  text_printf(out, "_%s", s->slug);
}

/* The journal comes last: what it does not name is not there yet. */
int scaffold_drizzle(scaffold *s)
{
  document journal;
  text tag = {0};
  char *path = alloc_path(s->dir, LAYOUT_JOURNAL);
  int status = document_read(&journal, path, s->diag);
  if (status == 0) {
    put_tag(&tag, s, &journal);
    status = scaffold_create_sql(s, text_string(&tag), ".sql");
  }
  if (status == 0) {
    status = copy_snapshot(s);
  }
  if (status == 0) {
    status = append_entry(s, &journal);
  }
  document_free(&journal);
  text_free(&tag);
  free(path);
  return status;
}
