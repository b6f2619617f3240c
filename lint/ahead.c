/* Reads statements again, but only those that have the name in their text: a folder may switch on
 * row level security for hundreds of tables in one file. */
#include "ahead.h"

#include <string.h>

#include "node.h"

static bool mentions(const check *c, size_t index, const char *name)
{
  check at = *c;
  at.statement = index;
  at.base = c->of->script.statements[index].start;
  return check_find_word(&at, name, 0) > 0;
}

static bool is_same_schema(const char *a, const char *b)
{
  return strcmp(a != NULL ? a : "public", b != NULL ? b : "public") == 0;
}

bool ahead_has(const check *c, size_t first, const char *kind, const char *relation,
               const subject *about, ahead_test *is_it, const void *data)
{
  bool found = false;
  for (size_t i = first; !found && i < c->of->script.count; i++) {
    tree t = {0};
    if (mentions(c, i, about->name)) {
      check_read(&t, c->of, i);
      json_t *range = node_get(t.node, relation);
      found = t.kind != NULL && strcmp(t.kind, kind) == 0 &&
              node_is(range, "relname", about->name) &&
              is_same_schema(node_text(range, "schemaname"), about->schema) && is_it(t.node, data);
    }
    tree_free(&t);
  }
  return found;
}
