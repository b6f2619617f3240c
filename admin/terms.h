/* terms.h - the options of a run that may outlive the request that began it. */
#ifndef EMBARK_ADMIN_TERMS_H
#define EMBARK_ADMIN_TERMS_H

#include <embark.h>
#include <stdbool.h>

typedef struct terms {
  embark_options options; /* its strings are copies */
  char *strings;
  const char **approved;
} terms;

/* Copy what a run of EMBARK_MIGRATE needs; without a hook, and with malloc's memory. Returns false
 * when memory is gone; terms_free() is due in either case. */
bool terms_copy(terms *t, const embark_options *options);

void terms_free(terms *t);

#endif
