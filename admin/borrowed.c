/* borrowed.c - connections come and go. Knows what may be told of one that failed: what the server
 * said, and nothing that libpq has read from a connection string. */
#include "borrowed.h"

#include <stdio.h>
#include <string.h>

void borrowed_give_back(borrowed *b)
{
  if (b->conn != NULL && !b->is_lent) {
    if (b->release != NULL) {
      b->release(b->data, b->conn);
    } else {
      PQfinish(b->conn);
    }
  }
  *b = (borrowed){0};
}

/* What the server said when it refused: the words behind "FATAL:  ", on their line. libpq's own
 * words quote what it could not make sense of, and that may be a part of a password; so may the
 * name of a database be, where a password was not encoded as a URI wants it. */
static void put_refusal(embark_error *err, const PGconn *conn)
{
  static const char begins[] = "connection to server", fatal[] = "FATAL:  ";
  const char *said = PQerrorMessage(conn);
  const char *name = PQdb(conn);
  const char *at = strstr(said, fatal);
  if (strncmp(said, begins, sizeof begins - 1) != 0 || at == NULL ||
      (name != NULL && strpbrk(name, "@:/?") != NULL)) {
    return;
  }
  snprintf(err->detail, sizeof err->detail, "%.*s", (int)strcspn(at, "\n"), at);
}

static int refuse(embark_error *err, const PGconn *conn)
{
  memset(err, 0, sizeof *err);
  err->code = EMBARK_E_CONNECTION;
  snprintf(err->message, sizeof err->message, "no connection to the database");
  snprintf(err->hint, sizeof err->hint,
           "See that the server is up and takes connections of this program, then try again.");
  if (conn != NULL) {
    put_refusal(err, conn);
  }
  return err->code;
}

int borrowed_take(borrowed *b, const call *c, embark_error *err)
{
  const embark_admin_options *a = c->admin;
  *b = (borrowed){.conn = c->conn, .is_lent = c->conn != NULL};
  if (c->conn == NULL && a->connect != NULL) {
    *b = (borrowed){a->connect(a->data), false, a->release, a->data};
  }
  if (b->conn == NULL || PQstatus(b->conn) != CONNECTION_OK) {
    int code = refuse(err, b->conn);
    borrowed_give_back(b);
    return code;
  }
  memset(err, 0, sizeof *err);
  return EMBARK_OK;
}
