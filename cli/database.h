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

/* --lock-database, else EMBARK_DIRECT_URL, else conninfo is NULL: that of the run. */
database database_for_lock(const flags *f);

/* Whether libpq can read the connection string, and takes it as it was meant. Returns 0, or -1 with
 * an error in `d` that quotes no part of it. */
int database_check(const database *db, diag *d);

/* The keywords and values to connect with, NULL-terminated, as PQconnectdbParams() wants them. */
typedef struct database_params {
  PQconninfoOption *parsed;
  const char **keywords;
  const char **values;
  char *options; /* libpq's "options", with the role */
} database_params;

/* Read the connection string, with the role and the application's name added. Returns 0, or -1 as
 * database_check(); database_params_free() is due in either case. */
int database_params_read(database_params *p, const database *db, const flags *f, diag *d);
void database_params_free(database_params *p);

/* Connect, for as long as libpq's connect_timeout says. The connection is the caller's, connected
 * or not, as PQconnectdb()'s; NULL with the error in `d` as above. */
PGconn *database_connect(const database *db, const flags *f, diag *d);

#endif
