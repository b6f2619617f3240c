/* What the statements of one transaction do to others together: each may be harmless alone. Reads
 * what the other families kept of the tables that they touch. */
#include <embark_bundle.h>
#include <string.h>

#include "check.h"

enum { MANY_EXCLUSIVE_LOCKS, SLOW_WORK_UNDER_LOCK, SLOW_WORK_UNDER_WRITE_LOCK };

/* clang-format off */
static const rule rules[] = {
    [MANY_EXCLUSIVE_LOCKS] = {"many-exclusive-locks", SEVERITY_NOTE, 0,
     LOCK_ACCESS_EXCLUSIVE, WORK_NONE, RULE_ON_EXISTING | RULE_BY_SIZE,
     "a transaction collects locks on several tables, against all who use them, and keeps them "
     "to its end"},
    [SLOW_WORK_UNDER_LOCK] = {"slow-work-under-lock", SEVERITY_ERROR,
     EMBARK_HAZARD_BLOCKS_WRITES | EMBARK_HAZARD_BLOCKS_READS,
     LOCK_ACCESS_EXCLUSIVE, WORK_SCAN, RULE_ON_EXISTING | RULE_BY_SIZE,
     "work that takes long is done while the transaction keeps everybody from a table"},
    [SLOW_WORK_UNDER_WRITE_LOCK] = {"slow-work-under-write-lock", SEVERITY_WARNING,
     EMBARK_HAZARD_BLOCKS_WRITES,
     LOCK_SHARE_ROW_EXCLUSIVE, WORK_SCAN, RULE_ON_EXISTING | RULE_BY_SIZE,
     "work that takes long is done while the transaction keeps all writers from a table"},
};
/* clang-format on */

enum { MANY = 3 };

/* --- touches ---------------------------------------------------------------------------------- */

static subject subject_of(const check *c, const touch *t)
{
  const object *o = catalog_object(c->catalog, t->object);
  const char *dot = strrchr(t->about, '.');
  return (subject){.object = o,
                   .schema = o != NULL ? o->schema : NULL,
                   .name = o != NULL     ? o->name
                           : dot != NULL ? dot + 1
                                         : t->about,
                   .made_by = o != NULL ? o->made_by : 0};
}

static bool is_same_table(const touch *a, const touch *b)
{
  return a->object == b->object && (a->object != 0 || strcmp(a->about, b->about) == 0);
}

/* Nobody waits for what is no view's, no index's, and is not gone in the end. */
static bool is_table(const check *c, const touch *t)
{
  const object *o = catalog_object(c->catalog, t->object);
  return o == NULL ||
         (o->dropped_by == 0 && (o->kind == OBJECT_TABLE || o->kind == OBJECT_MATVIEW));
}

/* A rule's finding is at the statement of a touch: the last one is at hand when this is called. */
static void stand_at(check *c, const touch *t)
{
  c->statement = t->statement;
  c->base = 0;
}

/* --- many locks ------------------------------------------------------------------------------- */

/* The first of the transaction that takes its table from everybody. */
static bool is_first_exclusive(const check *c, size_t index)
{
  const touch *t = &c->touches.items[index];
  bool is_first = t->transaction != 0 && t->lock == LOCK_ACCESS_EXCLUSIVE && is_table(c, t);
  for (size_t i = 0; is_first && i < index; i++) {
    const touch *earlier = &c->touches.items[i];
    is_first = earlier->transaction != t->transaction || earlier->lock != LOCK_ACCESS_EXCLUSIVE ||
               !is_same_table(earlier, t);
  }
  return is_first;
}

static void count_locks(check *c)
{
  size_t transaction = 0;
  size_t count = 0;
  subject held[MANY];
  for (size_t i = 0; i < c->touches.count; i++) {
    const touch *t = &c->touches.items[i];
    count = t->transaction == transaction ? count : 0;
    transaction = t->transaction;
    if (count == MANY || !is_first_exclusive(c, i)) {
      continue;
    }
    held[count++] = subject_of(c, t);
    if (count == MANY) {
      stand_at(c, t);
      check_report(c, &rules[MANY_EXCLUSIVE_LOCKS], t->at, &held[MANY - 1],
                   "Change each table in a migration of its own.",
                   "nobody can use \"%s\", \"%s\" and \"%s\" until the transaction ends",
                   held[0].name, held[1].name, held[2].name);
    }
  }
}

/* --- slow work -------------------------------------------------------------------------------- */

static bool is_slow(const touch *t)
{
  return t->transaction != 0 && (t->is_data || t->work != WORK_NONE);
}

/* The strongest lock on a table that the transaction has taken before, and that holds up more than
 * the work does itself; NULL when nobody waits for that. */
static const touch *lock_before(const check *c, const touch *slow)
{
  const touch *strongest = NULL;
  for (size_t i = 0; i < c->touches.count; i++) {
    const touch *t = &c->touches.items[i];
    bool is_held = t->statement < slow->statement && t->transaction == slow->transaction &&
                   t->lock >= LOCK_SHARE && is_table(c, t);
    bool is_own =
        is_same_table(t, slow) &&
        (slow->lock >= t->lock || (slow->lock >= LOCK_SHARE && t->lock < LOCK_ACCESS_EXCLUSIVE));
    if (is_held && !is_own && (strongest == NULL || t->lock > strongest->lock)) {
      strongest = t;
    }
  }
  return strongest;
}

static void report_slow(check *c, const touch *slow, const touch *lock)
{
  subject at_work = subject_of(c, slow);
  subject waits = subject_of(c, lock);
  bool holds_all = lock->lock == LOCK_ACCESS_EXCLUSIVE;
  at_work.made_by = waits.made_by > at_work.made_by ? waits.made_by : at_work.made_by;
  stand_at(c, slow);
  check_report(c, &rules[holds_all ? SLOW_WORK_UNDER_LOCK : SLOW_WORK_UNDER_WRITE_LOCK], slow->at,
               &at_work, "Put it into a migration of its own, behind this one.",
               "nobody can %s \"%s\" while this is at work: its lock is kept from line %zu on",
               holds_all ? "use" : "write to", waits.name,
               c->of->script.statements[lock->statement].line);
}

/* The first of each transaction, or the first that holds up readers, tells of all. */
static void find_slow_work(check *c)
{
  const touch *slow = NULL;
  const touch *lock = NULL;
  for (size_t i = 0; i < c->touches.count; i++) {
    const touch *t = &c->touches.items[i];
    if (slow != NULL && t->transaction != slow->transaction) {
      report_slow(c, slow, lock);
      slow = lock = NULL;
    }
    const touch *before = is_slow(t) ? lock_before(c, t) : NULL;
    if (before != NULL &&
        (lock == NULL || (before->lock == LOCK_ACCESS_EXCLUSIVE && before->lock > lock->lock))) {
      slow = t;
      lock = before;
    }
  }
  if (slow != NULL) {
    report_slow(c, slow, lock);
  }
}

/* --- all -------------------------------------------------------------------------------------- */

static void look_at(check *c)
{
  (void)c;
}

static void look_back(check *c)
{
  size_t last = c->statement;
  count_locks(c);
  find_slow_work(c);
  c->statement = last;
}

const rule_family rules_transaction = {rules, sizeof rules / sizeof rules[0], look_at, look_back};
