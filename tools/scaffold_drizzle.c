/* Makes a new migration as `drizzle-kit generate --custom` does: the file, an entry at the end of
 * the journal, and a snapshot that is the last one under a new id, because the schema in TypeScript
 * does not change by it. */
#include "scaffold_files.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "json_text.h"
#include "layout.h"
#include "number.h"
#include "output.h"

#define RESTORE "Restore it from version control; drizzle-kit writes it."

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
    document_put_bom(out, journal);
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

/* A folder without snapshots (they can be left out of version control) gets none. */
static int copy_snapshot(scaffold *s)
{
  char *last = last_snapshot(s);
  text from = {0};
  text to = {0};
  text_printf(&from, "meta/%s", last != NULL ? last : "");
  text_printf(&to, "meta/%.*s_snapshot.json", (int)number_size(s->made->tag), s->made->tag);
  int status = last != NULL ? scaffold_copy_snapshot(s, text_string(&from), text_string(&to)) : 0;
  text_free(&from);
  text_free(&to);
  free(last);
  return status;
}

/* --- the whole -------------------------------------------------------------------------------- */

/* Behind the highest number, whatever the journal's order is; four digits of the index at first. */
static void set_tag(scaffold *s, const document *journal)
{
  const char *last = "";
  for (size_t i = 0; i < s->list->count; i++) {
    const char *tag = s->list->items[i].tag;
    if (number_compare(tag, number_size(tag), last, number_size(last)) >= 0) {
      last = tag;
    }
  }
  if (number_size(last) > 0) {
    scaffold_set_tag(s, last, '_');
    return;
  }
  text tag = {0};
  text_printf(&tag, "%04" JSON_INTEGER_FORMAT "_%s", next_idx(journal), s->slug);
  s->made->tag = alloc_string(text_string(&tag), tag.size);
  text_free(&tag);
}

/* The journal comes last: what it does not name is not there yet. */
int scaffold_drizzle(scaffold *s)
{
  document journal;
  char *path = alloc_path(s->dir, LAYOUT_JOURNAL);
  int status = document_read(&journal, path, s->diag);
  if (status == 0) {
    set_tag(s, &journal);
    status = scaffold_create_sql(s, ".sql", ".down.sql");
  }
  if (status == 0) {
    status = copy_snapshot(s);
  }
  if (status == 0) {
    status = append_entry(s, &journal);
  }
  document_free(&journal);
  free(path);
  return status;
}
