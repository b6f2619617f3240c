/* request.h - a request while it comes in: what it is for, what is wrong with it, its body. */
#ifndef WAITLIST_REQUEST_H
#define WAITLIST_REQUEST_H

#include <stddef.h>

#include "api.h"

struct request {
  char *target;        /* as it came: path and query */
  int has_headers;     /* they were seen, and it was routed */
  int is_for_endpoint; /* which decides all else about it; otherwise it is for the API */
  enum form form;
  unsigned int refused; /* status, or 0; what else comes of its body is swallowed then */
  const char *reason;
  size_t received;
  size_t body_max;
  char *body; /* the first body_max bytes, and one more: to show that there were more */
};

/* NULL when memory is short. */
struct request *request_new(const char *target);

/* NULL is fine. */
void request_free(struct request *request);

/* The first reason counts. */
void request_refuse(struct request *request, unsigned int status, const char *reason);

/* Decide what it is for. `batch`: the query's value, or NULL. */
void request_route(struct request *request, const char *path, const char *method,
                   const char *batch);

/* Take a piece of the body. Returns 0; or -1 when memory is short, or so much came that the
 * connection is better closed. */
int request_append(struct request *request, const char *data, size_t size);

/* Its body was announced as larger than what would be swallowed: it will not be read. */
int request_overflow(struct request *request);

/* How much of the body is there. */
size_t request_body_size(const struct request *request);

/* More than this is not even swallowed; until then the sender gets to see our answer. */
enum { SWALLOW_MAX = 1024 * 1024 };

#endif
