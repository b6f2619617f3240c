/* http.c - libmicrohttpd on one side, api.h and endpoint.h on the other. A thread for each
 * connection: applying migrations blocks, and who waits for that must not keep others waiting. */
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

#include "request.h"

enum {
  CONNECTIONS_MAX = 500,
  SILENCE_S = 15, /* after which a connection is closed */
  DRAIN_S = 10
};

struct http {
  struct MHD_Daemon *daemon;
  struct pool *pool;
  const struct endpoint *endpoint;
  pthread_mutex_t mutex;
  pthread_cond_t done; /* a request is */
  unsigned int under_way;
  int draining;
  char address[128];
};

/* libmicrohttpd calls this first, with the target as it came. */
static void *request_begin(void *data, const char *target, struct MHD_Connection *connection)
{
  struct http *http = data;
  struct request *request = request_new(target);

  (void)connection;
  if (request) {
    pthread_mutex_lock(&http->mutex);
    http->under_way++;
    pthread_mutex_unlock(&http->mutex);
  }
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
  request_free(*slot);
  *slot = NULL;
  pthread_mutex_lock(&http->mutex);
  http->under_way--;
  pthread_cond_signal(&http->done);
  pthread_mutex_unlock(&http->mutex);
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

/* A run may take longer than a client may be silent. A stream is never silent for that long. */
static enum MHD_Result ask_endpoint(struct http *http, struct MHD_Connection *connection,
                                    const char *method, const struct request *request)
{
  enum MHD_Result result;

  MHD_set_connection_option(connection, MHD_CONNECTION_OPTION_TIMEOUT, 0u);
  result = endpoint_answer(http->endpoint, connection, method, request, is_draining(http));
  MHD_set_connection_option(connection, MHD_CONNECTION_OPTION_TIMEOUT, (unsigned int)SILENCE_S);
  return result;
}

static enum MHD_Result request_answer(struct http *http, struct MHD_Connection *connection,
                                      const char *method, const struct request *request)
{
  struct answer answer;

  if (request->is_for_endpoint) {
    return ask_endpoint(http, connection, method, request);
  }
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

static enum MHD_Result headers_are_there(struct http *http, struct MHD_Connection *connection,
                                         const char *path, const char *method,
                                         struct request *request)
{
  request->has_headers = 1;
  request_route(request, path, method,
                MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, "batch"));
  if (!announces_too_much(connection)) {
    return MHD_YES;
  }
  if (request_overflow(request) != 0) {
    return MHD_NO;
  }
  return request_answer(http, connection, method, request);
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
    return MHD_NO;
  }
  if (!request->has_headers) {
    return headers_are_there(http, connection, path, method, request);
  }
  if (*upload_size > 0) {
    size_t size = *upload_size;
    *upload_size = 0;
    return request_append(request, upload, size) == 0 ? MHD_YES : MHD_NO;
  }
  return request_answer(http, connection, method, request);
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
  unsigned int flags = MHD_USE_AUTO_INTERNAL_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_ITC;
  int is_v6 = where->ai_family == AF_INET6;

  http->daemon = MHD_start_daemon(
      is_v6 ? flags | MHD_USE_IPv6 : flags, 0, NULL, NULL, handle, http, MHD_OPTION_SOCK_ADDR,
      where->ai_addr, MHD_OPTION_CONNECTION_LIMIT, (unsigned int)CONNECTIONS_MAX,
      MHD_OPTION_CONNECTION_TIMEOUT, (unsigned int)SILENCE_S, MHD_OPTION_URI_LOG_CALLBACK,
      request_begin, http, MHD_OPTION_NOTIFY_COMPLETED, request_end, http, MHD_OPTION_END);
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

struct http *http_start(const char *bind, uint16_t port, struct pool *pool,
                        const struct endpoint *endpoint)
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
  http->endpoint = endpoint;
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

/* Returns 0, or ETIMEDOUT. */
static int drain(struct http *http)
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
  return failed;
}

int http_stop(struct http *http)
{
  MHD_socket listener = MHD_quiesce_daemon(http->daemon);

  if (listener != MHD_INVALID_SOCKET) {
    shutdown(listener, SHUT_RDWR); /* or the kernel would go on taking connections for us */
  }
  if (drain(http) != 0) {
    return -1;
  }
  MHD_stop_daemon(http->daemon);
  if (listener != MHD_INVALID_SOCKET) {
    close(listener);
  }
  http_free(http);
  return 0;
}
