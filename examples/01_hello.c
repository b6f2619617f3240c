/* 01_hello.c - bring a database up to date, or say why not.
 * Introduces: run_migrations, embark_last_error, embark_error_format. */
#include <stdio.h>
#include <stdlib.h>
#include "embark.h"
#include "migrations.h"

int main(int argc, char **argv)
{
  const char *where = argc > 1 ? argv[1] : getenv("DATABASE_URL");
  PGconn *conn = PQconnectdb(where ? where : "");
  char text[4096];
  int failed = 1;

  if (PQstatus(conn) != CONNECTION_OK) {
    fprintf(stderr, "%s", PQerrorMessage(conn));
  } else if (run_migrations(conn) != EMBARK_OK) {
    embark_error_format(embark_last_error(), text, sizeof(text));
    fprintf(stderr, "%s\n", text);
  } else {
    puts("the database is up to date");
    failed = 0;
  }
  PQfinish(conn);
  return failed;
}
