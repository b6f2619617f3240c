/* document.c - the envelope: which command, which version, what came of it. */
#include "document.h"

#include <stdio.h>
#include <string.h>

#include "screen.h"

void document_open(document *d, const char *command)
{
  d->root = json_pack("{s:i, s:s, s:s}", "schema", DOCUMENT_SCHEMA, "embark", embark_version(),
                      "command", command);
}

void document_set(document *d, const char *key, json_t *value)
{
  if (d->root == NULL) {
    json_decref(value);
  } else if (json_object_set_new(d->root, key, value) != 0) {
    d->failed = true;
  }
}

json_t *document_text(const char *string)
{
  if (string == NULL || string[0] == '\0') {
    return json_null();
  }
  json_t *value = json_string(string);
  if (value == NULL) { /* libpq's own words come in the encoding that it takes for ours */
    text clean = {0};
    screen_clean(&clean, string);
    value = json_string(text_string(&clean));
    text_free(&clean);
  }
  return value;
}

static json_t *number(uint32_t value)
{
  return value == 0 ? json_null() : json_integer(value);
}

void document_error(document *d, const embark_error *err)
{
  if (d->root == NULL) {
    return;
  }
  json_t *error = json_object();
  json_object_set_new(error, "code",
                      json_string(err->code != 0 ? embark_code_name(err->code) : "COMMAND"));
  json_object_set_new(error, "message", document_text(err->message));
  json_object_set_new(error, "detail", document_text(err->detail));
  json_object_set_new(error, "hint", document_text(err->hint));
  json_object_set_new(error, "tag", document_text(err->tag));
  json_object_set_new(error, "file", document_text(err->file));
  json_object_set_new(error, "statement", number(err->statement));
  json_object_set_new(error, "line", number(err->line));
  json_object_set_new(error, "column", number(err->column));
  json_object_set_new(error, "sqlstate", document_text(err->sqlstate));
  document_set(d, "error", error);
}

int document_close(document *d, int exit_status)
{
  document_set(d, "exit", json_integer(exit_status));
  int status =
      d->failed ||
              json_dumpf(d->root, stdout,
                         JSON_INDENT(2) | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(15)) != 0 ||
              fputc('\n', stdout) == EOF || fflush(stdout) != 0
          ? -1
          : 0;
  json_decref(d->root);
  d->root = NULL;
  return status;
}
