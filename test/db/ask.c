/* ask.c - a server around the endpoint, as small as it can be. */
#include "ask.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "keep.h"

embark_admin_options ask_admin;
const char *ask_conninfo;
PGconn *ask_conn;

static atomic_uint connections, released;
static json_t *documents[256]; /* to be freed with the test */
static size_t document_count;

/* --- fixtures --------------------------------------------------------------------------------- */

static PGconn *make_connection(void *data)
{
  (void)data;
  connections++;
  return PQconnectdb(ask_conninfo);
}

static void take_back(void *data, PGconn *conn)
{
  (void)data;
  released++;
  PQfinish(conn);
}

static void set_up(void)
{
  db_set_up();
  drive_options = (embark_options)EMBARK_OPTIONS_INIT;
  ask_admin = (embark_admin_options)EMBARK_ADMIN_OPTIONS_INIT;
  ask_admin.secret = "correct-horse-battery";
  ask_admin.connect = make_connection;
  ask_admin.release = take_back;
  ask_conninfo = keep_printf("dbname=%s user=%s", db_name(), db_user());
  ask_conn = NULL;
  connections = released = 0;
}

static void tear_down(void)
{
  while (document_count > 0) {
    json_decref(documents[--document_count]);
  }
  db_tear_down();
  keep_free_all();
}

static void add_case(Suite *suite, const char *name, void (*make)(void), void (*unmake)(void),
                     const TTest *first, va_list rest)
{
  TCase *tc = tcase_create(name);
  tcase_set_timeout(tc, 60);
  tcase_add_unchecked_fixture(tc, db_make, NULL);
  if (make != NULL) {
    tcase_add_unchecked_fixture(tc, make, unmake);
  }
  tcase_add_checked_fixture(tc, set_up, tear_down);
  for (const TTest *test = first; test != NULL; test = va_arg(rest, const TTest *)) {
    tcase_add_test(tc, test);
  }
  suite_add_tcase(suite, tc);
}

Suite *ask_suite(const char *name, const TTest *first, ...)
{
  va_list rest;
  Suite *suite = suite_create(name);
  va_start(rest, first);
  add_case(suite, name, NULL, NULL, first, rest);
  va_end(rest);
  return suite;
}

void ask_add_case(Suite *suite, const char *name, void (*make)(void), void (*unmake)(void),
                  const TTest *first, ...)
{
  va_list rest;
  va_start(rest, first);
  add_case(suite, name, make, unmake, first, rest);
  va_end(rest);
}

unsigned ask_connections(void)
{
  return connections;
}

unsigned ask_released(void)
{
  return released;
}

void ask_expect_released(void)
{
  ck_assert_uint_eq(released, connections);
}

/* --- requests --------------------------------------------------------------------------------- */

static void handle(const made_bundle *made, const embark_admin_request *request,
                   embark_admin_response *response, int *result)
{
  embark_options options = drive_options;
  *result = embark_admin_handle(ask_conn, &made->bundle, &options, &ask_admin, request, response);
}

static embark_admin_request request_of(const char *method, const char *target)
{
  embark_admin_request r = EMBARK_ADMIN_REQUEST_INIT;
  r.method = method;
  r.target = target;
  r.authorization = "Bearer correct-horse-battery";
  r.accept = "application/json";
  return r;
}

static void put_form(embark_admin_request *r, const char *form)
{
  r->content_type = "application/x-www-form-urlencoded";
  r->body = form;
  r->body_size = strlen(form);
}

static json_t *parse(const char *body)
{
  json_t *json = json_loads(body, 0, NULL);
  if (json != NULL) {
    ck_assert_uint_lt(document_count, sizeof documents / sizeof documents[0]);
    documents[document_count++] = json;
  }
  return json;
}

static const char *header(const embark_admin_response *r, const char *name)
{
  for (size_t i = 0; i < r->header_count; i++) {
    if (strcmp(r->headers[i].name, name) == 0) {
      return keep_printf("%s", r->headers[i].value);
    }
  }
  return "";
}

static ask_answer answer_of(embark_admin_response *r, int result)
{
  ask_answer a = {result, r->status, header(r, "Retry-After"), header(r, "Content-Type"), "", NULL};
  ck_assert_int_eq(r->is_stream, 0);
  ck_assert_uint_eq(r->content_length, r->body_size);
  char *body = keep_zeros(r->body_size + 1);
  memcpy(body, r->body, r->body_size);
  a.body = body;
  a.json = parse(body);
  embark_admin_response_free(r);
  embark_admin_response_free(r);
  return a;
}

ask_answer ask_get(const made_bundle *made, const char *path)
{
  int result;
  embark_admin_response response;
  embark_admin_request request = request_of("GET", keep_printf(ASK_MOUNT "%s", path));
  handle(made, &request, &response, &result);
  return answer_of(&response, result);
}

ask_answer ask_post(const made_bundle *made, const char *form)
{
  int result;
  embark_admin_response response;
  embark_admin_request request = request_of("POST", ASK_MOUNT);
  put_form(&request, form);
  handle(made, &request, &response, &result);
  return answer_of(&response, result);
}

ask_answer ask_expect(const made_bundle *made, const char *form, int status, int exit)
{
  ask_answer a = ask_post(made, form);
  ck_assert_msg(a.status == status && a.json != NULL, "%d: %s", a.status, a.body);
  ck_assert_int_eq(a.result, EMBARK_OK);
  ck_assert_str_eq(a.content_type, "application/json");
  ck_assert_str_eq(a.retry_after, status == 503 ? "5" : "");
  ask_expect_value(a.json, "exit", keep_printf("%d", exit));
  return a;
}

int ask_handle(const made_bundle *made, const char *form, int can_stream,
               embark_admin_response *response)
{
  int result;
  embark_admin_request request = request_of("POST", ASK_MOUNT);
  put_form(&request, form);
  request.accept = "text/event-stream";
  request.can_stream = can_stream;
  handle(made, &request, response, &result);
  return result;
}

void ask_begin(const made_bundle *made, const char *form, int can_stream,
               embark_admin_response *response)
{
  ck_assert_int_eq(ask_handle(made, form, can_stream, response), EMBARK_OK);
}

/* --- streams ---------------------------------------------------------------------------------- */

typedef struct reading {
  char *bytes;
  size_t size, capacity;
} reading;

/* One read of at most `size` bytes. Returns what embark_admin_read() does. */
static int read_more(embark_admin_response *response, reading *r, size_t size)
{
  size_t got = 0;
  if (r->capacity - r->size <= size) {
    r->capacity = 2 * r->capacity + size + 1;
    r->bytes = realloc(r->bytes, r->capacity);
    ck_assert_ptr_nonnull(r->bytes);
  }
  int more = embark_admin_read(response, r->bytes + r->size, size, 1000, &got);
  ck_assert_uint_le(got, size);
  r->size += got;
  r->bytes[r->size] = '\0';
  return more;
}

/* Without the signs of life: they come when the machine is slow, not when a test wants them. */
static const char *keep_events(char *bytes)
{
  static const char sign[] = ":\n\n";
  size_t size = 0;
  for (size_t at = 0; bytes[at] != '\0';) {
    bool is_line = at == 0 || bytes[at - 1] == '\n';
    if (is_line && strncmp(bytes + at, sign, strlen(sign)) == 0) {
      at += strlen(sign);
    } else {
      bytes[size++] = bytes[at++];
    }
  }
  bytes[size] = '\0';
  return keep(bytes);
}

const char *ask_read(embark_admin_response *response, size_t size)
{
  reading r = {NULL, 0, 0};
  ck_assert_int_eq(response->is_stream, 1);
  ck_assert_int_eq(response->status, 200);
  while (read_more(response, &r, size)) {
  }
  embark_admin_response_free(response);
  return keep_events(r.bytes);
}

const char *ask_read_until(embark_admin_response *response, const char *wanted)
{
  reading r = {NULL, 0, 0};
  while (read_more(response, &r, 4096) && strstr(r.bytes, wanted) == NULL) {
  }
  ck_assert_msg(strstr(r.bytes, wanted) != NULL, "the stream ended without %s:\n%s", wanted,
                r.bytes);
  return keep_events(r.bytes);
}

/* --- looking at it ---------------------------------------------------------------------------- */

static const char *word_of(const json_t *value)
{
  if (value == NULL) {
    return "";
  }
  if (json_is_string(value)) {
    return json_string_value(value);
  }
  return keep(json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS));
}

const char *ask_value(const json_t *json, const char *path)
{
  while (json != NULL && *path != '\0') {
    size_t size = strcspn(path, ".");
    char name[64] = "";
    ck_assert_uint_lt(size, sizeof name);
    memcpy(name, path, size);
    json = json_is_array(json) ? json_array_get(json, (size_t)atoi(name))
                               : json_object_get(json, name);
    path += size + (path[size] == '.');
  }
  return word_of(json);
}

void ask_expect_value(const json_t *json, const char *path, const char *value)
{
  const char *found = ask_value(json, path);
  ck_assert_msg(strcmp(found, value) == 0, "%s is %s instead of %s in %s", path, found, value,
                word_of(json));
}

const char *ask_each(const json_t *json, const char *list, const char *member)
{
  const char *all = "";
  const json_t *values = json_object_get(json, list);
  for (size_t i = 0; i < json_array_size(values); i++) {
    all = keep_printf("%s%s%s", all, i > 0 ? " " : "",
                      word_of(json_object_get(json_array_get(values, i), member)));
  }
  return all;
}

/* The data of the event that begins at `at`, as a document. */
static json_t *data_of(const char *at)
{
  const char *data = strstr(at, "\ndata: ");
  ck_assert_ptr_nonnull(data);
  data += strlen("\ndata: ");
  size_t size = strcspn(data, "\n");
  ck_assert_int_eq(strncmp(data + size, "\n\n", 2), 0);
  json_t *json = parse(keep_printf("%.*s", (int)size, data));
  ck_assert_msg(json != NULL, "%.*s", (int)size, data);
  return json;
}

static const char *outline_of(const char *name, json_t *data)
{
  static const char *const vary[] = {"elapsed_ms", "duration_ms", "holder_pid"};
  if (strcmp(name, "result") == 0) {
    return keep_printf("result %s", ask_value(data, "exit"));
  }
  for (size_t i = 0; i < sizeof vary / sizeof vary[0]; i++) {
    json_object_del(data, vary[i]);
  }
  return keep_printf("%s %s", name, word_of(data));
}

const char *ask_outline(const char *stream)
{
  const char *all = "";
  for (const char *at = stream; *at != '\0';) {
    if (*at != ':') { /* a sign of life is none */
      ck_assert_int_eq(strncmp(at, "event: ", 7), 0);
      const char *name = keep_printf("%.*s", (int)strcspn(at + 7, "\n"), at + 7);
      all = keep_printf("%s%s%s", all, all[0] != '\0' ? "\n" : "", outline_of(name, data_of(at)));
    }
    const char *end = strstr(at, "\n\n");
    ck_assert_ptr_nonnull(end);
    at = end + 2;
  }
  return all;
}

json_t *ask_result(const char *stream)
{
  const char *at = strstr(stream, "event: result\n");
  ck_assert_ptr_nonnull(at);
  return data_of(at);
}
