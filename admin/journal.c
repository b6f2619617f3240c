/* journal.c - records in order, within bounds. */
#include "journal.h"

#include <string.h>

#include "record.h"

#define STRINGIFY(x)    #x
#define VERSION_TEXT(x) STRINGIFY(x)
#define VERSION                                                                                    \
  VERSION_TEXT(EMBARK_VERSION_MAJOR)                                                               \
  "." VERSION_TEXT(EMBARK_VERSION_MINOR) "." VERSION_TEXT(EMBARK_VERSION_PATCH)

static const char no_memory[] =
    "event: result\n"
    "data: {\"schema\":1,\"embark\":\"" VERSION "\",\"command\":\"migrate\",\"error\":{\"code\":"
    "\"EMBARK_E_MEMORY\",\"message\":\"out of memory\",\"detail\":"
    "\"The run is over; there was no memory to tell how.\","
    "\"hint\":\"The status says what is applied.\",\"tag\":null,\"file\":null,\"statement\":null,"
    "\"line\":null,\"column\":null,\"sqlstate\":null},\"exit\":1}\n\n";

/* All or nothing; when there is no memory what was there before still stands, and a later one may
 * find some. */
static void append(journal *l, const text *record)
{
  if (!record->failed) {
    text_put(&l->bytes, text_string(record), record->size);
    l->bytes.failed = false;
  }
}

/* Not every statement is worth telling: there may be thousands in a second. */
static bool is_too_soon(journal *l, const embark_event *event)
{
  if (event->type != EMBARK_EVENT_STATEMENT) {
    return false;
  }
  if (l->has_statement && event->elapsed_ms - l->statement_ms < JOURNAL_STATEMENT_MS) {
    return true;
  }
  l->has_statement = true;
  l->statement_ms = event->elapsed_ms;
  return false;
}

static bool has_room(journal *l, const embark_event *event)
{
  bool is_step = event->type == EMBARK_EVENT_STARTED || event->type == EMBARK_EVENT_APPLIED;
  text warning = {0};
  if (l->bytes.size < JOURNAL_FULL) {
    return true;
  }
  if (!l->is_full) {
    l->is_full = true;
    record_put_warning(&warning, event->elapsed_ms,
                       "too much was said: from here on only migrations are told");
    append(l, &warning);
    text_free(&warning);
  }
  return is_step && l->bytes.size < JOURNAL_VERY_FULL;
}

void journal_add(journal *l, const embark_event *event, const embark_migration *m,
                 int64_t duration_us)
{
  bool is_held = is_too_soon(l, event);
  bool is_followed = is_held || event->type == EMBARK_EVENT_STATEMENT ||
                     event->type == EMBARK_EVENT_STARTED || event->type == EMBARK_EVENT_APPLIED;
  text record = {0};
  if (is_followed) {
    text_free(&l->held);
  }
  if (has_room(l, event)) {
    record_put(is_held ? &l->held : &record, event, m, duration_us);
    append(l, &record);
    text_free(&record);
  }
}

bool journal_has_held(const journal *l)
{
  return l->held.size > 0;
}

void journal_tell_held(journal *l)
{
  append(l, &l->held);
  text_free(&l->held);
  l->statement_ms += JOURNAL_STATEMENT_MS;
}

void journal_end(journal *l, const text *document)
{
  text record = {0};
  size_t before = l->bytes.size;
  text_free(&l->held);
  record_put_result(&record, document);
  append(l, &record);
  text_free(&record);
  l->tail = l->bytes.size == before ? no_memory : NULL;
}

size_t journal_size(const journal *l)
{
  return l->bytes.size + (l->tail != NULL ? strlen(l->tail) : 0);
}

size_t journal_read(const journal *l, size_t at, char *buffer, size_t size)
{
  bool is_behind = at >= l->bytes.size;
  size_t left = is_behind ? journal_size(l) - at : l->bytes.size - at;
  const char *from = is_behind ? l->tail : l->bytes.bytes;
  size_t taken = left < size ? left : size;
  if (taken > 0) {
    memcpy(buffer, from + (is_behind ? at - l->bytes.size : at), taken);
  }
  return taken;
}

void journal_free(journal *l)
{
  text_free(&l->bytes);
  text_free(&l->held);
  *l = (journal){0};
}
