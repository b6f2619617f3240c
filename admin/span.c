/* Pieces of strings. */
#include "span.h"

#include <string.h>

span span_of(const char *string)
{
  return string == NULL ? (span){"", 0} : (span){string, strlen(string)};
}

static bool is_blank(char c)
{
  return c == ' ' || c == '\t';
}

span span_trim(span s)
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

span span_cut(span *rest, char c)
{
  span piece = *rest;
  const char *end = rest->size > 0 ? memchr(rest->bytes, c, rest->size) : NULL;
  if (end == NULL) {
    *rest = (span){rest->bytes + rest->size, 0};
    return piece;
  }
  piece.size = (size_t)(end - piece.bytes);
  rest->bytes = end + 1;
  rest->size -= piece.size + 1;
  return piece;
}

/* Not tolower(): that asks the program's locale. */
static char lower(char c)
{
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool span_is(span s, const char *word)
{
  size_t i = 0;
  while (i < s.size && word[i] != '\0' && lower(s.bytes[i]) == lower(word[i])) {
    i++;
  }
  return i == s.size && word[i] == '\0';
}

static int digit(char c)
{
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int span_decode(span s)
{
  if (s.size < 3 || s.bytes[0] != '%' || digit(s.bytes[1]) < 0 || digit(s.bytes[2]) < 0) {
    return -1;
  }
  return digit(s.bytes[1]) * 16 + digit(s.bytes[2]);
}
