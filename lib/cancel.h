/* cancel.h - asking the server to stop what it does, without waiting for it. L2.
 *
 * PQcancel() connects anew and waits, without a limit, until the server closes that connection; one
 * that is frozen never does. It may raise SIGPIPE, too. So each request has a thread of its own,
 * which takes no signal and lasts as long as the request does: longer than the run, if need be.
 */
#ifndef EMBARK_CANCEL_H
#define EMBARK_CANCEL_H

#include <embark.h>

typedef struct embark__cancel embark__cancel;

/* Be ready to cancel what is sent on a connection. NULL when memory is gone. */
embark__cancel *embark__cancel_new(PGconn *conn);

/* Make a request, unless one is under way or it is closed. From any thread. A request that cannot
 * be made is not reported: ask again. */
void embark__cancel_send(embark__cancel *c);

/* No more requests: the connection is about to be the host's again. */
void embark__cancel_close(embark__cancel *c);

/* 1 while a request is under way, which may yet strike whatever the connection does; NULL: 0. */
int embark__cancel_under_way(const embark__cancel *c);

/* Give it up, NULL too. A request under way is left to its thread. */
void embark__cancel_free(embark__cancel *c);

#endif
