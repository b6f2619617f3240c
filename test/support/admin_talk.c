/* Conversations with the admin endpoint. */
#include "admin_talk.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "bundle_make.h"
#include "text.h"

talk_state talk;
static text said;

static PGconn *connect_counted(void *data)
{
  ck_assert_ptr_eq(data, &talk);
  talk.connects++;
  return talk.conninfo != NULL ? PQconnectdb(talk.conninfo) : NULL;
}

static void release_counted(void *data, PGconn *conn)
{
  ck_assert_ptr_eq(data, &talk);
  talk.releases++;
  PQfinish(conn);
}

void talk_begin(void)
{
  made_bundle *made = bundle_native("0000_first", "create table t();", "0001_second",
                                    "alter table t add column c int;", NULL);
  talk = (talk_state){.admin = EMBARK_ADMIN_OPTIONS_INIT,
                      .request = EMBARK_ADMIN_REQUEST_INIT,
                      .options = EMBARK_OPTIONS_INIT,
                      .bundle = &made->bundle};
  talk.admin.secret = TALK_SECRET;
  talk.admin.connect = connect_counted;
  talk.admin.release = release_counted;
  talk.admin.data = &talk;
}

static void write_response(const embark_admin_response *r)
{
  text_free(&said);
  text_printf(&said, "%d\n", r->status);
  for (size_t i = 0; i < r->header_count; i++) {
    const embark_admin_header *h = &r->headers[i];
    ck_assert(h->name[0] != '\0' && strpbrk(h->name, "\r\n: ") == NULL);
    ck_assert(h->value != NULL && strpbrk(h->value, "\r\n") == NULL);
    text_printf(&said, "%s: %s\n", h->name, h->value);
  }
  ck_assert_ptr_nonnull(r->body);
  text_puts(&said, "\n");
  text_put(&said, r->body, r->body_size);
}

static void expect_empty(const embark_admin_response *r)
{
  size_t got = 1;
  ck_assert_int_eq(r->status, 0);
  ck_assert_uint_eq(r->header_count, 0);
  ck_assert_str_eq(r->body, "");
  ck_assert_uint_eq(r->body_size, 0);
  ck_assert_uint_eq(r->content_length, 0);
  ck_assert_ptr_null(r->owned);
  embark_admin_response copy = *r;
  ck_assert_int_eq(embark_admin_read(&copy, NULL, 0, 0, &got), 0);
  ck_assert_uint_eq(got, 0);
}

const char *talk_ask(void)
{
  embark_admin_response response;
  memset(&response, 0x5a, sizeof response); /* nothing of what was there counts */
  talk.code =
      embark_admin_handle(NULL, talk.bundle, &talk.options, &talk.admin, &talk.request, &response);
  write_response(&response);
  talk.content_length = response.content_length;
  ck_assert_int_eq(response.is_stream, 0);
  embark_admin_response_free(&response);
  expect_empty(&response);
  embark_admin_response_free(&response);
  ck_assert_int_eq(talk.releases, talk.conninfo != NULL ? talk.connects : 0);
  return text_string(&said);
}

const char *talk_to(const char *method, const char *target)
{
  talk.request.method = method;
  talk.request.target = target;
  return talk_ask();
}

const char *talk_secret(const char *method, const char *target)
{
  talk.request.authorization = TALK_BEARER;
  return talk_to(method, target);
}

const char *talk_body(const char *response)
{
  const char *end = strstr(response, "\n\n");
  ck_assert_ptr_nonnull(end);
  return end + 2;
}
