/* endpoint.c - hands requests to embark_admin_handle() and sends what comes back. All that it says
 * is decided there; what is the host's part is here: headers, connections, pieces of a stream. */
#include "endpoint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <embark_admin.h>
#include "migrations.h"

#include "pool.h"

/* A run keeps one of them for as long as it takes, so they are not those that serve the API. */
enum { CONNECTIONS = 4, PIECE = 16 * 1024, FOR_EVER_MS = 60000 };

struct endpoint {
  struct pool *pool;
  embark_admin_options options;
};

static PGconn *take(void *data)
{
  return pool_take(data);
}

static void give(void *data, PGconn *conn)
{
  pool_give(data, conn);
}

/* Whether the secret will do is asked before anything is served. That there is none is no mistake:
 * then nobody gets in. */
static int secret_will_do(const embark_admin_options *options)
{
  embark_error err;

  if (!options->secret || embark_admin_check(options, &err) == EMBARK_OK) {
    return 1;
  }
  fprintf(stderr, "MIGRATION_SECRET: %s\n", err.message);
  return 0;
}

void endpoint_free(struct endpoint *endpoint)
{
  if (endpoint) {
    pool_free(endpoint->pool);
    free(endpoint);
  }
}

struct endpoint *endpoint_new(const char *url, const char *secret)
{
  struct endpoint *endpoint = malloc(sizeof(*endpoint));

  if (!endpoint) {
    return NULL;
  }
  endpoint->options = (embark_admin_options)EMBARK_ADMIN_OPTIONS_INIT;
  endpoint->options.secret = secret;
  endpoint->options.connect = take;
  endpoint->options.release = give;
  endpoint->pool =
      secret_will_do(&endpoint->options) ? pool_new(url, CONNECTIONS, POOL_BARE) : NULL;
  endpoint->options.data = endpoint->pool;
  if (!endpoint->pool) {
    free(endpoint);
    return NULL;
  }
  return endpoint;
}

/* --- the headers it wants to know ------------------------------------------------------------- */

struct header {
  const char *name;
  char *value; /* if it came more than once, all values, joined by ", "; NULL: there was none */
};

struct headers {
  struct header authorization;
  struct header accept;
  struct header content_type;
};

/* libmicrohttpd calls this for every header. Ending early means that there was no memory. */
static enum MHD_Result join_value(void *data, enum MHD_ValueKind kind, const char *name,
                                  const char *value)
{
  struct header *header = data;
  size_t size = (header->value ? strlen(header->value) + 2 : 0) + (value ? strlen(value) : 0) + 1;
  char *joined;

  (void)kind;
  if (strcasecmp(name, header->name) != 0) {
    return MHD_YES;
  }
  joined = malloc(size);
  if (!joined) {
    free(header->value);
    header->value = NULL;
    header->name = NULL;
    return MHD_NO;
  }
  snprintf(joined, size, "%s%s%s", header->value ? header->value : "", header->value ? ", " : "",
           value ? value : "");
  free(header->value);
  header->value = joined;
  return MHD_YES;
}

static int header_read(struct header *header, const char *name, struct MHD_Connection *connection)
{
  header->name = name;
  header->value = NULL;
  MHD_get_connection_values(connection, MHD_HEADER_KIND, join_value, header);
  return header->name ? 0 : -1;
}

static int headers_read(struct headers *headers, struct MHD_Connection *connection)
{
  int failed = header_read(&headers->authorization, "Authorization", connection) |
               header_read(&headers->accept, "Accept", connection) |
               header_read(&headers->content_type, "Content-Type", connection);

  return failed ? -1 : 0;
}

static void headers_free(struct headers *headers)
{
  free(headers->authorization.value);
  free(headers->accept.value);
  free(headers->content_type.value);
}

/* --- the answer ------------------------------------------------------------------------------- */

/* libmicrohttpd asks for the body piece by piece. Of a stream a heartbeat is the longest wait. */
static ssize_t give_piece(void *data, uint64_t position, char *buffer, size_t size)
{
  embark_admin_response *response = data;
  size_t got = 0;
  int more = 1;

  if (!response->is_stream) {
    got = response->body_size - (size_t)position;
    got = got < size ? got : size;
    memcpy(buffer, response->body + position, got);
    return (ssize_t)got;
  }
  while (more && got == 0) {
    more = embark_admin_read(response, buffer, size, FOR_EVER_MS, &got);
  }
  return got > 0 ? (ssize_t)got : MHD_CONTENT_READER_END_OF_STREAM;
}

/* When it is sent, or the client has gone. */
static void response_end(void *data)
{
  embark_admin_response_free(data);
  free(data);
}

/* Takes over `response`. Of HEAD the length is told, and libmicrohttpd asks for no piece. */
static enum MHD_Result send_response(struct MHD_Connection *connection,
                                     embark_admin_response *response, int is_last)
{
  unsigned int status = (unsigned int)response->status;
  struct MHD_Response *sent = MHD_create_response_from_callback(
      response->is_stream ? MHD_SIZE_UNKNOWN : response->content_length, PIECE, give_piece,
      response, response_end);
  enum MHD_Result result;

  if (!sent) {
    response_end(response);
    return MHD_NO;
  }
  for (size_t i = 0; i < response->header_count; i++) {
    MHD_add_response_header(sent, response->headers[i].name, response->headers[i].value);
  }
  if (is_last) {
    MHD_add_response_header(sent, MHD_HTTP_HEADER_CONNECTION, "close");
  }
  result = MHD_queue_response(connection, status, sent);
  MHD_destroy_response(sent);
  return result;
}

/* Its status tells the client what went wrong, so what the function returns is no news. */
static void handle(const struct endpoint *endpoint, const char *method,
                   const struct request *request, const struct headers *headers,
                   embark_admin_response *response)
{
  embark_admin_request asked = EMBARK_ADMIN_REQUEST_INIT;

  asked.method = method;
  asked.target = request->target;
  asked.authorization = headers->authorization.value;
  asked.accept = headers->accept.value;
  asked.content_type = headers->content_type.value;
  asked.body = request->body;
  asked.body_size = request_body_size(request);
  asked.can_stream = 1;
  (void)embark_admin_handle(NULL, &embark_migrations, NULL, &endpoint->options, &asked, response);
}

enum MHD_Result endpoint_answer(const struct endpoint *endpoint, struct MHD_Connection *connection,
                                const char *method, const struct request *request, int is_last)
{
  embark_admin_response *response = calloc(1, sizeof(*response));
  struct headers headers;
  int is_ready = headers_read(&headers, connection) == 0 && response;

  if (is_ready) {
    handle(endpoint, method, request, &headers, response);
  } else {
    free(response);
  }
  headers_free(&headers);
  return is_ready ? send_response(connection, response, is_last) : MHD_NO;
}
