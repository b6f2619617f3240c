/* serve_apply.c - apply what is pending: with its progress as a stream, or the result alone. */
#include "answer.h"
#include "attempt.h"
#include "document.h"
#include "stream.h"

static void refuse(const call *c, const embark_error *err, embark_admin_response *r)
{
  json j = {0};
  document_begin(&j, "migrate");
  document_put_error(&j, err, c->bundle);
  document_answer(&j, err, r);
}

/* The others that share the run have the same document. */
static void answer_result(const attempt *a, embark_admin_response *r)
{
  int code;
  text copy = {0};
  const text *document = attempt_document(a, &code);
  copy.failed = document->failed;
  text_put(&copy, text_string(document), document->size);
  text_putc(&copy, '\n');
  document_answer_text(&copy, code, r);
}

static void answer_events(const call *c, embark_admin_response *r)
{
  bool is_owner = false;
  embark_error err;
  stream *s = stream_new(); /* first: once there is a run it goes on */
  if (s == NULL) {
    answer_no_memory(r);
    return;
  }
  attempt *a = attempt_enter(c, &is_owner, &err);
  if (a == NULL) {
    stream_free(s);
    refuse(c, &err, r);
    return;
  }
  stream_join(s, a, is_owner);
  answer_stream(r, s);
}

static void answer_at_the_end(const call *c, embark_admin_response *r)
{
  bool is_owner = false;
  embark_error err;
  attempt *a = attempt_enter(c, &is_owner, &err);
  if (a == NULL) {
    refuse(c, &err, r);
    return;
  }
  attempt_wait(a);
  answer_result(a, r);
  attempt_leave(a, is_owner);
}

void serve_apply(const call *c, embark_admin_response *r)
{
  if (c->wants_events) {
    answer_events(c, r);
  } else {
    answer_at_the_end(c, r);
  }
}
