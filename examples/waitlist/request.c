/* request.c - where a request goes, and how much of it is kept. Knows nothing of libmicrohttpd, and
 * of the endpoint only its path and what it takes at most. */
#include "request.h"

#include <stdlib.h>
#include <string.h>
#include <embark_admin.h>

enum { API_BODY_MAX = 16 * 1024 };

struct request *request_new(const char *target)
{
  struct request *request = calloc(1, sizeof(*request));

  if (!request) {
    return NULL;
  }
  request->form = FORM_PLAIN;
  request->body_max = API_BODY_MAX;
  request->target = strdup(target);
  if (!request->target) {
    free(request);
    return NULL;
  }
  return request;
}

void request_free(struct request *request)
{
  if (request) {
    free(request->target);
    free(request->body);
    free(request);
  }
}

void request_refuse(struct request *request, unsigned int status, const char *reason)
{
  if (request->refused == 0) {
    request->refused = status;
    request->reason = reason;
  }
}

/* The mount, and what is below it. */
static int path_is_endpoints(const char *path)
{
  size_t length = strlen(EMBARK_ADMIN_MOUNT);

  return strncmp(path, EMBARK_ADMIN_MOUNT, length) == 0 &&
         (path[length] == '\0' || path[length] == '/');
}

void request_route(struct request *request, const char *path, const char *method, const char *batch)
{
  if (path_is_endpoints(path)) {
    request->is_for_endpoint = 1;
    request->body_max = EMBARK_ADMIN_BODY_MAX;
    return;
  }
  if (strcmp(path, "/api/waitlist") == 0) {
    request->form = FORM_PLAIN;
  } else if (strcmp(path, "/api/trpc/waitlist.join") == 0) {
    request->form = batch && strcmp(batch, "1") == 0 ? FORM_TRPC_BATCH : FORM_TRPC;
  } else {
    request_refuse(request, 404, "there is nothing here");
  }
  if (strcmp(method, "POST") != 0) {
    request_refuse(request, 405, "only POST is possible here");
  }
}

size_t request_body_size(const struct request *request)
{
  return request->received <= request->body_max ? request->received : request->body_max + 1;
}

/* The endpoint says itself that a body is too large, but only to whom it knows. */
static void refuse_if_too_large(struct request *request)
{
  if (!request->is_for_endpoint && request->received > request->body_max) {
    request_refuse(request, 413, "the body is larger than 16 KB");
  }
}

/* Bytes that nobody sent are zero. */
static int body_is_there(struct request *request)
{
  if (!request->body) {
    request->body = calloc(1, request->body_max + 1);
  }
  return request->body != NULL;
}

int request_append(struct request *request, const char *data, size_t size)
{
  size_t had = request_body_size(request);
  size_t room = request->body_max + 1 - had;

  if (!body_is_there(request)) {
    return -1;
  }
  memcpy(request->body + had, data, size < room ? size : room);
  request->received += size;
  refuse_if_too_large(request);
  return request->received <= SWALLOW_MAX ? 0 : -1;
}

int request_overflow(struct request *request)
{
  request->received = request->body_max + 1;
  refuse_if_too_large(request);
  return body_is_there(request) ? 0 : -1;
}
