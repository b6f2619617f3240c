/* report.c - errors as people read them. With --json they are part of the document instead. */
#include "report.h"

#include <stdarg.h>
#include <string.h>

#include "excerpt.h"

static void put_message(cli *c, text *out, const embark_error *err)
{
  text_printf(out, "%s: ", c->program);
  screen_put(&c->err, out, STYLE_BAD, "error: ");
  screen_clean_line(out, err->message);
  if (err->file[0] != '\0' && err->line > 0) {
    text_puts(out, " (");
    screen_clean_line(out, err->file);
    text_printf(out, ":%u", (unsigned)err->line);
    if (err->column > 0) {
      text_printf(out, ":%u", (unsigned)err->column);
    }
    text_puts(out, ")");
  }
  text_putc(out, '\n');
}

static void put_part(text *out, const char *name, const char *string)
{
  if (string[0] != '\0') {
    text_printf(out, "%s:  ", name);
    screen_clean(out, string);
    text_putc(out, '\n');
  }
}

void report_error(cli *c, const embark_error *err)
{
  text out = {0};
  if (c->document.root != NULL) {
    document_error(&c->document, err);
    return;
  }
  put_message(c, &out, err);
  excerpt_put(&out, &c->err, c->bundle, err);
  put_part(&out, "DETAIL", err->detail);
  put_part(&out, "HINT", err->hint);
  screen_flush(&c->err, &out);
}

/* The first finding stands for all of them, of which the document has room for one. */
static void document_finding(cli *c)
{
  embark_error err;
  const diag_finding *first = &c->diag.first;
  memset(&err, 0, sizeof err);
  snprintf(err.message, sizeof err.message, "%s", text_string(&first->message));
  snprintf(err.hint, sizeof err.hint, "%s", text_string(&first->hint));
  snprintf(err.file, sizeof err.file, "%s", text_string(&first->path));
  err.line = (uint32_t)first->line;
  err.column = (uint32_t)first->column;
  if (c->diag.errors > 1) {
    snprintf(err.detail, sizeof err.detail, "This is the first of %zu errors.", c->diag.errors);
  }
  document_error(&c->document, &err);
}

void report_diag(cli *c)
{
  text out = {0};
  if (c->document.root != NULL) {
    document_finding(c);
    return;
  }
  text_puts(&out, text_string(&c->diag.out));
  screen_flush(&c->err, &out);
}

void report_notes(cli *c)
{
  text out = {0};
  if (c->document.root == NULL && !c->flags.quiet) {
    text_puts(&out, text_string(&c->diag.out));
    screen_flush(&c->err, &out);
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
  if (PQconnectionNeedsPassword(c->conn)) {
    snprintf(err.hint, sizeof err.hint, REPORT_NEEDS_PASSWORD, db->source);
  } else {
    snprintf(err.hint, sizeof err.hint,
             "The connection was made as %s says. %s wait waits for a server that is starting.",
             db->source, c->program);
  }
  report_error(c, &err);
}

void report_connected(cli *c, const database *db)
{
  document_set(&c->document, "database",
               json_pack("{s:s, s:s, s:s, s:s, s:s}", "name", PQdb(c->conn), "user",
                         PQuser(c->conn), "host", PQhost(c->conn), "port", PQport(c->conn),
                         "source", db->source));
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
  text_printf(&out, "%s: ", c->program);
  screen_clean_line(&out, line);
  text_putc(&out, '\n');
  screen_flush(&c->err, &out);
}
