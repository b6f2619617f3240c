/* A name with a comma in it is taken for two; nobody has such columns. */
#include "name_list.h"

#include <string.h>

#include "alloc.h"
#include "node.h"

void name_list_put(text *list, const char *name)
{
  text_printf(list, "%s%s", list->size > 0 ? "," : "", name);
}

void name_list_put_all(text *list, json_t *names)
{
  for (size_t i = 0; i < json_array_size(names); i++) {
    name_list_put(list, node_text(json_array_get(names, i), "String.sval"));
  }
}

static bool is_name(const char *at, size_t length, const char *name)
{
  return length == strlen(name) && memcmp(at, name, length) == 0;
}

bool name_list_has(const char *list, const char *name)
{
  for (const char *at = list; at != NULL && *at != '\0';) {
    size_t length = strcspn(at, ",");
    if (is_name(at, length, name)) {
      return true;
    }
    at += length + (at[length] == ',');
  }
  return false;
}

char *name_list_renamed(const char *list, const char *from, const char *to)
{
  text out = {0};
  for (const char *at = list; *at != '\0';) {
    size_t length = strcspn(at, ",");
    if (is_name(at, length, from)) {
      text_puts(&out, to);
    } else {
      text_put(&out, at, length);
    }
    at += length;
    if (*at == ',') {
      text_putc(&out, *at++);
    }
  }
  char *renamed = alloc_string(text_string(&out), out.size);
  text_free(&out);
  return renamed;
}
