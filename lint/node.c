/* Knows how libpg_query writes trees, and no statement. */
#include "node.h"

#include <string.h>

json_t *node_get(json_t *node, const char *path)
{
  while (node != NULL && *path != '\0') {
    char key[64] = "";
    size_t size = strcspn(path, ".");
    if (size >= sizeof key) {
      return NULL;
    }
    memcpy(key, path, size);
    node = json_object_get(node, key);
    path += size + (path[size] == '.');
  }
  return node;
}

const char *node_text(json_t *node, const char *path)
{
  json_t *value = node_get(node, path);
  const char *text = json_string_value(value);
  return text != NULL ? text : json_string_value(node_get(value, "String.sval"));
}

bool node_flag(json_t *node, const char *path)
{
  return json_is_true(node_get(node, path));
}

long node_number(json_t *node, const char *path)
{
  return (long)json_integer_value(node_get(node, path));
}

bool node_is(json_t *node, const char *path, const char *value)
{
  const char *text = node_text(node, path);
  return text != NULL && strcmp(text, value) == 0;
}

json_t *node_as(json_t *wrapped, const char *kind)
{
  return json_object_get(wrapped, kind);
}

const char *node_kind(json_t *wrapped)
{
  void *member = json_object_iter(wrapped);
  return member != NULL ? json_object_iter_key(member) : "";
}

json_t *node_at(json_t *node, const char *path, size_t index)
{
  return json_array_get(node_get(node, path), index);
}

static const char *name_from_end(json_t *names, size_t back)
{
  size_t count = json_array_size(names);
  return count >= back ? node_text(json_array_get(names, count - back), "String.sval") : NULL;
}

json_t *node_listed_names(json_t *item)
{
  static const char *const paths[] = {"List.items", "TypeName.names", "ObjectWithArgs.objname"};
  json_t *names = NULL;
  for (size_t i = 0; names == NULL && i < sizeof paths / sizeof paths[0]; i++) {
    names = node_get(item, paths[i]);
  }
  return names;
}

const char *node_last_name(json_t *names)
{
  return name_from_end(names, 1);
}

const char *node_schema_name(json_t *names)
{
  return name_from_end(names, 2);
}

static bool is_off(json_t *argument)
{
  const char *word = node_text(argument, "String.sval");
  bool is_zero = node_as(argument, "Integer") != NULL && node_number(argument, "Integer.ival") == 0;
  return is_zero || (word != NULL && (strcmp(word, "false") == 0 || strcmp(word, "off") == 0));
}

json_t *node_find_option(json_t *list, const char *name)
{
  for (size_t i = 0; i < json_array_size(list); i++) {
    json_t *option = node_as(json_array_get(list, i), "DefElem");
    if (node_is(option, "defname", name)) {
      return option;
    }
  }
  return NULL;
}

bool node_option(json_t *list, const char *name)
{
  json_t *option = node_find_option(list, name);
  return option != NULL && !is_off(node_get(option, "arg"));
}

/* -1: nothing in it has a place. A node's own place may be behind that of its first operand. */
static long find_place(json_t *node)
{
  long place = -1;
  if (json_is_object(node)) {
    json_t *own = json_object_get(node, "location");
    if (own != NULL) {
      return (long)json_integer_value(own);
    }
    const char *key = NULL;
    json_t *value = NULL;
    json_object_foreach(node, key, value)
    {
      if (place < 0) {
        place = find_place(value);
      }
    }
  }
  for (size_t i = 0; place < 0 && json_is_array(node) && i < json_array_size(node); i++) {
    place = find_place(json_array_get(node, i));
  }
  return place;
}

size_t node_place(json_t *node)
{
  long place = find_place(node);
  return place > 0 ? (size_t)place : 0;
}

void node_each(json_t *node, void (*visit)(void *data, const char *kind, json_t *node), void *data)
{
  const char *key = NULL;
  json_t *value = NULL;
  json_object_foreach(node, key, value)
  {
    if (key[0] >= 'A' && key[0] <= 'Z') {
      visit(data, key, value);
    }
    node_each(value, visit, data);
  }
  for (size_t i = 0; json_is_array(node) && i < json_array_size(node); i++) {
    node_each(json_array_get(node, i), visit, data);
  }
}
