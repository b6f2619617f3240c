/* outcome.c - from events to the document of a run. */
#include "outcome.h"

#include <string.h>

#include "document.h"
#include "drive.h"
#include "planned.h"

void outcome_init(outcome *o, const embark_bundle *bundle)
{
  *o = (outcome){.bundle = bundle};
}

void outcome_free(outcome *o)
{
  json_free(&o->applied);
  *o = (outcome){0};
}

/* Looks first where the last one was, and behind it: a run goes through them in order. */
static const embark_migration *find(outcome *o, const char *tag)
{
  const embark_bundle *b = o->bundle;
  for (uint32_t i = 0; i < b->migration_count; i++) {
    uint32_t at = (uint32_t)(((uint64_t)o->found + i) % b->migration_count);
    if (strcmp(b->migrations[at].tag, tag) == 0) {
      o->found = at;
      return &b->migrations[at];
    }
  }
  return NULL;
}

/* One that was not begun was adopted. */
static void keep_step(outcome *o, const char *tag, const embark_migration *m, int64_t us)
{
  bool was_run = us >= 0;
  json *j = &o->applied;
  json_begin(j, NULL);
  json_put_string(j, "tag", tag);
  json_put_text(j, "file", m != NULL ? m->file : NULL);
  json_put_bool(j, "run", was_run);
  json_put_number(j, "statements", was_run && m != NULL ? m->statement_count : 0);
  json_put_bool(j, "transaction", m == NULL || (m->flags & EMBARK_MIGRATION_NO_TRANSACTION) == 0);
  json_put_duration(j, "duration_ms", us);
  json_put_hazards(j, "hazards", was_run ? o->hazards : 0);
  json_end(j);
}

static void end_step(outcome *o, const embark_event *event, const embark_migration *m, int64_t *us)
{
  if (m != NULL && m == o->running) {
    *us = drive_now_us() - o->began_us;
  }
  keep_step(o, event->tag, m, *us);
  o->done++;
  o->running = NULL;
}

const embark_migration *outcome_hear(outcome *o, const embark_event *event, int64_t *us)
{
  const embark_migration *m = event->tag[0] != '\0' ? find(o, event->tag) : o->running;
  if (event->type == EMBARK_EVENT_STARTED) {
    o->running = m;
    o->hazards = event->hazards;
    o->began_us = drive_now_us();
  } else if (event->type == EMBARK_EVENT_APPLIED) {
    end_step(o, event, m, us);
  } else if (event->type == EMBARK_EVENT_RETRY) {
    o->running = NULL;
  }
  return m;
}

static void put_counts(const outcome *o, json *j, const embark_run *run)
{
  uint32_t total = o->bundle->migration_count;
  json_put_number(j, "total", total);
  json_put_number(j, "already", total > o->done ? total - o->done : 0);
  json_put_number(j, "pending", 0);
  json_put_bool(j, "ahead", embark_run_ahead(run) != 0);
}

void outcome_write(const outcome *o, json *j, const PGconn *conn, const embark_run *run,
                   const embark_run *status)
{
  const embark_error *err = embark_run_error(run);
  document_begin(j, "migrate");
  document_put_database(j, conn);
  json_put_values(j, "applied", &o->applied.out);
  if (err->code == EMBARK_OK) {
    put_counts(o, j, run);
  } else if (err->code == EMBARK_E_FORBIDDEN) {
    planned_put(j, o->bundle, run, status);
  }
  document_put_error(j, err, o->bundle);
}
