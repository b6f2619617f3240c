/* Tells what the folder may only seem to have made. Knows no statement. */
#include "catalog_age.h"

size_t catalog_oldest(const catalog *c, const char *schema, size_t number)
{
  const object *in = schema != NULL ? catalog_find(c, OBJECT_SCHEMA, NULL, schema) : NULL;
  if (c->is_chosen || (schema == NULL && c->path_is_set)) {
    return in != NULL ? in->oldest : 0;
  }
  return number;
}

void object_holds(object *o, size_t oldest)
{
  o->oldest = oldest < o->oldest ? oldest : o->oldest;
  for (size_t i = 0; i < o->column_count; i++) {
    column *held = &o->column_list[i];
    held->oldest = oldest < held->oldest ? oldest : held->oldest;
  }
}

void catalog_inherit(catalog *c, size_t parent, size_t oldest)
{
  for (size_t at = parent; at != 0; at = catalog_object(c, at)->parent) {
    object_holds(catalog_object(c, at), oldest);
  }
}
