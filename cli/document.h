/* document.h - the one JSON document that --json prints: docs/json.md describes it. */
#ifndef EMBARK_CLI_DOCUMENT_H
#define EMBARK_CLI_DOCUMENT_H

#include <embark.h>
#include <jansson.h>
#include <stdbool.h>

#include "diag.h"

#define DOCUMENT_SCHEMA 1 /* its version: a change that could break a reader raises it */

typedef struct document {
  json_t *root; /* NULL without --json: then all functions below do nothing */
  bool failed;  /* a member could not be made: memory, or text that is no UTF-8 */
} document;

/* An empty document of `command`. */
void document_open(document *d, const char *command);

/* Set a member of the document; takes the reference over. NULL is out of memory, told at the end.
 */
void document_set(document *d, const char *key, json_t *value);

/* The member "error". */
void document_error(document *d, const embark_error *err);

/* Complete it with the exit status and print it on standard output. Returns 0, or -1 when it could
 * not be built or printed. */
int document_close(document *d, int exit_status);

/* A text, or null for NULL and "". */
json_t *document_text(const char *string);

#endif
