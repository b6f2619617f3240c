/* fields.h - the fields that a form may have here, and what they say. */
#ifndef EMBARK_ADMIN_FIELDS_H
#define EMBARK_ADMIN_FIELDS_H

#include <embark.h>
#include <stdbool.h>

#include "form.h"

typedef enum fields_of {
  FIELDS_NONE,
  FIELDS_SQL,  /* tag, once */
  FIELDS_APPLY /* dry-run, at most once; approve, any number of times */
} fields_of;

/* What is wrong with a form; NULL: nothing. A field that nobody knows is a fault: it may be one
 * that was meant to hold something back. */
const char *fields_fault(const form *f, fields_of which);

/* The same where a tag is to be approved that the bundle does not have: a slip is no approval. */
const char *fields_unknown_approval(const form *f, const embark_bundle *bundle);

/* Whether the plan alone is wanted; of a form without fault. */
bool fields_dry_run(const form *f);

/* The tags of `before`, and those that the form approves; NULL behind the last. The list is the
 * caller's to be freed, the tags are not. NULL: out of memory. */
const char **fields_approved(const form *f, const char *const *before);

#endif
