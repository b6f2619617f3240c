/* authorize.h - who may see and do anything here. */
#ifndef EMBARK_ADMIN_AUTHORIZE_H
#define EMBARK_ADMIN_AUTHORIZE_H

#include <embark_admin.h>
#include <stdbool.h>

typedef enum authorization {
  AUTHORIZED,
  AUTHORIZATION_MISSING, /* no credential of ours */
  AUTHORIZATION_WRONG,
  AUTHORIZATION_REFUSED, /* the host's own word */
  AUTHORIZATION_CLOSED   /* too many were wrong of late: nobody is heard */
} authorization;

/* Judge a request. given: as the host has it, for its own function. header: `Authorization`.
 * *closed_ms: for how long AUTHORIZATION_CLOSED will hold. What is wrong is counted, for the whole
 * process. */
authorization authorize(const embark_admin_options *admin, const embark_admin_request *given,
                        const char *header, int64_t *closed_ms);

/* Whether `given` is the secret. The work depends on `size` alone, which is the asker's own: not on
 * the secret, nor on how much of it is right. */
bool secret_is(const char *secret, const char *given, size_t size);

/* Whether a secret can guard anything, and be sent in a header. */
bool secret_is_usable(const char *secret);

#endif
