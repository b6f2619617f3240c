/* Constraints of domains: the tables that have columns of it are read. */
#include "check.h"

#include <embark_bundle.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "node.h"
#include "text.h"

enum { DOMAIN_CONSTRAINT };

/* clang-format off */
static const rule rules[] = {
    [DOMAIN_CONSTRAINT] = {
        "domain-constraint", SEVERITY_ERROR, EMBARK_HAZARD_BLOCKS_WRITES, LOCK_SHARE, WORK_SCAN,
        RULE_ON_EXISTING,
        "a domain's new constraint is checked in every table that has it, and writers wait"},
};
/* clang-format on */

/* Of ALTER DOMAIN's kinds, those that read tables: 'C'onstraint, n'O't null, 'V'alidate. */
static bool reads_tables(json_t *node)
{
  bool is_checked = !node_flag(node, "def.Constraint.skip_validation");
  return node_is(node, "subtype", "O") || node_is(node, "subtype", "V") ||
         (node_is(node, "subtype", "C") && is_checked);
}

/* Columns have the domain's name without "public." or with it, and perhaps as an array. */
static bool is_type(const char *type, const object *domain)
{
  char *bare = alloc_string(type, strcspn(type, "["));
  bool is_it = object_is_called(domain, bare) ||
               (strcmp(domain->schema, "public") == 0 && strcmp(domain->name, bare) == 0);
  free(bare);
  return is_it;
}

static bool has_column_of(const object *table, const object *domain)
{
  for (size_t i = 0; i < table->column_count; i++) {
    if (is_type(table->column_list[i].type, domain)) {
      return true;
    }
  }
  return false;
}

/* How many tables that others know have it; the maker of the oldest in *made_by. */
static size_t find_tables(check *c, const object *domain, size_t *made_by)
{
  size_t found = 0;
  for (size_t i = 0; i < c->catalog->count; i++) {
    const object *o = &c->catalog->objects[i];
    subject table = {.object = o, .schema = o->schema, .name = o->name};
    if (o->kind == OBJECT_TABLE && o->dropped_by == 0 && !subject_is_new(c, &table) &&
        has_column_of(o, domain)) {
      check_touch(c, &table, LOCK_SHARE, WORK_SCAN, false, 0);
      *made_by = found == 0 || o->made_by < *made_by ? o->made_by : *made_by;
      found++;
    }
  }
  return found;
}

/* What the folder made is used by what the folder made. */
static void look(check *c)
{
  json_t *node = c->tree->node;
  if (strcmp(c->tree->kind, "AlterDomainStmt") != 0 || !reads_tables(node)) {
    return;
  }
  subject domain = subject_of_names(c, OBJECT_TYPE, node_get(node, "typeName"));
  if (domain.name == NULL ||
      (domain.object != NULL && find_tables(c, domain.object, &domain.made_by) == 0)) {
    return;
  }
  check_report(c, &rules[DOMAIN_CONSTRAINT], check_find_word(c, domain.name, 0), &domain,
               "Add the constraint NOT VALID, and validate it in a migration of its own.",
               "every column of domain \"%s\" is checked, and its tables' writers wait",
               domain.name);
}

const rule_family rules_domain = {rules, sizeof rules / sizeof rules[0], look, NULL};
