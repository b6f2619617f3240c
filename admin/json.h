/* json.h - a JSON text in the making: on one line, in ASCII.
 *
 * Members are added in order; a key is NULL in a list, and for the outermost value. Commas come by
 * themselves. Sticky as text.h: memory that ran out is found at the end. What is written can stand
 * in HTML and in scripts, whatever the strings hold: `<`, `>`, `&` and `'` are escaped, as is every
 * character that is no ASCII, and bytes that are no UTF-8 are U+FFFD.
 */
#ifndef EMBARK_ADMIN_JSON_H
#define EMBARK_ADMIN_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"

typedef struct json {
  text out;
  bool needs_comma; /* before the next value */
} json;

void json_begin(json *j, const char *key);
void json_end(json *j);
void json_begin_list(json *j, const char *key);
void json_end_list(json *j);

/* A string as it is; one with a length, which may hold NULs; at most `most` bytes of one, cut at a
 * character and ended by "...". */
void json_put_string(json *j, const char *key, const char *value);
void json_put_bytes(json *j, const char *key, const char *value, size_t size);
void json_put_excerpt(json *j, const char *key, const char *value, size_t most);

/* The same, or null for NULL and "". */
void json_put_text(json *j, const char *key, const char *value);

void json_put_number(json *j, const char *key, int64_t value);

/* A number, or null for 0 and below. */
void json_put_count(json *j, const char *key, int64_t value);

/* Microseconds, as milliseconds; null below 0. */
void json_put_duration(json *j, const char *key, int64_t us);

void json_put_bool(json *j, const char *key, bool value);
void json_put_null(json *j, const char *key);

/* A list of the words for a set of EMBARK_HAZARD_*. */
void json_put_hazards(json *j, const char *key, uint32_t hazards);

/* A list whose values are written already, with commas between them. */
void json_put_values(json *j, const char *key, const text *values);

void json_free(json *j);

#endif
