/* Reads directives. Knows their names and values; knows nothing of what they do. */
#include "directive.h"

#include <string.h>

#define KNOWN                                                                                      \
  "Known are lock-timeout, statement-timeout, no-transaction, repeatable and allow, such as:"      \
  " -- embark: lock-timeout 5s"

typedef struct span {
  const char *bytes;
  size_t size;
} span;

static bool is_blank(char c)
{
  return c == ' ' || c == '\t';
}

static span trim(span s)
{
  while (s.size > 0 && is_blank(s.bytes[0])) {
    s.bytes++;
    s.size--;
  }
  while (s.size > 0 && is_blank(s.bytes[s.size - 1])) {
    s.size--;
  }
  return s;
}

/* Take the first word off `s`. */
static span take_word(span *s)
{
  span word = {s->bytes, 0};
  while (word.size < s->size && !is_blank(s->bytes[word.size])) {
    word.size++;
  }
  *s = trim((span){s->bytes + word.size, s->size - word.size});
  return word;
}

static bool span_is(span s, const char *string)
{
  return s.size == strlen(string) && memcmp(s.bytes, string, s.size) == 0;
}

static bool begins_with(span s, const char *prefix)
{
  size_t size = strlen(prefix);
  return s.size >= size && memcmp(s.bytes, prefix, size) == 0;
}

int directive_duration(int64_t *ms, const char *value, size_t size)
{
  static const struct {
    const char *name;
    int64_t ms;
  } units[] = {
      {"ms",  1      },
      {"s",   1000   },
      {"min", 60000  },
      {"h",   3600000}
  };
  const int64_t max = 2147483647; /* the settings are ints */
  span rest = {value, size};
  if (span_is(rest, "none") || span_is(rest, "0")) {
    *ms = -1;
    return 0;
  }
  int64_t number = 0;
  while (rest.size > 0 && rest.bytes[0] >= '0' && rest.bytes[0] <= '9') {
    number = number * 10 + (rest.bytes[0] - '0');
    if (number > max) {
      return -1;
    }
    rest = (span){rest.bytes + 1, rest.size - 1};
  }
  for (size_t i = 0; rest.size < size && i < sizeof units / sizeof units[0]; i++) {
    if (span_is(rest, units[i].name) && number <= max / units[i].ms) {
      *ms = number > 0 ? number * units[i].ms : -1;
      return 0;
    }
  }
  return -1;
}

static int set_timeout(int64_t *ms, const source *src, span name, span value, diag *d)
{
  size_t name_at = (size_t)(name.bytes - src->bytes);
  size_t value_at = (size_t)(value.bytes - src->bytes);
  if (*ms != 0) {
    diag_error_at(d, src, name_at, "Keep one of them.", "%.*s is given twice", (int)name.size,
                  name.bytes);
    return -1;
  }
  if (value.size == 0) {
    diag_error_at(d, src, name_at, "Write a number and its unit, such as 250ms, 5s, 10min, 1h.",
                  "%.*s has no value", (int)name.size, name.bytes);
    return -1;
  }
  if (directive_duration(ms, value.bytes, value.size) != 0) {
    diag_error_at(d, src, value_at,
                  "Write a number and its unit (ms, s, min or h; at most 24 days), or none.",
                  "%.*s is no duration", (int)value.size, value.bytes);
    return -1;
  }
  return 0;
}

/* A directive that says all by its name. */
static int set_switch(bool *on, const source *src, span name, span value, diag *d)
{
  if (*on) {
    diag_error_at(d, src, (size_t)(name.bytes - src->bytes), "Keep one of them.",
                  "%.*s is given twice", (int)name.size, name.bytes);
    return -1;
  }
  if (value.size > 0) {
    diag_error_at(d, src, (size_t)(value.bytes - src->bytes), "Leave out what follows it.",
                  "%.*s takes no value", (int)name.size, name.bytes);
    return -1;
  }
  *on = true;
  return 0;
}

/* Behind a statement the line could as well be meant for that one. */
static bool has_its_own_line(const source *src, size_t at)
{
  while (at > 0 && is_blank(src->bytes[at - 1])) {
    at--;
  }
  return at == 0 || src->bytes[at - 1] == '\n' || src->bytes[at - 1] == '\r';
}

/* Of a directive that is about the statement below it. */
static int check_above(const source *src, size_t comment_at, span name, directive_place place,
                       const char *hint, diag *d)
{
  if (place == DIRECTIVE_INSIDE || !has_its_own_line(src, comment_at)) {
    diag_error_at(d, src, (size_t)(name.bytes - src->bytes), hint, "%.*s stands %s", (int)name.size,
                  name.bytes,
                  place == DIRECTIVE_INSIDE ? "inside a statement" : "behind something else");
    return -1;
  }
  return 0;
}

static int set_repeatable(directives *out, const source *src, size_t comment_at, span name,
                          span value, directive_place place, diag *d)
{
  if (check_above(src, comment_at, name, place,
                  "Put it on a line of its own above the statement that may be repeated.",
                  d) != 0) {
    return -1;
  }
  out->repeatable_at = (size_t)(name.bytes - src->bytes);
  return set_switch(&out->repeatable, src, name, value, d);
}

static int add_allow(directives *out, const source *src, token comment, span name,
                     directive_place place, diag *d)
{
  if (check_above(src, comment.start, name, place,
                  "Put it on a line of its own above the statement that it is about.", d) != 0) {
    return -1;
  }
  size_t at = (size_t)(name.bytes - src->bytes) + name.size;
  return allow_read(&out->allows, src, at, comment.end, d);
}

static int read_embark(directives *out, const source *src, token comment, span body,
                       directive_place place, diag *d)
{
  size_t at = (size_t)(body.bytes - src->bytes);
  span name = take_word(&body);
  if (span_is(name, "repeatable")) {
    return set_repeatable(out, src, comment.start, name, body, place, d);
  }
  if (span_is(name, "allow")) {
    return add_allow(out, src, comment, name, place, d);
  }
  if (place != DIRECTIVE_HEAD) {
    diag_error_at(d, src, at, "Move the line above the first statement.",
                  "a directive must stand at the head of the file");
    return -1;
  }
  if (span_is(name, "lock-timeout")) {
    return set_timeout(&out->lock_timeout_ms, src, name, body, d);
  }
  if (span_is(name, "statement-timeout")) {
    return set_timeout(&out->statement_timeout_ms, src, name, body, d);
  }
  if (span_is(name, "no-transaction")) {
    out->no_transaction_at = at;
    return set_switch(&out->no_transaction, src, name, body, d);
  }
  diag_error_at(d, src, at, KNOWN, "unknown directive \"%.*s\"", (int)name.size, name.bytes);
  return -1;
}

/* Files of these tools hold the way there and the way back in one. */
static const char *foreign_tool(span body)
{
  if (begins_with(body, "+goose ")) {
    return "goose";
  }
  if (begins_with(body, "+migrate ")) {
    return "sql-migrate";
  }
  if (begins_with(body, "migrate:up") || begins_with(body, "migrate:down")) {
    return "dbmate";
  }
  if (begins_with(body, "-- create above / drop below")) {
    return "tern";
  }
  if (begins_with(body, "Down Migration")) {
    return "node-pg-migrate";
  }
  return NULL;
}

#define PREFIX "embark:"

/* What follows the two dashes. */
static span body_of(const source *src, token comment)
{
  return trim((span){src->bytes + comment.start + 2, comment.end - comment.start - 2});
}

/* What follows "embark:"; *is_ours tells whether it is there. */
static span directive_of(const source *src, token comment, bool *is_ours)
{
  span body = body_of(src, comment);
  *is_ours = begins_with(body, PREFIX);
  size_t size = *is_ours ? strlen(PREFIX) : 0;
  return trim((span){body.bytes + size, body.size - size});
}

bool directive_is_code(const source *src, token comment)
{
  bool is_ours = false;
  span body = directive_of(src, comment, &is_ours);
  return is_ours && !span_is(take_word(&body), "allow");
}

int directive_read(directives *out, const source *src, token comment, directive_place place,
                   diag *d)
{
  bool is_ours = false;
  span body = directive_of(src, comment, &is_ours);
  if (is_ours) {
    return read_embark(out, src, comment, body, place, d);
  }
  const char *tool = foreign_tool(body);
  if (tool != NULL) {
    diag_error_at(
        d, src, comment.start,
        "Its files hold the way back too, which would run at once. Keep the part that goes"
        " forward, without this line.",
        "this is a migration for %s, which this version cannot read", tool);
    return -1;
  }
  return 0;
}
