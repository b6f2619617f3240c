/* text.h - a growing run of bytes, always NUL-terminated.
 *
 * Sticky: once memory runs out every later call does nothing and `failed` stays set, so a writer
 * checks once, at its end. A zeroed text is an empty one; text_free makes it that again.
 */
#ifndef EMBARK_TOOLS_TEXT_H
#define EMBARK_TOOLS_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct text {
  char *bytes; /* NULL as long as nothing was put */
  size_t size; /* without the NUL */
  size_t capacity;
  bool failed;
} text;

void text_put(text *t, const char *bytes, size_t size);
void text_puts(text *t, const char *string);
void text_putc(text *t, char c);
void text_printf(text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_vprintf(text *t, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/* The text as a C string; "" while it is empty. Valid until the next call on `t`. */
const char *text_string(const text *t);

void text_free(text *t);

#endif
