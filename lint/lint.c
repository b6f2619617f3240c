/* Walks through a folder: each statement is read, shown to the rules, and taken into the catalog.
 * Knows no rule, and no statement but those that hold others. */
#include "lint.h"

#include <stdlib.h>
#include <string.h>

#include "block.h"
#include "check.h"
#include "node.h"

/* --- statements ------------------------------------------------------------------------------- */

static void show_statement(check *c)
{
  for (size_t i = 0; rule_families[i] != NULL; i++) {
    rule_families[i]->statement(c);
  }
}

/* A rule sees the catalog as it is before the statement, and so not what that makes. */
static void name_what_was_made(const check *c, size_t first_object, size_t first_finding)
{
  for (size_t i = first_finding; i < c->out->count; i++) {
    finding *f = &c->out->items[i];
    for (size_t o = first_object; f->object == 0 && o < c->catalog->count; o++) {
      if (object_is_called(&c->catalog->objects[o], f->about)) {
        f->object = o + 1;
      }
    }
  }
}

static void take_statement(check *c, catalog *into, const tree *t)
{
  size_t first_object = into->count;
  size_t first_finding = c->out->count;
  c->tree = t;
  show_statement(c);
  into->in_block = c->is_inner;
  catalog_apply(into, t, c->migration + 1, c->statement);
  name_what_was_made(c, first_object, first_finding);
  c->tree = NULL;
}

/* A DO may stand in a DO, and its quotes in quotes. */
enum { DEEPEST = 8 };

typedef struct block {
  check *check;
  catalog *into;
  unsigned depth; /* 1: in the statement's own DO */
} block;

static void take_block(const block *b, const tree *t, const char *sql);

/* Where an inner statement's text stands in the file; the end when it stands nowhere there. */
static size_t place_of_inner(const check *c, const char *query)
{
  const statement *st = &c->of->script.statements[c->statement];
  const char *found = strstr(c->of->source.bytes + st->start, query);
  size_t at = found != NULL ? (size_t)(found - c->of->source.bytes) : st->end;
  return at < st->end ? at : st->end;
}

static void take_inner(void *data, const char *query)
{
  const block *b = data;
  check *c = b->check;
  const statement *st = &c->of->script.statements[c->statement];
  size_t place = query != NULL ? place_of_inner(c, query) : st->end;
  tree t = {.state = TREE_OPAQUE, .kind = ""};
  if (query != NULL) {
    tree_parse(&t, query);
  }
  c->is_elsewhere = place == st->end;
  c->base = c->is_elsewhere ? st->start : place;
  take_statement(c, b->into, &t);
  if (strcmp(t.kind, "DoStmt") == 0) {
    take_block(&(block){c, b->into, b->depth + 1}, &t, query);
  }
  tree_free(&t);
}

/* What DO holds is run with it. */
static void take_block(const block *b, const tree *t, const char *sql)
{
  check *c = b->check;
  const check around = *c;
  block inner = *b;
  c->is_inner = true;
  if (b->depth <= DEEPEST) {
    block_each(t, sql, take_inner, &inner);
  } else {
    take_inner(&inner, NULL);
  }
  c->base = around.base;
  c->is_inner = around.is_inner;
  c->is_elsewhere = around.is_elsewhere;
}

static void look_at(check *c, catalog *into)
{
  tree t = {0};
  char *sql = check_sql(c->of, c->statement);
  c->base = c->of->script.statements[c->statement].start;
  tree_parse(&t, sql);
  take_statement(c, into, &t);
  if (strcmp(t.kind, "DoStmt") == 0) {
    take_block(&(block){c, into, 1}, &t, sql);
  }
  tree_free(&t);
  free(sql);
}

/* --- migrations ------------------------------------------------------------------------------- */

static void free_touches(touches *list)
{
  for (size_t i = 0; i < list->count; i++) {
    free(list->items[i].about);
  }
  free(list->items);
  *list = (touches){0};
}

/* A migration is one transaction; in one without, the file's own BEGIN and COMMIT count. */
static void follow_transaction(check *c, const statement *st, size_t *begun)
{
  if (st->what.kind == STATEMENT_BEGIN || st->what.kind == STATEMENT_BEGIN_OPTIONS) {
    c->transaction = ++*begun;
  } else if (st->what.kind == STATEMENT_COMMIT || st->what.kind == STATEMENT_ROLLBACK) {
    c->transaction = 0;
  }
}

static void look_through(check *c, catalog *into)
{
  size_t begun = 1;
  c->transaction = c->of->outside ? 0 : 1;
  for (size_t i = 0; i < c->of->script.count; i++) {
    c->statement = i;
    follow_transaction(c, &c->of->script.statements[i], &begun);
    look_at(c, into);
  }
  for (size_t i = 0; rule_families[i] != NULL; i++) {
    if (rule_families[i]->migration != NULL) {
      rule_families[i]->migration(c);
    }
  }
  free_touches(&c->touches);
  catalog_end_migration(into, c->migration + 1);
}

void lint_run(lint *l, const pack *p)
{
  *l = (lint){0};
  for (size_t i = 0; tree_grammar() != NULL && i < p->migrations.count; i++) {
    check c = {.pack = p,
               .catalog = &l->catalog,
               .of = &p->migrations.items[i],
               .migration = i,
               .out = &l->found};
    look_through(&c, &l->catalog);
  }
}

/* --- hazards ---------------------------------------------------------------------------------- */

/* The oldest maker of several counts, and one that is not known is older than all. */
static void add_hazards(embark_statement *st, const finding *f)
{
  bool is_first = st->hazards == 0;
  if (f->rule->hazards == 0) {
    return;
  }
  st->hazards = (uint16_t)(st->hazards | f->rule->hazards);
  st->made_by = is_first || f->made_by < st->made_by ? (uint32_t)f->made_by : st->made_by;
}

void lint_mark_hazards(const lint *l, pack *p)
{
  for (size_t i = 0; i < l->found.count; i++) {
    const finding *f = &l->found.items[i];
    const migration *m = &p->migrations.items[f->migration];
    add_hazards(&p->statements[m->place.first_statement + f->statement], f);
  }
  for (size_t i = 0; tree_grammar() == NULL && i < p->statement_count; i++) {
    p->statements[i].hazards = EMBARK_HAZARD_UNCLASSIFIED;
  }
}

void lint_free(lint *l)
{
  catalog_free(&l->catalog);
  findings_free(&l->found);
}
