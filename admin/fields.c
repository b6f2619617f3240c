/* What forms say here. Knows fields; does not know how they are written. */
#include "fields.h"

#include <stdlib.h>
#include <string.h>

#include "place.h"

static const struct {
  const char *name;
  fields_of of;
  bool is_list;
} known[] = {
    {"tag",     FIELDS_SQL,   false},
    {"dry-run", FIELDS_APPLY, false},
    {"approve", FIELDS_APPLY, true },
};

static size_t count(const form *f, const char *name)
{
  size_t n = 0;
  for (size_t i = 0; i < f->count; i++) {
    n += strcmp(f->fields[i].name, name) == 0;
  }
  return n;
}

static const char *field_fault(const form *f, const char *name, fields_of which)
{
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
    if (known[i].of == which && strcmp(known[i].name, name) == 0) {
      return known[i].is_list || count(f, name) == 1 ? NULL : "a field is there twice";
    }
  }
  return "there is a field that is not known here";
}

/* 1: yes, 0: no, -1: neither. What has no value is said by being there. */
static int truth(const char *value)
{
  if (strcmp(value, "") == 0 || strcmp(value, "1") == 0 || strcmp(value, "true") == 0) {
    return 1;
  }
  return strcmp(value, "0") == 0 || strcmp(value, "false") == 0 ? 0 : -1;
}

const char *fields_fault(const form *f, fields_of which)
{
  for (size_t i = 0; i < f->count; i++) {
    const char *fault = field_fault(f, f->fields[i].name, which);
    if (fault != NULL) {
      return fault;
    }
  }
  if (which == FIELDS_SQL && form_value(f, "tag") == NULL) {
    return "a tag is needed";
  }
  const char *dry_run = form_value(f, "dry-run");
  return dry_run != NULL && truth(dry_run) < 0 ? "dry-run is 1 or 0" : NULL;
}

const char *fields_unknown_approval(const form *f, const embark_bundle *bundle)
{
  if (bundle->format != EMBARK_BUNDLE_FORMAT) {
    return NULL; /* the run says so, and better */
  }
  for (size_t i = 0; i < f->count; i++) {
    if (strcmp(f->fields[i].name, "approve") == 0 &&
        place_migration(bundle, f->fields[i].value) == NULL) {
      return "a tag to be approved is none of this program's";
    }
  }
  return NULL;
}

bool fields_dry_run(const form *f)
{
  const char *value = form_value(f, "dry-run");
  return value != NULL && truth(value) == 1;
}

const char **fields_approved(const form *f, const char *const *before)
{
  size_t size = 0;
  while (before != NULL && before[size] != NULL) {
    size++;
  }
  const char **tags = malloc((size + f->count + 1) * sizeof *tags);
  if (tags == NULL) {
    return NULL;
  }
  for (size_t i = 0; i < size; i++) {
    tags[i] = before[i];
  }
  for (size_t i = 0; i < f->count; i++) {
    if (strcmp(f->fields[i].name, "approve") == 0) {
      tags[size++] = f->fields[i].value;
    }
  }
  tags[size] = NULL;
  return tags;
}
