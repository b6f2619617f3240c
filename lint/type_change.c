/* Judges pairs of types, from their names and modifiers. What it does not know is a rewrite, as it
 * is in PostgreSQL. */
#include "type_change.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* "numeric(10,2)[]" in its parts. */
typedef struct type {
  char name[80];
  int modifiers; /* how many */
  long first;
  long second;
  bool is_array;
} type;

static type read_type(const char *written)
{
  type t = {.name = ""};
  const char *modifiers = strchr(written, '(');
  size_t size = strcspn(written, "([");
  snprintf(t.name, sizeof t.name, "%.*s", (int)size, written);
  if (modifiers != NULL) {
    char *end = NULL;
    t.first = strtol(modifiers + 1, &end, 10);
    t.second = *end == ',' ? strtol(end + 1, NULL, 10) : 0;
    t.modifiers = *end == ',' ? 2 : 1;
  }
  t.is_array = strchr(written, '[') != NULL;
  return t;
}

static bool is_one_of(const char *name, const char *const *list)
{
  for (; *list != NULL; list++) {
    if (strcmp(name, *list) == 0) {
      return true;
    }
  }
  return false;
}

static bool is_same(const char *a, const char *b)
{
  return strcmp(a, b) == 0;
}

static bool is_string(const type *t)
{
  return is_one_of(t->name, (const char *const[]){"text", "varchar", NULL});
}

static bool is_stamp(const type *t)
{
  return is_one_of(t->name, (const char *const[]){"timestamp", "timestamptz", NULL});
}

/* Types whose modifier is a limit: a wider one holds all that was there. */
static bool has_limit(const type *t)
{
  return is_one_of(t->name, (const char *const[]){"varchar", "varbit", "time", "timetz",
                                                  "timestamp", "timestamptz", NULL});
}

static bool is_wider(const type *from, const type *to)
{
  bool is_time = strncmp(to->name, "time", 4) == 0;
  return to->modifiers == 0 || (is_time && to->first >= 6) ||
         (from->modifiers > 0 && to->first >= from->first);
}

static bool is_wider_numeric(const type *from, const type *to)
{
  return to->modifiers == 0 ||
         (from->modifiers > 0 && to->first >= from->first && to->second == from->second);
}

static bool is_oid_alias(const char *name)
{
  return is_one_of(name, (const char *const[]){"int4", "oid", "regclass", "regtype", "regproc",
                                               "regprocedure", "regoper", "regrole", "regnamespace",
                                               NULL});
}

static type_change judge_names(const type *from, const type *to, bool is_utc)
{
  if (is_string(from) && is_string(to)) {
    return is_wider(from, to) ? TYPE_CHANGE_NONE : TYPE_CHANGE_REWRITE;
  }
  if (is_same(from->name, "citext") ? is_string(to) && to->modifiers == 0
                                    : is_same(to->name, "citext") && is_string(from)) {
    return TYPE_CHANGE_INDEXES;
  }
  if (is_stamp(from) && is_stamp(to) && is_utc && to->modifiers == 0) {
    return TYPE_CHANGE_INDEXES;
  }
  if ((is_same(from->name, "cidr") && is_same(to->name, "inet")) ||
      (is_same(from->name, "xml") && is_same(to->name, "text"))) {
    return TYPE_CHANGE_NONE;
  }
  bool is_to_oid = is_same(to->name, "oid") || is_same(from->name, "oid");
  if (is_to_oid && is_oid_alias(from->name) && is_oid_alias(to->name)) {
    return TYPE_CHANGE_INDEXES;
  }
  return TYPE_CHANGE_REWRITE;
}

static type_change judge_same(const type *from, const type *to)
{
  bool is_free = is_same(to->name, "numeric")    ? is_wider_numeric(from, to)
                 : is_same(to->name, "interval") ? to->modifiers == 0
                 : has_limit(to)                 ? is_wider(from, to)
                                                 : false;
  return is_free ? TYPE_CHANGE_NONE : TYPE_CHANGE_REWRITE;
}

/* The domain of that name, or NULL. */
static const object *find_domain(const catalog *c, const char *written)
{
  const char *dot = strchr(written, '.');
  char schema[80] = "";
  snprintf(schema, sizeof schema, "%.*s", dot != NULL ? (int)(dot - written) : 0, written);
  const object *o =
      catalog_find(c, OBJECT_TYPE, dot != NULL ? schema : NULL, dot != NULL ? dot + 1 : written);
  return o != NULL && o->base != NULL ? o : NULL;
}

/* Types that cost nothing from some other one. */
static bool may_be_free(const type *t)
{
  return is_string(t) || has_limit(t) ||
         is_one_of(t->name,
                   (const char *const[]){"numeric", "interval", "citext", "inet", "oid", NULL});
}

type_change type_change_judge(const catalog *c, const char *from, const char *to, bool is_utc)
{
  const object *was = find_domain(c, from);
  const object *becomes = find_domain(c, to);
  if (is_same(from, to) && from[0] != '\0') {
    return TYPE_CHANGE_NONE;
  }
  if (becomes != NULL && becomes->is_checked) {
    return TYPE_CHANGE_REWRITE;
  }
  const char *old_name = was != NULL ? was->base : from;
  const char *new_name = becomes != NULL ? becomes->base : to;
  type old_type = read_type(old_name);
  type new_type = read_type(new_name);
  if (is_same(old_name, new_name) && old_name[0] != '\0') {
    return TYPE_CHANGE_NONE;
  }
  if (old_type.is_array || new_type.is_array) {
    return TYPE_CHANGE_REWRITE;
  }
  if (old_name[0] == '\0') {
    return may_be_free(&new_type) || becomes != NULL ? TYPE_CHANGE_UNKNOWN : TYPE_CHANGE_REWRITE;
  }
  return is_same(old_type.name, new_type.name) ? judge_same(&old_type, &new_type)
                                               : judge_names(&old_type, &new_type, is_utc);
}
