/* The sticky text buffer. Knows growth and formatting; knows nothing of what is written. */
#include "text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Make room for `size` more bytes and the NUL. */
static bool reserve(text *t, size_t size)
{
  if (t->failed || size > SIZE_MAX / 2 - t->size - 1) {
    t->failed = true;
    return false;
  }
  size_t needed = t->size + size + 1;
  if (needed <= t->capacity) {
    return true;
  }
  size_t capacity = needed < 64 ? 64 : needed + needed / 2;
  char *bytes = realloc(t->bytes, capacity);
  if (bytes == NULL) {
    t->failed = true;
    return false;
  }
  t->bytes = bytes;
  t->capacity = capacity;
  return true;
}

void text_put(text *t, const char *bytes, size_t size)
{
  if (!reserve(t, size)) {
    return;
  }
  if (size > 0) {
    memcpy(t->bytes + t->size, bytes, size);
  }
  t->size += size;
  t->bytes[t->size] = '\0';
}

void text_puts(text *t, const char *string)
{
  text_put(t, string, strlen(string));
}

void text_putc(text *t, char c)
{
  text_put(t, &c, 1);
}

void text_vprintf(text *t, const char *format, va_list args)
{
  va_list again;
  va_copy(again, args);
  int size = vsnprintf(NULL, 0, format, again);
  va_end(again);
  if (size < 0 || !reserve(t, (size_t)size)) {
    t->failed = true;
    return;
  }
  vsnprintf(t->bytes + t->size, (size_t)size + 1, format, args);
  t->size += (size_t)size;
}

void text_printf(text *t, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  text_vprintf(t, format, args);
  va_end(args);
}

const char *text_string(const text *t)
{
  return t->bytes != NULL ? t->bytes : "";
}

void text_free(text *t)
{
  free(t->bytes);
  *t = (text){0};
}
