/* json_text.h - changing a JSON text without touching the rest of it: whoever formatted it finds it
 * as it was.
 *
 * The texts have been parsed before, so they are valid and have no member twice.
 */
#ifndef EMBARK_TOOLS_JSON_TEXT_H
#define EMBARK_TOOLS_JSON_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

/* Where a value lies: of its first byte, and behind its last. */
typedef struct json_span {
  size_t start;
  size_t end;
} json_span;

/* The value of the member `key` of the outermost object; false when it has none. The key is written
 * as it is, without escapes. */
bool json_find(const char *json, const char *key, json_span *value);

/* A member to write: its value is JSON too. */
typedef struct json_member {
  const char *key;
  const char *value;
} json_member;

/* Add the text to `out`, with one more object at the end of the array that lies at `array`. It is
 * laid out as the first object of the array, or as JSON.stringify(…, null, 2) does it. */
void json_put_appended(text *out, const char *json, json_span array, const json_member *members,
                       size_t count);

#endif
