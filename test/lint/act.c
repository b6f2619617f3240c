/* Runs the statements of an example as a run of the library would. Knows no rule. */
#include "act.h"

#include <check.h>
#include <string.h>

#include "db.h"
#include "keep.h"

static bool is_used;    /* db_set_up() was called: here, as many tests turn out to need no server */
static bool is_owner;   /* act_own_roles() was called */
static bool is_for_one; /* the open transaction is one statement's */

void act_own_roles(void)
{
  is_owner = true;
}

/* What is in no schema, and so outlives them. Roles are even the cluster's. */
static void drop_loose(void)
{
  const char *drops =
      db_value(db_watch,
               "SELECT string_agg(sql, '; ') FROM ("
               " SELECT format('DROP OWNED BY %%I CASCADE; DROP ROLE %%1$I', rolname) FROM pg_roles"
               "   WHERE rolname !~ '^(pg|test)_' AND oid <> 10"
               " UNION ALL SELECT format('DROP PUBLICATION %%I', pubname) FROM pg_publication"
               " UNION ALL SELECT format('DROP EVENT TRIGGER %%I', evtname) FROM pg_event_trigger) "
               "AS of(sql)");
  db_exec(db_watch, "SELECT; %s", drops);
}

void act_prepare_empty(const example *e)
{
  if (is_used) {
    db_empty();
    db_reconnect_both();
  } else {
    db_set_up();
  }
  is_used = true;
  if (is_owner) {
    drop_loose();
  }
  if (e->before != NULL) {
    act_run_all(e->before, 0, e->before->script.count);
    act_commit();
  }
}

void act_prepare(const example *e)
{
  act_prepare_empty(e);
  if (e->before != NULL) {
    db_exec(db_watch, "%s", file_text("test", "lint", "fill.sql"));
  }
}

bool act_is_alone(const migration *m, size_t index)
{
  statement_kind kind = m->script.statements[index].what.kind;
  return kind == STATEMENT_NO_TRANSACTION || kind == STATEMENT_CONCURRENTLY;
}

void act_begin(const migration *m, size_t index)
{
  if (PQtransactionStatus(db_conn) == PQTRANS_IDLE && !act_is_alone(m, index) &&
      m->script.statements[index].what.kind != STATEMENT_BEGIN) {
    db_exec(db_conn, "BEGIN");
    is_for_one = m->outside;
  }
}

/* COPY's data lines follow it in the file. */
static PGresult *send_data(const migration *m, const statement *st)
{
  int size = (int)(st->data_end - st->data_start);
  ck_assert_int_eq(PQputCopyData(db_conn, m->source.bytes + st->data_start, size), 1);
  ck_assert_int_eq(PQputCopyEnd(db_conn, NULL), 1);
  PGresult *res = PQgetResult(db_conn);
  ck_assert_ptr_null(PQgetResult(db_conn));
  return res;
}

const char *act_run(const migration *m, size_t index)
{
  act_begin(m, index);
  PGresult *res = PQexec(db_conn, statement_text(m, index));
  if (PQresultStatus(res) == PGRES_COPY_IN) {
    PQclear(res);
    res = send_data(m, &m->script.statements[index]);
  }
  const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
  const char *error = state != NULL ? keep_printf("%s %s", state, PQresultErrorMessage(res)) : "";
  PQclear(res);
  return error;
}

void act_settle(const migration *m)
{
  if (m->outside && is_for_one) {
    act_commit();
  }
}

void act_commit(void)
{
  if (PQtransactionStatus(db_conn) != PQTRANS_IDLE) {
    db_exec(db_conn, "COMMIT");
  }
  is_for_one = false;
}

void act_run_all(const migration *m, size_t first, size_t end)
{
  for (size_t i = first; i < end; i++) {
    const char *error = act_run(m, i);
    ck_assert_msg(error[0] == '\0', "%s: %s\n%s", m->file, statement_text(m, i), error);
    act_settle(m);
  }
}
