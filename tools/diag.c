/* Wording of messages: prefix, place, excerpt with caret, hint. Knows nothing of what went
 * wrong. */
#include "diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "source.h"
#include "utf8.h"

/* How much of a long line is shown: so many characters before the caret and in all. */
enum { EXCERPT_BEFORE = 60, EXCERPT_WIDTH = 90 };

/* Add the message with control characters made harmless: names and text come from files. */
__attribute__((format(printf, 2, 0))) static void put_message(text *out, const char *format,
                                                              va_list args)
{
  char stack[512];
  va_list again;
  va_copy(again, args);
  int size = vsnprintf(stack, sizeof stack, format, args);
  char *message = stack;
  char *heap = NULL;
  if (size >= (int)sizeof stack) {
    heap = malloc((size_t)size + 1);
    if (heap != NULL) {
      vsnprintf(heap, (size_t)size + 1, format, again);
      message = heap;
    }
  }
  va_end(again);
  for (const char *p = message; *p != '\0'; p++) {
    unsigned char c = (unsigned char)*p;
    text_putc(out, c < 0x20 || c == 0x7f ? '?' : *p);
  }
  text_putc(out, '\n');
  free(heap);
}

static void put_hint(text *out, const char *hint)
{
  if (hint != NULL) {
    text_printf(out, "HINT:  %s\n", hint);
  }
}

void diag_error(diag *d, const char *hint, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  text_puts(&d->out, "embark-bundle: ");
  put_message(&d->out, format, args);
  va_end(args);
  put_hint(&d->out, hint);
  d->errors++;
}

void diag_note(diag *d, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  text_puts(&d->out, "embark-bundle: note: ");
  put_message(&d->out, format, args);
  va_end(args);
}

/* Start of the character that lies `count` characters before `at`, at `floor` the earliest. */
static size_t step_back(const char *bytes, size_t floor, size_t at, size_t count)
{
  while (at > floor && count > 0) {
    at--;
    if (!utf8_is_continuation(bytes[at])) {
      count--;
    }
  }
  return at;
}

/* Print the line's part around the caret, and build the padding that puts the caret below it:
 * a tab stays a tab in both, so they line up whatever the tab width. */
static void put_line(text *out, text *padding, const source *src, source_place place, size_t offset)
{
  size_t at = step_back(src->bytes, place.line_start, offset, EXCERPT_BEFORE);
  if (at > place.line_start) {
    text_puts(out, "...");
    text_puts(padding, "   ");
  }
  size_t shown = 0;
  while (at < place.line_end && shown < EXCERPT_WIDTH) {
    size_t size = utf8_size(src->bytes + at, place.line_end - at);
    bool printable = size > 0 && (unsigned char)src->bytes[at] >= 0x20 && src->bytes[at] != 0x7f;
    bool tab = src->bytes[at] == '\t';
    if (at < offset) {
      text_putc(padding, tab ? '\t' : ' ');
    }
    if (printable || tab) {
      text_put(out, src->bytes + at, size);
    } else if (src->bytes[at] != '\r') {
      text_putc(out, '?');
    }
    at += size > 0 ? size : 1;
    shown++;
  }
  text_puts(out, at < place.line_end ? "...\n" : "\n");
}

static void put_excerpt(text *out, const source *src, source_place place, size_t offset)
{
  text padding = {0};
  char number[24];
  int width = snprintf(number, sizeof number, "%zu", place.line);
  text_printf(out, "  %s | ", number);
  put_line(out, &padding, src, place, offset);
  text_printf(out, "  %*s | %s^\n", width, "", text_string(&padding));
  text_free(&padding);
}

void diag_error_at(diag *d, const struct source *src, size_t offset, const char *hint,
                   const char *format, ...)
{
  source_place place = source_find(src, offset);
  va_list args;
  va_start(args, format);
  text_printf(&d->out, "embark-bundle: %s:%zu:%zu: ", src->path, place.line, place.column);
  put_message(&d->out, format, args);
  va_end(args);
  put_excerpt(&d->out, src, place, offset);
  put_hint(&d->out, hint);
  d->errors++;
}

void diag_free(diag *d)
{
  text_free(&d->out);
  d->errors = 0;
}
