/* plan.c - taking in the ledger: which migration each of its rows is. What follows from that is
 * decided in decide.c. Knows the three kinds of ledger by what identifies a row; knows no SQL. */
#include "plan.h"

#include <string.h>

#include "mem.h"
#include "plan_state.h"

/* FNV-1a: a few instructions a byte, and quality enough for a table that is at most half full. */
static uint32_t mix(uint32_t h, const void *data, size_t length)
{
  const unsigned char *bytes = data;
  for (size_t i = 0; i < length; i++) {
    h = (h ^ bytes[i]) * 16777619u;
  }
  return h;
}

/* What finds a migration again: its time in a Drizzle ledger, where line endings may have changed
 * the hash; its tag elsewhere. */
static uint32_t key_of(embark_ledger kind, const char *tag, int64_t when_ms)
{
  const uint32_t basis = 2166136261u;
  if (kind == EMBARK_LEDGER_DRIZZLE) {
    return mix(basis, &when_ms, sizeof when_ms);
  }
  return tag != NULL ? mix(basis, tag, strlen(tag)) : basis; /* a bundle is not validated yet */
}

static void index_migrations(embark__plan *plan)
{
  const embark_bundle *b = plan->bundle;
  for (uint32_t i = 0; i < b->migration_count; i++) {
    uint32_t at =
        key_of(b->ledger, b->migrations[i].tag, b->migrations[i].when_ms) & plan->slot_mask;
    while (plan->slots[at] != 0) {
      at = (at + 1) & plan->slot_mask;
    }
    plan->slots[at] = i + 1;
  }
}

int embark__plan_init(embark__plan *plan, const embark_bundle *bundle,
                      const embark_allocator *alloc)
{
  memset(plan, 0, sizeof *plan);
  plan->bundle = bundle;
  plan->alloc = alloc;
  plan->newest = -1;
  plan->reordered = -1;
  plan->interrupted = -1;
  plan->last_position = -1;
  plan->restamp_from = bundle->migration_count;
  size_t size = 16;
  while (size < (size_t)bundle->migration_count * 2) {
    size *= 2;
  }
  plan->slot_mask = (uint32_t)(size - 1);
  plan->slots = embark__mem_array(alloc, size, sizeof *plan->slots);
  plan->state = embark__mem_array(alloc, bundle->migration_count, sizeof *plan->state);
  if (plan->slots == NULL || plan->state == NULL) {
    return EMBARK_E_MEMORY;
  }
  index_migrations(plan);
  return EMBARK_OK;
}

void embark__plan_free(embark__plan *plan)
{
  while (plan->kept != NULL) {
    embark__kept *next = plan->kept->next;
    embark__mem_release(plan->alloc, plan->kept);
    plan->kept = next;
  }
  embark__mem_release(plan->alloc, plan->recorded);
  embark__mem_release(plan->alloc, plan->strays);
  embark__mem_release(plan->alloc, plan->state);
  embark__mem_release(plan->alloc, plan->first_state);
  embark__mem_release(plan->alloc, plan->slots);
  embark__mem_release(plan->alloc, plan->steps);
  embark__mem_release(plan->alloc, plan->step_migration);
  memset(plan, 0, sizeof *plan);
}

int embark__plan_renew(embark__plan *plan, const embark_bundle *bundle,
                       const embark_allocator *alloc)
{
  unsigned char *first = plan->first_state;
  plan->first_state = NULL;
  /* What is pending and would be adopted is there already. */
  if (first == NULL && plan->step_count > 0 && !plan->at_once) {
    first = plan->state;
    plan->state = NULL;
  }
  embark__plan_free(plan);
  int code = embark__plan_init(plan, bundle, alloc);
  plan->first_state = first;
  return code;
}

static int same(const char *a, const char *b)
{
  return a != NULL && b != NULL && strcmp(a, b) == 0;
}

/* The hash of the migration's that is this one; NULL: none of them. */
static const char *own_hash(const embark_migration *m, const char *hash)
{
  if (same(m->hash, hash)) {
    return m->hash;
  }
  for (const char *const *other = m->other_hashes; other != NULL && *other != NULL; other++) {
    if (same(*other, hash)) {
      return *other;
    }
  }
  return NULL;
}

typedef enum likeness { OTHER, CHANGED, SAME } likeness;

/* How far a row is this migration's; *hash is which of its hashes, NULL: none. */
static likeness compare(embark_ledger kind, const embark_migration *m, const embark__row *row,
                        const char **hash)
{
  *hash = own_hash(m, row->hash);
  int content = *hash != NULL;
  switch (kind) {
  case EMBARK_LEDGER_NATIVE:
    return !same(m->tag, row->tag) ? OTHER : content ? SAME : CHANGED;
  case EMBARK_LEDGER_DRIZZLE:
    return !row->has_when || m->when_ms != row->when_ms ? OTHER : content ? SAME : CHANGED;
  case EMBARK_LEDGER_DRIZZLE_TAG:
    return same(m->tag, row->tag) ? SAME : OTHER;
  }
  return OTHER;
}

/* The migration that a row is, -1 for none. A row that is nearly one (its time is right, its
 * content is not) counts as that one changed, unless it is exactly another. */
static int64_t find(const embark__plan *plan, const embark__row *row, likeness *how,
                    const char **hash)
{
  const embark_bundle *b = plan->bundle;
  int64_t near_miss = -1;
  *how = OTHER;
  if (b->migration_count == 0 || (b->ledger != EMBARK_LEDGER_DRIZZLE && row->tag == NULL)) {
    return -1;
  }
  if (plan->expected < b->migration_count &&
      compare(b->ledger, &b->migrations[plan->expected], row, hash) == SAME) {
    *how = SAME; /* the ledger is in the bundle's order, nearly always */
    return plan->expected;
  }
  for (uint32_t at = key_of(b->ledger, row->tag, row->when_ms) & plan->slot_mask;
       plan->slots[at] != 0; at = (at + 1) & plan->slot_mask) {
    uint32_t i = plan->slots[at] - 1;
    likeness now = compare(b->ledger, &b->migrations[i], row, hash);
    if (now == SAME) {
      *how = SAME;
      return i;
    }
    if (now == CHANGED && near_miss < 0 && plan->state[i] == PLAN_PENDING) {
      near_miss = i;
    }
  }
  *how = near_miss >= 0 ? CHANGED : OTHER;
  *hash = NULL;
  return near_miss;
}

/* A copy that lives as long as the plan; NULL when memory is gone. */
static const char *keep(embark__plan *plan, const char *text)
{
  size_t size = strlen(text) + 1;
  embark__kept *kept = embark__mem_resize(plan->alloc, NULL, sizeof *kept + size);
  if (kept == NULL) {
    return NULL;
  }
  kept->next = plan->kept;
  plan->kept = kept;
  return memcpy(kept->text, text, size);
}

static int add_stray(embark__plan *plan, const embark__row *row)
{
  if (plan->stray_count == plan->stray_capacity) {
    size_t capacity = plan->stray_capacity == 0 ? 8 : plan->stray_capacity * 2;
    embark__stray *strays =
        embark__mem_resize(plan->alloc, plan->strays, capacity * sizeof *strays);
    if (strays == NULL) {
      return EMBARK_E_MEMORY;
    }
    plan->strays = strays;
    plan->stray_capacity = capacity;
  }
  const char *name = row->tag != NULL ? row->tag : row->hash;
  name = keep(plan, name != NULL ? name : "");
  if (name == NULL) {
    return EMBARK_E_MEMORY;
  }
  plan->strays[plan->stray_count++] = (embark__stray){name, row->when_ms, row->has_when};
  return EMBARK_OK;
}

/* Keep what the ledger has for a hash of migration `found`, where that is not the one that the
 * bundle would write. `hash` is which of the bundle's it is; NULL: none. */
static int record_hash(embark__plan *plan, const embark__row *row, uint32_t found, const char *hash)
{
  if (row->hash == NULL || hash == plan->bundle->migrations[found].hash) {
    if (plan->recorded != NULL) {
      plan->recorded[found] = NULL;
    }
    return EMBARK_OK;
  }
  if (plan->recorded == NULL) {
    plan->recorded =
        embark__mem_array(plan->alloc, plan->bundle->migration_count, sizeof *plan->recorded);
  }
  if (hash == NULL) {
    hash = keep(plan, row->hash);
  }
  if (plan->recorded == NULL || hash == NULL) {
    return EMBARK_E_MEMORY;
  }
  plan->recorded[found] = hash;
  return EMBARK_OK;
}

const char *embark__plan_hash(const embark__plan *plan, uint32_t index)
{
  const char *recorded = plan->recorded != NULL ? plan->recorded[index] : NULL;
  return recorded != NULL ? recorded : plan->bundle->migrations[index].hash;
}

/* A native row says where it stands. One that is not stamped as the bundle would do it stands
 * behind a late migration, or was left so by a run that ended between that one and its last. */
static void check_stamp(embark__plan *plan, const embark__row *row, uint32_t found)
{
  const embark_migration *m = &plan->bundle->migrations[found];
  if (plan->bundle->ledger != EMBARK_LEDGER_NATIVE) {
    return; /* no order is recorded: a Drizzle ledger's ids say when a row was written */
  }
  int in_place = row->position == (int64_t)found;
  if ((int64_t)found < plan->newest && !in_place && plan->reordered < 0) {
    plan->reordered = found;
  }
  if ((!in_place || !same(row->chain, m->chain)) && found < plan->restamp_from) {
    plan->restamp_from = found;
  }
}

/* A row that looked like migration `found` changed turns out to be none of its: the exact one has
 * come. Then it is another migration of the same time, changed. */
static int64_t displace(embark__plan *plan, const embark__row *row, uint32_t found)
{
  const embark_bundle *b = plan->bundle;
  for (uint32_t at = key_of(b->ledger, row->tag, row->when_ms) & plan->slot_mask;
       plan->slots[at] != 0; at = (at + 1) & plan->slot_mask) {
    uint32_t i = plan->slots[at] - 1;
    if (b->migrations[i].when_ms == row->when_ms && plan->state[i] == PLAN_PENDING) {
      plan->state[i] = PLAN_CHANGED;
      if (plan->recorded != NULL) {
        plan->recorded[i] = plan->recorded[found];
      }
      return i;
    }
  }
  return -1;
}

int embark__plan_row(embark__plan *plan, const embark__row *row)
{
  likeness how;
  const char *hash;
  int64_t found = find(plan, row, &how, &hash);
  plan->found = found;
  plan->displaced = -1;
  if (row->position > plan->last_position) {
    plan->last_position = row->position;
  }
  if (how == OTHER) {
    return add_stray(plan, row);
  }
  plan->tail_from = plan->stray_count; /* whatever strays came before it are not the tail */
  check_stamp(plan, row, (uint32_t)found);
  if (row->state != NULL && strcmp(row->state, "applied") != 0 &&
      strcmp(row->state, "adopted") != 0) {
    plan->interrupted = found;
  }
  if (how == SAME && plan->state[found] == PLAN_CHANGED) {
    plan->displaced = displace(plan, row, (uint32_t)found);
  }
  if (how == SAME || plan->state[found] == PLAN_PENDING) {
    plan->state[found] = how == SAME ? PLAN_APPLIED : PLAN_CHANGED;
    if (record_hash(plan, row, (uint32_t)found, hash) != EMBARK_OK) {
      return EMBARK_E_MEMORY;
    }
  }
  if (found > plan->newest) {
    plan->newest = found;
  }
  plan->expected = (uint32_t)found + 1;
  return EMBARK_OK;
}
