/* http.h - the server: routes, request bodies, an orderly end. */
#ifndef WAITLIST_HTTP_H
#define WAITLIST_HTTP_H

#include <stdint.h>

#include "endpoint.h"
#include "pool.h"

struct http;

/* Listen on `bind` (a name or an address) and `port` (0 picks one), and serve from threads of its
 * own until http_stop(). `pool` and `endpoint` are borrowed. NULL, with the reason on stderr, when
 * that can't be done. */
struct http *http_start(const char *bind, uint16_t port, struct pool *pool,
                        const struct endpoint *endpoint);

/* Where it listens, "http://127.0.0.1:8080". Belongs to the server. */
const char *http_address(const struct http *http);

/* Take no new connections, answer the requests under way, then end and free the server: returns 0.
 * Waits a few seconds for them and no longer: returns -1, with the server still there and its
 * threads at work; the program then leaves by _exit(). */
int http_stop(struct http *http);

#endif
