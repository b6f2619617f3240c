/* Reads and places what a file allows. Knows how comments look, and no rule. */
#include "allow.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"

static bool is_blank(char c)
{
  return c == ' ' || c == '\t';
}

/* --- reading ---------------------------------------------------------------------------------- */

static size_t skip_blanks(const source *src, size_t at, size_t end)
{
  while (at < end && is_blank(src->bytes[at])) {
    at++;
  }
  return at;
}

int allow_read(allow_list *list, const source *src, size_t at, size_t end, diag *d)
{
  at = skip_blanks(src, at, end);
  size_t stop = at;
  while (stop < end && src->bytes[stop] != ':' && !is_blank(src->bytes[stop])) {
    stop++;
  }
  size_t colon = skip_blanks(src, stop, end);
  size_t reason = skip_blanks(src, colon + (colon < end), end);
  while (end > reason && is_blank(src->bytes[end - 1])) {
    end--;
  }
  if (stop == at) {
    diag_error_at(d, src, at, "Write a rule and the reason: -- embark: allow RULE: REASON",
                  "allow names no rule");
    return -1;
  }
  if (colon >= end || src->bytes[colon] != ':' || reason >= end) {
    diag_error_at(d, src, stop, "Say why it is fine: -- embark: allow RULE: REASON",
                  "allow %.*s is not followed by a colon and a reason", (int)(stop - at),
                  src->bytes + at);
    return -1;
  }
  list->items = alloc_one_more(list->items, &list->capacity, list->count, sizeof list->items[0]);
  list->items[list->count++] = (allow){.rule = alloc_string(src->bytes + at, stop - at),
                                       .reason = alloc_string(src->bytes + reason, end - reason),
                                       .at = at};
  return 0;
}

/* --- placing ---------------------------------------------------------------------------------- */

/* Behind the block comment that opens at `at`; they nest. */
static size_t skip_block(const source *src, size_t at, size_t end)
{
  size_t depth = 0;
  do {
    if (strncmp(src->bytes + at, "/*", 2) == 0) {
      depth++;
      at += 2;
    } else if (strncmp(src->bytes + at, "*/", 2) == 0) {
      depth--;
      at += 2;
    } else {
      at++;
    }
  } while (depth > 0 && at < end);
  return at;
}

/* There is a line of white space alone between the bytes; what comments hold is none. */
static bool has_empty_line(const source *src, size_t at, size_t end)
{
  size_t feeds = 0; /* since the last thing that is no white space */
  while (at < end && feeds < 2) {
    char c = src->bytes[at];
    if (c == '\n') {
      feeds++;
      at++;
    } else if (is_blank(c) || c == '\r' || c == '\f' || c == '\v') {
      at++;
    } else {
      feeds = 0;
      at = strncmp(src->bytes + at, "/*", 2) == 0
               ? skip_block(src, at, end)
               : at + strcspn(src->bytes + at, "\n"); /* a comment to the end of the line */
    }
  }
  return feeds >= 2;
}

void allow_bind(allow_list *list, const source *src, size_t start, bool is_first)
{
  for (; list->bound < list->count; list->bound++) {
    allow *a = &list->items[list->bound];
    a->statement = start;
    a->is_file = is_first && has_empty_line(src, a->at, start);
  }
}

int allow_check(const allow_list *list, const source *src, diag *d)
{
  if (list->bound == list->count) {
    return 0;
  }
  const allow *a = &list->items[list->bound];
  diag_error_at(d, src, a->at, "Put it above the statement that it is about, or remove it.",
                "allow %s has no statement below it", a->rule);
  return -1;
}

void allow_list_free(allow_list *list)
{
  for (size_t i = 0; i < list->count; i++) {
    free(list->items[i].rule);
    free(list->items[i].reason);
  }
  free(list->items);
  *list = (allow_list){0};
}
