/* page.c - finds a page by its rule. */
#include "page.h"

#include <stddef.h>
#include <string.h>

const char *page_of(const char *rule)
{
  for (const page *p = pages; p->rule != NULL; p++) {
    if (strcmp(p->rule, rule) == 0) {
      return (const char *)p->text;
    }
  }
  return NULL;
}
