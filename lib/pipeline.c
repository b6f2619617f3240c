/* pipeline.c - libpq's pipeline mode behind five verbs. Knows how libpq separates results; knows
 * nothing of what is sent. */
#include "pipeline.h"

#include <string.h>

#include "answer.h"
#include "error.h"
#include "sys.h"

#define SYNC_TRIES    3
#define HANG_UP_TRIES 1000 /* each reads a buffer of what had come before */

static void lose(embark__pipeline *p, const char *reason)
{
  p->lost = 1;
  if (p->reason[0] == '\0') {
    embark__copy_text(p->reason, sizeof p->reason, reason);
  }
}

int embark__pipeline_attach(embark__pipeline *p, PGconn *conn)
{
  *p = (embark__pipeline){0};
  p->conn = conn;
  p->was_nonblocking = PQisnonblocking(conn);
  if (!p->was_nonblocking && PQsetnonblocking(conn, 1) != 0) {
    return -1;
  }
  p->attached = 1;
  return 0;
}

void embark__pipeline_detach(embark__pipeline *p)
{
  if (!p->attached) {
    return;
  }
  p->attached = 0;
  if (p->open) {
    /* Only a connection that is lost, or was given up, is still in it; then this may well fail. */
    PQexitPipelineMode(p->conn);
    p->open = 0;
  }
  if (!p->was_nonblocking) {
    /* Fails only where there is unsent output that cannot be flushed, on a connection that is gone.
     */
    PQsetnonblocking(p->conn, 0);
  }
}

static void begin(embark__pipeline *p)
{
  p->synced = 0;
  p->under_way = 0;
  p->unflushed = 0;
  p->more_to_send = 0;
  p->copying = 0;
}

int embark__pipeline_open(embark__pipeline *p)
{
  begin(p);
  if (PQenterPipelineMode(p->conn) != 1) {
    return -1;
  }
  p->open = 1;
  return 0;
}

int embark__pipeline_send(embark__pipeline *p, const char *sql, int count,
                          const char *const *values)
{
  if (PQsendQueryParams(p->conn, sql, count, NULL, values, NULL, NULL, 0) != 1) {
    return -1;
  }
  p->under_way++;
  p->unflushed += strlen(sql);
  return 0;
}

int embark__pipeline_hurry(embark__pipeline *p)
{
  return PQsendFlushRequest(p->conn) == 1 ? 0 : -1;
}

void embark__pipeline_sync(embark__pipeline *p)
{
  /* Without it the server would never answer to the end. Only memory can be in the way, and what a
   * moment ago was not there may be now. */
  for (int tries = 0; tries < SYNC_TRIES && !p->synced; tries++) {
    p->synced = PQpipelineSync(p->conn) == 1;
  }
  p->more_to_send = 1; /* unknown; the next flush tells */
  if (!p->synced) {
    lose(p, PQerrorMessage(p->conn));
  }
}

int embark__pipeline_send_alone(embark__pipeline *p, const char *sql)
{
  begin(p);
  /* A simple query: the extended protocol would have a Sync behind the statement and another behind
   * the data of a COPY, and the first is answered too when the server gives up before it reads the
   * data. */
  if (PQsendQuery(p->conn, sql) != 1) {
    return -1;
  }
  p->under_way = 1;
  p->synced = 1;
  p->more_to_send = 1;
  return 0;
}

int embark__pipeline_copy_data(embark__pipeline *p, const char *data, int size)
{
  return PQputCopyData(p->conn, data, size) == 1 ? 0 : -1;
}

int embark__pipeline_copy_end(embark__pipeline *p, const char *why_not)
{
  p->copying = 0;
  p->more_to_send = 1;
  return PQputCopyEnd(p->conn, why_not) == 1 ? 0 : -1;
}

int embark__pipeline_flush(embark__pipeline *p)
{
  int left = PQflush(p->conn);
  if (left < 0) {
    return -1;
  }
  p->more_to_send = left;
  if (left == 0) {
    p->unflushed = 0;
  }
  return left == 0;
}

void embark__pipeline_give_up(embark__pipeline *p, const char *reason)
{
  lose(p, reason);
  embark__sys_hang_up(PQsocket(p->conn));
  for (int i = 0; i < HANG_UP_TRIES && PQstatus(p->conn) != CONNECTION_BAD; i++) {
    PQconsumeInput(p->conn); /* at the end of it libpq finds the connection closed */
  }
}

/* A state of COPY in which there is none to be had: the bundle does not say that this statement is
 * one. The two ends are out of step then, and libpq has no way back. */
static int is_stray_copy(const embark__pipeline *p, const PGresult *result)
{
  ExecStatusType status = PQresultStatus(result);
  return status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH ||
         (status == PGRES_COPY_IN && p->open);
}

static embark__got end(embark__pipeline *p)
{
  if (p->open && PQexitPipelineMode(p->conn) != 1) {
    return GOT_LOST; /* libpq allows it in every state we can be in, but on a broken connection */
  }
  p->open = 0;
  return GOT_END;
}

/* Take in what the network has. A broken connection is not the end yet: libpq may hold the server's
 * parting words as a result. */
static void receive(embark__pipeline *p)
{
  if (!p->lost && (embark__pipeline_flush(p) < 0 || PQconsumeInput(p->conn) != 1)) {
    lose(p, PQerrorMessage(p->conn));
  }
}

/* The server's last words come as an ordinary result, and libpq may have others once it finds the
 * connection closed. */
static void note_farewell(embark__pipeline *p, const PGresult *result)
{
  if (embark__answer_is_farewell(result)) {
    embark__copy_text(p->reason, sizeof p->reason, PQresultErrorMessage(result));
  }
}

/* While the server takes data libpq has nothing to say but that it does. */
static embark__got next_while_copying(embark__pipeline *p)
{
  receive(p);
  return p->lost ? GOT_LOST : GOT_NOTHING;
}

/* libpq had no memory for its mark of the end (pqParseInput3, at ReadyForQuery): it has read the
 * server's word and waits for it for ever. Only the error that it noted down tells. */
static int has_missed_the_end(const embark__pipeline *p)
{
  return p->under_way == 0 && PQerrorMessage(p->conn)[0] != '\0';
}

embark__got embark__pipeline_next(embark__pipeline *p, PGresult **result)
{
  int received = 0;
  if (p->copying) {
    return next_while_copying(p);
  }
  for (;;) {
    if (p->under_way == 0 && !(p->open && p->synced)) {
      if (p->lost || PQstatus(p->conn) == CONNECTION_BAD) {
        return GOT_LOST; /* libpq has answered all that was queued itself */
      }
      return p->open ? GOT_NOTHING : end(p);
    }
    if (p->lost && PQstatus(p->conn) != CONNECTION_BAD) {
      return GOT_LOST; /* nothing can be read to its end without waiting */
    }
    /* Rows one by one where libpq agrees, so that a SELECT in a migration cannot fill the memory.
     */
    PQsetSingleRowMode(p->conn);
    while (!p->lost && PQisBusy(p->conn)) {
      if (has_missed_the_end(p)) {
        lose(p, PQerrorMessage(p->conn));
        return GOT_LOST;
      }
      if (received) {
        return GOT_NOTHING;
      }
      receive(p);
      received = 1;
    }
    *result = PQgetResult(p->conn);
    if (*result == NULL) {
      if (p->lost || PQstatus(p->conn) == CONNECTION_BAD) {
        return GOT_LOST;
      }
      if (p->under_way == 0) {
        /* The sync was answered by an error: the sync's own answer follows, or the connection's
         * end, which must be seen too, or the connection would come back as if it were sound. */
        receive(p);
        return p->lost ? GOT_LOST : GOT_NOTHING;
      }
      p->under_way--;
    } else if (PQresultStatus(*result) == PGRES_PIPELINE_SYNC) {
      PQclear(*result);
      *result = NULL;
      return end(p);
    } else if (is_stray_copy(p, *result)) {
      PQclear(*result);
      lose(p, "a statement of the bundle answered with COPY data, which it does not announce");
      return GOT_LOST;
    } else {
      p->copying = PQresultStatus(*result) == PGRES_COPY_IN;
      note_farewell(p, *result);
      return GOT_RESULT;
    }
  }
}
