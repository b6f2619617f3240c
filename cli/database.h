/* database.h - which database, and who said so: the one place where that is decided. */
#ifndef EMBARK_CLI_DATABASE_H
#define EMBARK_CLI_DATABASE_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "diag.h"
#include "flags.h"

typedef struct database {
  const char *conninfo; /* "" for libpq's own environment; borrowed */
  const char *source;   /* who said so: "--database", "DATABASE_URL" ... */
} database;

/* --database, else DATABASE_URL, else POSTGRES_URL, else what libpq itself finds. */
database database_choose(const flags *f);

/* --lock-database, else EMBARK_DIRECT_URL, else NULL: that of the run. */
const char *database_for_lock(const flags *f);

/* Connect, for as long as libpq's connect_timeout says. The connection is the caller's, connected
 * or not, as PQconnectdb()'s; NULL with an error in `d` when the connection string cannot be read,
 * of which no part is told. `f` is asked for the role to act as. */
PGconn *database_connect(const database *db, const flags *f, diag *d);

/* The keywords and values that database_connect() uses, NULL-terminated, for PQpingParams(): to be
 * freed with database_params_free(). NULL with the error in `d` as above. */
typedef struct database_params {
  PQconninfoOption *parsed;
  const char **keywords;
  const char **values;
  char *options; /* libpq's "options", with the role */
} database_params;
int database_params_read(database_params *p, const database *db, const flags *f, diag *d);
void database_params_free(database_params *p);

#endif
