/* Matches directives and findings: by rule and by statement. */
#include "allowed.h"

#include <string.h>

bool allowed_by(const allow *a, const migration *m, const finding *f)
{
  bool is_there = a->is_file || (f->statement < m->script.count &&
                                 m->script.statements[f->statement].start == a->statement);
  return is_there && strcmp(a->rule, f->rule->name) == 0;
}

const char *allowed_reason(const migration *m, const finding *f)
{
  const allow_list *list = &m->script.directives.allows;
  for (size_t i = 0; i < list->count; i++) {
    if (allowed_by(&list->items[i], m, f)) {
      return list->items[i].reason;
    }
  }
  return NULL;
}
