/* planned.c - steps as a document has them: as the command `plan` says it. */
#include "planned.h"

#include "state_word.h"

typedef struct history {
  const embark_entry *entries; /* the bundle's first, in its order */
  size_t count;
} history;

static const embark_entry *entry_at(const history *h, uint32_t at)
{
  return at < h->count ? &h->entries[at] : NULL;
}

/* The steps are in the bundle's order, so *at goes through it but once. */
static void put_step(json *j, const embark_bundle *b, const history *h, const embark_step *step,
                     uint32_t *at)
{
  while (*at + 1 < b->migration_count && b->migrations[*at].tag != step->tag) {
    ++*at;
  }
  const embark_entry *e = entry_at(h, *at);
  json_begin(j, NULL);
  json_put_string(j, "tag", step->tag);
  json_put_string(j, "file", step->file);
  json_put_number(j, "position", (int64_t)*at + 1);
  json_put_string(j, "why", step_word(step, e));
  json_put_bool(j, "run", !step->adopt);
  json_put_number(j, "statements", b->migrations[*at].statement_count);
  json_put_bool(j, "transaction", !step->outside);
  json_put_count(j, "statement", e != NULL ? e->statement : 0);
  json_put_hazards(j, "hazards", step->hazards);
  json_put_bool(j, "forbidden", step->forbidden != 0);
  json_end(j);
}

/* All that is pending is planned, but where the host limits it. */
static size_t left_behind(const history *h, size_t planned)
{
  size_t pending = 0;
  for (size_t i = 0; i < h->count; i++) {
    embark_state state = h->entries[i].state;
    pending += state == EMBARK_STATE_PENDING || state == EMBARK_STATE_RUNNING;
  }
  return pending > planned ? pending - planned : 0;
}

void planned_put(json *j, const embark_bundle *b, const embark_run *run, const embark_run *status)
{
  history h = {NULL, 0};
  const embark_step *steps = NULL;
  size_t count = embark_run_steps(run, &steps);
  uint32_t at = 0;
  if (status != NULL) {
    h.count = embark_run_entries(status, &h.entries);
  }
  json_begin_list(j, "steps");
  for (size_t i = 0; i < count; i++) {
    put_step(j, b, &h, &steps[i], &at);
  }
  json_end_list(j);
  json_put_number(j, "total", b->migration_count);
  json_put_number(j, "left", (int64_t)left_behind(&h, count));
}
