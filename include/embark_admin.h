/* embark_admin.h - a program's migrations over HTTP: an endpoint and its page.
 *
 * For servers on which no command can be run. The handler takes a request that the host's HTTP
 * server has read and makes the response that it is to send; it opens no socket of its own. Link
 * libembark_admin.a beside libembark. Mounted at /api/admin/migrate, it answers
 *
 *   GET  /api/admin/migrate              the page, where `Accept` has text/html; else as status
 *   GET  /api/admin/migrate/status       what is applied and pending, as `embark status --json`
 *   GET  /api/admin/migrate/sql?tag=TAG  a migration's statements with their hazards
 *   POST /api/admin/migrate              apply what is pending, as `embark migrate --json`; with
 *                                        `Accept: text/event-stream` and a host that can stream,
 *                                        its progress as server-sent events
 *
 * and HEAD and OPTIONS of these. A POST takes a form (application/x-www-form-urlencoded), in its
 * body or behind the path: `dry-run` for the plan alone, as `embark plan --json`, and
 * `approve=TAG`, any number of times, for each migration that may destroy something. docs/json.md
 * has what is answered.
 *
 * What stays the host's: TLS (without it the secret travels in the clear), reading the request and
 * limiting its size and its time, Content-Length and Connection of the response.
 *
 * What holds for the functions of embark.h holds for every function here: nothing is printed, no
 * signal is handled, no environment is read, nothing exits. All of them may be called by any number
 * of threads at once, each with a connection, a request and a response of its own. pthread_cancel()
 * of a thread in one of them takes effect when it returns. A forked child knows nothing of its
 * parent's runs, and must leave its parent's responses alone.
 */
#ifndef EMBARK_ADMIN_H
#define EMBARK_ADMIN_H

#include <stddef.h>
#include <stdint.h>
#include <libpq-fe.h>

#include "embark.h"

#ifdef __cplusplus
extern "C" {
#endif

#define EMBARK_ADMIN_MOUNT      "/api/admin/migrate"
#define EMBARK_ADMIN_SECRET_MIN 16u    /* bytes */
#define EMBARK_ADMIN_BODY_MAX   65536u /* bytes; a larger one is answered with 413 */

/* What the host has read. Strings are borrowed during embark_admin_handle(); NULL: there was none.
 * Of a header that came more than once the host passes the values joined by ", ", as HTTP has it.
 */
typedef struct embark_admin_request {
  size_t struct_size;
  const char *method;        /* "GET" */
  const char *target;        /* as it came: the path, percent-encoded, and what follows a '?' */
  const char *authorization; /* the header's value */
  const char *accept;        /* likewise */
  const char *content_type;  /* likewise */
  const char *body;          /* need not end in a NUL */
  size_t body_size;
  int can_stream; /* 1: the host can send a body piece by piece, see embark_admin_read() */
} embark_admin_request;

/* clang-format off */
#define EMBARK_ADMIN_REQUEST_INIT                                                                  \
  {sizeof(embark_admin_request), NULL, NULL, NULL, NULL, NULL, NULL, 0, 0}
/* clang-format on */

typedef struct embark_admin_header {
  const char *name;
  const char *value;
} embark_admin_header;

/* What the host is to send. Filled by embark_admin_handle(), whatever it returns; all pointers
 * belong to it, until embark_admin_response_free(). */
typedef struct embark_admin_response {
  int status; /* of HTTP */
  const embark_admin_header *headers;
  size_t header_count;
  const char *body;        /* never NULL */
  size_t body_size;        /* bytes to send; 0 for HEAD */
  uint64_t content_length; /* what the header of this name says: for HEAD what GET would have. A 204
                              and a stream have no such header */
  int is_stream;           /* 1: the body is what embark_admin_read() gives; the above are empty */
  void *owned;
} embark_admin_response;

/* How the endpoint is guarded, and where it finds the database. Zero is the default everywhere.
 * Start from EMBARK_ADMIN_OPTIONS_INIT. Fields are only ever added at the end. */
typedef struct embark_admin_options {
  size_t struct_size;
  /* What `Authorization: Bearer` has to carry: EMBARK_ADMIN_SECRET_MIN bytes or more, of those
   * characters of ASCII that can be seen. NULL: nobody has it. */
  const char *secret;
  /* The host's own authorization, in place of the secret: returns 1 for a request that may do all
   * that is told above. One that goes by cookies has to refuse what comes from other origins. Wrong
   * answers of it are not counted. NULL: by the secret. */
  int (*authorize)(void *data, const embark_admin_request *request);
  /* Where connections come from when embark_admin_handle() is given none: called once a request is
   * authorized, and not before. Returns one as embark_migrate() takes it, or one that failed, or
   * NULL where there is none to be had. NULL: none. */
  PGconn *(*connect)(void *data);
  /* Takes back what `connect` gave, from whichever thread ends the request. NULL: PQfinish(). */
  void (*release)(void *data, PGconn *conn);
  void *data; /* given to the three above */
  /* The path of the page, without a '/' at its end, of at most 200 bytes, written with characters
   * that need no '%'. NULL: EMBARK_ADMIN_MOUNT. */
  const char *mount;
} embark_admin_options;

/* clang-format off */
#define EMBARK_ADMIN_OPTIONS_INIT                                                                  \
  {sizeof(embark_admin_options), NULL, NULL, NULL, NULL, NULL, NULL}
/* clang-format on */

/* Whether the endpoint can be opened like this: for a host to ask before it serves.
 * err: NULL is fine. Returns EMBARK_OK; or EMBARK_E_ARGUMENT: no secret and no authorize, a secret
 * that is too short or could not be sent, a mount that is no path. Every request is answered with
 * 403 then. */
int embark_admin_check(const embark_admin_options *admin, embark_error *err) EMBARK_CHECKED;

/* Answer a request.
 * conn: lent until embark_admin_response_free(), idle, as embark_migrate() takes it; NULL: asked of
 * `connect`. opt: NULL for the defaults; `target`, `steps`, EMBARK_DRY_RUN and `reason` of it are
 * not used, and what may destroy something is refused, whatever `forbid` says, until the request or
 * `approved` names its tag, as is what nobody could classify.
 *
 * request, opt and admin, and their strings, are read during the call alone. `on_event` of opt is
 * called until the response is freed, by whichever thread drives the run, and not at all for a
 * request that joins another's. It must neither call a function of this header, nor wait for a
 * thread that is in one: those wait for the run, and for the hook to return. The `allocator` of opt
 * serves what only looks; what applies takes malloc's memory. bundle and `data` of admin must live
 * until this response and all those that share its run are freed: in practice as long as the
 * program.
 *
 * Nothing is asked of the database, and nothing of its state told, before the request is
 * authorized. Ten requests with a wrong secret within a minute close the endpoint to all that carry
 * one, for the whole process, until the first of them is a minute old.
 *
 * Applying is done once, however many ask at the same time: a request that finds a run of this
 * process on the same database, bundle and ledger under way joins it, and gets its result. Without
 * a stream the call blocks until then; with one the run goes on as the streams are read, and
 * whoever waits for it drives it.
 *
 * Returns EMBARK_OK when the response is what was asked for or says why it is not;
 * EMBARK_E_ARGUMENT when a pointer is NULL or embark_admin_check() fails (then 403), and
 * EMBARK_E_MEMORY (503). The response is to be sent in each case, but where `response` itself is
 * NULL. */
int embark_admin_handle(PGconn *conn, const embark_bundle *bundle, const embark_options *opt,
                        const embark_admin_options *admin, const embark_admin_request *request,
                        embark_admin_response *response);

/* The next piece of a stream: at most `size` bytes, and how many in *got. Waits for up to wait_ms
 * until there are some (0: not at all); then *got may be 0. A silent run is heard of every five
 * seconds, so that nobody takes the connection for dead.
 * A run that nobody waits for stands still, perhaps in the middle of a migration: free the response
 * of a client that takes nothing any more.
 * Returns 1 while there may be more, 0 when that was the last, or there is no stream. */
int embark_admin_read(embark_admin_response *response, char *buffer, size_t size, int64_t wait_ms,
                      size_t *got);

/* Free what a response has; it is empty afterwards, and freeing it again does nothing. When a
 * stream is freed before its end (the client has gone) its run goes on: driven by the others that
 * have joined it, but where its connection is this request's, or nobody else is there, to its end
 * by this call, which then blocks. */
void embark_admin_response_free(embark_admin_response *response);

#ifdef __cplusplus
}
#endif

#endif
