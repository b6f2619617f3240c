/* proxy.h - a wire between libpq and the server that can be cut after any byte.
 *
 * A thread of the test's process passes bytes on, from a Unix socket and from a port of the
 * loopback interface to the server's Unix socket. When it is armed, the one connection there is
 * becomes the one to be cut; cancel requests and what comes later passes until then, and shares its
 * fate.
 */
#ifndef EMBARK_TEST_PROXY_H
#define EMBARK_TEST_PROXY_H

#include <stddef.h>

/* Which way a byte goes. */
typedef enum proxy_way { PROXY_REQUESTS, PROXY_ANSWERS } proxy_way;

typedef enum proxy_fault {
  PROXY_CLOSE,  /* both ends find the connection closed */
  PROXY_RESET,  /* the client's end finds it reset, where it came by TCP */
  PROXY_SILENCE /* nothing is passed on any more, and all stays open */
} proxy_fault;

/* Begin, in a fixture; end, whatever is still connected. */
void proxy_start(void);
void proxy_stop(void);

/* Where libpq finds it, as a part of a connection string: by TCP, or by a Unix socket. */
const char *proxy_address(int tcp);

/* From now on, once so many more bytes have gone this way, strike. Counts from 0 again. */
void proxy_arm(proxy_way way, size_t bytes, proxy_fault fault);

/* The same for one connection alone, the `index`-th to come from now on, from 1, or 0 for the one
 * there is; all others pass on, before and after. */
void proxy_arm_one(unsigned index, proxy_way way, size_t bytes, proxy_fault fault);

/* 1 once it has struck. */
int proxy_has_struck(void);

/* Close whatever is connected, and pass on what comes next. */
void proxy_drop(void);

/* How many bytes have gone each way since it was armed, and where among them a message of
 * PostgreSQL's protocol ended: the `index`-th place, 0 when there are not so many. */
size_t proxy_passed(proxy_way way);
size_t proxy_boundary(proxy_way way, size_t index);

#endif
