/* Keeps objects and finds them by name. Knows no statement: catalog_apply.c reads those. */
#include "catalog.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "catalog_age.h"
#include "node.h"
#include "text.h"

/* The schema of what is temporary: found first, as the server does. */
#define TEMPORARY "pg_temp"

static char *copy(const char *string)
{
  return alloc_string(string, strlen(string));
}

/* --- names ------------------------------------------------------------------------------------ */

/* Kinds that share their names share a letter. */
static char name_space(object_kind kind)
{
  switch (kind) {
  case OBJECT_TYPE:
    return 't';
  case OBJECT_FUNCTION:
    return 'f';
  case OBJECT_SCHEMA:
    return 's';
  case OBJECT_NONE:
  case OBJECT_TABLE:
  case OBJECT_VIEW:
  case OBJECT_MATVIEW:
  case OBJECT_INDEX:
  case OBJECT_SEQUENCE:
    break;
  }
  return 'r';
}

static void put_key(text *key, object_kind kind, const char *schema, const char *name)
{
  text_putc(key, name_space(kind));
  text_putc(key, '.');
  if (kind != OBJECT_SCHEMA) {
    text_puts(key, schema != NULL ? schema : "public");
  }
  text_putc(key, '.');
  text_puts(key, name);
}

static void name_object(catalog *c, const object *o)
{
  text key = {0};
  if (c->names == NULL) {
    c->names = json_object();
  }
  put_key(&key, o->kind, o->schema, o->name);
  json_object_set_new(c->names, text_string(&key), json_integer(o - c->objects));
  text_free(&key);
}

static void forget_name(catalog *c, const object *o)
{
  text key = {0};
  put_key(&key, o->kind, o->schema, o->name);
  if (json_integer_value(json_object_get(c->names, text_string(&key))) == o - c->objects) {
    json_object_del(c->names, text_string(&key));
  }
  text_free(&key);
}

object *catalog_find(const catalog *c, object_kind kind, const char *schema, const char *name)
{
  text key = {0};
  if (name == NULL || kind == OBJECT_NONE) {
    return NULL;
  }
  put_key(&key, kind, schema != NULL ? schema : TEMPORARY, name);
  json_t *index = json_object_get(c->names, text_string(&key));
  if (index == NULL && schema == NULL) {
    text_free(&key);
    put_key(&key, kind, NULL, name);
    index = json_object_get(c->names, text_string(&key));
  }
  text_free(&key);
  return index != NULL ? &c->objects[json_integer_value(index)] : NULL;
}

object *catalog_relation(const catalog *c, json_t *range)
{
  return catalog_find(c, OBJECT_TABLE, node_text(range, "schemaname"), node_text(range, "relname"));
}

object *catalog_named(const catalog *c, object_kind kind, json_t *names)
{
  return catalog_find(c, kind, node_schema_name(names), node_last_name(names));
}

object *catalog_object(const catalog *c, size_t number)
{
  return number > 0 ? &c->objects[number - 1] : NULL;
}

size_t catalog_number(const catalog *c, const object *o)
{
  return o != NULL ? (size_t)(o - c->objects) + 1 : 0;
}

void catalog_set_parent(catalog *c, size_t child, size_t parent)
{
  for (size_t at = parent; at != 0; at = catalog_object(c, at)->parent) {
    if (at == child) {
      return;
    }
  }
  catalog_object(c, child)->parent = parent;
  if (parent != 0) {
    catalog_object(c, parent)->has_children = true;
  }
  catalog_inherit(c, parent, catalog_object(c, child)->oldest);
}

/* --- objects ---------------------------------------------------------------------------------- */

object *catalog_add(catalog *c, object_kind kind, const char *schema, const char *name,
                    size_t number)
{
  size_t oldest = catalog_oldest(c, kind != OBJECT_SCHEMA ? schema : "", number);
  c->objects = alloc_one_more(c->objects, &c->capacity, c->count, sizeof c->objects[0]);
  object *o = &c->objects[c->count++];
  *o = (object){.kind = kind,
                .schema = copy(schema != NULL ? schema : "public"),
                .name = copy(name),
                .made_by = number,
                .named_by = number,
                .oldest = oldest,
                .statement = c->statement};
  name_object(c, o);
  return o;
}

/* Foreign keys go with the table that they point to. */
static void drop_references(object *o, size_t gone)
{
  for (size_t i = o->constraint_count; i > 0; i--) {
    if (o->constraints[i - 1].refers == gone) {
      object_drop_constraint(o, o->constraints[i - 1].name);
    }
  }
}

void catalog_drop(catalog *c, object *o, size_t number)
{
  size_t gone = catalog_number(c, o);
  forget_name(c, o);
  o->dropped_by = number;
  for (size_t i = 0; i < c->count; i++) {
    object *other = &c->objects[i];
    drop_references(other, gone);
    if (other->dropped_by == 0 &&
        (other->on == gone || (other->parent == gone && other->kind == OBJECT_TABLE))) {
      catalog_drop(c, other, number);
    }
  }
}

void catalog_rename(catalog *c, object *o, const char *schema, const char *name, size_t number)
{
  forget_name(c, o);
  alloc_replace(&o->schema, schema);
  alloc_replace(&o->name, name);
  o->named_by = number;
  name_object(c, o);
  if (c->is_chosen) {
    object_holds(o, 0);
  }
}

void catalog_end_migration(catalog *c, size_t number)
{
  for (size_t i = 0; i < c->count; i++) {
    if (c->objects[i].is_temporary && c->objects[i].dropped_by == 0) {
      catalog_drop(c, &c->objects[i], number);
    }
  }
  c->path_is_set = false;
}

bool object_is_called(const object *o, const char *name)
{
  size_t size = strlen(o->schema);
  return strncmp(name, o->schema, size) == 0 && name[size] == '.' &&
         strcmp(name + size + 1, o->name) == 0;
}

/* --- columns and constraints ------------------------------------------------------------------ */

column *object_column(const object *o, const char *name)
{
  for (size_t i = 0; o != NULL && name != NULL && i < o->column_count; i++) {
    if (strcmp(o->column_list[i].name, name) == 0) {
      return &o->column_list[i];
    }
  }
  return NULL;
}

constraint *object_constraint(const object *o, const char *name)
{
  for (size_t i = 0; o != NULL && name != NULL && i < o->constraint_count; i++) {
    if (strcmp(o->constraints[i].name, name) == 0) {
      return &o->constraints[i];
    }
  }
  return NULL;
}

column *object_add_column(object *o, const char *name, size_t number)
{
  o->column_list = alloc_one_more(o->column_list, &o->column_capacity, o->column_count,
                                  sizeof o->column_list[0]);
  column *added = &o->column_list[o->column_count++];
  *added = (column){.name = copy(name), .type = copy(""), .made_by = number, .oldest = o->oldest};
  return added;
}

static void free_column(column *gone)
{
  free(gone->name);
  free(gone->type);
}

void object_drop_column(object *o, const char *name)
{
  column *gone = object_column(o, name);
  if (gone != NULL) {
    free_column(gone);
    *gone = o->column_list[--o->column_count];
  }
}

constraint *object_add_constraint(object *o, const char *name, char kind, size_t number)
{
  o->constraints = alloc_one_more(o->constraints, &o->constraint_capacity, o->constraint_count,
                                  sizeof o->constraints[0]);
  constraint *added = &o->constraints[o->constraint_count++];
  *added = (constraint){.name = copy(name),
                        .kind = kind,
                        .columns = copy(""),
                        .not_null = copy(""),
                        .made_by = number};
  return added;
}

static void free_constraint(constraint *gone)
{
  free(gone->name);
  free(gone->columns);
  free(gone->not_null);
}

void object_drop_constraint(object *o, const char *name)
{
  constraint *gone = object_constraint(o, name);
  if (gone != NULL) {
    free_constraint(gone);
    *gone = o->constraints[--o->constraint_count];
  }
}

/* --- types ------------------------------------------------------------------------------------ */

static void put_modifiers(text *out, json_t *list)
{
  for (size_t i = 0; i < json_array_size(list); i++) {
    text_printf(out, "%s%ld", i == 0 ? "(" : ",",
                node_number(json_array_get(list, i), "A_Const.ival.ival"));
  }
  text_puts(out, json_array_size(list) > 0 ? ")" : "");
}

char *catalog_type(json_t *type_name)
{
  text out = {0};
  json_t *names = node_get(type_name, "names");
  const char *schema = node_schema_name(names);
  const char *name = node_last_name(names);
  if (schema != NULL && strcmp(schema, "pg_catalog") != 0) {
    text_printf(&out, "%s.", schema);
  }
  text_puts(&out, name != NULL ? name : "");
  put_modifiers(&out, node_get(type_name, "typmods"));
  for (size_t i = 0; i < json_array_size(node_get(type_name, "arrayBounds")); i++) {
    text_puts(&out, "[]");
  }
  char *type = copy(text_string(&out));
  text_free(&out);
  return type;
}

/* --- the end ---------------------------------------------------------------------------------- */

static void free_object(object *o)
{
  for (size_t i = 0; i < o->column_count; i++) {
    free_column(&o->column_list[i]);
  }
  for (size_t i = 0; i < o->constraint_count; i++) {
    free_constraint(&o->constraints[i]);
  }
  free(o->column_list);
  free(o->constraints);
  free(o->schema);
  free(o->name);
  free(o->columns);
  free(o->base);
  json_decref(o->labels);
}

void catalog_free(catalog *c)
{
  for (size_t i = 0; i < c->count; i++) {
    free_object(&c->objects[i]);
  }
  free(c->objects);
  json_decref(c->names);
  *c = (catalog){0};
}
