/* answer.h - a response in the making. */
#ifndef EMBARK_ADMIN_ANSWER_H
#define EMBARK_ADMIN_ANSWER_H

#include <embark_admin.h>

#include "text.h"

/* What makes a stream; see stream.h. */
struct stream;

/* Set status and body, which is taken over, and the headers that all answers have. A text without
 * memory becomes a 503. */
void answer_set(embark_admin_response *r, int status, const char *content_type, text *body);

/* The same with a body that lives for ever. */
void answer_constant(embark_admin_response *r, int status, const char *content_type,
                     const void *body, size_t size);

/* Set a stream as the body, which is taken over: 200, text/event-stream. */
void answer_stream(embark_admin_response *r, struct stream *stream);

/* A refusal: {"error":{"code":"HTTP","message":MESSAGE}}. Needs no memory. */
void answer_refuse(embark_admin_response *r, int status, const char *message);

/* One more header; both strings live for ever or until the response is freed. Before the body is
 * set or after. At most four of them. */
void answer_header(embark_admin_response *r, const char *name, const char *value);

#endif
