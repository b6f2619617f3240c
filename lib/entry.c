/* entry.c - the list of STATUS. Knows what the plan found out about each row; knows no SQL. */
#include "entry.h"

#include <string.h>

#include "hazard.h"
#include "mem.h"
#include "plan_state.h"

/* --- texts ----------------------------------------------------------------------------------- */

#define BLOCK 16000

/* A block of texts; they stay where they are until all are freed. */
struct embark__texts {
  struct embark__texts *next;
  size_t used;
  size_t size;
  char bytes[];
};

static char *room(embark__entries *e, size_t size)
{
  struct embark__texts *t = e->texts;
  if (t == NULL || t->size - t->used < size) {
    size_t most = size > BLOCK ? size : BLOCK;
    t = embark__mem_resize(e->alloc, NULL, sizeof *t + most);
    if (t == NULL) {
      return NULL;
    }
    *t = (struct embark__texts){e->texts, 0, most};
    e->texts = t;
  }
  t->used += size;
  return t->bytes + t->used - size;
}

/* *to becomes a text like `text`: `known`, where it is the same, or a copy. Returns 0, or -1 when
 * memory is gone. */
static int keep(embark__entries *e, const char **to, const char *text, const char *known)
{
  *to = known;
  if (text == NULL) {
    *to = NULL;
  } else if (known == NULL || strcmp(text, known) != 0) {
    size_t size = strlen(text) + 1;
    char *copy = room(e, size);
    if (copy == NULL) {
      return -1;
    }
    memcpy(copy, text, size);
    *to = copy;
  }
  return 0;
}

/* --- entries --------------------------------------------------------------------------------- */

static embark_entry unknown(void)
{
  return (embark_entry){.state = EMBARK_STATE_PENDING, .migration = UINT32_MAX, .duration_us = -1};
}

int embark__entries_init(embark__entries *e, const embark_bundle *bundle,
                         const embark_allocator *alloc)
{
  *e = (embark__entries){.alloc = alloc, .capacity = bundle->migration_count};
  e->items = embark__mem_array(alloc, e->capacity, sizeof *e->items);
  if (e->items == NULL) {
    return EMBARK_E_MEMORY;
  }
  for (; e->count < e->capacity; e->count++) {
    e->items[e->count] = unknown();
    e->items[e->count].migration = (uint32_t)e->count;
    e->items[e->count].tag = bundle->migrations[e->count].tag;
  }
  return EMBARK_OK;
}

void embark__entries_free(embark__entries *e)
{
  while (e->texts != NULL) {
    struct embark__texts *next = e->texts->next;
    embark__mem_release(e->alloc, e->texts);
    e->texts = next;
  }
  embark__mem_release(e->alloc, e->items);
  *e = (embark__entries){0};
}

/* A new last entry, of none of the bundle's migrations; NULL when memory is gone. */
static embark_entry *add(embark__entries *e)
{
  if (e->count == e->capacity) {
    size_t capacity = e->capacity * 2 + 8;
    embark_entry *items = embark__mem_resize(e->alloc, e->items, capacity * sizeof *items);
    if (items == NULL) {
      return NULL;
    }
    e->items = items;
    e->capacity = capacity;
  }
  e->items[e->count] = unknown();
  return &e->items[e->count++];
}

/* The entry that a row is about. */
static embark_entry *entry_of(embark__entries *e, const embark__plan *plan)
{
  if (plan->found < 0) {
    return add(e);
  }
  embark_entry *entry = &e->items[plan->found];
  if (plan->displaced >= 0) { /* what it was taken for so far is another one's */
    embark_entry *other = &e->items[plan->displaced];
    const char *tag = other->tag;
    *other = *entry;
    other->tag = tag;
    other->migration = (uint32_t)plan->displaced;
  }
  return entry;
}

int embark__entries_row(embark__entries *e, const embark__plan *plan, const embark__row *row)
{
  static const embark_migration stranger = {0};
  embark_entry *entry = entry_of(e, plan);
  if (entry == NULL) {
    return EMBARK_E_MEMORY;
  }
  const embark_migration *m = plan->found < 0 ? &stranger : &plan->bundle->migrations[plan->found];
  const char *name = row->tag != NULL ? row->tag : row->hash != NULL ? row->hash : "";
  entry->state = row->state != NULL && strcmp(row->state, "adopted") == 0 ? EMBARK_STATE_ADOPTED
                                                                          : EMBARK_STATE_APPLIED;
  entry->duration_us = row->duration_us;
  if ((plan->found < 0 && keep(e, &entry->tag, name, NULL) != 0) ||
      keep(e, &entry->hash, row->hash, m->hash) != 0 ||
      keep(e, &entry->outline, row->outline, m->outline) != 0 ||
      keep(e, &entry->applied_at, row->applied_at, NULL) != 0 ||
      keep(e, &entry->applied_by, row->applied_by, NULL) != 0) {
    return EMBARK_E_MEMORY;
  }
  return EMBARK_OK;
}

static void settle_pending(embark_entry *entry, const embark__plan *plan,
                           const embark__situation *now)
{
  entry->is_late = entry->migration < plan->newest;
  entry->hazards = embark__hazards_of(plan, &plan->bundle->migrations[entry->migration]);
  entry->forbidden = embark__hazards_forbid(now, entry->tag, entry->hazards);
}

void embark__entries_settle(embark__entries *e, const embark__plan *plan,
                            const embark__situation *now)
{
  uint32_t ours = plan->bundle->migration_count;
  for (uint32_t i = 0; i < ours; i++) {
    if (plan->state[i] == PLAN_PENDING) {
      settle_pending(&e->items[i], plan, now);
    } else if (plan->state[i] == PLAN_CHANGED) {
      e->items[i].state = EMBARK_STATE_CHANGED;
    }
  }
  for (size_t i = ours; i < e->count; i++) {
    e->items[i].state = i - ours < plan->tail_from ? EMBARK_STATE_MISSING : EMBARK_STATE_UNKNOWN;
  }
}

/* The entry of this tag, a new one where there is none; NULL when memory is gone. */
static embark_entry *entry_named(embark__entries *e, const char *tag)
{
  for (size_t i = 0; i < e->count; i++) {
    if (strcmp(e->items[i].tag, tag) == 0) {
      return &e->items[i];
    }
  }
  embark_entry *entry = add(e);
  return entry == NULL || keep(e, &entry->tag, tag, NULL) != 0 ? NULL : entry;
}

int embark__entries_unfinished(embark__entries *e, const embark__unfinished *row)
{
  embark_entry *entry = entry_named(e, row->tag != NULL ? row->tag : "");
  if (entry == NULL) {
    return EMBARK_E_MEMORY;
  }
  if (entry->state != EMBARK_STATE_PENDING) {
    return EMBARK_OK; /* the ledger has it */
  }
  entry->state = EMBARK_STATE_RUNNING;
  entry->is_late = 0;
  entry->statement = row->statement;
  entry->backend_pid = row->backend_pid;
  entry->is_known = row->is_known;
  if (keep(e, &entry->applied_at, row->started_at, NULL) != 0 ||
      keep(e, &entry->applied_by, row->changed_by, NULL) != 0) {
    return EMBARK_E_MEMORY;
  }
  return EMBARK_OK;
}
