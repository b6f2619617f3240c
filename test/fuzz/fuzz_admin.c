/* The admin endpoint, asked by anybody: nobody without the secret gets as far as the database,
 * whatever is asked, and every answer is one that can be sent.
 *
 * Input, in lines: letters for the options (as OPTIONS below has them); the mount; then up to
 * sixteen requests: letters (as ASKING has them), method, target, authorization, accept, type of
 * the body; and the body, which ends at a byte 1. A line "~" is none at all. */
#include <jansson.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <embark_admin.h>

#include "assets.h"
#include "fuzz.h"

#define SECRET "correct-horse-battery"
#define MOST   16

/* OPTIONS: y, n: the host decides, yes or no. -: no secret. s: a short one. b: one with a blank.
 * 0: no connect. f: connections that failed; else there are none to be had. r: no release.
 * ASKING: s: can stream. 1 to 9: so many times seven seconds have passed. */

typedef struct world {
  embark_admin_options admin;
  bool gives_failed;
  int word; /* the host's; -1: it has none */
  int connects, releases;
  int64_t now_ms;
  int64_t wrong_ms[MOST]; /* when a secret was wrong, and counted */
  size_t wrong;
} world;

static world w;

int __wrap_clock_gettime(clockid_t id, struct timespec *now);

int __wrap_clock_gettime(clockid_t id, struct timespec *now)
{
  (void)id;
  now->tv_sec = (time_t)(w.now_ms / 1000);
  now->tv_nsec = (long)(w.now_ms % 1000) * 1000000;
  return 0;
}

/* --- the host --------------------------------------------------------------------------------- */

static PGconn *connect_nowhere(void *data)
{
  FUZZ_EXPECT(data == &w);
  w.connects++;
  return w.gives_failed ? PQconnectdb("host=/nonexistent dbname=secretdb password=verysecret")
                        : NULL;
}

static void take_back(void *data, PGconn *conn)
{
  FUZZ_EXPECT(data == &w && conn != NULL);
  w.releases++;
  PQfinish(conn);
}

static int decide(void *data, const embark_admin_request *request)
{
  FUZZ_EXPECT(data == &w && request != NULL && w.connects == 0);
  return w.word;
}

/* Two migrations, one of which may destroy something. */
static const embark_bundle *bundle(void)
{
#define HEX16 "0123456789abcdef"
#define HEX64 HEX16 HEX16 HEX16 HEX16
  static const unsigned char sql[] = "select '<b>\xc3\xa4\xff&\"';\ndrop table t";
  static const embark_statement statements[] = {
      {.offset = 0,   .length = 16, .line = 1                           },
      { .offset = 18, .length = 12,    .line = 1, .hazards = EMBARK_HAZARD_DESTRUCTIVE}
  };
  static const embark_migration migrations[] = {
      {.tag = "0000_a",
       .file = "0000_a.sql",
       .hash = HEX64,
       .chain = HEX64,
       .sql_length = 18,
       .statement_count = 1,
       .outline = HEX64},
      { .tag = "0001_b",
       .file = "0001_b.sql",
       .hash = HEX64,
       .chain = HEX64,
       .sql_offset = 18,
       .sql_length = 12,
       .first_statement = 1,
       .statement_count = 1,
       .outline = HEX64}
  };
  static const embark_bundle b = {.format = EMBARK_BUNDLE_FORMAT,
                                  .component = "main",
                                  .ledger = EMBARK_LEDGER_NATIVE,
                                  .ledger_schema = "embark",
                                  .ledger_table = "migrations",
                                  .digest = HEX64,
                                  .sql = sql,
                                  .sql_size = sizeof sql - 1,
                                  .migrations = migrations,
                                  .statements = statements,
                                  .migration_count = 2,
                                  .statement_count = 2};
  return &b;
}

/* --- who may ask ------------------------------------------------------------------------------ */

static bool is_credential(const char *header)
{
  while (header != NULL && (*header == ' ' || *header == '\t')) {
    header++;
  }
  return header != NULL && strncasecmp(header, "Bearer", 6) == 0 &&
         strchr(" ", header[6]) != NULL; /* the string's end, too */
}

static bool is_right(const char *header)
{
  const char *at = strstr(header, SECRET);
  return at != NULL && at[strlen(SECRET) + strspn(at + strlen(SECRET), " \t")] == '\0' &&
         strspn(header + strspn(header, " \t") + 6, " \t") ==
             (size_t)(at - header) - strspn(header, " \t") - 6;
}

static bool is_closed(void)
{
  return w.wrong >= 10 && w.now_ms - w.wrong_ms[w.wrong - 10] < 60000;
}

/* The status that authorization comes to; 200: go on. */
static int expected_status(const embark_admin_request *q)
{
  if (w.word >= 0) {
    return w.word == 1 ? 200 : 403;
  }
  if (!is_credential(q->authorization)) {
    return 401;
  }
  if (is_closed()) {
    return 429;
  }
  return is_right(q->authorization) ? 200 : 401;
}

/* --- what is answered ------------------------------------------------------------------------- */

static const char *header(const embark_admin_response *r, const char *name)
{
  const char *value = NULL;
  for (size_t i = 0; i < r->header_count; i++) {
    if (strcmp(r->headers[i].name, name) == 0) {
      FUZZ_EXPECT(value == NULL); /* once */
      value = r->headers[i].value;
    }
  }
  return value;
}

static void expect_headers(const embark_admin_response *r)
{
  for (size_t i = 0; i < r->header_count; i++) {
    const embark_admin_header *h = &r->headers[i];
    FUZZ_EXPECT(h->name[0] != '\0' && strpbrk(h->name, "\r\n: ") == NULL);
    FUZZ_EXPECT(h->value[0] != '\0' && strpbrk(h->value, "\r\n") == NULL);
  }
  FUZZ_EXPECT(strcmp(header(r, "Cache-Control"), "no-store") == 0);
  FUZZ_EXPECT(strcmp(header(r, "X-Frame-Options"), "DENY") == 0);
  FUZZ_EXPECT(strcmp(header(r, "X-Content-Type-Options"), "nosniff") == 0);
  FUZZ_EXPECT(strstr(header(r, "Content-Security-Policy"), "default-src 'none'") != NULL);
  FUZZ_EXPECT((header(r, "Allow") != NULL) == (r->status == 405 || r->status == 204));
  FUZZ_EXPECT((header(r, "Location") != NULL) == (r->status == 308));
  FUZZ_EXPECT((header(r, "WWW-Authenticate") != NULL) == (r->status == 401));
  FUZZ_EXPECT((header(r, "Retry-After") != NULL) == (r->status == 429 || r->status == 503));
}

static void expect_json(const char *bytes, size_t size)
{
  json_error_t why;
  json_t *document = json_loadb(bytes, size, JSON_REJECT_DUPLICATES, &why);
  FUZZ_EXPECT(json_is_object(document));
  json_decref(document);
  for (size_t i = 0; i < size; i++) {
    FUZZ_EXPECT((unsigned char)bytes[i] < 0x80 && strchr("<>&", bytes[i]) == NULL);
  }
}

static bool is_asset(const embark_admin_response *r, const asset *file)
{
  return r->body_size == file->size && memcmp(r->body, file->bytes, file->size) == 0;
}

static void expect_body(const embark_admin_response *r)
{
  const char *type = header(r, "Content-Type");
  if (type == NULL) {
    FUZZ_EXPECT(r->body_size == 0 && (r->status == 204 || r->status == 308));
  } else if (strcmp(type, "application/json") == 0) {
    expect_json(r->body, r->body_size);
    FUZZ_EXPECT(strstr(r->body, "verysecret") == NULL);
  } else if (strcmp(type, "text/css; charset=utf-8") == 0) {
    FUZZ_EXPECT(r->status == 200 && is_asset(r, &asset_css));
  } else if (strcmp(type, "text/javascript; charset=utf-8") == 0) {
    FUZZ_EXPECT(r->status == 200 && is_asset(r, &asset_js));
  } else {
    FUZZ_EXPECT(strcmp(type, "text/html; charset=utf-8") == 0);
    FUZZ_EXPECT(r->status == 200 && memcmp(r->body, asset_html.bytes, 15) == 0);
    FUZZ_EXPECT(strstr(r->body, "@BASE@") == NULL && strstr(r->body, "@LOGIN@") == NULL);
  }
}

static void expect_stream(embark_admin_response *r)
{
  char buffer[7];
  size_t got, all = 0;
  FUZZ_EXPECT(r->status == 200 && r->body_size == 0);
  while (embark_admin_read(r, buffer, sizeof buffer, 0, &got) == 1) {
    FUZZ_EXPECT(got <= sizeof buffer && (all += got) < 65536);
  }
}

/* Whether a status is one that a request has which was let in. */
static bool is_inside(int status)
{
  static const int statuses[] = {200, 400, 409, 413, 415, 500, 503};
  for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
    if (status == statuses[i]) {
      return true;
    }
  }
  return false;
}

static bool is_for_anybody(const embark_admin_response *r)
{
  const char *type = header(r, "Content-Type");
  return r->status == 204 || r->status == 308 || r->status == 404 || r->status == 405 ||
         (type != NULL && strncmp(type, "text/", 5) == 0 && r->is_stream == 0);
}

static void expect_authorization(const embark_admin_request *q, const embark_admin_response *r,
                                 int expected)
{
  bool is_wrong = expected == 401 && is_credential(q->authorization);
  if (expected == 200 && r->status == 404) {
    return; /* no such place, or no such migration */
  }
  if (is_for_anybody(r)) {
    FUZZ_EXPECT(w.connects == 0);
    return;
  }
  if (expected == 200) {
    FUZZ_EXPECT(is_inside(r->status));
    return;
  }
  FUZZ_EXPECT(r->status == expected && w.connects == 0);
  if (is_wrong) {
    w.wrong_ms[w.wrong++] = w.now_ms;
  }
}

static void ask(const embark_admin_request *q)
{
  embark_admin_response r;
  embark_options options = EMBARK_OPTIONS_INIT;
  int expected = expected_status(q);
  bool is_head = q->method != NULL && strcmp(q->method, "HEAD") == 0;
  w.connects = 0;
  w.releases = 0;
  int code = embark_admin_handle(NULL, bundle(), &options, &w.admin, q, &r);
  FUZZ_EXPECT(r.body != NULL && r.status != 0);
  expect_headers(&r);
  if (embark_admin_check(&w.admin, NULL) != EMBARK_OK) {
    FUZZ_EXPECT(code == EMBARK_E_ARGUMENT && r.status == 403 && w.connects == 0);
  } else {
    FUZZ_EXPECT(code == EMBARK_OK && w.connects <= 1);
    expect_authorization(q, &r, expected);
  }
  FUZZ_EXPECT(r.body_size == (is_head ? 0 : r.content_length));
  if (r.is_stream == 1) {
    expect_stream(&r);
  } else if (!is_head) {
    expect_body(&r);
  }
  embark_admin_response_free(&r);
  embark_admin_response_free(&r);
  bool gives_back = w.gives_failed && w.admin.release != NULL;
  FUZZ_EXPECT(w.releases == (gives_back ? w.connects : 0));
}

/* --- the input -------------------------------------------------------------------------------- */

/* The next line, as a block of its size; NULL for "~". */
static char *take_line(fuzz_input *in, char end, size_t *size)
{
  const uint8_t *stop = in->size > 0 ? memchr(in->data, end, in->size) : NULL;
  *size = stop != NULL ? (size_t)(stop - in->data) : in->size;
  char *line = malloc(*size + 1);
  FUZZ_EXPECT(line != NULL);
  if (*size > 0) {
    memcpy(line, in->data, *size);
  }
  line[*size] = '\0';
  in->data += *size + (stop != NULL);
  in->size -= *size + (stop != NULL);
  if (strcmp(line, "~") == 0) {
    free(line);
    *size = 0;
    return NULL;
  }
  return line;
}

static bool has(const char *letters, char letter)
{
  return letters != NULL && strchr(letters, letter) != NULL;
}

static void begin(const char *letters, const char *mount)
{
  int64_t later = w.now_ms + 3600000; /* what an input before this one did wrong is forgotten */
  w = (world){.admin = EMBARK_ADMIN_OPTIONS_INIT, .word = -1, .now_ms = later};
  w.admin.secret = has(letters, '-')   ? NULL
                   : has(letters, 's') ? "short"
                   : has(letters, 'b') ? "correct horse battery"
                                       : SECRET;
  w.admin.connect = has(letters, '0') ? NULL : connect_nowhere;
  w.admin.release = has(letters, 'r') ? NULL : take_back;
  w.admin.data = &w;
  w.admin.mount = mount;
  w.gives_failed = has(letters, 'f');
  if (has(letters, 'y') || has(letters, 'n')) {
    w.admin.authorize = decide;
    w.word = has(letters, 'y');
  }
}

static void take_request(fuzz_input *in)
{
  enum { LETTERS, METHOD, TARGET, AUTHORIZATION, ACCEPT, TYPE, BODY, FIELDS };
  char *fields[FIELDS];
  size_t size = 0;
  for (int i = 0; i < FIELDS; i++) {
    fields[i] = take_line(in, i == BODY ? 1 : '\n', &size);
  }
  for (const char *p = fields[LETTERS]; p != NULL && *p != '\0'; p++) {
    w.now_ms += *p >= '1' && *p <= '9' ? (*p - '0') * 7000 : 0;
  }
  embark_admin_request q = EMBARK_ADMIN_REQUEST_INIT;
  q.method = fields[METHOD];
  q.target = fields[TARGET];
  q.authorization = fields[AUTHORIZATION];
  q.accept = fields[ACCEPT];
  q.content_type = fields[TYPE];
  q.body = fields[BODY];
  q.body_size = size;
  q.can_stream = has(fields[LETTERS], 's');
  ask(&q);
  for (int i = 0; i < FIELDS; i++) {
    free(fields[i]);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  fuzz_input in = {data, size};
  size_t ignored;
  char *letters = take_line(&in, '\n', &ignored);
  char *mount = take_line(&in, '\n', &ignored);
  begin(letters, mount);
  for (int i = 0; i < MOST && in.size > 0; i++) {
    take_request(&in);
  }
  free(letters);
  free(mount);
  return 0;
}
