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
  return (database){"", "libpq's own defaults and environment"};
}

const char *database_for_lock(const flags *f)
{
  return f->lock_database != NULL ? f->lock_database : from_environment("EMBARK_DIRECT_URL");
}

/* libpq's words on a connection string may quote a part of it, be that the password. Only those
 * about the name of a parameter are known not to. */
static const char *harmless(const char *message)
{
  static const char *const known[] = {"invalid URI query parameter", "invalid connection option"};
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
    if (message != NULL && strncmp(message, known[i], strlen(known[i])) == 0) {
      return message;
    }
  }
  return NULL;
}

static int refuse(const database *db, const char *message, diag *d)
{
  const char *told = harmless(message);
  diag_error(d,
             "Write postgresql://user@host:port/database or words like host=... dbname=...; "
             "characters such as @ : / % in a password of a URI need %-encoding.",
             "%s is no connection string that libpq can read%s%.*s", db->source,
             told != NULL ? ": " : "", told != NULL ? (int)strcspn(told, "\n") : 0,
             told != NULL ? told : "");
  return -1;
}

/* What stands behind "-c role=": blanks and backslashes escaped as the server wants them. */
static void put_escaped(text *out, const char *value)
{
  for (; *value != '\0'; value++) {
    if (*value == ' ' || *value == '\\' || *value == '\t' || *value == '\n') {
      text_putc(out, '\\');
    }
    text_putc(out, *value);
  }
}

/* The role is part of the connection's start: no statement has to set it, and where a pooler would
 * hand it on to other clients, the pooler refuses it. */
static char *options_with_role(const char *options, const char *role)
{
  text t = {0};
  const char *given = options != NULL ? options : from_environment("PGOPTIONS");
  if (given != NULL) {
    text_printf(&t, "%s ", given);
  }
  text_puts(&t, "-c role=");
  put_escaped(&t, role);
  char *copy = alloc_string(text_string(&t), t.size);
  text_free(&t);
  return copy;
}

int database_params_read(database_params *p, const database *db, const flags *f, diag *d)
{
  char *message = NULL;
  size_t count = 0;
  size_t used = 0;
  *p = (database_params){0};
  p->parsed = PQconninfoParse(db->conninfo, &message);
  if (p->parsed == NULL) {
    refuse(db, message, d);
    PQfreemem(message);
    return -1;
  }
  while (p->parsed[count].keyword != NULL) {
    count++;
  }
  p->keywords = alloc_bytes((count + 2) * sizeof *p->keywords);
  p->values = alloc_bytes((count + 2) * sizeof *p->values);
  for (size_t i = 0; i < count; i++) {
    const PQconninfoOption *o = &p->parsed[i];
    const char *value = o->val;
    if (strcmp(o->keyword, "options") == 0 && f->role != NULL) {
      value = p->options = options_with_role(value, f->role);
    }
    if (value != NULL) {
      p->keywords[used] = o->keyword;
      p->values[used++] = value;
    }
  }
  p->keywords[used] = "fallback_application_name";
  p->values[used++] = "embark";
  p->keywords[used] = NULL;
  p->values[used] = NULL;
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
