/* lock.c - the advisory lock. Knows how PostgreSQL shows such locks, and the pace of waiting. */
#include "lock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "answer.h"
#include "error.h"
#include "sql.h"
#include "sys.h"

#define DRIZZLE_KEY     0x4d495252 /* "MIRR", which other migrators of Drizzle ledgers use too */
#define FIRST_WAIT_MS   5
#define LONGEST_WAIT_MS 500

static uint64_t mix(uint64_t h, const char *text)
{
  /* FNV-1a, the final NUL included so that ("a", "bc") and ("ab", "c") differ. */
  for (size_t i = 0, end = strlen(text) + 1; i < end; i++) {
    h = (h ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
  }
  return h;
}

int64_t embark__lock_key(embark_ledger kind, const char *schema, const char *table)
{
  if (kind != EMBARK_LEDGER_NATIVE) {
    return DRIZZLE_KEY;
  }
  uint64_t h = mix(mix(mix(UINT64_C(0xcbf29ce484222325), "embark"), schema), table);
  int64_t key;
  memcpy(&key, &h, sizeof key);
  return key;
}

int64_t embark__lock_key_of(const embark_options *opt, embark_ledger kind, const char *schema,
                            const char *table)
{
  return opt->has_lock_key ? opt->lock_key : embark__lock_key(kind, schema, table);
}

int embark__lock_send_holder(const embark__lock *lock, embark__pipeline *p, embark__buf *scratch)
{
  /* pg_locks shows a bigint key in two halves, with objsubid 1. Many may ask at once, so it is not
   * pg_stat_activity that is joined but the function beneath it, for the one backend. */
  static const char sql[] = "SELECT l.pid, a.application_name, %.pg_get_userbyid(a.usesysid),"
                            " a.client_addr%t, a.state FROM %.pg_locks AS l"
                            " LEFT JOIN LATERAL %.pg_stat_get_activity(l.pid) AS a ON true"
                            " WHERE l.locktype%='advisory' AND l.objsubid%=1 AND l.granted"
                            " AND l.classid%=$1::%.oid AND l.objid%=$2::%.oid"
                            " AND l.database%=(SELECT d.oid FROM %.pg_database AS d"
                            " WHERE d.datname%=%.current_database())"
                            " AND l.pid%!%.pg_backend_pid()";
  char high[16], low[16];
  uint64_t key = (uint64_t)lock->key;
  snprintf(high, sizeof high, "%" PRIu32, (uint32_t)(key >> 32));
  snprintf(low, sizeof low, "%" PRIu32, (uint32_t)key);
  const char *values[] = {high, low};
  return embark__sql_send(p, scratch, sql, 2, values);
}

static const char *or_unknown(const char *text)
{
  return text != NULL && text[0] != '\0' ? text : "unknown";
}

void embark__lock_forget_holder(embark__lock *lock)
{
  lock->holder_pid = 0;
  lock->done = 0;
  lock->total = 0;
  embark__copy_text(lock->holder, sizeof lock->holder, "a session that is gone, or not to be seen");
}

void embark__lock_holder(embark__lock *lock, const PGresult *res)
{
  if (PQntuples(res) < 1) {
    return;
  }
  const char *address = embark__answer_text(res, 0, 3);
  char text[EMBARK_TEXT_SIZE];
  lock->holder_pid = (int32_t)embark__answer_int(res, 0, 0);
  snprintf(text, sizeof text, "pid %" PRId32 " (%s, user %s%s%s, %s)", lock->holder_pid,
           or_unknown(embark__answer_text(res, 0, 1)), or_unknown(embark__answer_text(res, 0, 2)),
           address != NULL ? " from " : "", address != NULL ? address : "",
           or_unknown(embark__answer_text(res, 0, 4)));
  embark__copy_text(lock->holder, sizeof lock->holder, text);
}

/* Somewhere in the upper half of a quarter of what was waited so far: whoever looks more often
 * slows the one that works, whoever looks more rarely sleeps on when the work is done. */
static int64_t pace(int64_t waited_ms)
{
  int64_t step = waited_ms / 4;
  if (step < FIRST_WAIT_MS) {
    step = FIRST_WAIT_MS;
  } else if (step > LONGEST_WAIT_MS) {
    step = LONGEST_WAIT_MS;
  }
  return step / 2 + (int64_t)(embark__sys_jitter(&step) % (uint32_t)(step / 2 + 1));
}

int64_t embark__lock_next_wait(embark__lock *lock, int64_t now_ms)
{
  if (lock->since_ms == 0) {
    lock->since_ms = now_ms;
  }
  int64_t waited = now_ms - lock->since_ms;
  int64_t wait = pace(waited);
  if (lock->limit_ms == EMBARK_WAIT_FOREVER) {
    return wait;
  }
  int64_t left = lock->limit_ms == EMBARK_WAIT_NONE ? 0 : lock->limit_ms - waited;
  if (left <= 0) {
    return -1;
  }
  return wait < left ? wait : left;
}
