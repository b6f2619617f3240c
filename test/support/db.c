/* db.c - databases and queries of tests. Knows libpq; knows nothing of Embark. */
#include "db.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <check.h>

#include "keep.h"

#define MOST_CONNECTIONS 64
#define MOST_ROLES       8
#define MOST_SECONDS     120 /* of a wait for what comes true at once on an idle machine */

PGconn *db_conn, *db_watch;

static PGconn *open_conns[MOST_CONNECTIONS];
static size_t open_count;
static const char *roles[MOST_ROLES];
static size_t role_count;
static char name[64], user[64];

static PGconn *connect_to(const char *more)
{
  PGconn *conn = PQconnectdb(keep_printf("dbname=%s user=%s %s", name, user, more));
  ck_assert_msg(PQstatus(conn) == CONNECTION_OK, "%s", PQerrorMessage(conn));
  return conn;
}

static const char *format_sql(const char *format, va_list args)
    __attribute__((format(printf, 1, 0)));

static const char *format_sql(const char *format, va_list args)
{
  va_list again;
  va_copy(again, args);
  size_t size = (size_t)vsnprintf(NULL, 0, format, again) + 1;
  va_end(again);
  char *sql = keep_zeros(size);
  vsnprintf(sql, size, format, args);
  return sql;
}

static PGresult *query(PGconn *conn, const char *sql)
{
  PGresult *res = PQexec(conn, sql);
  ExecStatusType status = PQresultStatus(res);
  ck_assert_msg(status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK, "%.2000s\n%s", sql,
                PQerrorMessage(conn));
  return res;
}

static void ignore_notice(void *arg, const char *message)
{
  (void)arg;
  (void)message;
}

void db_make(void)
{
  if (name[0] != '\0') {
    return;
  }
  snprintf(name, sizeof name, "test_%ld", (long)getpid());
  snprintf(user, sizeof user, "test_%ld_super", (long)getpid());
  PGconn *conn = PQconnectdb("dbname=postgres");
  db_exec(conn, "CREATE ROLE %s LOGIN SUPERUSER", user);
  db_exec(conn, "CREATE DATABASE %s TEMPLATE template0 OWNER %s", name, user);
  PQfinish(conn);
}

/* Undo whatever the test before did to the database, were it killed in the middle. */
void db_empty(void)
{
  db_exec(db_watch, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()");
  db_wait_until("SELECT count(*) = 1 FROM pg_stat_activity WHERE datname = current_database()");
  const char *drops =
      db_value(db_watch, "SELECT string_agg(format('DROP SCHEMA %%I CASCADE', nspname), ';')"
                         " FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> "
                         "'information_schema'");
  db_exec(db_watch, "%s; CREATE SCHEMA public; ALTER DATABASE %s RESET ALL", drops, name);
}

void db_set_up(void)
{
  db_watch = db_connect("application_name=watch");
  db_empty();
  db_conn = db_connect("application_name=under_test");
}

void db_tear_down(void)
{
  while (role_count > 0) {
    const char *role = roles[--role_count];
    db_exec(db_watch, "DROP OWNED BY %s CASCADE; DROP ROLE %s", role, role);
  }
  while (open_count > 0) {
    PQfinish(open_conns[--open_count]);
  }
}

const char *db_name(void)
{
  return name;
}

const char *db_user(void)
{
  return user;
}

PGconn *db_connect(const char *more)
{
  ck_assert_uint_lt(open_count, MOST_CONNECTIONS);
  PGconn *conn = connect_to(more);
  PQsetNoticeProcessor(conn, ignore_notice, NULL);
  open_conns[open_count++] = conn;
  return conn;
}

static void disconnect(PGconn **conn)
{
  for (size_t i = 0; i < open_count; i++) {
    if (open_conns[i] == *conn) {
      open_conns[i] = open_conns[--open_count];
    }
  }
  PQfinish(*conn);
  *conn = NULL;
}

void db_disconnect(void)
{
  disconnect(&db_conn);
}

static void reopen(PGconn **conn, const char *more)
{
  disconnect(conn);
  *conn = db_connect(more);
}

void db_reconnect(const char *more)
{
  reopen(&db_conn, more);
}

void db_reconnect_both(void)
{
  reopen(&db_watch, "application_name=watch");
  reopen(&db_conn, "application_name=under_test");
}

const char *db_role(const char *attributes)
{
  ck_assert_uint_lt(role_count, MOST_ROLES);
  const char *role = keep_printf("%s_%ld_%zu", name, (long)getpid(), role_count);
  db_exec(db_watch, "CREATE ROLE %s LOGIN %s", role, attributes);
  roles[role_count++] = role;
  return role;
}

void db_exec(PGconn *conn, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  PQclear(query(conn, format_sql(format, args)));
  va_end(args);
}

const char *db_value(PGconn *conn, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  PGresult *res = query(conn, format_sql(format, args));
  va_end(args);
  const char *value = keep_printf("%s", PQntuples(res) > 0 ? PQgetvalue(res, 0, 0) : "");
  PQclear(res);
  return value;
}

static const char *rows_of(PGconn *conn, const char *sql)
{
  PGresult *res = query(conn, sql);
  size_t size = 1, at = 0;
  for (int row = 0; row < PQntuples(res); row++) {
    for (int col = 0; col < PQnfields(res); col++) {
      size += (size_t)PQgetlength(res, row, col) + 1;
    }
  }
  char *text = keep_zeros(size);
  for (int row = 0; row < PQntuples(res); row++) {
    for (int col = 0; col < PQnfields(res); col++) {
      const char *before = col > 0 ? "|" : row > 0 ? "\n" : "";
      at += (size_t)snprintf(text + at, size - at, "%s%s", before, PQgetvalue(res, row, col));
    }
  }
  PQclear(res);
  return text;
}

const char *db_rows(PGconn *conn, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  const char *rows = rows_of(conn, format_sql(format, args));
  va_end(args);
  return rows;
}

void db_expect_rows(const char *rows, const char *format, ...)
{
  va_list args;
  va_start(args, format);
  const char *sql = format_sql(format, args);
  va_end(args);
  const char *got = rows_of(db_watch, sql);
  ck_assert_msg(strcmp(got, rows) == 0, "%s\nhas:\n%s\ninstead of:\n%s", sql, got, rows);
}

void db_expect_tables(const char *names)
{
  db_expect_rows(names,
                 "SELECT coalesce(string_agg(relname, ' ' ORDER BY relname COLLATE \"C\"), '')"
                 " FROM pg_class"
                 " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')");
}

const char *db_mark(void)
{
  return db_value(
      db_watch,
      "SELECT md5(string_agg(mark, ' ' ORDER BY mark)) FROM ("
      " SELECT concat(oid, xmin, ctid) FROM pg_class"
      " UNION ALL SELECT concat(oid, xmin, ctid) FROM pg_namespace"
      " UNION ALL SELECT query_to_xml(format('SELECT xmin, ctid FROM %%I.%%I', nspname, relname),"
      "   true, false, '')::text FROM pg_class JOIN pg_namespace AS n ON n.oid = relnamespace"
      "   WHERE relkind = 'r' AND nspname !~ '^pg_' AND nspname <> 'information_schema'"
      ") AS all_of(mark)");
}

void db_expect_mark(const char *before)
{
  ck_assert_msg(strcmp(db_mark(), before) == 0, "something was written to the database");
}

void db_wait_until(const char *format, ...)
{
  va_list args;
  va_start(args, format);
  const char *sql = keep_printf("SELECT (%s)", format_sql(format, args));
  va_end(args);
  for (time_t end = time(NULL) + MOST_SECONDS; time(NULL) < end;) {
    PGresult *res = query(db_watch, sql);
    int holds = PQgetvalue(res, 0, 0)[0] == 't';
    PQclear(res);
    if (holds) {
      return;
    }
    poll(NULL, 0, 2);
  }
  ck_abort_msg("never came true: %s", sql);
}

const char *db_session(PGconn *conn)
{
  return keep_printf(
      "%s\nnon-blocking %d, pipeline %d, transaction %d, client encoding %d",
      db_rows(conn, "SELECT name, setting, source FROM pg_catalog.pg_settings"
                    /* those appear when something loads PL/pgSQL */
                    " WHERE source OPERATOR(pg_catalog.<>) 'default'"
                    " OR name OPERATOR(pg_catalog.!~) '^plpgsql'"
                    " UNION ALL SELECT 'user', session_user || ' as ' || current_user,"
                    "   pg_catalog.current_setting('role')"
                    " UNION ALL SELECT 'lock', locktype, mode FROM pg_catalog.pg_locks"
                    "   WHERE pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()"
                    "   AND locktype OPERATOR(pg_catalog.=) 'advisory'"
                    " UNION ALL SELECT 'prepared', name, '' FROM pg_catalog.pg_prepared_statements"
                    " UNION ALL SELECT 'cursor', name, '' FROM pg_catalog.pg_cursors"
                    "   WHERE is_holdable"
                    " UNION ALL SELECT 'listen', l, '' FROM pg_catalog.pg_listening_channels() AS l"
                    " ORDER BY 1, 2"),
      PQisnonblocking(conn), (int)PQpipelineStatus(conn), (int)PQtransactionStatus(conn),
      PQclientEncoding(conn));
}

static size_t line_length(const char *line)
{
  return strcspn(line, "\n");
}

void db_expect_same(const char *before, const char *after)
{
  for (const char *a = before, *b = after; *a != '\0' || *b != '\0';) {
    size_t size = line_length(a), other = line_length(b);
    ck_assert_msg(size == other && memcmp(a, b, size) == 0,
                  "the session was\n  %.*s\nand now is\n  %.*s", (int)size, a, (int)other, b);
    a += size + (a[size] == '\n');
    b += other + (b[other] == '\n');
  }
}

void db_expect_session(PGconn *conn, const char *before)
{
  db_expect_same(before, db_session(conn));
}
