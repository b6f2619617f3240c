/* work.c - one run, from its connection to its document. */
#include "work.h"

#include "document.h"
#include "drive.h"

/* Write the document, and give back all else. */
static void conclude(work *w)
{
  json j = {0};
  w->code = embark_run_error(w->run)->code;
  outcome_write(&w->outcome, &j, w->connection.conn, w->run, w->status);
  document_end(&j, w->code);
  w->document = j.out;
  embark_run_free(w->status);
  embark_run_free(w->run);
  w->status = NULL;
  w->run = NULL;
  outcome_free(&w->outcome);
  borrowed_give_back(&w->connection);
  terms_free(&w->terms);
}

int work_begin(work *w, const call *c, const borrowed *b, embark_event_fn hook, void *data)
{
  *w = (work){0};
  if (!terms_copy(&w->terms, &c->options)) {
    return EMBARK_E_MEMORY;
  }
  embark_options o = w->terms.options;
  o.on_event = hook;
  o.event_data = data;
  outcome_init(&w->outcome, c->bundle);
  int code = embark_run_start(&w->run, EMBARK_MIGRATE, b->conn, c->bundle, &o);
  if (w->run == NULL) {
    return code;
  }
  w->connection = *b;
  return EMBARK_OK;
}

bool work_is_refused(const work *w)
{
  return embark_run_error(w->run)->code != EMBARK_OK;
}

/* A refusal shows the plan, and the plan its reasons, which have to be asked for. Without them it
 * is a plan all the same. Returns whether that is begun. */
static bool ask_for_reasons(work *w)
{
  embark_options o = drive_look_options(EMBARK_STATUS, &w->terms.options);
  return w->status == NULL && embark_run_error(w->run)->code == EMBARK_E_FORBIDDEN &&
         embark_run_start(&w->status, EMBARK_STATUS, w->connection.conn, w->outcome.bundle, &o) ==
             EMBARK_OK;
}

static embark_run *current(const work *w)
{
  return w->status != NULL ? w->status : w->run;
}

bool work_step(work *w, embark_poll *wants)
{
  *wants = embark_run_poll(current(w));
  if (drive_is_over(*wants) && ask_for_reasons(w)) {
    *wants = embark_run_poll(w->status);
  }
  if (!drive_is_over(*wants)) {
    return false;
  }
  conclude(w);
  return true;
}

void work_wait(const work *w, embark_poll wants, int64_t limit_ms)
{
  drive_wait(current(w), wants, limit_ms);
}

void work_free(work *w)
{
  terms_free(&w->terms);
  text_free(&w->document);
}
