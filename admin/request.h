/* request.h - which of our places a request is about. */
#ifndef EMBARK_ADMIN_REQUEST_H
#define EMBARK_ADMIN_REQUEST_H

#include <stdbool.h>

typedef enum route {
  ROUTE_NONE,   /* none of ours */
  ROUTE_MOUNT,  /* the page, status as JSON, applying */
  ROUTE_SLASH,  /* the mount with a '/' too many */
  ROUTE_STYLE,  /* the page's CSS */
  ROUTE_SCRIPT, /* and its JavaScript */
  ROUTE_STATUS,
  ROUTE_SQL
} route;

/* Where `target` leads, for an endpoint at `mount`; *query: what follows the '?', or "".
 * The path may be percent-encoded as anybody likes, but it is compared, not resolved: one with
 * dots to climb by, doubled slashes or an encoded slash is none of ours. */
route request_route(const char *target, const char *mount, const char **query);

#define MOUNT_MOST 200 /* bytes */

/* Whether an endpoint can be there: '/' and something of the characters that a path may have
 * without being encoded, no empty part, none that is dots. */
bool request_is_mount(const char *mount);

/* The last part of a mount, which links of its page begin with. */
const char *request_last_part(const char *mount);

#endif
