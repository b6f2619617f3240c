/* Knows PostgreSQL's volatile functions that stand in defaults, those of common extensions, and
 * what the folder says of its own. */
#include "volatility.h"

#include <string.h>

#include "node.h"

static const char *const volatile_names[] = {
    "random",
    "random_normal",
    "clock_timestamp",
    "timeofday",
    "nextval",
    "setval",
    "currval",
    "lastval",
    "gen_random_uuid",
    "uuidv4",
    "uuidv7",
    "gen_random_bytes",
    "gen_salt",
    "uuid_generate_v1",
    "uuid_generate_v1mc",
    "uuid_generate_v4",
    "uuid_generate_v6",
    "uuid_generate_v7",
    "uuid_generate_v8",
    "uuid_v7",
    "gen_uuid_v7",
    "gen_ulid",
    "gen_monotonic_ulid",
    "generate_ulid",
    "ulid_generate",
    "ulid",
    "nanoid",
    "generate_nanoid",
    "gen_nanoid",
    "cuid",
    "generate_cuid",
    "unique_rowid",
    "ksuid",
    "generate_random_id",
    "generate_uuid_v7",
    "pg_advisory_lock",
};

typedef struct search {
  const catalog *catalog;
  bool found;
} search;

static void look_at_call(void *data, const char *kind, json_t *node)
{
  search *s = data;
  if (strcmp(kind, "FuncCall") != 0) {
    return;
  }
  json_t *names = node_get(node, "funcname");
  const char *name = node_last_name(names);
  const object *own = catalog_named(s->catalog, OBJECT_FUNCTION, names);
  if (own != NULL) {
    s->found = s->found || own->volatility == 'v';
    return;
  }
  for (size_t i = 0; name != NULL && i < sizeof volatile_names / sizeof volatile_names[0]; i++) {
    s->found = s->found || strcmp(volatile_names[i], name) == 0;
  }
}

bool expression_is_volatile(const catalog *c, json_t *expression)
{
  search s = {.catalog = c};
  node_each(expression, look_at_call, &s);
  return s.found;
}
