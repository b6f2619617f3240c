/* notice.h - the server's notices, to the caller's hook. L2. */
#ifndef EMBARK_NOTICE_H
#define EMBARK_NOTICE_H

#include "event.h"

typedef struct embark__notices {
  PGconn *conn;
  PQnoticeReceiver before; /* NULL: nothing is attached */
} embark__notices;

/* Send the connection's notices to `events` from now on. Does nothing where nobody listens, and
 * where the host has a receiver of its own: libpq hands out a receiver but not its argument, so
 * that one could not be put back. It then gets the notices, as ever. A host's notice processor is
 * no obstacle. */
void embark__notices_attach(embark__notices *n, PGconn *conn, embark__events *events);

/* The inverse; harmless when nothing is attached. */
void embark__notices_detach(embark__notices *n);

#endif
