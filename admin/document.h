/* document.h - the documents of docs/json.md, as the commands print them with --json. */
#ifndef EMBARK_ADMIN_DOCUMENT_H
#define EMBARK_ADMIN_DOCUMENT_H

#include <embark_admin.h>

#include "json.h"

/* Begin the document of `command`: what all of them have. */
void document_begin(json *j, const char *command);

/* The member "database": which one, by a connection that is open. */
void document_put_database(json *j, const PGconn *conn);

/* The member "error"; none where the code is EMBARK_OK. `b` knows more of the place. */
void document_put_error(json *j, const embark_error *err, const embark_bundle *b);

/* The end of it, with the exit status that belongs to `code`. */
void document_end(json *j, int code);

/* End the document and have it answered. `j` is empty then. */
void document_answer(json *j, const embark_error *err, embark_admin_response *r);

/* Have a document answered that is ended already, and belongs to `code`. Takes the text over. */
void document_answer_text(text *document, int code, embark_admin_response *r);

#endif
