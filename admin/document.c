/* document.c - the envelope: which command, which version, what came of it. */
#include "document.h"

#include <stdio.h>

#include "answer.h"
#include "exit_status.h"
#include "place.h"

#define SCHEMA 1 /* its version, as the commands' */

#define RETRY_AFTER "5" /* seconds: what is in the way now may be gone then */

void document_begin(json *j, const char *command)
{
  json_begin(j, NULL);
  json_put_number(j, "schema", SCHEMA);
  json_put_string(j, "embark", embark_version());
  json_put_string(j, "command", command);
}

static const char *or_empty(const char *string)
{
  return string != NULL ? string : "";
}

void document_put_database(json *j, const PGconn *conn)
{
  json_begin(j, "database");
  json_put_string(j, "name", or_empty(PQdb(conn)));
  json_put_string(j, "user", or_empty(PQuser(conn)));
  json_put_string(j, "host", or_empty(PQhost(conn)));
  json_put_string(j, "port", or_empty(PQport(conn)));
  json_put_string(j, "source", "server");
  json_end(j);
}

/* Where the library tells what to do in words of its own functions, say it in those of a request.
 */
static const char *hint_of(const embark_error *err)
{
  if (err->code == EMBARK_E_FORBIDDEN) {
    return "Read it. If it shall run, name its tag in the request: approve=TAG.";
  }
  return err->hint;
}

void document_put_error(json *j, const embark_error *err, const embark_bundle *b)
{
  if (err->code == EMBARK_OK) {
    return;
  }
  bool has_column = err->column > 0 || err->code != EMBARK_E_FORBIDDEN;
  json_begin(j, "error");
  json_put_string(j, "code", embark_code_name(err->code));
  json_put_text(j, "message", err->message);
  json_put_text(j, "detail", err->detail);
  json_put_text(j, "hint", hint_of(err));
  json_put_text(j, "tag", err->tag);
  json_put_text(j, "file", err->file);
  json_put_count(j, "statement", err->statement);
  json_put_count(j, "line", err->line);
  json_put_count(j, "column", has_column ? err->column : place_column(b, err));
  json_put_text(j, "sqlstate", err->sqlstate);
  json_end(j);
}

void document_end(json *j, int code)
{
  json_put_number(j, "exit", exit_status_of(code));
  json_end(j);
}

/* The status of HTTP that belongs to `code`. */
static int status_of(int code)
{
  switch (code) {
  case EMBARK_OK:
    return 200;
  case EMBARK_E_FORBIDDEN:
  case EMBARK_E_CHANGED:
  case EMBARK_E_MISSING:
  case EMBARK_E_UNKNOWN:
  case EMBARK_E_REORDERED:
  case EMBARK_E_OUT_OF_ORDER:
  case EMBARK_E_INTERRUPTED:
  case EMBARK_E_ADOPT:
  case EMBARK_E_READ_ONLY:
    return 409;
  case EMBARK_E_LOCKED:
  case EMBARK_E_LOCK_TIMEOUT:
  case EMBARK_E_CONNECTION:
  case EMBARK_E_KEEPER:
  case EMBARK_E_CANCELLED:
  case EMBARK_E_MEMORY:
    return 503;
  default:
    return 500;
  }
}

void document_answer_text(text *document, int code, embark_admin_response *r)
{
  int status = status_of(code);
  if (status == 503) {
    answer_header(r, "Retry-After", RETRY_AFTER);
  }
  answer_set(r, status, "application/json", document);
}

void document_answer(json *j, const embark_error *err, embark_admin_response *r)
{
  document_end(j, err->code);
  text_putc(&j->out, '\n');
  document_answer_text(&j->out, err->code, r);
  json_free(j);
}
