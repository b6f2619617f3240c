/* pipeline.h - libpq's pipeline mode: queue statements, take results as they come. L2.
 *
 * One conversation: open, any number of sends, one sync, then results until GOT_END. Sends and
 * results interleave freely; nothing here ever waits. A conversation can also be a single statement
 * outside pipeline mode (COPY needs that): send_alone, then results until GOT_END.
 */
#ifndef EMBARK_PIPELINE_H
#define EMBARK_PIPELINE_H

#include <embark.h>

typedef struct embark__pipeline {
  PGconn *conn;
  int was_nonblocking;
  int attached;
  int open;         /* in pipeline mode */
  int synced;       /* the sync is sent */
  size_t under_way; /* statements sent whose results are not all in */
  size_t unflushed; /* bytes queued since the socket last had taken all */
  int more_to_send; /* libpq has bytes that the socket did not take */
  int copying;      /* the server waits for the data of a COPY */
  int lost;         /* the connection broke; what libpq still has to say of it may be read */
  char reason[256]; /* why, as the server said in parting, or libpq at the moment it broke */
} embark__pipeline;

typedef enum embark__got {
  GOT_RESULT,  /* *result is yours to PQclear */
  GOT_NOTHING, /* wait for the socket */
  GOT_END,     /* the conversation is over, pipeline mode is left */
  GOT_LOST     /* over too: the connection is gone, PQerrorMessage says why */
} embark__got;

/* Take a connection over: it becomes non-blocking until detached. Returns 0, or -1 when libpq
 * refuses. */
int embark__pipeline_attach(embark__pipeline *p, PGconn *conn);

/* Give it back in the mode it had. The inverse of attach; harmless when nothing is attached. */
void embark__pipeline_detach(embark__pipeline *p);

/* Begin a conversation. Returns 0, or -1 when libpq refuses (the connection is bad). */
int embark__pipeline_open(embark__pipeline *p);

/* Queue one statement with `count` text parameters. `sql` and `values` are copied. Returns 0, or -1
 * when libpq refuses: memory or the connection is gone. */
int embark__pipeline_send(embark__pipeline *p, const char *sql, int count,
                          const char *const *values);

/* Have the server send the results it holds back, so that progress is seen while more is queued. */
int embark__pipeline_hurry(embark__pipeline *p);

/* No more statements in this conversation; where that cannot be said the connection is lost. */
void embark__pipeline_sync(embark__pipeline *p);

/* Outside pipeline mode: one statement, its results end the conversation. */
int embark__pipeline_send_alone(embark__pipeline *p, const char *sql);

/* After a result of PGRES_COPY_IN: hand over a piece of data, or end it (`why_not` NULL: all is
 * there; else the COPY fails, saying so). Hand over a piece only when flush says that all before is
 * gone. */
int embark__pipeline_copy_data(embark__pipeline *p, const char *data, int size);
int embark__pipeline_copy_end(embark__pipeline *p, const char *why_not);

/* Hand what is queued to the socket as far as it takes it. Returns 1 when all is gone, 0 when some
 * is left, -1 when the connection is lost. */
int embark__pipeline_flush(embark__pipeline *p);

/* The connection counts as lost from now on, whatever it still might say: it is hung up, so that
 * PQstatus() tells and a cancel request that comes late strikes nothing. */
void embark__pipeline_give_up(embark__pipeline *p, const char *reason);

/* The next thing the server has to say. */
embark__got embark__pipeline_next(embark__pipeline *p, PGresult **result);

#endif
