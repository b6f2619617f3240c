/* blocker.c - the likely holder of a lock. Knows pg_locks; knows nothing of migrations. */
#include "blocker.h"

#include "answer.h"
#include "error.h"
#include "lock.h"
#include "sql.h"

/* Of the statement no more than this is looked through: a name stands near its beginning. */
#define LOOK_AT 4096

int embark__blocker_send(embark__pipeline *p, embark__buf *scratch, const char *statement)
{
  /* The first five columns are those that describe a session, as in lock.c. What the role may not
   * see of others' sessions is NULL. The system's own tables are left out: every session locks
   * them, and lets go of them at once. */
  static const char sql[] = "SELECT l.pid, a.application_name, %.pg_get_userbyid(a.usesysid),"
                            " a.client_addr%t, a.state, l.mode, n.nspname, c.relname,"
                            " %.floor(%.date_part('epoch',"
                            " %.clock_timestamp()%-a.xact_start))"
                            " FROM %.pg_locks AS l"
                            " JOIN %.pg_class AS c ON c.oid%=l.relation"
                            "%N"
                            " LEFT JOIN LATERAL %.pg_stat_get_activity(l.pid) AS a ON true"
                            " WHERE l.locktype%='relation' AND l.granted"
                            " AND l.database%=(SELECT d.oid FROM %.pg_database AS d"
                            " WHERE d.datname%=%.current_database())"
                            " AND l.pid%!%.pg_backend_pid()"
                            " AND n.nspname%!'pg_catalog' AND n.nspname%!'pg_toast'"
                            " ORDER BY %.strpos(%.lower($1), %.lower(c.relname%t))%="
                            "0, a.xact_start, c.relkind%='i', l.pid LIMIT 1";
  char beginning[LOOK_AT];
  embark__copy_text(beginning, sizeof beginning, statement);
  const char *values[] = {beginning};
  return embark__sql_send(p, scratch, sql, 1, values);
}

void embark__blocker_describe(embark_error *err, const PGresult *res)
{
  enum { MODE = 5, SCHEMA, TABLE, AGE };
  const char *mode = embark__answer_text(res, 0, MODE);
  const char *schema = embark__answer_text(res, 0, SCHEMA);
  const char *table = embark__answer_text(res, 0, TABLE);
  const char *age = embark__answer_text(res, 0, AGE);
  embark__lock as_lock = {0};
  if (mode == NULL || schema == NULL || table == NULL) {
    return;
  }
  embark__lock_holder(&as_lock, res);
  char so_far[EMBARK_TEXT_SIZE];
  embark__copy_text(so_far, sizeof so_far, err->detail);
  embark__error_detail(err,
                       "%s\nIn the way may be %s: it holds %s on %s.%s, in a transaction%s%s%s.",
                       so_far, as_lock.holder, mode, schema, table, age != NULL ? " of " : "",
                       age != NULL ? age : "", age != NULL ? " s" : "");
}
