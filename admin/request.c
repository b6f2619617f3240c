/* Paths. Knows what a request may be about; does not know what is answered. */
#include "request.h"

#include <string.h>

#include "span.h"

/* The path of a target in absolute form ("http://host/path"), which a server has to take, too. */
static const char *behind_authority(const char *target)
{
  const char *mark = strstr(target, "://");
  if (target[0] == '/' || mark == NULL) {
    return target;
  }
  span scheme = {target, (size_t)(mark - target)};
  if (!span_is(scheme, "http") && !span_is(scheme, "https")) {
    return target;
  }
  return mark + 3 + strcspn(mark + 3, "/?#");
}

/* Take one character of a path; -1: none, or one that stands for something else than itself. */
static int take(span *path)
{
  if (path->size == 0) {
    return -1;
  }
  bool encoded = path->bytes[0] == '%';
  int c = encoded ? span_decode(*path) : (unsigned char)path->bytes[0];
  if (encoded && (c == '/' || c == '\0')) {
    return -1;
  }
  path->bytes += encoded && c >= 0 ? 3 : 1;
  path->size -= encoded && c >= 0 ? 3 : 1;
  return c;
}

/* Take a string off the front of the path. */
static bool take_string(span *path, const char *string)
{
  for (; *string != '\0'; string++) {
    if (take(path) != (unsigned char)*string) {
      return false;
    }
  }
  return true;
}

static bool is_rest(span path, const char *rest)
{
  return take_string(&path, rest) && path.size == 0;
}

route request_route(const char *target, const char *mount, const char **query)
{
  static const struct {
    const char *rest;
    route to;
  } places[] = {
      {"",           ROUTE_MOUNT },
      {"/",          ROUTE_SLASH },
      {"/admin.css", ROUTE_STYLE },
      {"/admin.js",  ROUTE_SCRIPT},
      {"/status",    ROUTE_STATUS},
      {"/sql",       ROUTE_SQL   },
  };
  target = behind_authority(target);
  span path = {target, strcspn(target, "?")};
  *query = target[path.size] == '?' ? target + path.size + 1 : "";
  if (!take_string(&path, mount)) {
    return ROUTE_NONE;
  }
  for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
    if (is_rest(path, places[i].rest)) {
      return places[i].to;
    }
  }
  return ROUTE_NONE;
}

/* What RFC 3986 calls pchar, but for '%': a mount is written as it is. */
static bool is_path_character(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         (c != '\0' && strchr("-._~!$&'()*+,;=:@", c) != NULL);
}

static bool is_part(span part)
{
  for (size_t i = 0; i < part.size; i++) {
    if (!is_path_character(part.bytes[i])) {
      return false;
    }
  }
  return part.size > 0 && !span_is(part, ".") && !span_is(part, "..");
}

bool request_is_mount(const char *mount)
{
  if (mount[0] != '/' || mount[strlen(mount) - 1] == '/' || strlen(mount) > MOUNT_MOST) {
    return false;
  }
  span rest = span_of(mount + 1);
  while (rest.size > 0) {
    if (!is_part(span_cut(&rest, '/'))) {
      return false;
    }
  }
  return true;
}

const char *request_last_part(const char *mount)
{
  return strrchr(mount, '/') + 1; /* a mount has one */
}
