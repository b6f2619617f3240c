/* Writes and reads C string literals, and knows which names C and C++ keep for themselves. */
#include "literal.h"

#include <stddef.h>
#include <string.h>

void literal_put(text *out, const char *string)
{
  text_putc(out, '"');
  for (const char *p = string; *p != '\0'; p++) {
    unsigned char c = (unsigned char)*p;
    if (c == '"' || c == '\\' || c == '?') {
      text_putc(out, '\\'); /* \? because ??/ and its like are trigraphs */
      text_putc(out, *p);
    } else if (c < 0x20 || c >= 0x7f) {
      text_printf(out, "\\%03o", (unsigned)c); /* three digits: a digit may follow */
    } else {
      text_putc(out, *p);
    }
  }
  text_putc(out, '"');
}

static bool is_octal(const char *p)
{
  return p[0] >= '0' && p[0] <= '3' && p[1] >= '0' && p[1] <= '7' && p[2] >= '0' && p[2] <= '7';
}

const char *literal_read(text *out, const char *p)
{
  if (*p++ != '"') {
    return NULL;
  }
  while (*p != '"' && *p != '\0' && *p != '\n') {
    if (*p == '\\' && is_octal(p + 1)) {
      text_putc(out, (char)((p[1] - '0') * 64 + (p[2] - '0') * 8 + (p[3] - '0')));
      p += 4;
      continue;
    }
    if (*p == '\\' && p[1] != '\0') {
      p++;
    }
    text_putc(out, *p++);
  }
  return *p == '"' ? p + 1 : NULL;
}

static bool is_keyword(const char *name)
{
  static const char keywords[] =
      " auto break case char const continue default do double else enum extern float for goto if"
      " inline int long register restrict return short signed sizeof static struct switch typedef"
      " union unsigned void volatile while _Alignas _Alignof _Atomic _Bool _Complex _Generic"
      " _Imaginary _Noreturn _Static_assert _Thread_local main"
      " alignas alignof and and_eq asm bitand bitor bool catch char16_t char32_t char8_t class"
      " co_await co_return co_yield compl concept const_cast consteval constexpr constinit decltype"
      " delete dynamic_cast explicit export false friend mutable namespace new noexcept not not_eq"
      " nullptr operator or or_eq private protected public reinterpret_cast requires static_assert"
      " static_cast template this thread_local throw true try typeid typename typeof using virtual"
      " wchar_t xor xor_eq ";
  size_t size = strlen(name);
  for (const char *p = strstr(keywords, name); p != NULL; p = strstr(p + 1, name)) {
    if (p > keywords && p[-1] == ' ' && p[size] == ' ') {
      return true;
    }
  }
  return false;
}

bool literal_is_identifier(const char *name)
{
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
  if (name[0] == '\0' || strchr(letters, name[0]) == NULL) {
    return false;
  }
  size_t size = 0;
  while (name[size] != '\0' &&
         (strchr(letters, name[size]) != NULL || (name[size] >= '0' && name[size] <= '9'))) {
    size++;
  }
  return name[size] == '\0' && !is_keyword(name);
}
