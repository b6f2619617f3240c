/* report.c - errors as people read them. With --json they are part of the document instead. */
#include "report.h"

#include <stdarg.h>
#include <string.h>

/* --- the place of an error -------------------------------------------------------------------- */

static const embark_migration *find_migration(const embark_bundle *b, const embark_error *err)
{
  for (uint32_t i = 0; b != NULL && i < b->migration_count; i++) {
    if (strcmp(b->migrations[i].file, err->file) == 0) {
      return &b->migrations[i];
    }
  }
  for (uint32_t i = 0; b != NULL && i < b->down_count; i++) {
    if (strcmp(b->downs[i].file, err->file) == 0) {
      return &b->downs[i];
    }
  }
  return NULL;
}

/* Line `line` of the migration's file; *size is its length. NULL when there is none. */
static const char *find_line(const embark_bundle *b, const embark_migration *m, uint32_t line,
                             size_t *size)
{
  const char *at = (const char *)b->sql + m->sql_offset;
  const char *end = at + m->sql_length;
  for (; line > 1 && at < end; line--) {
    const char *next = memchr(at, '\n', (size_t)(end - at));
    at = next != NULL ? next + 1 : end;
  }
  if (at >= end) {
    return NULL;
  }
  const char *stop = memchr(at, '\n', (size_t)(end - at));
  *size = (size_t)((stop != NULL ? stop : end) - at);
  return at;
}

/* A line of the file, with the semicolons that the bundle has as NUL. */
static void put_line(text *out, const screen *s, const embark_bundle *b, const embark_migration *m,
                     uint32_t line)
{
  size_t size = 0;
  const char *at = find_line(b, m, line, &size);
  char number[24];
  if (at == NULL) {
    return;
  }
  snprintf(number, sizeof number, "%6u | ", (unsigned)line);
  screen_put(s, out, STYLE_DIM, number);
  for (size_t i = 0; i < size; i++) {
    if (at[i] == '\0') {
      text_putc(out, ';');
    } else if (at[i] != '\r') {
      text_putc(out, at[i]);
    }
  }
  text_putc(out, '\n');
}

/* Blanks up to the column, tabs where the line has them, so that the caret stands below it. */
static void put_caret(text *out, const screen *s, const embark_bundle *b, const embark_migration *m,
                      const embark_error *err)
{
  size_t size = 0;
  const char *at = find_line(b, m, err->line, &size);
  screen_put(s, out, STYLE_DIM, "       | ");
  for (uint32_t column = 1; at != NULL && column < err->column && size > 0; column++) {
    size_t width = 1;
    while (width < size && ((unsigned char)at[width] & 0xc0) == 0x80) {
      width++;
    }
    char one[8] = {0};
    memcpy(one, at, width < sizeof one ? width : 1);
    text_printf(out, "%*s", at[0] == '\t' ? 0 : screen_columns(one), "");
    if (at[0] == '\t') {
      text_putc(out, '\t');
    }
    at += width;
    size -= width;
  }
  screen_put(s, out, STYLE_BAD, "^");
  text_putc(out, '\n');
}

static void put_excerpt(cli *c, text *out, const embark_error *err)
{
  const embark_migration *m = err->line == 0 ? NULL : find_migration(c->bundle, err);
  if (m == NULL) {
    return;
  }
  if (err->line > 1) {
    put_line(out, &c->err, c->bundle, m, err->line - 1);
  }
  put_line(out, &c->err, c->bundle, m, err->line);
  if (err->column > 0) {
    put_caret(out, &c->err, c->bundle, m, err);
  }
}

/* --- errors ----------------------------------------------------------------------------------- */

static void put_message(cli *c, text *out, const embark_error *err)
{
  text_printf(out, "%s: ", c->program);
  screen_put(&c->err, out, STYLE_BAD, "error: ");
  text_puts(out, err->message);
  if (err->file[0] != '\0' && err->line > 0) {
    text_printf(out, " (%s:%u", err->file, (unsigned)err->line);
    if (err->column > 0) {
      text_printf(out, ":%u", (unsigned)err->column);
    }
    text_puts(out, ")");
  }
  text_putc(out, '\n');
}

void report_error(cli *c, const embark_error *err)
{
  text out = {0};
  if (c->document.root != NULL) {
    document_error(&c->document, err);
    return;
  }
  put_message(c, &out, err);
  put_excerpt(c, &out, err);
  if (err->detail[0] != '\0') {
    text_printf(&out, "DETAIL:  %s\n", err->detail);
  }
  if (err->hint[0] != '\0') {
    text_printf(&out, "HINT:  %s\n", err->hint);
  }
  screen_flush(&c->err, &out);
}

void report_diag(cli *c)
{
  text out = {0};
  text_puts(&out, text_string(&c->diag.out));
  screen_flush(&c->err, &out);
}

void report_notes(cli *c)
{
  if (c->document.root == NULL && !c->flags.quiet) {
    report_diag(c);
  }
}

void report_no_connection(cli *c, const database *db)
{
  embark_error err;
  memset(&err, 0, sizeof err);
  err.code = EMBARK_E_CONNECTION;
  snprintf(err.message, sizeof err.message, "no connection to the database");
  const char *said = PQerrorMessage(c->conn);
  snprintf(err.detail, sizeof err.detail, "%.*s", (int)(strlen(said) - (said[0] != '\0')), said);
  snprintf(err.hint, sizeof err.hint,
           "The connection was made as %s says. %s wait waits for a server that "
           "is starting.",
           db->source, c->program);
  report_error(c, &err);
}

void report_connected(cli *c, const database *db)
{
  if (!c->flags.verbose) {
    return;
  }
  report_note(c, "database \"%s\" as \"%s\" at %s port %s, as %s says", PQdb(c->conn),
              PQuser(c->conn), PQhost(c->conn), PQport(c->conn), db->source);
}

void report_note(cli *c, const char *format, ...)
{
  va_list args;
  char line[1024];
  text out = {0};
  if (c->flags.quiet || c->document.root != NULL) {
    return;
  }
  va_start(args, format);
  vsnprintf(line, sizeof line, format, args);
  va_end(args);
  text_printf(&out, "%s: %s\n", c->program, line);
  screen_flush(&c->err, &out);
}
