/* api.h - the calls the server answers, as JSON in and JSON out. */
#ifndef WAITLIST_API_H
#define WAITLIST_API_H

#include <stddef.h>

#include "pool.h"

/* A call is asked for, and answered, in one of these forms. */
enum form {
  FORM_PLAIN,     /* {"email": "..."}                   POST /api/waitlist */
  FORM_TRPC,      /* {"json": {"email": "..."}}         POST /api/trpc/waitlist.join */
  FORM_TRPC_BATCH /* {"0": {"json": {"email": "..."}}}  the same with ?batch=1 */
};

enum { ANSWER_SIZE = 512 };

struct answer {
  unsigned int status; /* of HTTP */
  char body[ANSWER_SIZE];
};

/* Fill in a refusal. `reason` is our own constant text, without quotes or backslashes. */
void answer_refuse(struct answer *answer, enum form form, unsigned int status, const char *reason);

/* Answer a call to join the waitlist. */
void api_join(struct pool *pool, enum form form, const char *body, size_t size,
              struct answer *answer);

#endif
