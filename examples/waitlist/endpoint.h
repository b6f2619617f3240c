/* endpoint.h - the program's migrations over HTTP, where no command can be run: embark_admin.h on
 * one side, libmicrohttpd on the other. */
#ifndef WAITLIST_ENDPOINT_H
#define WAITLIST_ENDPOINT_H

#include <stddef.h>
#include <microhttpd.h>

#include "request.h"

struct endpoint;

/* Mount the endpoint, with connections of its own to the database at `url`; none is opened yet.
 * Both strings are borrowed. secret: NULL closes it: it refuses all. Returns NULL, with the reason
 * on stderr, when memory is short or the secret is none. */
struct endpoint *endpoint_new(const char *url, const char *secret);

/* Answer a request of which everything has come. Applying blocks until it is done, a stream until
 * there is something to send: the connection's thread must be its own. */
enum MHD_Result endpoint_answer(const struct endpoint *endpoint, struct MHD_Connection *connection,
                                const char *method, const struct request *request, int is_last);

/* No request may be under way. NULL is fine. */
void endpoint_free(struct endpoint *endpoint);

#endif
