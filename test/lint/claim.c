/* Has the server say whether a row is right. Knows what each word of a row claims. */
#include "claim.h"

#include <string.h>

#include <check.h>

#include "act.h"
#include "db.h"
#include "keep.h"
#include "probe.h"

/* --- bad examples ----------------------------------------------------------------------------- */

/* Run everything up to the target, and that under observation. */
static deed watch_target(const example *e)
{
  act_prepare(e);
  scene first = scene_set(db_watch);
  act_run_all(e->of, 0, e->target);
  act_begin(e->of, e->target);
  scene before = scene_read(db_conn, &first);
  deed done = {.error = act_run(e->of, e->target)};
  if (done.error[0] == '\0') {
    scene after = scene_read(db_conn, &first);
    scene_compare(&before, &after);
    done.lock = scene_lock(&after);
    done.work = scene_work(&after);
    act_settle(e->of);
    act_run_all(e->of, e->target + 1, e->of->script.count);
    act_commit();
  }
  return done;
}

/* The SQLSTATE that bad.sql is to fail with here; "" for none. */
static const char *claimed_error(const rule *r)
{
  int major = PQserverVersion(db_watch) / 10000;
  const char *here = example_claim(r->name, keep_printf("fails-on-%d", major));
  return here[0] != '\0' ? here : example_claim(r->name, "fails");
}

static const char *error_fault(const rule *r, const char *error)
{
  const char *claimed = claimed_error(r);
  if (strncmp(error, claimed, strlen(claimed)) == 0 && (claimed[0] != '\0') == (error[0] != '\0')) {
    return "";
  }
  return keep_printf("%s: bad.sql should %s%s, and it %s %s", r->name,
                     claimed[0] != '\0' ? "fail with " : "succeed", claimed,
                     error[0] != '\0' ? "fails:" : "succeeds", error);
}

deed bad_deed(const example *e)
{
  deed done = watch_target(e);
  if (done.error[0] != '\0' || act_is_alone(e->of, e->target)) {
    done.lock = probe_lock(e);
  }
  return done;
}

const char *deed_fault(const rule *r, const deed *done)
{
  const char *fault = error_fault(r, done->error);
  if (fault[0] == '\0' && done->lock != r->lock) {
    return keep_printf("%s: the row says lock %s, and bad.sql takes %s", r->name,
                       lock_mode_name(r->lock), lock_mode_name(done->lock));
  }
  if (fault[0] == '\0' && done->error[0] == '\0' && done->work != r->work) {
    return keep_printf("%s: the row says work %s, and bad.sql does %s", r->name, work_name(r->work),
                       work_name(done->work));
  }
  return fault;
}

/* --- good examples ---------------------------------------------------------------------------- */

/* Counters of a statement outside transactions cannot be read, but its files can. */
static bool is_harmful(const place *p, bool is_alone)
{
  lock_mode harmful = p->is_read_only ? LOCK_ACCESS_EXCLUSIVE : LOCK_SHARE;
  return is_alone ? p->work == WORK_REWRITE : p->lock >= harmful && p->work != WORK_NONE;
}

static const char *harm_in(const rule *r, const example *e, size_t index, const scene *after)
{
  for (int i = 0; i < after->count; i++) {
    const place *p = &after->places[i];
    if (is_harmful(p, act_is_alone(e->of, index))) {
      return keep_printf("%s: good.sql does a %s of %s under a lock of mode %s: %s", r->name,
                         work_name(p->work), p->name, lock_mode_name(p->lock),
                         statement_text(e->of, index));
    }
  }
  return "";
}

const char *good_fault(const rule *r, const example *e)
{
  const char *fault = "";
  act_prepare(e);
  scene first = scene_set(db_watch);
  for (size_t i = 0; i < e->of->script.count; i++) {
    act_begin(e->of, i);
    scene before = scene_read(db_conn, &first);
    const char *error = act_run(e->of, i);
    if (error[0] != '\0') {
      return keep_printf("%s: good.sql: %s: %s", r->name, statement_text(e->of, i), error);
    }
    scene after = scene_read(db_conn, &first);
    scene_compare(&before, &after);
    fault = fault[0] != '\0' ? fault : harm_in(r, e, i, &after);
    act_settle(e->of);
  }
  act_commit();
  return fault;
}

/* --- ends ------------------------------------------------------------------------------------- */

const char *end_of(const example *e)
{
  act_prepare_empty(e);
  act_run_all(e->of, 0, e->of->script.count);
  act_commit();
  return db_rows(db_watch, "%s", file_text("test", "lint", "ends.sql"));
}
