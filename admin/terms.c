/* terms.c - options, copied. */
#include "terms.h"

#include <stdlib.h>
#include <string.h>

static size_t size_of(const char *string)
{
  return string != NULL ? strlen(string) + 1 : 0;
}

/* Copy a string to *at, which goes behind it. */
static const char *take(char **at, const char *string)
{
  size_t size = size_of(string);
  char *copy = *at;
  if (size == 0) {
    return NULL;
  }
  memcpy(copy, string, size);
  *at += size;
  return copy;
}

bool terms_copy(terms *t, const embark_options *options)
{
  const char *const *approved = options->approved;
  size_t size = 1 + size_of(options->ledger_schema) + size_of(options->ledger_table) +
                size_of(options->keeper_conninfo);
  size_t count = 0;
  for (; approved != NULL && approved[count] != NULL; count++) {
    size += size_of(approved[count]);
  }
  *t = (terms){.options = *options, .strings = malloc(size)};
  t->approved = calloc(count + 1, sizeof *t->approved);
  if (t->strings == NULL || t->approved == NULL) {
    return false;
  }
  char *at = t->strings;
  embark_options *o = &t->options;
  o->ledger_schema = take(&at, options->ledger_schema);
  o->ledger_table = take(&at, options->ledger_table);
  o->keeper_conninfo = take(&at, options->keeper_conninfo);
  for (size_t i = 0; i < count; i++) {
    t->approved[i] = take(&at, approved[i]);
  }
  o->approved = t->approved;
  o->allocator = NULL;
  o->on_event = NULL;
  o->event_data = NULL;
  return true;
}

void terms_free(terms *t)
{
  free(t->strings);
  free((void *)t->approved);
  *t = (terms){0};
}
