/* error.c - filling and showing an embark_error. Knows the struct; knows no libpq. */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* clang-format off */
/* Of a fixed width: a table of pointers would cost the loader an entry each. */
static const char code_names[][25] = {
  [EMBARK_OK]               = "EMBARK_OK",
  [EMBARK_E_ARGUMENT]       = "EMBARK_E_ARGUMENT",
  [EMBARK_E_BUNDLE]         = "EMBARK_E_BUNDLE",
  [EMBARK_E_MEMORY]         = "EMBARK_E_MEMORY",
  [EMBARK_E_CONNECTION]     = "EMBARK_E_CONNECTION",
  [EMBARK_E_IN_TRANSACTION] = "EMBARK_E_IN_TRANSACTION",
  [EMBARK_E_BUSY]           = "EMBARK_E_BUSY",
  [EMBARK_E_PIPELINE]       = "EMBARK_E_PIPELINE",
  [EMBARK_E_LOCKED]         = "EMBARK_E_LOCKED",
  [EMBARK_E_PERMISSION]     = "EMBARK_E_PERMISSION",
  [EMBARK_E_READ_ONLY]      = "EMBARK_E_READ_ONLY",
  [EMBARK_E_ADOPT]          = "EMBARK_E_ADOPT",
  [EMBARK_E_CHANGED]        = "EMBARK_E_CHANGED",
  [EMBARK_E_MISSING]        = "EMBARK_E_MISSING",
  [EMBARK_E_UNKNOWN]        = "EMBARK_E_UNKNOWN",
  [EMBARK_E_REORDERED]      = "EMBARK_E_REORDERED",
  [EMBARK_E_OUT_OF_ORDER]   = "EMBARK_E_OUT_OF_ORDER",
  [EMBARK_E_LEDGER]         = "EMBARK_E_LEDGER",
  [EMBARK_E_SQL]            = "EMBARK_E_SQL",
  [EMBARK_E_LOCK_TIMEOUT]   = "EMBARK_E_LOCK_TIMEOUT",
  [EMBARK_E_CANCELLED]      = "EMBARK_E_CANCELLED",
  [EMBARK_E_SERVER]         = "EMBARK_E_SERVER",
  [EMBARK_E_PENDING]        = "EMBARK_E_PENDING",
  [EMBARK_E_KEEPER]         = "EMBARK_E_KEEPER",
  [EMBARK_E_INTERRUPTED]    = "EMBARK_E_INTERRUPTED",
  [EMBARK_E_IRREVERSIBLE]   = "EMBARK_E_IRREVERSIBLE",
  [EMBARK_E_TARGET]         = "EMBARK_E_TARGET",
  [EMBARK_E_FORBIDDEN]      = "EMBARK_E_FORBIDDEN",
};
/* clang-format on */

const char *embark_code_name(int code)
{
  if (code < 0 || (size_t)code >= sizeof code_names / sizeof code_names[0]) {
    return "EMBARK_E_?";
  }
  return code_names[code];
}

void embark__error_clear(embark_error *err)
{
  memset(err, 0, sizeof *err);
}

size_t embark__character_start(const char *text, size_t end)
{
  while (end > 0 && ((unsigned char)text[end] & 0xc0u) == 0x80u) {
    end--;
  }
  return end;
}

/* Mark a text that filled its field to the last byte as cut. */
static void mark_cut(char *field, size_t size)
{
  size_t end = embark__character_start(field, size - sizeof "...");
  memcpy(field + end, "...", sizeof "...");
}

void embark__copy_text(char *field, size_t size, const char *text)
{
  int length = snprintf(field, size, "%s", text != NULL ? text : "");
  if (length >= 0 && (size_t)length >= size) {
    mark_cut(field, size);
  }
}

static void print_text(char *field, size_t size, const char *format, va_list args)
    __attribute__((format(printf, 3, 0)));

static void print_text(char *field, size_t size, const char *format, va_list args)
{
  int length = vsnprintf(field, size, format, args);
  if (length < 0) {
    field[0] = '\0';
  } else if ((size_t)length >= size) {
    mark_cut(field, size);
  }
}

int embark__error_set(embark_error *err, int code, const char *format, ...)
{
  embark__error_clear(err);
  err->code = code;
  va_list args;
  va_start(args, format);
  print_text(err->message, sizeof err->message, format, args);
  va_end(args);
  return code;
}

void embark__error_detail(embark_error *err, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  print_text(err->detail, sizeof err->detail, format, args);
  va_end(args);
}

void embark__error_hint(embark_error *err, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  print_text(err->hint, sizeof err->hint, format, args);
  va_end(args);
}

void embark__error_reason(embark_error *err, const char *why)
{
  embark__copy_text(err->detail, sizeof err->detail, why);
  for (size_t end = strlen(err->detail); end > 0 && err->detail[end - 1] == '\n'; end--) {
    err->detail[end - 1] = '\0';
  }
}

void embark__error_add(char *text, const char *format, ...)
{
  size_t length = strlen(text);
  if (length >= 3 && strcmp(text + length - 3, "...") == 0) {
    return;
  }
  va_list args;
  va_start(args, format);
  int more = vsnprintf(text + length, EMBARK_TEXT_SIZE - length, format, args);
  va_end(args);
  if (more < 0) {
    text[length] = '\0';
  } else if ((size_t)more >= EMBARK_TEXT_SIZE - length) {
    mark_cut(text, EMBARK_TEXT_SIZE);
  }
}

void embark__error_place(embark_error *err, const embark_migration *m)
{
  embark__copy_text(err->tag, sizeof err->tag, m->tag);
  embark__copy_text(err->file, sizeof err->file, m->file);
}

int embark__error_memory(embark_error *err)
{
  embark__error_set(err, EMBARK_E_MEMORY, "out of memory");
  embark__error_hint(err, "Free some memory and try again; nothing is half done.");
  return EMBARK_E_MEMORY;
}

/* Where formatted output goes: as much as fits, and the count of what would. */
typedef struct sink {
  char *out;
  size_t size;
  size_t length;
} sink;

static void sink_add(sink *s, const char *text)
{
  size_t length = strlen(text);
  if (s->length < s->size) {
    size_t room = s->size - s->length - 1;
    size_t copied = length < room ? length : room;
    memcpy(s->out + s->length, text, copied);
    s->out[s->length + copied] = '\0';
  }
  s->length += length;
}

/* " (0007_add_orders.sql:14:9)", or as much of it as is known. */
static void add_place(sink *s, const embark_error *err)
{
  char number[32];
  if (err->file[0] == '\0') {
    return;
  }
  sink_add(s, " (");
  sink_add(s, err->file);
  if (err->line > 0) {
    snprintf(number, sizeof number, ":%u", (unsigned)err->line);
    sink_add(s, number);
  }
  if (err->line > 0 && err->column > 0) {
    snprintf(number, sizeof number, ":%u", (unsigned)err->column);
    sink_add(s, number);
  }
  sink_add(s, ")");
}

static void add_line(sink *s, const char *label, const char *text)
{
  if (text[0] != '\0') {
    sink_add(s, label);
    sink_add(s, text);
  }
}

size_t embark_error_format(const embark_error *err, char *buffer, size_t size)
{
  sink s = {buffer, size, 0};
  if (size > 0) {
    buffer[0] = '\0';
  }
  if (err->code == EMBARK_OK) {
    sink_add(&s, "no error");
    return s.length; /* whatever else it holds is of an error before */
  }
  sink_add(&s, err->message);
  add_place(&s, err);
  add_line(&s, "\nDETAIL:  ", err->detail);
  add_line(&s, "\nHINT:  ", err->hint);
  return s.length;
}
