/* confirm.c - nothing is done that was not shown: the plan is made again after the answer, and the
 * run may do no more than it. */
#include "confirm.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "alloc.h"
#include "drive.h"
#include "meter.h"
#include "report.h"
#include "words.h"

enum { ASK_LINES = 20 }; /* so many steps are shown with a question */

/* The steps of a plan. Their texts are the bundle's. */
typedef struct step_list {
  embark_step *steps;
  size_t count;
} step_list;

int confirm_possible(cli *c)
{
  bool can_ask = isatty(STDIN_FILENO) == 1 && c->err.is_terminal && c->document.root == NULL;
  if (c->flags.yes || c->flags.dry_run || can_ask) {
    return 0;
  }
  return cli_refuse(c, EXIT_USAGE, "Give --yes; --dry-run shows what would be done.",
                    "there is no terminal to ask on");
}

/* --- the plan --------------------------------------------------------------------------------- */

static int plan(cli *c, const confirm_op *op, embark_options options, step_list *list)
{
  embark_run *run = NULL;
  embark_error err;
  const embark_step *steps = NULL;
  options.flags |= EMBARK_DRY_RUN;
  int code = drive(c, op->op, options, NULL, &run, &err);
  if (code == EMBARK_OK) {
    list->count = embark_run_steps(run, &steps);
    list->steps = alloc_bytes(list->count * sizeof *list->steps);
    if (list->count > 0) {
      memcpy(list->steps, steps, list->count * sizeof *list->steps);
    }
  }
  embark_run_free(run);
  return code == EMBARK_OK ? 0 : cli_fail(c, &err);
}

static bool is_same(const step_list *a, const step_list *b)
{
  bool same = a->count == b->count;
  for (size_t i = 0; same && i < a->count; i++) {
    same = strcmp(a->steps[i].tag, b->steps[i].tag) == 0;
  }
  return same;
}

static void put_steps(text *out, const confirm_op *op, const step_list *list, size_t limit)
{
  int width = 0;
  size_t shown = list->count <= limit ? list->count : limit;
  for (size_t i = 0; i < shown; i++) {
    int columns = screen_columns(list->steps[i].tag);
    width = columns > width ? columns : width;
  }
  for (size_t i = 0; i < shown; i++) {
    const embark_step *s = &list->steps[i];
    text_printf(out, "  %s%*s  %s\n", s->tag, width - screen_columns(s->tag), "", s->file);
    if (op->put != NULL) {
      op->put(out, s, op->data);
    }
  }
  if (shown < list->count) {
    text_printf(out, "  ... and %zu more\n", list->count - shown);
  }
}

static json_t *describe(const confirm_op *op, const step_list *list)
{
  json_t *all = json_array();
  for (size_t i = 0; i < list->count; i++) {
    const embark_step *s = &list->steps[i];
    json_array_append_new(all, op->describe != NULL
                                   ? op->describe(s, op->data)
                                   : json_pack("{s:s, s:s}", "tag", s->tag, "file", s->file));
  }
  return all;
}

static int print(cli *c, text *out)
{
  if (c->flags.quiet) {
    text_free(out);
    return EXIT_DONE;
  }
  return cli_print(c, out);
}

/* What was asked for by --dry-run: shown with --quiet, too. */
static int show(cli *c, const confirm_op *op, const step_list *list)
{
  text out = {0};
  c->flags.quiet = false;
  document_set(&c->document, "steps", describe(op, list));
  document_set(&c->document, op->done, json_array());
  words_count(&out, list->count, "migration");
  text_printf(&out, " would be %s:\n", op->done);
  put_steps(&out, op, list, list->count);
  return print(c, &out);
}

/* --- the question ----------------------------------------------------------------------------- */

static bool is_yes(const char *answer)
{
  size_t size = strcspn(answer, " \t\r\n");
  return (size == 1 && strncasecmp(answer, "y", size) == 0) ||
         (size == 3 && strncasecmp(answer, "yes", size) == 0);
}

static bool ask(cli *c, const confirm_op *op, const step_list *list)
{
  char answer[16] = "";
  text out = {0};
  put_steps(&out, op, list, ASK_LINES);
  text_printf(&out, "%s ", op->question);
  words_count(&out, list->count, "migration");
  text_puts(&out, " of database \"");
  screen_clean_line(&out, PQdb(c->conn));
  text_puts(&out, "\" at ");
  screen_clean_line(&out, PQhost(c->conn));
  text_puts(&out, "? [y/N] ");
  screen_flush(&c->err, &out);
  return fgets(answer, sizeof answer, stdin) != NULL && is_yes(answer);
}

/* Returns 0 when the op may go on. */
static int agree(cli *c, const confirm_op *op, embark_options options, const step_list *list)
{
  step_list now = {0};
  if (c->flags.yes) {
    return 0;
  }
  if (!ask(c, op, list)) {
    c->flags.quiet = false; /* who is asked is answered */
    report_note(c, "nothing was done");
    return EXIT_FAILED;
  }
  int status = plan(c, op, options, &now);
  if (status == 0 && !is_same(list, &now)) {
    status = cli_refuse(c, EXIT_FAILED, "See what there is to do now.",
                        "somebody else has changed the database meanwhile, so nothing was done");
  }
  free(now.steps);
  return status;
}

/* --- the run ---------------------------------------------------------------------------------- */

static int run_op(cli *c, const confirm_op *op, embark_options options, const step_list *list)
{
  meter m;
  embark_run *run = NULL;
  embark_error err;
  text out = {0};
  options.steps = op->op == EMBARK_REVERT ? (uint32_t)list->count : 0;
  meter_open(&m, c, op->op);
  int code = meter_drive(&m, options, &run, &err);
  document_set(&c->document, op->done,
               op->describe != NULL && code == EMBARK_OK ? describe(op, list) : meter_finished(&m));
  words_count(&out, m.done, "migration");
  text_printf(&out, " %s\n", op->done);
  embark_run_free(run);
  meter_close(&m);
  if (code != EMBARK_OK) {
    text_free(&out);
    return cli_fail(c, &err);
  }
  return print(c, &out);
}

static int say_nothing_to_do(cli *c, const confirm_op *op)
{
  text out = {0};
  document_set(&c->document, op->done, json_array());
  text_printf(&out, "%s\n", op->nothing);
  return print(c, &out);
}

int confirm_run(cli *c, const confirm_op *op, embark_options options)
{
  step_list list = {0};
  int status = plan(c, op, options, &list);
  if (status == 0) {
    document_set(&c->document, "dry_run", json_boolean(c->flags.dry_run));
    if (list.count == 0) {
      status = say_nothing_to_do(c, op);
    } else if (c->flags.dry_run) {
      status = show(c, op, &list);
    } else {
      status = agree(c, op, options, &list);
      status = status == 0 ? run_op(c, op, options, &list) : status;
    }
  }
  free(list.steps);
  return status;
}
