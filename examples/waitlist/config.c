/* config.c - the one place that reads the environment. It looks at the connection string closely,
 * so that libpq need never complain about it: its complaints may quote it, password and all. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <libpq-fe.h>

/* An empty variable counts as unset, as shells and compose files produce them. */
static const char *variable(const char *name, const char *otherwise)
{
  const char *value = getenv(name);

  return value && *value ? value : otherwise;
}

/* A '/', '@' or ':' in a password that is not percent-encoded moves the rest of the password into
 * the host or the port, and from there into error messages. */
static int option_is_plausible(const PQconninfoOption *option)
{
  if (!option->val) {
    return 1;
  }
  if (strcmp(option->keyword, "port") == 0) {
    return strspn(option->val, "0123456789,") == strlen(option->val);
  }
  if (strcmp(option->keyword, "host") == 0) {
    return option->val[0] == '/' || !strpbrk(option->val, "@/?#");
  }
  return 1;
}

static int url_is_plausible(const char *url)
{
  PQconninfoOption *options = PQconninfoParse(url, NULL);
  int plausible = options != NULL;

  for (PQconninfoOption *option = options; plausible && option->keyword; option++) {
    plausible = option_is_plausible(option);
  }
  PQconninfoFree(options);
  return plausible;
}

static int read_database_url(struct config *config)
{
  const char *name = variable("DATABASE_URL", NULL) ? "DATABASE_URL" : "POSTGRES_URL";

  config->database_url = variable(name, NULL);
  if (!config->database_url) {
    fputs("no database: set DATABASE_URL or POSTGRES_URL, for example to"
          " postgresql://user:password@host:5432/name\n",
          stderr);
    return -1;
  }
  if (!url_is_plausible(config->database_url)) {
    fprintf(stderr,
            "%s is not a connection string (special characters in a password are written as"
            " %%XX)\n",
            name);
    return -1;
  }
  return 0;
}

static int read_port(struct config *config)
{
  const char *port = variable("PORT", "8080");
  unsigned long number = strtoul(port, NULL, 10);

  if (strspn(port, "0123456789") != strlen(port) || number > UINT16_MAX) {
    fprintf(stderr, "PORT is not a port number: %s\n", port);
    return -1;
  }
  config->port = (uint16_t)number;
  return 0;
}

static int read_migrate_on_start(struct config *config)
{
  const char *value = variable("MIGRATE_ON_START", "1");

  if (strcmp(value, "0") != 0 && strcmp(value, "1") != 0) {
    fprintf(stderr, "MIGRATE_ON_START is 0 or 1, not: %s\n", value);
    return -1;
  }
  config->migrate_on_start = *value == '1';
  return 0;
}

int config_read(struct config *config)
{
  if (read_port(config) != 0 || read_migrate_on_start(config) != 0) {
    return -1;
  }
  config->bind = variable("BIND", "127.0.0.1");
  config->secret = variable("MIGRATION_SECRET", NULL);
  return read_database_url(config);
}
