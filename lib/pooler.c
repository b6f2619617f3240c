/* pooler.c - a pooler between program and server. Knows how PgBouncer and its like are noticed, and
 * what works otherwise through them; knows nothing of runs. */
#include "pooler.h"

#include <string.h>

#include "error.h"

/* What a migration that relies on its session meets in another one, by SQLSTATE: things that one
 * migration left in a session and the next did not find, or that somebody else had left there. */
static const char session_errors[][6] = {
    "26000", /* no such prepared statement */
    "42P05", /* there is such a prepared statement */
    "34000", /* no such cursor */
    "42P01", /* no such table: a temporary one */
    "42P07", /* there is such a table */
    "42704", /* no such setting */
    "55000", /* currval() before nextval() */
};

int embark__pooler_is_between(const PGconn *conn, int32_t backend_pid)
{
  int told = PQbackendPID(conn);
  return told != 0 && backend_pid != 0 && told != backend_pid;
}

int embark__pooler_forbids_transactions(embark_error *err, const char *farewell)
{
  if (strstr(farewell, "transaction blocks not allowed in statement pooling mode") == NULL) {
    return 0;
  }
  embark__error_set(err, EMBARK_E_SERVER,
                    "the pooler does not allow transactions (statement pooling)");
  embark__error_detail(err, "%.*s", (int)strcspn(farewell, "\n"), farewell);
  embark__error_hint(err, "Use transaction or session pooling, or a direct connection to the "
                          "server.");
  return 1;
}

static int is_of_session(const char *sqlstate)
{
  for (size_t i = 0; i < sizeof session_errors / sizeof session_errors[0]; i++) {
    if (strcmp(session_errors[i], sqlstate) == 0) {
      return 1;
    }
  }
  return 0;
}

void embark__pooler_explain(embark_error *err)
{
  if (err->code == EMBARK_E_CONNECTION) {
    embark__error_add(err->hint, " The connection goes through a pooler: its log may say more.");
  } else if (err->code == EMBARK_E_SERVER ||
             (err->code == EMBARK_E_SQL && is_of_session(err->sqlstate))) {
    embark__error_add(
        err->hint,
        " The connection goes through a pooler, which may give every transaction another "
        "session: temporary tables, prepared statements and settings do not last.");
  }
}
