/* planned.c - each step with its reason and its hazards. */
#include "planned.h"

#include "hazard_words.h"
#include "history.h"
#include "state_word.h"
#include "table.h"
#include "words.h"

static const table_column columns[] = {
    {"#",           true,  5, 0 },
    {"migration",   false, 0, 0 },
    {"file",        false, 6, 0 },
    {"statements",  true,  4, 0 },
    {"transaction", false, 3, 0 },
    {"why",         false, 2, 8 },
    {"hazards",     false, 1, 20}, /* "refused: destructive" */
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

typedef struct planned {
  const embark_step *steps;
  size_t count;
  size_t refused;         /* of them */
  size_t destructive;     /* likewise */
  const history *history; /* why they are; its entries are missing where it could not be read */
} planned;

/* A step, and what else is known of it. */
typedef struct reason {
  const embark_migration *migration;
  const embark_entry *entry; /* NULL: not known */
  const char *word;
} reason;

/* The steps are in the bundle's order, so *at goes through it but once. */
static reason reason_of(const cli *c, const planned *p, const embark_step *step, uint32_t *at)
{
  reason r = {0};
  const embark_bundle *b = c->bundle;
  while (*at + 1 < b->migration_count && b->migrations[*at].tag != step->tag) {
    ++*at;
  }
  r.migration = &b->migrations[*at];
  r.entry = *at < p->history->count ? &p->history->entries[*at] : NULL;
  r.word = step_word(step, r.entry);
  return r;
}

/* Without a target all that is pending is planned. */
static size_t left_behind(const planned *p)
{
  size_t pending = p->history->of[EMBARK_STATE_PENDING] + p->history->of[EMBARK_STATE_RUNNING];
  return pending > p->count ? pending - p->count : 0;
}

/* --- for people ------------------------------------------------------------------------------- */

static void put_why(text *out, const reason *r)
{
  switch (r->word[0]) {
  case 'a':
    text_puts(out, "adopted: recorded, not run");
    break;
  case 'i':
    text_printf(out, "interrupted at statement %u", (unsigned)r->entry->statement);
    break;
  case 'l':
    text_puts(out, "late: older than an applied one");
    break;
  default:
    text_puts(out, r->word);
    break;
  }
}

static void put_step(const cli *c, table *t, const planned *p, const embark_step *step,
                     uint32_t *at)
{
  reason r = reason_of(c, p, step, at);
  text number = {0};
  text statements = {0};
  text why = {0};
  text hazards = {0};
  text_printf(&number, "%u", (unsigned)*at + 1);
  text_printf(&statements, "%u", (unsigned)r.migration->statement_count);
  put_why(&why, &r);
  words_hazards(&hazards, step->hazards, step->forbidden);
  table_take(t, STYLE_DIM, &number);
  table_put(t, STYLE_PLAIN, step->tag);
  table_put(t, STYLE_PLAIN, step->file);
  table_take(t, STYLE_PLAIN, &statements);
  table_put(t, step->outside ? STYLE_WARN : STYLE_PLAIN, step->outside ? "no" : "yes");
  table_take(t, r.word[0] == 'p' ? STYLE_PLAIN : STYLE_WARN, &why);
  table_take(t, step->forbidden ? STYLE_BAD : STYLE_WARN, &hazards);
}

/* "3 migrations would be applied, 1 is destructive"; nothing is where one is refused. */
static void put_summary(text *out, const planned *p)
{
  if (p->count == 0) {
    text_puts(out, "nothing to do");
  } else if (p->refused > 0) {
    text_puts(out, "none of ");
    words_count(out, p->count, "migration");
    text_printf(out, " would be applied: %zu %s refused", p->refused,
                p->refused == 1 ? "is" : "are");
  } else {
    words_count(out, p->count, "migration");
    text_printf(out, " would be %s", p->steps[0].adopt ? "adopted" : "applied");
    if (p->destructive > 0) {
      text_printf(out, ", %zu %s destructive", p->destructive, p->destructive == 1 ? "is" : "are");
    }
  }
  if (left_behind(p) > 0) {
    text_printf(out, ", %zu would stay pending", left_behind(p));
  }
  text_putc(out, '\n');
}

static int print(cli *c, const planned *p)
{
  table t;
  text out = {0};
  uint32_t at = 0;
  table_open(&t, columns, COLUMNS);
  for (size_t i = 0; i < p->count; i++) {
    put_step(c, &t, p, &p->steps[i], &at);
  }
  if (p->count > 0) {
    table_print(&t, &c->out, &out);
  }
  put_summary(&out, p);
  table_free(&t);
  return cli_print(c, &out);
}

/* --- the document ----------------------------------------------------------------------------- */

static void fill(cli *c, const planned *p)
{
  json_t *list = json_array();
  uint32_t at = 0;
  for (size_t i = 0; i < p->count; i++) {
    const embark_step *step = &p->steps[i];
    reason r = reason_of(c, p, step, &at);
    uint32_t begun = r.entry != NULL ? r.entry->statement : 0;
    json_array_append_new(
        list,
        json_pack("{s:s, s:s, s:i, s:s, s:b, s:i, s:b, s:o, s:o, s:b}", "tag", step->tag, "file",
                  step->file, "position", (int)at + 1, "why", r.word, "run", !step->adopt,
                  "statements", (int)r.migration->statement_count, "transaction", !step->outside,
                  "statement", begun > 0 ? json_integer(begun) : json_null(), "hazards",
                  hazards_json(step->hazards), "forbidden", step->forbidden));
  }
  document_set(&c->document, "steps", list);
  document_set(&c->document, "total", json_integer(c->bundle->migration_count));
  document_set(&c->document, "left", json_integer((json_int_t)left_behind(p)));
}

/* --- either ----------------------------------------------------------------------------------- */

static void count(planned *p)
{
  for (size_t i = 0; i < p->count; i++) {
    p->refused += p->steps[i].forbidden != 0;
    p->destructive += (p->steps[i].hazards & EMBARK_HAZARD_DESTRUCTIVE) != 0;
  }
}

int planned_show(cli *c, const embark_run *run)
{
  history h = {0};
  planned p = {.history = &h};
  embark_error ignored; /* without the reasons it is a plan all the same */
  int status = 0;
  p.count = embark_run_steps(run, &p.steps);
  count(&p);
  if (p.count > 0 || c->flags.to != NULL) {
    history_read(&h, c, &ignored);
  }
  if (c->document.root != NULL) {
    fill(c, &p);
  } else {
    status = print(c, &p);
  }
  history_free(&h);
  return status;
}
