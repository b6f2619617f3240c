/* Keeps findings. */
#include "finding.h"

#include <stdlib.h>

#include "alloc.h"

finding *findings_add(findings *list, const rule *r)
{
  list->items = alloc_one_more(list->items, &list->capacity, list->count, sizeof list->items[0]);
  finding *added = &list->items[list->count++];
  *added = (finding){.rule = r,
                     .about = alloc_string("", 0),
                     .message = alloc_string("", 0),
                     .better = alloc_string("", 0)};
  return added;
}

void findings_free(findings *list)
{
  for (size_t i = 0; i < list->count; i++) {
    free(list->items[i].about);
    free(list->items[i].message);
    free(list->items[i].better);
  }
  free(list->items);
  *list = (findings){0};
}
