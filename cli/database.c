/* database.c - connection strings are handed to libpq as they are; only the role and the name of
 * the application are added. */
#include "database.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "text.h"

static const char *from_environment(const char *name)
{
  const char *value = getenv(name);
  return value != NULL && value[0] != '\0' ? value : NULL;
}

database database_choose(const flags *f)
{
  static const char *const variables[] = {"DATABASE_URL", "POSTGRES_URL"};
  if (f->database != NULL) {
    return (database){f->database, "--database"};
  }
  for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
    const char *value = from_environment(variables[i]);
    if (value != NULL) {
      return (database){value, variables[i]};
    }
  }
  return (database){"", "libpq's own environment"};
}

database database_for_lock(const flags *f)
{
  if (f->lock_database != NULL) {
    return (database){f->lock_database, "--lock-database"};
  }
  return (database){from_environment("EMBARK_DIRECT_URL"), "EMBARK_DIRECT_URL"};
}

/* --- strings that are not what they were meant to be ------------------------------------------ */

/* What follows the scheme of a URI; NULL of words. */
static const char *after_scheme(const char *conninfo)
{
  static const char *const schemes[] = {"postgresql://", "postgres://"};
  for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
    if (strncmp(conninfo, schemes[i], strlen(schemes[i])) == 0) {
      return conninfo + strlen(schemes[i]);
    }
  }
  return NULL;
}

/* A slash in a password ends what libpq takes for user, password and host. The rest of the password
 * then counts as a database or parameter, whose names are in messages: of libpq, and the server's.
 */
static bool has_at_behind_slash(const char *conninfo)
{
  const char *rest = after_scheme(conninfo);
  if (rest == NULL) {
    return false;
  }
  size_t host = strcspn(rest, "/");
  const char *path = rest + host;
  return memchr(rest, '@', host) == NULL && memchr(path, '@', strcspn(path, "?")) != NULL;
}

/* Whether libpq's words on the name of a parameter can be told: nothing before it can be a part of
 * a password that was not quoted as it should be. */
static bool is_harmless(const char *message, const char *conninfo)
{
  static const char *const known[] = {"invalid URI query parameter", "invalid connection option"};
  const char *rest = after_scheme(conninfo);
  const char *named = rest != NULL ? strchr(rest, '?') : conninfo;
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
    if (strncmp(message, known[i], strlen(known[i])) == 0) {
      return named != NULL && strstr(named, "pass") == NULL && strchr(named, '@') == NULL;
    }
  }
  return false;
}

static int refuse(const database *db, const char *message, diag *d)
{
  size_t size = message != NULL && is_harmless(message, db->conninfo) ? strcspn(message, "\n") : 0;
  diag_error(d,
             "Write postgresql://user@host:port/database or words like host=... dbname=...; "
             "characters such as @ : / ? % in a password of a URI need %-encoding.",
             "%s is no connection string that libpq can read%s%.*s", db->source,
             size > 0 ? ": " : "", (int)size, size > 0 ? message : "");
  return -1;
}

/* Values that libpq reads and only fails with later, quoting them. */
static bool is_sound(const PQconninfoOption *o)
{
  if (o->val == NULL) {
    return true;
  }
  if (strcmp(o->keyword, "port") == 0) {
    return o->val[strspn(o->val, "0123456789,")] == '\0';
  }
  return strcmp(o->keyword, "dbname") != 0 || strstr(o->val, "://") == NULL;
}

static PQconninfoOption *parse(const database *db, diag *d)
{
  char *message = NULL;
  bool sound = !has_at_behind_slash(db->conninfo);
  PQconninfoOption *parsed = sound ? PQconninfoParse(db->conninfo, &message) : NULL;
  for (size_t i = 0; parsed != NULL && sound && parsed[i].keyword != NULL; i++) {
    sound = is_sound(&parsed[i]);
  }
  if (parsed == NULL || !sound) {
    refuse(db, message, d);
    PQconninfoFree(parsed);
    parsed = NULL;
  }
  PQfreemem(message);
  return parsed;
}

int database_check(const database *db, diag *d)
{
  PQconninfoOption *parsed = parse(db, d);
  int status = parsed != NULL ? 0 : -1;
  PQconninfoFree(parsed);
  return status;
}

/* --- parameters ------------------------------------------------------------------------------- */

/* What stands behind "-c role=": blanks and backslashes escaped as the server wants them. */
static void put_escaped(text *out, const char *value)
{
  for (; *value != '\0'; value++) {
    if (strchr(" \\\t\n\v\f\r", *value) != NULL) {
      text_putc(out, '\\');
    }
    text_putc(out, *value);
  }
}

static void put_param(database_params *p, size_t *used, const char *keyword, const char *value)
{
  p->keywords[*used] = keyword;
  p->values[*used] = value;
  *used += keyword != NULL;
}

/* The "options" that libpq would use: the string's, those of a service file, or PGOPTIONS. Nothing
 * but libpq knows, and it tells of a connection that was not begun for another reason. */
static void put_given_options(text *out, const database_params *p, size_t used)
{
  database_params asked = *p;
  put_param(&asked, &used, "sslmode", "no-such-mode");
  put_param(&asked, &used, NULL, NULL);
  PGconn *conn = PQconnectStartParams(asked.keywords, asked.values, 0);
  PQconninfoOption *all = PQconninfo(conn);
  for (PQconninfoOption *o = all; o != NULL && o->keyword != NULL; o++) {
    if (strcmp(o->keyword, "options") == 0 && o->val != NULL && o->val[0] != '\0') {
      text_printf(out, "%s ", o->val);
    }
  }
  PQconninfoFree(all);
  PQfinish(conn);
}

/* The role is part of the connection's start: no statement has to set it, and where a pooler would
 * hand it on to other clients, the pooler refuses it. */
static char *options_with_role(const database_params *p, size_t used, const char *role)
{
  text t = {0};
  put_given_options(&t, p, used);
  text_puts(&t, "-c role=");
  put_escaped(&t, role);
  char *copy = alloc_string(text_string(&t), t.size);
  text_free(&t);
  return copy;
}

int database_params_read(database_params *p, const database *db, const flags *f, diag *d)
{
  size_t count = 0;
  size_t used = 0;
  *p = (database_params){.parsed = parse(db, d)};
  if (p->parsed == NULL) {
    return -1;
  }
  while (p->parsed[count].keyword != NULL) {
    count++;
  }
  p->keywords = alloc_bytes((count + 4) * sizeof *p->keywords);
  p->values = alloc_bytes((count + 4) * sizeof *p->values);
  put_param(p, &used, "fallback_application_name", "embark");
  for (size_t i = 0; i < count; i++) {
    if (p->parsed[i].val != NULL) {
      put_param(p, &used, p->parsed[i].keyword, p->parsed[i].val);
    }
  }
  if (f->role != NULL) {
    p->options = options_with_role(p, used, f->role);
    put_param(p, &used, "options", p->options);
  }
  put_param(p, &used, NULL, NULL);
  return 0;
}

void database_params_free(database_params *p)
{
  PQconninfoFree(p->parsed);
  free(p->keywords);
  free(p->values);
  free(p->options);
  *p = (database_params){0};
}

PGconn *database_connect(const database *db, const flags *f, diag *d)
{
  database_params p;
  PGconn *conn = NULL;
  if (database_params_read(&p, db, f, d) == 0) {
    conn = PQconnectdbParams(p.keywords, p.values, 0);
  }
  database_params_free(&p);
  return conn;
}
