/* admin_talk.h - the admin endpoint asked without a server of HTTP: a request in, the whole
 * response as text. Linked to tests that name it alone. */
#ifndef EMBARK_TEST_ADMIN_TALK_H
#define EMBARK_TEST_ADMIN_TALK_H

#include <embark_admin.h>
#include <stdint.h>

#define TALK_SECRET "correct-horse-battery"
#define TALK_BEARER "Bearer " TALK_SECRET
#define TALK_FORM   "application/x-www-form-urlencoded"

/* The headers that every answer has, beside its type, as talk() shows them. */
#define TALK_HEADERS                                                                               \
  "Cache-Control: no-store\n"                                                                      \
  "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; "             \
  "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "                       \
  "frame-ancestors 'none'\n"                                                                       \
  "Cross-Origin-Resource-Policy: same-origin\n"                                                    \
  "Referrer-Policy: no-referrer\n"                                                                 \
  "X-Content-Type-Options: nosniff\n"                                                              \
  "X-Frame-Options: DENY\n"

/* What is asked with; a test sets what shall differ. */
typedef struct talk_state {
  embark_admin_options admin;
  embark_admin_request request;
  embark_options options;
  const embark_bundle *bundle;
  const char *conninfo; /* where connect() goes; NULL: it has no connection to give */
  int connects;         /* how often it was asked */
  int releases;
  int code;                /* what the last call returned */
  uint64_t content_length; /* of the last answer */
} talk_state;

extern talk_state talk;

/* A secret, a bundle of two migrations, GET of nothing in particular. The fixture of a test. */
void talk_begin(void);

/* Ask as `talk` says. Returns the response: "STATUS\n", a line a header, an empty line, and the
 * body's bytes; good until the next call. Asserts what holds for all: there is a body, headers are
 * one line each, what is freed is empty and may be freed again. */
const char *talk_ask(void);

/* The same for a method and a target. */
const char *talk_to(const char *method, const char *target);

/* The same as the one who has the secret. */
const char *talk_secret(const char *method, const char *target);

/* The part behind the headers. */
const char *talk_body(const char *response);

#endif
