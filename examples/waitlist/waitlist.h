/* waitlist.h - who waits for the beta. */
#ifndef WAITLIST_WAITLIST_H
#define WAITLIST_WAITLIST_H

#include <libpq-fe.h>

enum { EMAIL_SIZE = 255 }; /* RFC 5321: 254 characters, and a NUL */

/* Write the address as it is stored, trimmed and in lower case, to `out`. Returns NULL, or a
 * constant sentence that says what is wrong with it; `out` is then undefined. */
const char *email_clean(const char *text, char out[EMAIL_SIZE]);

enum joined {
  JOINED_UNREADY = -2, /* there is no list yet: migrations are pending */
  JOINED_FAILED = -1,
  JOINED_NOW = 0,
  JOINED_BEFORE = 1
};

/* Put a cleaned address on the list. On JOINED_FAILED the reason is on stderr, and the connection
 * may be broken. */
enum joined waitlist_join(PGconn *conn, const char *email);

#endif
