/* Has a statement meet the locks of another session, from the weakest on: what waits for a weak
 * one wants a strong one. */
#include "probe.h"

#include <poll.h>
#include <string.h>

#include <check.h>

#include "act.h"
#include "db.h"
#include "keep.h"
#include "measure.h"

enum { PATIENCE_MS = 60000, LOOK_EVERY_MS = 5 };

/* Another session holds this lock on all tables. */
static PGconn *hold(lock_mode mode)
{
  PGconn *holder = db_connect("");
  const char *names =
      db_value(holder, "SELECT string_agg(c.oid::regclass::text, ', ') FROM pg_class AS c"
                       " JOIN pg_namespace AS n ON n.oid = c.relnamespace"
                       " WHERE c.relkind IN ('r', 'p')"
                       " AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'");
  db_exec(holder, "BEGIN");
  if (names[0] != '\0') {
    db_exec(holder, "LOCK TABLE %s IN %s MODE NOWAIT", names, lock_mode_name(mode));
  }
  return holder;
}

static bool is_waiting(void)
{
  return db_value(db_watch, "SELECT pg_blocking_pids(%d) <> '{}'", PQbackendPID(db_conn))[0] == 't';
}

static lock_mode lock_now(const scene *s)
{
  const char *modes =
      db_value(db_watch,
               "SELECT string_agg(DISTINCT mode, ' ') FROM pg_locks"
               " WHERE pid = %d AND locktype = 'relation' AND relation = ANY ('%s'::oid[])",
               PQbackendPID(db_conn), s->oids);
  return lock_mode_strongest(modes);
}

static bool is_done(void)
{
  struct pollfd socket = {.fd = PQsocket(db_conn), .events = POLLIN};
  poll(&socket, 1, LOOK_EVERY_MS);
  ck_assert_int_eq(PQconsumeInput(db_conn), 1);
  return PQisBusy(db_conn) == 0;
}

/* The lock that it has or wants when it comes to wait; LOCK_NONE if it never does. */
static lock_mode lock_when_waiting(const scene *s, PGconn *holder)
{
  lock_mode lock = LOCK_NONE;
  for (int waited = 0; !is_done(); waited += LOOK_EVERY_MS) {
    ck_assert_msg(waited < PATIENCE_MS, "the statement does not end");
    if (PQtransactionStatus(holder) == PQTRANS_INTRANS && is_waiting()) {
      lock = lock_now(s);
      db_exec(holder, "ROLLBACK");
    }
  }
  return lock;
}

static lock_mode meet(const example *e, lock_mode held)
{
  act_prepare(e);
  scene s = scene_set(db_watch);
  act_run_all(e->of, 0, e->target);
  PGconn *holder = hold(held);
  act_begin(e->of, e->target);
  ck_assert_int_eq(PQsendQuery(db_conn, statement_text(e->of, e->target)), 1);
  lock_mode lock = lock_when_waiting(&s, holder);
  for (PGresult *res; (res = PQgetResult(db_conn)) != NULL;) {
    PQclear(res);
  }
  return lock;
}

lock_mode probe_lock(const example *e)
{
  static const lock_mode steps[] = {LOCK_ACCESS_SHARE,           LOCK_ROW_SHARE, LOCK_ROW_EXCLUSIVE,
                                    LOCK_SHARE_UPDATE_EXCLUSIVE, LOCK_SHARE,     LOCK_EXCLUSIVE,
                                    LOCK_ACCESS_EXCLUSIVE};
  lock_mode lock = LOCK_NONE;
  for (size_t i = 0; lock == LOCK_NONE && i < sizeof steps / sizeof steps[0]; i++) {
    lock = meet(e, steps[i]);
  }
  return lock;
}
