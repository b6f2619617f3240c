/* Finds values in valid JSON, and writes objects beside others. Knows JSON's punctuation; leaves
 * what values mean, and whether a text is valid, to jansson. */
#include "json_text.h"

#include <string.h>

static size_t skip_space(const char *json, size_t at)
{
  return at + strspn(json + at, " \t\r\n");
}

/* `at` is that of the opening quote. */
static size_t skip_string(const char *json, size_t at)
{
  for (at++; json[at] != '"' && json[at] != '\0'; at++) {
    at += json[at] == '\\' && json[at + 1] != '\0';
  }
  return at + (json[at] == '"');
}

static size_t skip_value(const char *json, size_t at)
{
  size_t depth = 0;
  for (;;) {
    char c = json[at];
    if (c == '\0') {
      return at;
    }
    if (c == '"') {
      at = skip_string(json, at);
    } else if (c == '{' || c == '[' || c == '}' || c == ']') {
      depth = c == '{' || c == '[' ? depth + 1 : depth - 1;
      at++;
    } else {
      at += c == ',' || c == ':' ? 1 : strcspn(json + at, " \t\r\n,:{}[]\"");
    }
    if (depth == 0) {
      return at;
    }
    at = skip_space(json, at);
  }
}

bool json_find(const char *json, const char *key, json_span *value)
{
  size_t size = strlen(key);
  size_t at = skip_space(json, 0);
  at = skip_space(json, at + (json[at] == '{'));
  while (json[at] == '"') {
    size_t name = at + 1;
    at = skip_string(json, at);
    bool found = at - 1 - name == size && memcmp(json + name, key, size) == 0;
    at = skip_space(json, at);
    at = skip_space(json, at + (json[at] == ':'));
    value->start = at;
    value->end = skip_value(json, at);
    if (found) {
      return true;
    }
    at = skip_space(json, value->end);
    at = skip_space(json, at + (json[at] == ','));
  }
  return false;
}

/* White space as it stands in the text, and how a colon is written. */
typedef struct look {
  const char *between; /* objects of the array */
  size_t between_size;
  const char *inside; /* members of an object, before each */
  size_t inside_size;
  const char *colon;
} look;

/* As JSON.stringify does it with two spaces, for an array that is a member of the outermost. */
static const look standard = {"\n    ", 5, "\n      ", 7, ": "};

static look look_of(const char *json, json_span array)
{
  look l = standard;
  size_t first = skip_space(json, array.start + 1);
  if (json[first] != '{') {
    return l;
  }
  size_t member = skip_space(json, first + 1);
  l.between = json + array.start + 1;
  l.between_size = first - array.start - 1;
  l.inside = json + first + 1;
  l.inside_size = member - first - 1;
  if (json[member] == '"') {
    size_t behind = skip_space(json, skip_string(json, member)) + 1;
    l.colon = json[behind] == ' ' ? ": " : ":";
  }
  return l;
}

static void put_object(text *out, const look *l, const json_member *members, size_t count)
{
  bool lines = memchr(l->inside, '\n', l->inside_size) != NULL;
  text_putc(out, '{');
  for (size_t i = 0; i < count; i++) {
    text_puts(out, i > 0 ? "," : "");
    text_put(out, l->inside, l->inside_size);
    text_printf(out, "\"%s\"%s%s", members[i].key, l->colon, members[i].value);
  }
  text_put(out, lines ? l->between : l->inside, lines ? l->between_size : l->inside_size);
  text_putc(out, '}');
}

void json_put_appended(text *out, const char *json, json_span array, const json_member *members,
                       size_t count)
{
  look l = look_of(json, array);
  size_t last = array.end - 1; /* behind the last object; of the bracket, if there is none */
  while (last > array.start + 1 && strchr(" \t\r\n", json[last - 1]) != NULL) {
    last--;
  }
  bool is_empty = last == array.start + 1;
  text_put(out, json, last);
  text_puts(out, is_empty ? "" : ",");
  text_put(out, l.between, l.between_size);
  put_object(out, &l, members, count);
  text_puts(out, is_empty ? "\n  ]" : "");
  text_puts(out, json + (is_empty ? array.end : last));
}
