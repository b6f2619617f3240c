/* json.c - JSON, written. Knows its punctuation and what a string may hold; knows no documents. */
#include "json.h"

#include <inttypes.h>
#include <string.h>

#include "hazard_word.h"
#include "utf8.h"

/* --- strings ---------------------------------------------------------------------------------- */

static uint32_t decode(const char *p, size_t size)
{
  static const unsigned char masks[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
  uint32_t point = (unsigned char)p[0] & masks[size];
  for (size_t i = 1; i < size; i++) {
    point = point << 6 | ((unsigned char)p[i] & 0x3fu);
  }
  return point;
}

static void put_escape(text *out, uint32_t point)
{
  if (point >= 0x10000) {
    point -= 0x10000;
    put_escape(out, 0xd800 + (point >> 10));
    point = 0xdc00 + (point & 0x3ff);
  }
  text_printf(out, "\\u%04" PRIx32, point);
}

static bool is_plain(char c)
{
  return c >= ' ' && c <= '~' && strchr("\"\\<>&'", c) == NULL;
}

/* One character, or a byte that is none. Returns how many bytes it has. */
static size_t put_character(text *out, const char *p, size_t left)
{
  size_t size = utf8_size(p, left);
  if (*p == '"' || *p == '\\') {
    text_printf(out, "\\%c", *p);
  } else if (*p == '\n') {
    text_puts(out, "\\n");
  } else {
    put_escape(out, size > 0 ? decode(p, size) : 0xfffd);
  }
  return size > 0 ? size : 1;
}

/* Runs of plain characters go at once: SQL may be long. */
static void put_escaped(text *out, const char *p, size_t size)
{
  for (size_t at = 0; at < size && !out->failed;) {
    size_t run = 0;
    while (at + run < size && is_plain(p[at + run])) {
      run++;
    }
    text_put(out, p + at, run);
    at += run;
    at += at < size ? put_character(out, p + at, size - at) : 0;
  }
}

/* --- values ----------------------------------------------------------------------------------- */

/* What stands before a value. */
static void put_key(json *j, const char *key)
{
  text_puts(&j->out, j->needs_comma ? "," : "");
  if (key != NULL) {
    text_printf(&j->out, "\"%s\":", key);
  }
  j->needs_comma = true;
}

static void put_raw(json *j, const char *key, const char *value)
{
  put_key(j, key);
  text_puts(&j->out, value);
}

static void open_with(json *j, const char *key, char bracket)
{
  put_key(j, key);
  text_putc(&j->out, bracket);
  j->needs_comma = false;
}

static void close_with(json *j, char bracket)
{
  text_putc(&j->out, bracket);
  j->needs_comma = true;
}

void json_begin(json *j, const char *key)
{
  open_with(j, key, '{');
}

void json_end(json *j)
{
  close_with(j, '}');
}

void json_begin_list(json *j, const char *key)
{
  open_with(j, key, '[');
}

void json_end_list(json *j)
{
  close_with(j, ']');
}

void json_put_bytes(json *j, const char *key, const char *value, size_t size)
{
  put_key(j, key);
  text_putc(&j->out, '"');
  put_escaped(&j->out, value, size);
  text_putc(&j->out, '"');
}

void json_put_string(json *j, const char *key, const char *value)
{
  json_put_bytes(j, key, value, strlen(value));
}

void json_put_excerpt(json *j, const char *key, const char *value, size_t most)
{
  size_t size = strlen(value);
  size_t kept = size > most ? most : size;
  while (kept < size && kept > 0 && utf8_is_continuation(value[kept])) {
    kept--;
  }
  put_key(j, key);
  text_putc(&j->out, '"');
  put_escaped(&j->out, value, kept);
  text_puts(&j->out, kept < size ? "...\"" : "\"");
}

void json_put_text(json *j, const char *key, const char *value)
{
  if (value == NULL || value[0] == '\0') {
    json_put_null(j, key);
  } else {
    json_put_string(j, key, value);
  }
}

void json_put_number(json *j, const char *key, int64_t value)
{
  put_key(j, key);
  text_printf(&j->out, "%" PRId64, value);
}

void json_put_count(json *j, const char *key, int64_t value)
{
  if (value > 0) {
    json_put_number(j, key, value);
  } else {
    json_put_null(j, key);
  }
}

/* By whole numbers: what printf() puts into a fraction is the locale's to say. */
void json_put_duration(json *j, const char *key, int64_t us)
{
  if (us < 0) {
    json_put_null(j, key);
    return;
  }
  put_key(j, key);
  text_printf(&j->out, "%" PRId64 ".%03d", us / 1000, (int)(us % 1000));
}

void json_put_bool(json *j, const char *key, bool value)
{
  put_raw(j, key, value ? "true" : "false");
}

void json_put_null(json *j, const char *key)
{
  put_raw(j, key, "null");
}

void json_put_hazards(json *j, const char *key, uint32_t hazards)
{
  json_begin_list(j, key);
  for (const char *word = hazard_take(&hazards); word != NULL; word = hazard_take(&hazards)) {
    json_put_string(j, NULL, word);
  }
  json_end_list(j);
}

void json_put_values(json *j, const char *key, const text *values)
{
  json_begin_list(j, key);
  j->out.failed = j->out.failed || values->failed;
  text_put(&j->out, text_string(values), values->size);
  json_end_list(j);
}

void json_free(json *j)
{
  text_free(&j->out);
  *j = (json){0};
}
