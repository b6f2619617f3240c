/* cmd_verify.c - `embark verify`: the library says whether, this says what and how. */
#include "change.h"
#include "drive.h"
#include "history.h"
#include "report.h"
#include "words.h"

#define LOOK_MOST 20 /* changed migrations whose old text is looked for */

typedef struct finding {
  const embark_entry *entry;
  change change; /* of a changed one */
} finding;

static bool differs(const embark_entry *e)
{
  return e->state != EMBARK_STATE_APPLIED && e->state != EMBARK_STATE_ADOPTED;
}

/* --- for people ------------------------------------------------------------------------------- */

static void put_kind(text *out, const finding *f)
{
  static const char *const said[] = {
      [CHANGE_UNKNOWN] = "the old text is not known",
      [CHANGE_WHITE_SPACE] = "white space alone",
      [CHANGE_COMMENTS] = "comments alone",
      [CHANGE_REAL] = "a real change",
  };
  text_printf(out, ": %s", said[f->change.kind]);
  if (f->change.has_old) {
    text_printf(out, " (applied as in commit %s of %s)", f->change.old.commit, f->change.old.date);
  }
}

static void put_finding(const cli *c, text *out, const finding *f)
{
  const embark_entry *e = f->entry;
  bool is_bad = e->state == EMBARK_STATE_CHANGED || e->state == EMBARK_STATE_MISSING || e->is_late;
  screen_put(&c->out, out, is_bad ? STYLE_BAD : STYLE_WARN, state_word(e->state));
  text_putc(out, ' ');
  screen_clean_line(out, e->tag);
  if (e->state == EMBARK_STATE_CHANGED) {
    put_kind(out, f);
  } else if (e->state == EMBARK_STATE_RUNNING) {
    text_printf(out, ": at statement %u", (unsigned)e->statement);
  } else if (e->is_late) {
    text_puts(out, ": older than an applied one");
  }
  text_putc(out, '\n');
  if (e->state == EMBARK_STATE_CHANGED) {
    change_put(out, &c->out, &f->change, c, e);
  }
}

/* --- the document ----------------------------------------------------------------------------- */

static json_t *document_finding(const cli *c, const finding *f)
{
  const embark_entry *e = f->entry;
  const embark_migration *m = history_migration(c, e);
  screen plain = {0};
  text difference = {0};
  json_t *o = json_object();
  change_put(&difference, &plain, &f->change, c, e);
  json_object_set_new(o, "tag", document_text(e->tag));
  json_object_set_new(o, "state", json_string(state_word(e->state)));
  json_object_set_new(o, "late", json_boolean(e->is_late));
  json_object_set_new(o, "change",
                      e->state == EMBARK_STATE_CHANGED ? json_string(change_word(f->change.kind))
                                                       : json_null());
  json_object_set_new(o, "hash", document_text(m != NULL ? m->hash : NULL));
  json_object_set_new(o, "ledger_hash", document_text(e->hash));
  json_object_set_new(o, "commit", document_text(f->change.old.commit));
  json_object_set_new(o, "difference", document_text(text_string(&difference)));
  text_free(&difference);
  return o;
}

/* --- verify ----------------------------------------------------------------------------------- */

/* Each entry that differs, one after the other: texts of files are not kept for long. */
static int tell_findings(cli *c, const history *h)
{
  text out = {0};
  json_t *list = json_array();
  int looked = 0;
  for (size_t i = 0; i < h->count; i++) {
    finding f = {.entry = &h->entries[i]};
    if (!differs(f.entry)) {
      continue;
    }
    if (f.entry->state == EMBARK_STATE_CHANGED) {
      change_find(&f.change, c, f.entry, looked++ < LOOK_MOST);
    }
    if (c->document.root != NULL) {
      json_array_append_new(list, document_finding(c, &f));
    } else {
      put_finding(c, &out, &f);
    }
    change_free(&f.change);
  }
  document_set(&c->document, "differences", list);
  return cli_print(c, &out);
}

static int tell_sound(cli *c, const history *h)
{
  text out = {0};
  if (c->document.root == NULL && !c->flags.quiet) {
    text_puts(&out, "verified: ");
    words_count(&out, h->count - h->of[EMBARK_STATE_UNKNOWN], "migration");
    text_putc(&out, '\n');
  }
  return cli_print(c, &out);
}

/* `verdict` is the library's, whose first difference is the worst. */
static int tell(cli *c, const history *h, const embark_error *verdict)
{
  int status = tell_findings(c, h);
  document_set(&c->document, "total", json_integer(c->bundle->migration_count));
  if (status != EXIT_DONE) {
    return status;
  }
  return verdict->code == EMBARK_OK ? tell_sound(c, h) : cli_fail(c, verdict);
}

static int verify(cli *c)
{
  history h;
  embark_run *run = NULL;
  embark_error verdict;
  embark_error err;
  drive(c, EMBARK_VERIFY, cli_run_options(c), NULL, &run, &verdict);
  embark_run_free(run);
  int status = verdict.code == EMBARK_OK ? EXIT_DONE : exit_status_of(verdict.code);
  if (status != EXIT_DONE && status != EXIT_PENDING && status != EXIT_DRIFT) {
    return cli_fail(c, &verdict);
  }
  int code = history_read(&h, c, &err);
  status = code == EMBARK_OK ? tell(c, &h, &verdict)
                             : cli_fail(c, verdict.code != EMBARK_OK ? &verdict : &err);
  history_free(&h);
  return status;
}

int cmd_verify(cli *c)
{
  int status = cli_open_bundle(c);
  if (status == 0) {
    status = cli_connect(c);
  }
  return status == 0 ? verify(c) : status;
}
