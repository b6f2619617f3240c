/* flags_value.c - values of options, each read into its place. Knows which words there are; has no
 * opinion on commands. */
#include "flags_value.h"

#include <embark.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "directive.h"
#include "hazard_words.h"
#include "ledger_words.h"

int value_flag(flags *f, void *place, const char *name, const char *value, diag *d)
{
  (void)f;
  (void)name;
  (void)value;
  (void)d;
  *(bool *)place = true;
  return 0;
}

int value_text(flags *f, void *place, const char *name, const char *value, diag *d)
{
  const char **field = place;
  (void)f;
  if (*field != NULL) {
    diag_usage(d, "%s is given twice", name);
    return -1;
  }
  *field = value;
  return 0;
}

int value_list(flags *f, void *place, const char *name, const char *value, diag *d)
{
  flags_list *list = place;
  (void)f;
  (void)name;
  (void)d;
  list->items = alloc_one_more(list->items, &list->capacity, list->count + 1, sizeof *list->items);
  list->items[list->count++] = value;
  list->items[list->count] = NULL;
  return 0;
}

int value_time(flags *f, void *place, const char *name, const char *value, diag *d)
{
  (void)f;
  if (directive_duration(place, value, strlen(value)) != 0) {
    diag_error(d, "Write 500ms, 5s, 10min, 1h or none.", "%s: \"%s\" is no duration", name, value);
    return -1;
  }
  return 0;
}

/* The migration lock is waited for at once, for so long, or for ever. */
int value_wait(flags *f, void *place, const char *name, const char *value, diag *d)
{
  int64_t *ms = place;
  if (strcmp(value, "0") == 0 || strcmp(value, "forever") == 0) {
    *ms = value[0] == '0' ? EMBARK_WAIT_NONE : EMBARK_WAIT_FOREVER;
    return 0;
  }
  if (value_time(f, place, name, value, d) != 0) {
    return -1;
  }
  if (*ms == EMBARK_NO_TIMEOUT) {
    *ms = EMBARK_WAIT_FOREVER;
  }
  return 0;
}

int value_count(flags *f, void *place, const char *name, const char *value, diag *d)
{
  char *end = NULL;
  unsigned long count = strtoul(value, &end, 10);
  (void)f;
  if (strspn(value, "0123456789") != strlen(value) || count == 0 || count > UINT32_MAX) {
    diag_error(d, "Give a number from 1 on.", "%s: \"%s\" is no number of migrations", name, value);
    return -1;
  }
  *(uint32_t *)place = (uint32_t)count;
  return 0;
}

int value_hazards(flags *f, void *place, const char *name, const char *value, diag *d)
{
  uint32_t more = 0;
  (void)f;
  int status = hazards_read(&more, name, value, d);
  *(uint32_t *)place |= more;
  return status;
}

int value_ledger(flags *f, void *place, const char *name, const char *value, diag *d)
{
  (void)place;
  return ledger_read_kind(&f->pack.ledger, name, value, d);
}

int value_ledger_table(flags *f, void *place, const char *name, const char *value, diag *d)
{
  (void)place;
  if (f->ledger_schema != NULL) {
    diag_usage(d, "%s is given twice", name);
    return -1;
  }
  return ledger_read_table(&f->ledger_schema, &f->ledger_table, name, value, d);
}

int value_component(flags *f, void *place, const char *name, const char *value, diag *d)
{
  (void)place;
  f->pack.component = value;
  return ledger_check_component(name, value, d);
}

/* --- of lint ---------------------------------------------------------------------------------- */

int value_format(flags *f, void *place, const char *name, const char *value, diag *d)
{
  static const char *const words[] = {
      [FORMAT_TEXT] = "text",
      [FORMAT_JSON] = "json",
      [FORMAT_SARIF] = "sarif",
      [FORMAT_GITHUB] = "github",
  };
  (void)place;
  for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
    if (strcmp(words[i], value) == 0) {
      f->format = (lint_format)i;
      return 0;
    }
  }
  diag_usage(d, "%s knows text, json, sarif and github, not \"%s\"", name, value);
  return -1;
}

int value_fail_on(flags *f, void *place, const char *name, const char *value, diag *d)
{
  (void)place;
  f->fail_on = SEVERITY_HIDDEN;
  if (strcmp(value, "never") == 0) {
    return 0;
  }
  for (severity level = SEVERITY_NOTE; level <= SEVERITY_ERROR; level++) {
    if (strcmp(severity_name(level), value) == 0) {
      f->fail_on = level;
      return 0;
    }
  }
  diag_usage(d, "%s knows error, warning, note and never, not \"%s\"", name, value);
  return -1;
}

int value_assumption(flags *f, void *place, const char *name, const char *value, diag *d)
{
  const char *equals = strrchr(value, '=');
  bool is_small = equals != NULL && strcmp(equals + 1, "small") == 0;
  (void)place;
  if (equals == NULL || equals == value || (!is_small && strcmp(equals + 1, "large") != 0)) {
    diag_error(d, "Write users=small, app.events=large, or *=small for all others.",
               "%s: \"%s\" is no table and its size", name, value);
    return -1;
  }
  f->assumptions = alloc_one_more(f->assumptions, &f->assumption_capacity, f->assumption_count,
                                  sizeof f->assumptions[0]);
  f->assumptions[f->assumption_count++] =
      (assumption){.table = value, .size = (size_t)(equals - value), .is_small = is_small};
  return 0;
}
