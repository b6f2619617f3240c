/* Writes the snapshot that belongs to a new migration: drizzle-kit keeps the schema in TypeScript
 * beside each migration, and one that is written by hand does not change it. Knows which parts of a
 * snapshot say what comes before it. */
#include "scaffold_files.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/rand.h>

#include "alloc.h"
#include "folder.h"
#include "json_text.h"

#define RESTORE "Restore it from version control; drizzle-kit writes it."

int document_read(document *doc, const char *path, diag *d)
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

void document_free(document *doc)
{
  source_free(&doc->src);
  json_decref(doc->root);
}

/* A byte order mark that was there stays there. */
void document_put_bom(text *out, const document *doc)
{
  text_puts(out, doc->src.bom ? "\xef\xbb\xbf" : "");
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

/* Say what comes before: `prevId` is a snapshot's, `prevIds` those of drizzle-kit 1, a list. */
static bool find_before(const char *json, json_span *before, bool *is_list)
{
  *is_list = json_find(json, "prevIds", before);
  return *is_list || json_find(json, "prevId", before);
}

static int put_snapshot(text *out, const document *last, diag *d)
{
  const char *json = last->src.bytes;
  json_span id;
  json_span before;
  bool is_list = false;
  text new_id = {0};
  text old_id = {0};
  if (!json_find(json, "id", &id) || !find_before(json, &before, &is_list)) {
    diag_error(d, RESTORE, "%s has no \"id\" and \"prevId\"", last->src.path);
    return -1;
  }
  text_printf(&old_id, is_list ? "[%.*s]" : "%.*s", (int)(id.end - id.start), json + id.start);
  int status = put_uuid(&new_id, d);
  if (status == 0) {
    document_put_bom(out, last);
    put_replaced(out, json, id, text_string(&new_id), before, text_string(&old_id));
  }
  out->failed = out->failed || new_id.failed || old_id.failed;
  text_free(&new_id);
  text_free(&old_id);
  return status;
}

int scaffold_copy_snapshot(scaffold *s, const char *from, const char *to)
{
  if (!folder_has(s->dir, from)) {
    return 0;
  }
  document doc;
  text content = {0};
  char *path = alloc_path(s->dir, from);
  int status = document_read(&doc, path, s->diag);
  if (status == 0) {
    status = put_snapshot(&content, &doc, s->diag);
  }
  if (status == 0) {
    status = scaffold_create(s, to, &content);
  }
  document_free(&doc);
  text_free(&content);
  free(path);
  return status;
}
