/* cmd_status.c - `embark status`. */
#include <stdlib.h>

#include "hazard_words.h"
#include "history.h"
#include "report.h"
#include "table.h"
#include "words.h"

static const table_column columns[] = {
    {"state",     false, 0, 0 },
    {"migration", false, 0, 0 },
    {"applied",   false, 1, 0 },
    {"by",        false, 4, 6 },
    {"took",      true,  3, 0 },
    {"hazards",   false, 2, 11},
    {"note",      false, 5, 12},
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static screen_style style_of(const embark_entry *e)
{
  switch ((int)e->state) {
  case EMBARK_STATE_APPLIED:
  case EMBARK_STATE_ADOPTED:
    return STYLE_GOOD;
  case EMBARK_STATE_CHANGED:
  case EMBARK_STATE_MISSING:
    return STYLE_BAD;
  case EMBARK_STATE_UNKNOWN:
    return STYLE_DIM;
  default:
    return e->is_late ? STYLE_BAD : STYLE_WARN;
  }
}

static void put_note(text *out, const cli *c, const embark_entry *e)
{
  const embark_migration *m = history_migration(c, e);
  switch ((int)e->state) {
  case EMBARK_STATE_PENDING:
    text_puts(out, e->is_late ? "late: older than an applied one" : "");
    break;
  case EMBARK_STATE_CHANGED:
    text_printf(out, "edited since; %s verify says how", c->program);
    break;
  case EMBARK_STATE_MISSING:
    text_puts(out, "no longer here");
    break;
  case EMBARK_STATE_UNKNOWN:
    text_puts(out, "not here: the database is ahead");
    break;
  case EMBARK_STATE_RUNNING:
    text_printf(out, "at statement %u of %u, begun by process %d", (unsigned)e->statement,
                m != NULL ? (unsigned)m->statement_count : 0, (int)e->backend_pid);
    break;
  default:
    break;
  }
}

static void put_entry(const cli *c, table *t, const embark_entry *e)
{
  text when = {0};
  text took = {0};
  text hazards = {0};
  text note = {0};
  if (e->applied_at != NULL) {
    words_time(&when, e->applied_at);
  }
  if (e->duration_us >= 0 && e->state != EMBARK_STATE_ADOPTED) {
    words_duration(&took, e->duration_us);
  }
  words_hazards(&hazards, e->hazards, e->forbidden);
  put_note(&note, c, e);
  table_put(t, style_of(e), state_word(e->state));
  table_put(t, STYLE_PLAIN, e->tag);
  table_take(t, STYLE_PLAIN, &when);
  table_put(t, STYLE_PLAIN, e->applied_by);
  table_take(t, STYLE_PLAIN, &took);
  table_take(t, e->forbidden ? STYLE_BAD : STYLE_WARN, &hazards);
  table_take(t, STYLE_DIM, &note);
}

/* "12 applied, 1 changed, 3 pending" */
static void put_summary(text *out, const history *h)
{
  const char *between = "";
  static const embark_state order[] = {
      EMBARK_STATE_APPLIED, EMBARK_STATE_ADOPTED, EMBARK_STATE_CHANGED, EMBARK_STATE_MISSING,
      EMBARK_STATE_UNKNOWN, EMBARK_STATE_RUNNING, EMBARK_STATE_PENDING};
  for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
    if (h->of[order[i]] > 0) {
      text_printf(out, "%s%zu %s", between, h->of[order[i]], state_word(order[i]));
      between = ", ";
    }
  }
  text_printf(out, "%s\n", h->count == 0 ? "no migrations" : "");
}

static int print(cli *c, const history *h)
{
  table t;
  text out = {0};
  table_open(&t, columns, COLUMNS);
  for (size_t i = 0; i < h->count; i++) {
    put_entry(c, &t, &h->entries[i]);
  }
  if (h->count > 0) {
    table_print(&t, &c->out, &out);
  }
  put_summary(&out, h);
  table_free(&t);
  return cli_print(c, &out);
}

/* --- the document ----------------------------------------------------------------------------- */

static json_t *document_entry(const cli *c, const embark_entry *e)
{
  const embark_migration *m = history_migration(c, e);
  json_t *o = json_object();
  json_object_set_new(o, "tag", document_text(e->tag));
  json_object_set_new(o, "state", json_string(state_word(e->state)));
  json_object_set_new(o, "position", m != NULL ? json_integer(e->migration + 1) : json_null());
  json_object_set_new(o, "file", document_text(m != NULL ? m->file : NULL));
  json_object_set_new(o, "hash", document_text(m != NULL ? m->hash : NULL));
  json_object_set_new(o, "ledger_hash", document_text(e->hash));
  json_object_set_new(o, "applied_at", document_text(e->applied_at));
  json_object_set_new(o, "applied_by", document_text(e->applied_by));
  json_object_set_new(o, "duration_ms",
                      e->duration_us >= 0 ? json_real((double)e->duration_us / 1000) : json_null());
  json_object_set_new(o, "late", json_boolean(e->is_late));
  json_object_set_new(o, "reversible", json_boolean(m != NULL && m->down > 0));
  json_object_set_new(o, "statement", e->statement > 0 ? json_integer(e->statement) : json_null());
  json_object_set_new(o, "backend_pid",
                      e->backend_pid > 0 ? json_integer(e->backend_pid) : json_null());
  json_object_set_new(o, "hazards", hazards_json(e->hazards));
  json_object_set_new(o, "forbidden", json_boolean(e->forbidden));
  return o;
}

static void fill(cli *c, const history *h)
{
  json_t *list = json_array();
  json_t *counts = json_object();
  for (size_t i = 0; i < h->count; i++) {
    json_array_append_new(list, document_entry(c, &h->entries[i]));
  }
  for (int state = EMBARK_STATE_PENDING; state < STATE_WORDS; state++) {
    json_object_set_new(counts, state_word((embark_state)state),
                        json_integer((json_int_t)h->of[state]));
  }
  document_set(&c->document, "migrations", list);
  document_set(&c->document, "counts", counts);
  document_set(&c->document, "ahead", json_boolean(embark_run_ahead(h->run)));
}

static int show(cli *c, const history *h)
{
  int status = EXIT_DONE;
  if (c->document.root != NULL) {
    fill(c, h);
  } else {
    status = print(c, h);
  }
  return status == EXIT_DONE && c->flags.exit_code ? history_exit(h) : status;
}

static int show_status(cli *c)
{
  history h;
  embark_error err;
  int code = history_read(&h, c, &err);
  int status = code == EMBARK_OK ? show(c, &h) : cli_fail(c, &err);
  history_free(&h);
  return status;
}

int cmd_status(cli *c)
{
  int status = cli_open_bundle(c);
  if (status == 0) {
    status = cli_connect(c);
  }
  return status == 0 ? show_status(c) : status;
}
