/* server.c - databases, connections, round trips. */
#include "server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void die(const char *what, const char *why)
{
  fprintf(stderr, "bench: %s: %s\n", what, why);
  exit(1);
}

PGconn *server_connect(const char *database)
{
  const char *const names[] = {"dbname", NULL};
  const char *const values[] = {database, NULL};
  PGconn *conn = PQconnectdbParams(names, values, 0);
  if (PQstatus(conn) != CONNECTION_OK) {
    die("no connection", PQerrorMessage(conn));
  }
  return conn;
}

static PGresult *run(PGconn *conn, const char *sql)
{
  PGresult *res = PQexec(conn, sql);
  if (PQresultStatus(res) != PGRES_COMMAND_OK && PQresultStatus(res) != PGRES_TUPLES_OK) {
    die(sql, PQerrorMessage(conn));
  }
  return res;
}

const char *server_value(PGconn *conn, const char *sql)
{
  static char value[256];
  PGresult *res = run(conn, sql);
  snprintf(value, sizeof value, "%s", PQntuples(res) > 0 ? PQgetvalue(res, 0, 0) : "");
  PQclear(res);
  return value;
}

void server_run(PGconn *conn, const char *sql)
{
  PQclear(run(conn, sql));
}

void server_drop_database(const char *database)
{
  char sql[128];
  PGconn *conn = server_connect(NULL);
  server_run(conn, "SET client_min_messages = error");
  snprintf(sql, sizeof sql, "DROP DATABASE IF EXISTS %s WITH (FORCE)", database);
  server_run(conn, sql);
  PQfinish(conn);
}

void server_fresh_database(const char *database)
{
  char sql[128];
  server_drop_database(database);
  PGconn *conn = server_connect(NULL);
  snprintf(sql, sizeof sql, "CREATE DATABASE %s", database);
  server_run(conn, sql);
  PQfinish(conn);
  conn = server_connect(database);
  server_run(conn, "SELECT 1");
  PQfinish(conn);
}

void server_migrate(PGconn *conn, const embark_bundle *bundle, const embark_options *opt)
{
  embark_error err;
  char text[4096];
  if (embark_migrate(conn, bundle, opt, &err) != EMBARK_OK) {
    embark_error_format(&err, text, sizeof text);
    die("embark_migrate", text);
  }
}

static unsigned count_ready(FILE *trace)
{
  char line[4096];
  unsigned count = 0;
  rewind(trace);
  while (fgets(line, sizeof line, trace) != NULL) {
    count += strncmp(line, "B\t", 2) == 0 && strstr(line, "\tReadyForQuery\t") != NULL;
  }
  return count;
}

unsigned server_migrate_round_trips(PGconn *conn, const embark_bundle *bundle)
{
  FILE *trace = tmpfile();
  if (trace == NULL) {
    die("tmpfile", "no temporary file");
  }
  PQtrace(conn, trace);
  PQsetTraceFlags(conn, PQTRACE_SUPPRESS_TIMESTAMPS);
  server_migrate(conn, bundle, NULL);
  PQuntrace(conn);
  unsigned count = count_ready(trace);
  fclose(trace);
  return count;
}
