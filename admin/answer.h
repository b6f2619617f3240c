/* answer.h - a response in the making. */
#ifndef EMBARK_ADMIN_ANSWER_H
#define EMBARK_ADMIN_ANSWER_H

#include <embark_admin.h>
#include <stdbool.h>

#include "text.h"

/* What makes a stream; see stream.h. */
struct stream;

/* Make room for an answer; the response has none yet. Without memory it is a 503 that needs none,
 * and stays that, whatever is called below. */
bool answer_begin(embark_admin_response *r);

/* Set status and body, which is taken over, and the headers that all answers have. A text without
 * memory becomes a 503. */
void answer_set(embark_admin_response *r, int status, const char *content_type, text *body);

/* The same with a body that lives for ever. content_type: NULL for an answer without a body. */
void answer_constant(embark_admin_response *r, int status, const char *content_type,
                     const void *body, size_t size);

/* Set a stream as the body, which is taken over: 200, text/event-stream. */
void answer_stream(embark_admin_response *r, struct stream *events);

/* A refusal: {"error":{"code":"HTTP","message":MESSAGE}}. Needs no memory; MESSAGE is ASCII. */
void answer_refuse(embark_admin_response *r, int status, const char *message);

/* A 503 for want of memory. */
void answer_no_memory(embark_admin_response *r);

/* One more header; both strings live for ever or until the response is freed. Before the body is
 * set or after. At most four of them. */
void answer_header(embark_admin_response *r, const char *name, const char *value);

/* The header Retry-After, rounded up to seconds. */
void answer_retry_after(embark_admin_response *r, int64_t ms);

/* The header Location: ../PART, for a part of a path. */
void answer_location(embark_admin_response *r, const char *part);

/* What is sent for HEAD: all but the body. */
void answer_without_body(embark_admin_response *r);

/* Whether it is the 503 for want of memory. */
bool answer_is_no_memory(const embark_admin_response *r);

/* The stream that is its body; NULL: none. */
struct stream *answer_streams(const embark_admin_response *r);

void answer_free(embark_admin_response *r);

#endif
