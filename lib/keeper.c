/* keeper.c - the second connection. Knows how to make a connection like another one; knows nothing
 * of migrations. */
#include "keeper.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "mem.h"
#include "sql.h"
#include "sys.h"

/* --- connecting ------------------------------------------------------------------------------ */

typedef struct parameters {
  const char **keywords; /* NULL-terminated, as PQconnectStartParams wants them */
  const char **values;
  size_t count;
} parameters;

static void put(parameters *p, const char *keyword, const char *value)
{
  if (value != NULL && value[0] != '\0') {
    p->keywords[p->count] = keyword;
    p->values[p->count++] = value;
  }
}

/* Which server it is comes from the connection itself: its string may name several, or a name that
 * leads to another one now. */
static int says_where(const char *keyword)
{
  static const char where[][21] = {
      "host", "hostaddr", "port", "dbname", "target_session_attrs", "load_balance_hosts",
      "user", "password"};
  for (size_t i = 0; i < sizeof where / sizeof where[0]; i++) {
    if (strcmp(keyword, where[i]) == 0) {
      return 1;
    }
  }
  return 0;
}

static void copy_parameters(parameters *p, const PQconninfoOption *options, const PGconn *like)
{
  put(p, "host", PQhost(like));
  put(p, "hostaddr", PQhostaddr(like));
  put(p, "port", PQport(like));
  put(p, "dbname", PQdb(like));
  put(p, "user", PQuser(like));
  put(p, "password", PQpass(like));
  for (const PQconninfoOption *o = options; o->keyword != NULL; o++) {
    if (!says_where(o->keyword)) {
      put(p, o->keyword, o->val);
    }
  }
  p->keywords[p->count] = NULL;
  p->values[p->count] = NULL;
}

/* libpq leaves it to us, who connect without waiting. Zero and less mean none to it. */
static int64_t connect_timeout(const PQconninfoOption *options)
{
  int64_t seconds = 0;
  for (const PQconninfoOption *o = options; o->keyword != NULL; o++) {
    if (strcmp(o->keyword, "connect_timeout") == 0 && o->val != NULL) {
      seconds = strtoll(o->val, NULL, 10);
    }
  }
  return seconds > 0 && seconds <= INT_MAX ? seconds : 0;
}

static PGconn *connect_like(const PGconn *like, PQconninfoOption *options,
                            const embark_allocator *alloc)
{
  size_t most = 8; /* those of copy_parameters, and the end */
  PGconn *conn = NULL;
  for (const PQconninfoOption *o = options; o->keyword != NULL; o++) {
    most++;
  }
  parameters p = {embark__mem_array(alloc, most, sizeof *p.keywords),
                  embark__mem_array(alloc, most, sizeof *p.values), 0};
  if (p.keywords != NULL && p.values != NULL) {
    copy_parameters(&p, options, like);
    conn = PQconnectStartParams(p.keywords, p.values, 0);
  }
  embark__mem_release(alloc, p.keywords);
  embark__mem_release(alloc, p.values);
  return conn;
}

/* Without one libpq would print notices. */
static void ignore_notice(void *data, const PGresult *notice)
{
  (void)data;
  (void)notice;
}

/* Why it is none is not said: libpq's words quote it, and it may hold a password. */
int embark__keeper_check(const char *conninfo, embark_error *err)
{
  char *why = NULL;
  PQconninfoOption *options = PQconninfoParse(conninfo, &why);
  if (options != NULL) {
    PQconninfoFree(options);
    return EMBARK_OK;
  }
  if (why == NULL) {
    return embark__error_memory(err);
  }
  PQfreemem(why);
  embark__error_set(err, EMBARK_E_ARGUMENT, "keeper_conninfo is not a connection string");
  embark__error_hint(err, "PQconninfoParse() says what is wrong with it; that is not repeated here,"
                          " for it may quote a password.");
  return err->code;
}

int embark__keeper_start(embark__keeper *k, PGconn *like, const char *conninfo,
                         const embark_allocator *alloc)
{
  *k = (embark__keeper){.conn = conninfo != NULL ? PQconnectStart(conninfo) : NULL};
  PQconninfoOption *options = PQconninfo(conninfo != NULL ? k->conn : like);
  if (options == NULL) {
    embark__keeper_close(k);
    return -1;
  }
  k->timeout_s = connect_timeout(options);
  if (conninfo == NULL) {
    k->conn = connect_like(like, options, alloc);
  }
  PQconninfoFree(options);
  if (k->conn == NULL) {
    return -1;
  }
  PQsetNoticeReceiver(k->conn, ignore_notice, NULL);
  k->dial = PQstatus(k->conn) == CONNECTION_BAD ? DIAL_FAILED : DIAL_WRITE;
  return 0;
}

embark__dial embark__keeper_dial(embark__keeper *k)
{
  if (k->dial != DIAL_READ && k->dial != DIAL_WRITE) {
    return k->dial;
  }
  if (!embark__sys_ready(PQsocket(k->conn), k->dial == DIAL_WRITE)) {
    return k->dial; /* libpq, asked early, would wait for the connection itself */
  }
  switch (PQconnectPoll(k->conn)) {
  case PGRES_POLLING_READING:
    k->dial = DIAL_READ;
    break;
  case PGRES_POLLING_WRITING:
    k->dial = DIAL_WRITE;
    break;
  case PGRES_POLLING_OK:
    k->dial = embark__pipeline_attach(&k->pipe, k->conn) == 0 ? DIAL_DONE : DIAL_FAILED;
    break;
  case PGRES_POLLING_FAILED:
  case PGRES_POLLING_ACTIVE:
    k->dial = DIAL_FAILED;
    break;
  }
  return k->dial;
}

/* A password that was not encoded as a URI wants it: what stands behind its first '@' or '/' was
 * read as a host, a port or a name, which libpq quotes. Where all is right none of them has an '@'.
 */
const char *embark__keeper_reason(const embark__keeper *k)
{
  const char *const read[] = {PQhost(k->conn), PQport(k->conn), PQdb(k->conn)};
  for (size_t i = 0; i < sizeof read / sizeof read[0]; i++) {
    if (read[i] != NULL && strchr(read[i], '@') != NULL) {
      return "Its connection string has an '@' where none is expected.";
    }
  }
  return PQerrorMessage(k->conn);
}

void embark__keeper_close(embark__keeper *k)
{
  if (k->conn != NULL) {
    PQfinish(k->conn);
  }
  *k = (embark__keeper){0};
}

/* --- what is said ---------------------------------------------------------------------------- */

int embark__keeper_send_lock(embark__keeper *k, int64_t key, embark__buf *scratch)
{
  /* READ COMMITTED, or the transaction would have one snapshot for its whole life. */
  /* clang-format off */
  static const char before[] =
      "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SELECT"
      " %c'idle_in_transaction_session_timeout', '0', true), "
      SET_TRANSACTION_TIMEOUT("true")
      ", CASE WHEN %.pg_try_advisory_xact_lock(";
  static const char after[] = ") THEN 0 ELSE "
      RAISE("another session is migrating; nothing is wrong")
      " END, %.pg_backend_pid()";
  /* clang-format on */
  char number[24];
  k->holds = 1;
  snprintf(number, sizeof number, "%" PRId64, key);
  embark__buf_clear(scratch);
  embark__sql_put(scratch, before, NULL, NULL);
  embark__buf_str(scratch, number);
  embark__sql_put(scratch, after, NULL, NULL);
  const char *sql = embark__buf_text(scratch);
  return sql == NULL ? -1 : embark__pipeline_send_alone(&k->pipe, sql);
}

int embark__keeper_send_ping(embark__keeper *k)
{
  return embark__pipeline_send_alone(&k->pipe, "SELECT 1");
}

int embark__keeper_send_release(embark__keeper *k)
{
  k->holds = 0;
  k->is_used = 1;
  return embark__pipeline_send_alone(&k->pipe, "ROLLBACK");
}
