/* Chooses by what the command line says of the folder, and by what the files say of themselves. */
#include "select.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "allowed.h"

/* --- what is no matter ------------------------------------------------------------------------ */

/* Made by a migration that nobody has run before this batch. */
static bool is_new(const finding *f, const select_scope *scope)
{
  return (f->rule->flags & RULE_ON_EXISTING) != 0 && scope->batch != NULL && f->made_by > 0 &&
         scope->batch[f->made_by - 1];
}

static bool is_moot(const finding *f, const lint *l)
{
  const object *o = catalog_object(&l->catalog, f->object);
  return (f->rule->flags & RULE_STYLE) != 0 && o != NULL && o->dropped_by > 0;
}

static bool is_told(const finding *f, const lint *l, const select_scope *scope)
{
  return f->rule->severity != SEVERITY_HIDDEN &&
         (scope->batch == NULL || scope->batch[f->migration]) && !is_new(f, scope) &&
         !is_moot(f, l) &&
         !((f->rule->flags & RULE_BY_SIZE) != 0 &&
           assume_small(scope->assumptions, scope->assumption_count, f->about));
}

/* --- the selection ---------------------------------------------------------------------------- */

static void add(selection *s, const finding *f, const char *reason)
{
  s->items = alloc_one_more(s->items, &s->capacity, s->count, sizeof s->items[0]);
  s->items[s->count++] = (selected){.finding = f, .reason = reason};
  if (reason != NULL) {
    s->allowed++;
  } else {
    s->of[f->rule->severity]++;
  }
}

/* Rules that look at a whole migration find things late; where they stand together the order of the
 * rules counts. */
static int by_place(const void *a, const void *b)
{
  const finding *one = ((const selected *)a)->finding;
  const finding *other = ((const selected *)b)->finding;
  if (one->migration != other->migration) {
    return one->migration < other->migration ? -1 : 1;
  }
  if (one->at != other->at) {
    return one->at < other->at ? -1 : 1;
  }
  return one < other ? -1 : one > other;
}

void selection_make(selection *s, const lint *l, const pack *p, const select_scope *scope)
{
  *s = (selection){0};
  for (size_t i = 0; i < p->migrations.count; i++) {
    s->migrations += scope->batch == NULL || scope->batch[i];
  }
  for (size_t i = 0; i < l->found.count; i++) {
    const finding *f = &l->found.items[i];
    if (is_told(f, l, scope)) {
      add(s, f, allowed_reason(&p->migrations.items[f->migration], f));
    }
  }
  if (s->count > 0) {
    qsort(s->items, s->count, sizeof s->items[0], by_place);
  }
}

bool *select_since(const pack *p, const char *tag)
{
  bool *batch = alloc_bytes(p->migrations.count * sizeof *batch);
  bool is_behind = false;
  for (size_t i = 0; i < p->migrations.count; i++) {
    batch[i] = is_behind;
    is_behind = is_behind || strcmp(p->migrations.items[i].tag, tag) == 0;
  }
  if (!is_behind) {
    free(batch);
    return NULL;
  }
  return batch;
}

void selection_free(selection *s)
{
  free(s->items);
  *s = (selection){0};
}
