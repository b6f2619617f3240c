/* 03_own_commands.c - a server that carries its migrations also has the commands for them.
 * Introduces: embark_cli().
 *
 *   03_own_commands                    bring the database up to date, then serve
 *   03_own_commands migrate status     what `embark status` says, of the migrations in here
 *   03_own_commands migrate plan       what the start would apply
 *   03_own_commands migrate --help     all commands
 *   03_own_commands migrate --version  which migrations these are: the bundle's digest
 *
 * No folder of SQL is needed where it runs. Link libembark_cli.a, libembark, libpq, jansson,
 * libcrypto and libpg_query: pkg-config --libs embark-cli. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <embark.h>
#include <embark_cli.h>
#include "migrations.h"

/* In place of serving: one question that only a database of this schema can answer. */
static int serve(PGconn *conn)
{
  PGresult *res = PQexec(conn, "SELECT count(*) FROM beta_waitlist");
  int failed = PQresultStatus(res) != PGRES_TUPLES_OK;
  if (failed) {
    fprintf(stderr, "%s", PQerrorMessage(conn));
  } else {
    printf("serving; %s people are waiting\n", PQgetvalue(res, 0, 0));
  }
  PQclear(res);
  return failed;
}

static int start(void)
{
  const char *where = getenv("DATABASE_URL");
  PGconn *conn = PQconnectdb(where != NULL ? where : "");
  char text[4096];
  int failed = 1;
  if (PQstatus(conn) != CONNECTION_OK) {
    fprintf(stderr, "%s", PQerrorMessage(conn));
  } else if (run_migrations(conn) != EMBARK_OK) {
    embark_error_format(embark_last_error(), text, sizeof(text));
    fprintf(stderr, "%s\n", text);
  } else {
    failed = serve(conn);
  }
  PQfinish(conn);
  return failed;
}

int main(int argc, char **argv)
{
  static char name[] = "03_own_commands migrate"; /* how messages call it */
  if (argc > 1 && strcmp(argv[1], "migrate") == 0) {
    argv[1] = name;
    return embark_cli(argc - 1, argv + 1, &embark_migrations);
  }
  return start();
}
