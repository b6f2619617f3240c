/* trace.h - what goes over the wire, as libpq itself writes it down. */
#ifndef EMBARK_TEST_TRACE_H
#define EMBARK_TEST_TRACE_H

#include <libpq-fe.h>

/* Begin to write down what passes over a connection; one at a time. */
void trace_start(PGconn *conn);

/* Stop. The text is kept until the end of the test. */
void trace_stop(PGconn *conn);

/* How often the server said that it is ready: the round trips. And how often it was asked to say
 * so. */
unsigned trace_round_trips(void);
unsigned trace_syncs(void);

/* How many statements were sent, in either of the protocol's ways. */
unsigned trace_statements(void);

/* How many lines of the trace have this in them. */
unsigned trace_count(const char *what);

#endif
