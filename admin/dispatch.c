/* The order of refusals. What is told to anybody comes first: that there is nothing, that a method
 * is none, the page. Then the credential; and only then what was sent is looked at, and the
 * database. */
#include "dispatch.h"

#include <stdlib.h>
#include <string.h>

#include "accept.h"
#include "answer.h"
#include "assets.h"
#include "authorize.h"
#include "fields.h"
#include "request.h"

#define HTML       "text/html; charset=utf-8"
#define CSS        "text/css; charset=utf-8"
#define JAVASCRIPT "text/javascript; charset=utf-8"

typedef enum method { GET = 1, HEAD = 2, POST = 4, OPTIONS = 8, OTHER = 16 } method;

static method method_of(const char *name)
{
  static const struct {
    const char *name;
    method is;
  } known[] = {
      {"GET",     GET    },
      {"HEAD",    HEAD   },
      {"POST",    POST   },
      {"OPTIONS", OPTIONS},
  };
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
    if (strcmp(name, known[i].name) == 0) {
      return known[i].is;
    }
  }
  return OTHER;
}

static const char *allowed(route to)
{
  return to == ROUTE_MOUNT ? "GET, HEAD, POST, OPTIONS" : "GET, HEAD, OPTIONS";
}

static bool is_allowed(route to, method how)
{
  return how != OTHER && (how != POST || to == ROUTE_MOUNT);
}

static void serve_asset(const asset *file, const char *content_type, embark_admin_response *r)
{
  answer_constant(r, 200, content_type, file->bytes, file->size);
}

static void serve_page(const call *c, embark_admin_response *r)
{
  text page = {0};
  assets_page(&page, request_last_part(c->admin->mount),
              c->admin->authorize != NULL ? "host" : "secret");
  answer_set(r, 200, HTML, &page);
}

/* Only GET and HEAD come here: a POST that is sent on loses its fields, and with them `dry-run`. */
static void serve_slash(const call *c, embark_admin_response *r)
{
  answer_constant(r, 308, NULL, "", 0);
  answer_location(r, request_last_part(c->admin->mount));
}

/* What holds no secret; false: it is not about that. */
static bool serve_anybody(const call *c, route to, method how, embark_admin_response *r)
{
  if (to == ROUTE_STYLE) {
    serve_asset(&asset_css, CSS, r);
  } else if (to == ROUTE_SCRIPT) {
    serve_asset(&asset_js, JAVASCRIPT, r);
  } else if (to == ROUTE_SLASH) {
    serve_slash(c, r);
  } else if (to == ROUTE_MOUNT && how != POST &&
             accept_prefers(c->request->accept, "text/html", "application/json")) {
    serve_page(c, r);
  } else {
    return false;
  }
  return true;
}

/* Whether the request may go on; else it is answered. */
static bool let_in(const call *c, const embark_admin_request *given, embark_admin_response *r)
{
  int64_t closed_ms = 0;
  switch (authorize(c->admin, given, c->request->authorization, &closed_ms)) {
  case AUTHORIZED:
    return true;
  case AUTHORIZATION_REFUSED:
    answer_refuse(r, 403, "not for you");
    break;
  case AUTHORIZATION_CLOSED:
    answer_refuse(r, 429, "too many wrong secrets of late");
    answer_retry_after(r, closed_ms);
    break;
  case AUTHORIZATION_MISSING:
  case AUTHORIZATION_WRONG:
  default:
    answer_refuse(r, 401, "the secret is needed, as Authorization: Bearer");
    answer_header(r, "WWW-Authenticate", "Bearer realm=\"embark\"");
  }
  return false;
}

/* Whether a body can be read; else it is refused. */
static bool is_readable(const call *c, embark_admin_response *r)
{
  if (c->request->body_size > EMBARK_ADMIN_BODY_MAX) {
    answer_refuse(r, 413, "the body is too large");
    return false;
  }
  if (c->request->body_size > 0 && !content_is_form(c->request->content_type)) {
    answer_refuse(r, 415, "the body has to be application/x-www-form-urlencoded");
    return false;
  }
  return true;
}

/* Read what follows the path, and the body of a POST. */
static bool read_form(const call *c, const char *query, method how, form *f,
                      embark_admin_response *r)
{
  form_result result = form_add(f, query, strlen(query));
  if (result == FORM_OK && how == POST) {
    result = form_add(f, c->request->body, c->request->body_size);
  }
  if (result == FORM_BAD) {
    answer_refuse(r, 400, "the form is malformed");
  } else if (result == FORM_MEMORY) {
    answer_no_memory(r);
  }
  return result == FORM_OK;
}

static void serve(call *c, route to, method how, embark_admin_response *r)
{
  if (to == ROUTE_SQL) {
    serve_sql(c, r);
  } else if (how != POST) {
    serve_status(c, r);
  } else if (fields_dry_run(c->form)) {
    serve_plan(c, r);
  } else {
    serve_apply(c, r);
  }
}

/* The part of an answer that needs the form. */
static void serve_form(call *c, route to, method how, embark_admin_response *r)
{
  const char *fault = fields_fault(c->form, how == POST       ? FIELDS_APPLY
                                            : to == ROUTE_SQL ? FIELDS_SQL
                                                              : FIELDS_NONE);
  if (fault == NULL) {
    fault = fields_unknown_approval(c->form, c->bundle);
  }
  if (fault != NULL) {
    answer_refuse(r, 400, fault);
    return;
  }
  const char **approved = fields_approved(c->form, c->options.approved);
  if (approved == NULL) {
    answer_no_memory(r);
    return;
  }
  c->options.approved = approved;
  c->wants_events = how == POST && c->request->can_stream == 1 &&
                    accept_prefers(c->request->accept, "text/event-stream", "application/json");
  serve(c, to, how, r);
  free(approved);
}

static void serve_authorized(call *c, const char *query, route to, method how,
                             embark_admin_response *r)
{
  form f = {NULL, 0, 0};
  c->form = &f;
  if ((how != POST || is_readable(c, r)) && read_form(c, query, how, &f, r)) {
    serve_form(c, to, how, r);
  }
  form_free(&f);
}

void dispatch(call *c, const embark_admin_request *given, embark_admin_response *r)
{
  const char *query;
  route to = request_route(c->request->target, c->admin->mount, &query);
  method how = method_of(c->request->method);
  if (to == ROUTE_NONE) {
    answer_refuse(r, 404, "there is nothing here");
  } else if (!is_allowed(to, how)) {
    answer_refuse(r, 405, "not with this method");
    answer_header(r, "Allow", allowed(to));
  } else if (how == OPTIONS) {
    answer_constant(r, 204, NULL, "", 0);
    answer_header(r, "Allow", allowed(to));
  } else if (!serve_anybody(c, to, how, r) && let_in(c, given, r)) {
    serve_authorized(c, query, to, how, r);
  }
}
