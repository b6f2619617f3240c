/* Roles with their secrets, and what goes with a role or a whole database. */
#include "check.h"

#include <embark_bundle.h>
#include <string.h>

#include "node.h"

enum { PASSWORD_IN_CLEAR, DROP_ROLE, DROP_OWNED, DROP_DATABASE };

/* clang-format off */
static const rule rules[] = {
    [PASSWORD_IN_CLEAR] = {
        "password-in-clear", SEVERITY_WARNING, 0, LOCK_NONE, WORK_NONE, 0,
        "a password stands in the file, in the program that has it, and in the server's log"},
    [DROP_ROLE] = {
        "drop-role", SEVERITY_WARNING, EMBARK_HAZARD_DESTRUCTIVE, LOCK_NONE, WORK_NONE, 0,
        "a role is dropped from the whole server, with its rights and its password"},
    [DROP_OWNED] = {
        "drop-owned", SEVERITY_ERROR, EMBARK_HAZARD_DESTRUCTIVE, LOCK_ACCESS_EXCLUSIVE, WORK_NONE,
        0, "everything that a role owns in the database is dropped, whatever it is"},
    [DROP_DATABASE] = {
        "drop-database", SEVERITY_ERROR, EMBARK_HAZARD_DESTRUCTIVE, LOCK_NONE, WORK_NONE, 0,
        "a whole database is dropped"},
};
/* clang-format on */

/* --- passwords -------------------------------------------------------------------------------- */

/* What the server would keep as it is. */
static bool is_hash(const char *password)
{
  enum { MD5_DIGITS = 32 };
  bool is_md5 = strncmp(password, "md5", 3) == 0 && strlen(password) == 3 + MD5_DIGITS &&
                strspn(password + 3, "0123456789abcdef") == MD5_DIGITS;
  return is_md5 || strncmp(password, "SCRAM-SHA-256$", strlen("SCRAM-SHA-256$")) == 0;
}

static void report_password(check *c, size_t place, const char *whose)
{
  check_report(c, &rules[PASSWORD_IN_CLEAR], place, NULL,
               "Create it without, and set the password by hand: psql's \\password sends a hash.",
               "the password of %s can be read by everybody who has the file", whose);
}

static void look_at_role(check *c)
{
  json_t *option = node_find_option(node_get(c->tree->node, "options"), "password");
  const char *password = node_text(option, "arg");
  if (password != NULL && password[0] != '\0' && !is_hash(password)) {
    report_password(c, (size_t)node_number(option, "location"), "the role");
  }
}

static void look_at_mapping(check *c)
{
  json_t *option = node_find_option(node_get(c->tree->node, "options"), "password");
  if (option != NULL) {
    report_password(c, (size_t)node_number(option, "location"), "the user mapping");
  }
}

static void look_at_connection(check *c)
{
  const char *connection = node_text(c->tree->node, "conninfo");
  if (connection != NULL && strstr(connection, "password=") != NULL) {
    report_password(c, check_find_word(c, "password", 0), "the subscription");
  }
}

/* --- DROP ------------------------------------------------------------------------------------- */

static void report_roles(check *c, int which, const char *what, const char *better)
{
  json_t *first = node_get(node_at(c->tree->node, "roles", 0), "RoleSpec");
  const char *name = node_text(first, "rolename");
  bool has_more = json_array_size(node_get(c->tree->node, "roles")) > 1;
  check_report(c, &rules[which], (size_t)node_number(first, "location"), NULL, better,
               "%s: \"%s\"%s", what, name != NULL ? name : "current_user",
               has_more ? " and others" : "");
}

static void look(check *c)
{
  const char *kind = c->tree->kind;
  if (strcmp(kind, "CreateRoleStmt") == 0 || strcmp(kind, "AlterRoleStmt") == 0) {
    look_at_role(c);
  } else if (strcmp(kind, "CreateUserMappingStmt") == 0 ||
             strcmp(kind, "AlterUserMappingStmt") == 0) {
    look_at_mapping(c);
  } else if (strcmp(kind, "CreateSubscriptionStmt") == 0 ||
             strcmp(kind, "AlterSubscriptionStmt") == 0) {
    look_at_connection(c);
  } else if (strcmp(kind, "DropRoleStmt") == 0) {
    report_roles(c, DROP_ROLE, "a role is dropped from the whole server",
                 "ALTER ROLE ... NOLOGIN shuts it out, and can be undone.");
  } else if (strcmp(kind, "DropOwnedStmt") == 0) {
    report_roles(c, DROP_OWNED, "all that a role owns in this database is dropped",
                 "REASSIGN OWNED BY ... TO ... keeps it; or drop by name.");
  } else if (strcmp(kind, "DropdbStmt") == 0) {
    check_report(c, &rules[DROP_DATABASE], 0, NULL, NULL, "database \"%s\" is dropped",
                 node_text(c->tree->node, "dbname"));
  }
}

const rule_family rules_role = {rules, sizeof rules / sizeof rules[0], look, NULL};
