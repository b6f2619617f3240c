/* http.c - libmicrohttpd on one side, api.h on the other. Decides the answers that need no JSON: no
 * such path, wrong method, too much. */
#include "http.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <netdb.h>
#include <sys/socket.h>
#include <microhttpd.h>

#include "api.h"

enum {
  THREADS = 8,
  BODY_MAX = 16 * 1024,
  SWALLOW_MAX = 1024 * 1024, /* of a body too large is read, so that its sender sees our answer */
  SILENCE_S = 15,            /* after which a connection is closed */
  DRAIN_S = 10
};

struct http {
  struct MHD_Daemon *daemon;
  struct pool *pool;
  pthread_mutex_t mutex;
  pthread_cond_t done; /* a request is */
  unsigned int under_way;
  int draining;
  char address[128];
};

/* A request under way. Once it has a refusal, what else comes of its body is swallowed. */
struct request {
  enum form form;
  unsigned int refused; /* status, or 0 */
  const char *reason;
  size_t received;
  char body[BODY_MAX];
};

static void refuse(struct request *request, unsigned int status, const char *reason)
{
  if (request->refused == 0) {
    request->refused = status;
    request->reason = reason;
  }
}

static void route(struct request *request, struct MHD_Connection *connection, const char *path,
                  const char *method)
{
  const char *batch = MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, "batch");

  if (strcmp(path, "/api/waitlist") == 0) {
    request->form = FORM_PLAIN;
  } else if (strcmp(path, "/api/trpc/waitlist.join") == 0) {
    request->form = batch && strcmp(batch, "1") == 0 ? FORM_TRPC_BATCH : FORM_TRPC;
  } else {
    refuse(request, MHD_HTTP_NOT_FOUND, "there is nothing here");
  }
  if (strcmp(method, MHD_HTTP_METHOD_POST) != 0) {
    refuse(request, MHD_HTTP_METHOD_NOT_ALLOWED, "only POST is possible here");
  }
}

static struct request *request_begin(struct http *http)
{
  struct request *request = malloc(sizeof(*request));

  if (!request) {
    return NULL;
  }
  request->form = FORM_PLAIN;
  request->refused = 0;
  request->received = 0;
  pthread_mutex_lock(&http->mutex);
  http->under_way++;
  pthread_mutex_unlock(&http->mutex);
  return request;
}

/* libmicrohttpd calls this when the answer is sent, or the client has gone. */
static void request_end(void *data, struct MHD_Connection *connection, void **slot,
                        enum MHD_RequestTerminationCode why)
{
  struct http *http = data;

  (void)connection;
  (void)why;
  if (!*slot) {
    return;
  }
  free(*slot);
  *slot = NULL;
  pthread_mutex_lock(&http->mutex);
  http->under_way--;
  pthread_cond_signal(&http->done);
  pthread_mutex_unlock(&http->mutex);
}

static enum MHD_Result request_append(struct request *request, const char *data, size_t size)
{
  size_t room = request->received < BODY_MAX ? BODY_MAX - request->received : 0;

  if (size <= room) {
    memcpy(request->body + request->received, data, size);
  } else {
    refuse(request, MHD_HTTP_CONTENT_TOO_LARGE, "the body is larger than 16 KB");
  }
  request->received += size;
  return request->received <= SWALLOW_MAX ? MHD_YES : MHD_NO;
}

static int is_draining(struct http *http)
{
  int draining;

  pthread_mutex_lock(&http->mutex);
  draining = http->draining;
  pthread_mutex_unlock(&http->mutex);
  return draining;
}

static enum MHD_Result send_answer(struct http *http, struct MHD_Connection *connection,
                                   struct answer *answer)
{
  struct MHD_Response *response =
      MHD_create_response_from_buffer(strlen(answer->body), answer->body, MHD_RESPMEM_MUST_COPY);
  enum MHD_Result result;

  if (!response) {
    return MHD_NO;
  }
  MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/json");
  if (answer->status == MHD_HTTP_METHOD_NOT_ALLOWED) {
    MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, MHD_HTTP_METHOD_POST);
  }
  if (is_draining(http)) {
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
  }
  result = MHD_queue_response(connection, answer->status, response);
  MHD_destroy_response(response);
  return result;
}

static enum MHD_Result request_answer(struct http *http, struct MHD_Connection *connection,
                                      const struct request *request)
{
  struct answer answer;

  if (request->refused) {
    answer_refuse(&answer, request->form, request->refused, request->reason);
  } else {
    api_join(http->pool, request->form, request->body, request->received, &answer);
  }
  return send_answer(http, connection, &answer);
}

/* A body announced as larger than what would be swallowed is refused before it is sent. */
static int announces_too_much(struct MHD_Connection *connection)
{
  const char *length =
      MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);

  return length && strtoull(length, NULL, 10) > SWALLOW_MAX;
}

/* libmicrohttpd calls this once with the headers, with each piece of the body, then without. */
static enum MHD_Result handle(void *data, struct MHD_Connection *connection, const char *path,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **slot)
{
  struct http *http = data;
  struct request *request = *slot;

  (void)version;
  if (!request) {
    request = request_begin(http);
    if (!request) {
      return MHD_NO;
    }
    *slot = request;
    route(request, connection, path, method);
    if (announces_too_much(connection)) {
      refuse(request, MHD_HTTP_CONTENT_TOO_LARGE, "the body is larger than 16 KB");
      return request_answer(http, connection, request);
    }
    return MHD_YES;
  }
  if (*upload_size > 0) {
    size_t size = *upload_size;
    *upload_size = 0;
    return request_append(request, upload, size);
  }
  return request_answer(http, connection, request);
}

static struct addrinfo *resolve(const char *bind, uint16_t port)
{
  struct addrinfo hints = {.ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM};
  struct addrinfo *found = NULL;
  char service[8];
  int failed;

  snprintf(service, sizeof(service), "%u", (unsigned int)port);
  failed = getaddrinfo(bind, service, &hints, &found);
  if (failed) {
    fprintf(stderr, "cannot listen on BIND=%s: %s\n", bind, gai_strerror(failed));
    return NULL;
  }
  return found;
}

static int listen_on(struct http *http, const char *bind, const struct addrinfo *where)
{
  unsigned int flags = MHD_USE_AUTO_INTERNAL_THREAD | MHD_USE_ITC;
  int is_v6 = where->ai_family == AF_INET6;

  http->daemon = MHD_start_daemon(is_v6 ? flags | MHD_USE_IPv6 : flags, 0, NULL, NULL, handle, http,
                                  MHD_OPTION_SOCK_ADDR, where->ai_addr, MHD_OPTION_THREAD_POOL_SIZE,
                                  (unsigned int)THREADS, MHD_OPTION_CONNECTION_TIMEOUT,
                                  (unsigned int)SILENCE_S, MHD_OPTION_NOTIFY_COMPLETED, request_end,
                                  http, MHD_OPTION_END);
  if (!http->daemon) {
    perror("cannot listen");
    return -1;
  }
  snprintf(http->address, sizeof(http->address), is_v6 ? "http://[%s]:%u" : "http://%s:%u", bind,
           (unsigned int)MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
  return 0;
}

static void http_free(struct http *http)
{
  pthread_cond_destroy(&http->done);
  pthread_mutex_destroy(&http->mutex);
  free(http);
}

struct http *http_start(const char *bind, uint16_t port, struct pool *pool)
{
  struct addrinfo *where = resolve(bind, port);
  struct http *http = where ? calloc(1, sizeof(*http)) : NULL;

  if (!http) {
    freeaddrinfo(where);
    return NULL;
  }
  pthread_mutex_init(&http->mutex, NULL);
  pthread_cond_init(&http->done, NULL);
  http->pool = pool;
  if (listen_on(http, bind, where) != 0) {
    http_free(http);
    http = NULL;
  }
  freeaddrinfo(where);
  return http;
}

const char *http_address(const struct http *http)
{
  return http->address;
}

static void drain(struct http *http)
{
  struct timespec until;
  int failed = 0;

  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += DRAIN_S;
  pthread_mutex_lock(&http->mutex);
  http->draining = 1;
  while (http->under_way > 0 && !failed) {
    failed = pthread_cond_timedwait(&http->done, &http->mutex, &until);
  }
  pthread_mutex_unlock(&http->mutex);
}

void http_stop(struct http *http)
{
  MHD_socket listener = MHD_quiesce_daemon(http->daemon);

  if (listener != MHD_INVALID_SOCKET) {
    shutdown(listener, SHUT_RDWR); /* or the kernel would go on taking connections for us */
  }
  drain(http);
  MHD_stop_daemon(http->daemon);
  if (listener != MHD_INVALID_SOCKET) {
    close(listener);
  }
  http_free(http);
}
