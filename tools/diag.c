/* Wording of messages: prefix, place, excerpt with caret, hint. Knows nothing of what went
 * wrong. */
#include "diag.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "source.h"
#include "utf8.h"

/* How much of a long line is shown: so many characters before the caret and in all. */
enum { EXCERPT_BEFORE = 60, EXCERPT_WIDTH = 90 };

const char *diag_program(const diag *d)
{
  return d->program != NULL ? d->program : "embark-bundle";
}

/* The message with control characters made harmless: names and text come from files. */
__attribute__((format(printf, 1, 0))) static text message_of(const char *format, va_list args)
{
  text message = {0};
  text_vprintf(&message, format, args);
  for (size_t i = 0; i < message.size; i++) {
    unsigned char c = (unsigned char)message.bytes[i];
    message.bytes[i] = c < 0x20 || c == 0x7f ? '?' : message.bytes[i];
  }
  return message;
}

static void put_hint(text *out, const char *hint)
{
  if (hint != NULL) {
    text_printf(out, "HINT:  %s\n", hint);
  }
}

/* Count the error, and keep it if it is the first; takes `message`. */
static void keep(diag *d, text *message, const char *hint)
{
  d->errors++;
  if (d->errors > 1) {
    text_free(message);
    return;
  }
  d->first.message = *message;
  if (hint != NULL) {
    text_puts(&d->first.hint, hint);
  }
}

__attribute__((format(printf, 3, 0))) static void put_error(diag *d, const char *hint,
                                                            const char *format, va_list args)
{
  text message = message_of(format, args);
  text_printf(&d->out, "%s: %s\n", diag_program(d), text_string(&message));
  put_hint(&d->out, hint);
  keep(d, &message, hint);
}

void diag_error(diag *d, const char *hint, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  put_error(d, hint, format, args);
  va_end(args);
}

void diag_usage(diag *d, const char *format, ...)
{
  va_list args;
  text hint = {0};
  text_printf(&hint, "%s --help lists the options.", diag_program(d));
  va_start(args, format);
  put_error(d, text_string(&hint), format, args);
  va_end(args);
  text_free(&hint);
}

void diag_note(diag *d, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  text message = message_of(format, args);
  va_end(args);
  text_printf(&d->out, "%s: note: %s\n", diag_program(d), text_string(&message));
  text_free(&message);
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
  text message = message_of(format, args);
  va_end(args);
  text_printf(&d->out, "%s: %s:%zu:%zu: %s\n", diag_program(d), src->path, place.line, place.column,
              text_string(&message));
  put_excerpt(&d->out, src, place, offset);
  put_hint(&d->out, hint);
  if (d->errors == 0) {
    text_puts(&d->first.path, src->path);
    d->first.line = place.line;
    d->first.column = place.column;
  }
  keep(d, &message, hint);
}

void diag_free(diag *d)
{
  text_free(&d->out);
  text_free(&d->first.message);
  text_free(&d->first.hint);
  text_free(&d->first.path);
  *d = (diag){.program = d->program};
}
