/* ask.h - requests to the admin endpoint about the test's database, and what came back.
 *
 * Each request is made with a connection of its own, as a server makes it (ask_admin.connect), but
 * where a test lends one. What came back lives until the end of the test.
 */
#ifndef EMBARK_TEST_ASK_H
#define EMBARK_TEST_ASK_H

#include <embark_admin.h>
#include <jansson.h>

#include "drive.h"

#define ASK_MOUNT "/api/admin/migrate"

extern embark_admin_options ask_admin; /* of the test's requests; begins with a secret */
extern const char *ask_conninfo;       /* what a server connects with; begins as the test's */
extern PGconn *ask_conn;               /* lent to requests; begins as NULL */

/* A suite of tests, the last of them followed by NULL, each of which has a fresh database. The
 * options are drive_options, without a hook. */
Suite *ask_suite(const char *name, const TTest *first, ...);

/* More of them, which need something that is made once in the program. */
void ask_add_case(Suite *suite, const char *name, void (*make)(void), void (*unmake)(void),
                  const TTest *first, ...);

/* How many connections were asked for and given back; and that none is left. */
unsigned ask_connections(void);
unsigned ask_released(void);
void ask_expect_released(void);

typedef struct ask_answer {
  int result; /* of embark_admin_handle() */
  int status;
  const char *retry_after; /* "" without the header */
  const char *content_type;
  const char *body;
  json_t *json; /* of the body; NULL: it is none */
} ask_answer;

/* One request, answered. `path` is what stands behind the mount. */
ask_answer ask_get(const made_bundle *made, const char *path);
ask_answer ask_post(const made_bundle *made, const char *form);

/* The same, and what a test will always want of it. */
ask_answer ask_expect(const made_bundle *made, const char *form, int status, int exit);

/* A request as ask_post() makes it, for a test that goes on with it by itself; answered by a stream
 * if `can_stream`. */
void ask_begin(const made_bundle *made, const char *form, int can_stream,
               embark_admin_response *response);

/* The same, in a thread in which nothing may be asserted. Returns the result. */
int ask_handle(const made_bundle *made, const char *form, int can_stream,
               embark_admin_response *response);

/* Read a stream to its end, at most `size` bytes at a time, and free it. Signs of life are
 * left out. */
const char *ask_read(embark_admin_response *response, size_t size);

/* Read until what was read has `wanted` in it; returns all that was, likewise. */
const char *ask_read_until(embark_admin_response *response, const char *wanted);

/* The value at a path, "applied.0.tag", in words: texts as they are, "null", "true", "3"; "" where
 * there is none. Lists and objects as compact JSON. */
const char *ask_value(const json_t *json, const char *path);
void ask_expect_value(const json_t *json, const char *path, const char *value);

/* The values of a member of each object in a list, separated by blanks. */
const char *ask_each(const json_t *json, const char *list, const char *member);

/* A stream's events, a line each: the name, and the members but those of times and processes, in
 * alphabetical order; of the result the exit status. */
const char *ask_outline(const char *stream);

/* The document of a stream's result. */
json_t *ask_result(const char *stream);

#endif
