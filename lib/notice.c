/* notice.c - notices. Knows how to tell libpq's own receiver from a host's. */
#include "notice.h"

#include "answer.h"

/* libpq's default receiver, whose argument is always NULL. A connection that is refused for its
 * parameters never leaves the process, and has it. NULL when memory is gone. */
static PQnoticeReceiver default_receiver(void)
{
  PGconn *nowhere = PQconnectStart("embark_has_no_such_parameter=1");
  if (nowhere == NULL) {
    return NULL;
  }
  PQnoticeReceiver receiver = PQsetNoticeReceiver(nowhere, NULL, NULL);
  PQfinish(nowhere);
  return receiver;
}

static void receive(void *arg, const PGresult *res)
{
  embark_event event = {.type = EMBARK_EVENT_NOTICE,
                        .sqlstate = embark__answer_sqlstate(res),
                        .severity = embark__answer_severity(res),
                        .message = embark__answer_message(res)};
  embark__events_tell(arg, &event);
}

void embark__notices_attach(embark__notices *n, PGconn *conn, embark__events *events)
{
  *n = (embark__notices){conn, NULL};
  if (events->fn == NULL) {
    return;
  }
  PQnoticeReceiver now = PQsetNoticeReceiver(conn, NULL, NULL);
  if (now != NULL && now == default_receiver()) {
    n->before = now;
    PQsetNoticeReceiver(conn, receive, events);
  }
}

void embark__notices_detach(embark__notices *n)
{
  if (n->before != NULL) {
    PQsetNoticeReceiver(n->conn, n->before, NULL);
    n->before = NULL;
  }
}
