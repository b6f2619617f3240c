/* The public functions. Knows options and their versions; leaves requests to dispatch.c. */
#include <embark_admin.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "authorize.h"
#include "dispatch.h"
#include "request.h"
#include "stream.h"

#define HINT "Start from EMBARK_ADMIN_OPTIONS_INIT, and set `secret` or `authorize`."

/* Copy what a caller of this version or an older one has; false: of a newer one. */
static bool take(void *out, size_t size, const void *given, size_t given_size)
{
  if (given_size < sizeof(size_t) || given_size > size) {
    return false;
  }
  memcpy(out, given, given_size);
  return true;
}

/* Complete the options. Returns what is wrong with them; NULL: nothing. */
static const char *take_admin(embark_admin_options *out, const embark_admin_options *given)
{
  *out = (embark_admin_options)EMBARK_ADMIN_OPTIONS_INIT;
  if (given == NULL || !take(out, sizeof *out, given, given->struct_size)) {
    return "struct_size is not that of this version or an older one";
  }
  if (out->secret == NULL && out->authorize == NULL) {
    return "there is no secret, and no authorize";
  }
  if (out->secret != NULL && !secret_is_usable(out->secret)) {
    return "the secret has less than 16 bytes, or other characters than those of ASCII that can be "
           "seen";
  }
  if (out->mount == NULL) {
    out->mount = EMBARK_ADMIN_MOUNT;
  }
  return request_is_mount(out->mount) ? NULL : "the mount is no path, as \"/admin/migrate\" is";
}

int embark_admin_check(const embark_admin_options *admin, embark_error *err)
{
  embark_admin_options complete;
  const char *wrong = take_admin(&complete, admin);
  int code = wrong == NULL ? EMBARK_OK : EMBARK_E_ARGUMENT;
  if (err != NULL) {
    memset(err, 0, sizeof *err);
    err->code = code;
  }
  if (err != NULL && wrong != NULL) {
    snprintf(err->message, sizeof err->message, "the admin options are not usable: %s", wrong);
    memcpy(err->hint, HINT, sizeof HINT);
  }
  return code;
}

static bool take_request(embark_admin_request *out, const embark_admin_request *given)
{
  *out = (embark_admin_request)EMBARK_ADMIN_REQUEST_INIT;
  if (given == NULL || !take(out, sizeof *out, given, given->struct_size) ||
      (out->body == NULL && out->body_size > 0)) {
    return false;
  }
  out->method = out->method != NULL ? out->method : "";
  out->target = out->target != NULL ? out->target : "";
  return true;
}

/* The host's options with our own rules in them: what may destroy something, or what nobody could
 * classify and so may, waits for a word; a run has no other end than the bundle's. */
static bool take_options(embark_options *out, const embark_options *given)
{
  *out = (embark_options)EMBARK_OPTIONS_INIT;
  if (given != NULL && !take(out, sizeof *out, given, given->struct_size)) {
    return false;
  }
  out->struct_size = sizeof *out;
  out->flags &= ~EMBARK_DRY_RUN;
  out->target = NULL;
  out->steps = 0;
  out->reason = NULL;
  out->forbid |= EMBARK_HAZARD_DESTRUCTIVE | EMBARK_HAZARD_UNCLASSIFIED;
  return true;
}

static int handle(call *c, const embark_options *opt, const embark_admin_options *admin,
                  const embark_admin_request *request, embark_admin_response *response)
{
  embark_admin_options guarded;
  embark_admin_request read;
  if (take_admin(&guarded, admin) != NULL || !take_request(&read, request) ||
      !take_options(&c->options, opt) || c->bundle == NULL) {
    answer_refuse(response, 403, "this endpoint is closed");
    return EMBARK_E_ARGUMENT;
  }
  c->admin = &guarded;
  c->request = &read;
  dispatch(c, request, response);
  return answer_is_no_memory(response) ? EMBARK_E_MEMORY : EMBARK_OK;
}

/* A thread that ended in here would leave others waiting for it. The host's functions are called
 * like that, too. Returns how it was. */
static int hold_cancel(void)
{
  int before = PTHREAD_CANCEL_ENABLE;
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before); /* cannot fail: the state is valid */
  return before;
}

static void allow_cancel(int before)
{
  pthread_setcancelstate(before, NULL);
}

int embark_admin_handle(PGconn *conn, const embark_bundle *bundle, const embark_options *opt,
                        const embark_admin_options *admin, const embark_admin_request *request,
                        embark_admin_response *response)
{
  if (response == NULL) {
    return EMBARK_E_ARGUMENT;
  }
  int before = hold_cancel();
  int code = EMBARK_E_MEMORY;
  if (answer_begin(response)) {
    call c = {.conn = conn, .bundle = bundle};
    code = handle(&c, opt, admin, request, response);
  }
  if (request != NULL && request->method != NULL && strcmp(request->method, "HEAD") == 0) {
    answer_without_body(response);
  }
  allow_cancel(before);
  return code;
}

int embark_admin_read(embark_admin_response *response, char *buffer, size_t size, int64_t wait_ms,
                      size_t *got)
{
  if (got == NULL) {
    return 0;
  }
  *got = 0;
  struct stream *events = response != NULL && buffer != NULL ? answer_streams(response) : NULL;
  int before = hold_cancel();
  int more = events != NULL ? stream_read(events, buffer, size, wait_ms, got) : 0;
  allow_cancel(before);
  return more;
}

void embark_admin_response_free(embark_admin_response *response)
{
  if (response != NULL) {
    int before = hold_cancel();
    answer_free(response);
    allow_cancel(before);
  }
}
