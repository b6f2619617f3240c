/* name_list.h - names in one text, "a,b", as the catalog keeps the columns of an index. */
#ifndef EMBARK_LINT_NAME_LIST_H
#define EMBARK_LINT_NAME_LIST_H

#include <jansson.h>
#include <stdbool.h>

#include "text.h"

/* Put a name behind the others. */
void name_list_put(text *list, const char *name);

/* The names of a list of Strings. */
void name_list_put_all(text *list, json_t *names);

/* list: NULL has none. */
bool name_list_has(const char *list, const char *name);

/* The list with `to` in the place of `from`. To be freed. */
char *name_list_renamed(const char *list, const char *from, const char *to);

#endif
