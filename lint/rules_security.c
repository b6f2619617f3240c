/* Rights, and how to come by more of them. */
#include "check.h"

#include <embark_bundle.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "node.h"
#include "text.h"

enum { GRANT_PUBLIC, SECURITY_DEFINER, SUPERUSER_EXTENSION };

/* clang-format off */
static const rule rules[] = {
    [GRANT_PUBLIC] = {
        "grant-public", SEVERITY_WARNING, 0, LOCK_NONE, WORK_NONE, RULE_STYLE,
        "every role gets the right, those that are yet to be made as well"},
    [SECURITY_DEFINER] = {
        "security-definer", SEVERITY_WARNING, 0, LOCK_NONE, WORK_NONE, 0,
        "a function with its owner's rights looks names up where its caller says"},
    [SUPERUSER_EXTENSION] = {
        "superuser-extension", SEVERITY_NOTE, 0, LOCK_NONE, WORK_NONE, 0,
        "only a superuser may create the extension"},
};
/* clang-format on */

/* --- GRANT ------------------------------------------------------------------------------------ */

static bool is_to_public(json_t *grant)
{
  json_t *list = node_get(grant, "grantees");
  for (size_t i = 0; i < json_array_size(list); i++) {
    if (node_is(json_array_get(list, i), "RoleSpec.roletype", "ROLESPEC_PUBLIC")) {
      return true;
    }
  }
  return false;
}

/* No list is ALL. */
static bool has_privilege(json_t *grant, const char *name)
{
  json_t *list = node_get(grant, "privileges");
  for (size_t i = 0; i < json_array_size(list); i++) {
    if (node_is(json_array_get(list, i), "AccessPriv.priv_name", name)) {
      return true;
    }
  }
  return json_array_size(list) == 0;
}

/* PUBLIC has these from the start: functions, types, languages, CONNECT and TEMPORARY. USAGE of a
 * schema shows names at most. */
static bool is_harmless(json_t *grant)
{
  static const char *const kinds[] = {"OBJECT_FUNCTION", "OBJECT_PROCEDURE", "OBJECT_ROUTINE",
                                      "OBJECT_LANGUAGE", "OBJECT_TYPE",      "OBJECT_DOMAIN"};
  for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
    if (node_is(grant, "objtype", kinds[i])) {
      return true;
    }
  }
  bool is_place =
      node_is(grant, "objtype", "OBJECT_SCHEMA") || node_is(grant, "objtype", "OBJECT_DATABASE");
  return is_place && !has_privilege(grant, "create");
}

static void put_privileges(text *out, json_t *grant)
{
  json_t *list = node_get(grant, "privileges");
  text_puts(out, json_array_size(list) == 0 ? "all rights" : "");
  for (size_t i = 0; i < json_array_size(list); i++) {
    const char *name = node_text(json_array_get(list, i), "AccessPriv.priv_name");
    for (text_puts(out, i > 0 ? ", " : ""); name != NULL && *name != '\0'; name++) {
      text_putc(out, *name >= 'a' && *name <= 'z' ? (char)(*name - 'a' + 'A') : *name);
    }
  }
}

static void put_object(text *out, json_t *grant)
{
  json_t *first = node_at(grant, "objects", 0);
  const char *name = node_text(first, "RangeVar.relname");
  name = name != NULL ? name : node_text(first, "String.sval");
  bool is_whole = node_is(grant, "targtype", "ACL_TARGET_ALL_IN_SCHEMA");
  if (node_is(grant, "targtype", "ACL_TARGET_DEFAULTS")) {
    text_puts(out, "what is made from now on");
  } else {
    text_printf(out, "%s\"%s\"%s", is_whole ? "all in schema " : "", name != NULL ? name : "?",
                json_array_size(node_get(grant, "objects")) > 1 ? " ..." : "");
  }
}

static void look_at_grant(check *c, json_t *grant)
{
  text rights = {0};
  text what = {0};
  if (!node_flag(grant, "is_grant") || !is_to_public(grant) || is_harmless(grant)) {
    return;
  }
  json_t *range = node_get(node_at(grant, "objects", 0), "RangeVar");
  subject table = subject_of_range(c, range);
  put_privileges(&rights, grant);
  put_object(&what, grant);
  check_report(c, &rules[GRANT_PUBLIC], node_place(node_get(grant, "grantees")),
               range != NULL ? &table : NULL, "Grant it to the roles that need it.",
               "every role gets %s on %s", text_string(&rights), text_string(&what));
  text_free(&rights);
  text_free(&what);
}

/* --- SECURITY DEFINER ------------------------------------------------------------------------- */

typedef struct definer {
  bool is_definer;
  bool has_path;
} definer;

/* options: a list of DefElems, of CREATE or ALTER FUNCTION. */
static definer read_definer(json_t *options)
{
  definer found = {false, false};
  for (size_t i = 0; i < json_array_size(options); i++) {
    json_t *option = node_as(json_array_get(options, i), "DefElem");
    if (node_is(option, "defname", "security")) {
      found.is_definer = node_flag(option, "arg.Boolean.boolval");
    } else if (node_is(option, "defname", "set")) {
      found.has_path |= node_is(option, "arg.VariableSetStmt.name", "search_path");
    }
  }
  return found;
}

/* The migration sets it later, in a statement of its own. */
static bool is_mended(const check *c, const char *name)
{
  for (size_t i = c->statement + 1; i < c->of->script.count; i++) {
    tree t = {0};
    char *sql = check_sql(c->of, i);
    bool is_alter = strncasecmp(sql, "alter", strlen("alter")) == 0;
    if (is_alter) {
      tree_parse(&t, sql);
    }
    const char *altered = node_last_name(node_get(t.node, "func.objname"));
    bool is_it = altered != NULL && strcmp(altered, name) == 0 &&
                 read_definer(node_get(t.node, "actions")).has_path;
    tree_free(&t);
    free(sql);
    if (is_it) {
      return true;
    }
  }
  return false;
}

/* A body that the server has parsed looks no name up when it runs. */
static void look_at_function(check *c, json_t *options, const char *name)
{
  definer d = read_definer(options);
  bool is_parsed = node_get(c->tree->node, "sql_body") != NULL;
  if (!d.is_definer || d.has_path || is_parsed || name == NULL || is_mended(c, name)) {
    return;
  }
  check_report(c, &rules[SECURITY_DEFINER], check_find_word(c, name, 0), NULL,
               "Add SET search_path = '' to it, and schemas to the names in its body.",
               "\"%s\" runs with its owner's rights under its caller's search_path", name);
}

/* --- CREATE EXTENSION ------------------------------------------------------------------------- */

/* Of PostgreSQL's own and those often met, the ones that are not marked as trusted: an owner of the
 * database may not create them. Nothing is said of what is not here. */
static bool needs_superuser(const char *name)
{
  static const char *const names[] = {"adminpack",
                                      "amcheck",
                                      "autoinc",
                                      "bloom",
                                      "dblink",
                                      "dict_xsyn",
                                      "earthdistance",
                                      "file_fdw",
                                      "insert_username",
                                      "intagg",
                                      "moddatetime",
                                      "old_snapshot",
                                      "pageinspect",
                                      "pg_buffercache",
                                      "pg_cron",
                                      "pg_freespacemap",
                                      "pg_logicalinspect",
                                      "pg_overexplain",
                                      "pg_prewarm",
                                      "pg_repack",
                                      "pg_stat_statements",
                                      "pg_surgery",
                                      "pg_visibility",
                                      "pg_walinspect",
                                      "pgrowlocks",
                                      "pgstattuple",
                                      "plperlu",
                                      "plpython3u",
                                      "pltclu",
                                      "postgis",
                                      "postgres_fdw",
                                      "refint",
                                      "sslinfo",
                                      "xml2"};
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (strcmp(names[i], name) == 0) {
      return true;
    }
  }
  return false;
}

static void look_at_extension(check *c, json_t *node)
{
  const char *name = node_text(node, "extname");
  if (name != NULL && needs_superuser(name)) {
    check_report(c, &rules[SUPERUSER_EXTENSION], check_find_word(c, name, 0), NULL,
                 "Have it created once per database; IF NOT EXISTS then has nothing to do.",
                 "extension \"%s\" can be created by a superuser alone", name);
  }
}

static void look(check *c)
{
  json_t *node = c->tree->node;
  const char *kind = c->tree->kind;
  if (strcmp(kind, "GrantStmt") == 0) {
    look_at_grant(c, node);
  } else if (strcmp(kind, "AlterDefaultPrivilegesStmt") == 0) {
    look_at_grant(c, node_get(node, "action"));
  } else if (strcmp(kind, "CreateFunctionStmt") == 0) {
    look_at_function(c, node_get(node, "options"), node_last_name(node_get(node, "funcname")));
  } else if (strcmp(kind, "AlterFunctionStmt") == 0) {
    look_at_function(c, node_get(node, "actions"), node_last_name(node_get(node, "func.objname")));
  } else if (strcmp(kind, "CreateExtensionStmt") == 0) {
    look_at_extension(c, node);
  }
}

const rule_family rules_security = {rules, sizeof rules / sizeof rules[0], look, NULL};
