/* finding.h - what the rules found: where, about what, and what to do instead. */
#ifndef EMBARK_LINT_FINDING_H
#define EMBARK_LINT_FINDING_H

#include <stddef.h>

#include "rule.h"

typedef struct finding {
  const rule *rule;
  size_t migration; /* index into the folder's */
  size_t statement; /* index into the migration's */
  size_t at;        /* the byte of the file to point at */
  size_t made_by;   /* index + 1 of the migration that made what it is about; 0: not known */
  size_t object;    /* index + 1 into the catalog of what it is about; 0: nothing of it */
  char *about;      /* "public.users"; "" for none */
  char *message;    /* one line, lower case, no full stop */
  char *better;     /* SQL, or a sentence, that does it safely; "" for none */
} finding;

/* A zeroed one is empty and ready for use. */
typedef struct findings {
  finding *items; /* in the order of the folder */
  size_t count;
  size_t capacity;
} findings;

/* A new one behind the others, all texts of it "". */
finding *findings_add(findings *list, const rule *r);

void findings_free(findings *list);

#endif
