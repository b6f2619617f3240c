/* cmd_plan.c - `embark plan`, and `embark migrate --dry-run`. */
#include "drive.h"
#include "history.h"
#include "report.h"
#include "table.h"
#include "words.h"

static const table_column columns[] = {
    {"#",           true,  4, 0},
    {"migration",   false, 0, 0},
    {"file",        false, 5, 0},
    {"statements",  true,  3, 0},
    {"transaction", false, 2, 0},
    {"why",         false, 1, 8},
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

typedef struct planned {
  const embark_step *steps;
  size_t count;
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
  r.word = "pending";
  if (step->adopt) {
    r.word = "adopted";
  } else if (r.entry != NULL && r.entry->state == EMBARK_STATE_RUNNING) {
    r.word = "interrupted";
  } else if (r.entry != NULL && r.entry->is_late) {
    r.word = "late";
  }
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
  text_printf(&number, "%u", (unsigned)*at + 1);
  text_printf(&statements, "%u", (unsigned)r.migration->statement_count);
  put_why(&why, &r);
  table_take(t, STYLE_DIM, &number);
  table_put(t, STYLE_PLAIN, step->tag);
  table_put(t, STYLE_PLAIN, step->file);
  table_take(t, STYLE_PLAIN, &statements);
  table_put(t, step->outside ? STYLE_WARN : STYLE_PLAIN, step->outside ? "no" : "yes");
  table_take(t, r.word[0] == 'p' ? STYLE_PLAIN : STYLE_WARN, &why);
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
    words_count(&out, p->count, "migration");
    text_printf(&out, " would be %s", p->steps[0].adopt ? "adopted" : "applied");
  } else {
    text_puts(&out, "nothing to do");
  }
  if (left_behind(p) > 0) {
    text_printf(&out, ", %zu would stay pending", left_behind(p));
  }
  text_putc(&out, '\n');
  table_free(&t);
  return screen_flush(&c->out, &out);
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
    json_array_append_new(list, json_pack("{s:s, s:s, s:i, s:s, s:b, s:i, s:b, s:o}", "tag",
                                          step->tag, "file", step->file, "position", (int)at + 1,
                                          "why", r.word, "run", !step->adopt, "statements",
                                          (int)r.migration->statement_count, "transaction",
                                          !step->outside, "statement",
                                          begun > 0 ? json_integer(begun) : json_null()));
  }
  document_set(&c->document, "steps", list);
  document_set(&c->document, "total", json_integer(c->bundle->migration_count));
  document_set(&c->document, "left", json_integer((json_int_t)left_behind(p)));
}

static int show(cli *c, const planned *p)
{
  if (c->document.root != NULL) {
    fill(c, p);
  } else if (print(c, p) != 0) {
    return cli_refuse(c, EXIT_FAILED, NULL, "the result could not be written");
  }
  return c->flags.exit_code && p->count > 0 ? EXIT_PENDING : EXIT_DONE;
}

static int plan(cli *c)
{
  history h = {0};
  planned p = {.history = &h};
  embark_run *run = NULL;
  embark_error err;
  embark_error ignored; /* without the reasons it is a plan all the same */
  embark_options options = cli_run_options(c);
  options.flags &= ~EMBARK_DRY_RUN;
  if (drive(c, EMBARK_PLAN, options, NULL, &run, &err) != EMBARK_OK) {
    embark_run_free(run);
    return cli_fail(c, &err);
  }
  p.count = embark_run_steps(run, &p.steps);
  if (p.count > 0 || options.target != NULL) {
    history_read(&h, c, &ignored);
  }
  int status = show(c, &p);
  history_free(&h);
  embark_run_free(run);
  return status;
}

int cmd_plan(cli *c)
{
  int status = cli_open_bundle(c);
  if (status == 0) {
    status = cli_connect(c);
  }
  return status == 0 ? plan(c) : status;
}
