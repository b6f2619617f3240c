/* cmd_script.c - `embark script`. */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "approval.h"
#include "drive.h"
#include "report.h"
#include "script.h"

/* --- which migrations ------------------------------------------------------------------------- */

/* Of each migration of the bundle; what script_plan borrows. */
typedef struct choice {
  bool *is_step;
  uint32_t *hazards;
} choice;

static void choose(script_plan *plan, choice *of, uint32_t index, uint32_t hazards)
{
  of->is_step[index] = true;
  of->hazards[index] = hazards;
  plan->step_count++;
}

/* How many there are up to --to; 0: there is none of that name. */
static uint32_t count_to(const embark_bundle *b, const char *last)
{
  for (uint32_t i = 0; last != NULL && i < b->migration_count; i++) {
    if (strcmp(b->migrations[i].tag, last) == 0) {
      return i + 1;
    }
  }
  return last == NULL ? b->migration_count : 0;
}

/* All of them, up to --to. */
static int choose_all(cli *c, script_plan *plan, choice *of)
{
  uint32_t count = count_to(c->bundle, c->flags.to);
  embark_error err;
  if (count == 0 && c->flags.to != NULL) {
    return cli_refuse(c, EXIT_USAGE, "embark bundle DIR --list shows the tags.",
                      "there is no migration \"%s\"", c->flags.to);
  }
  embark_step *steps = alloc_bytes(count * sizeof *steps);
  memset(steps, 0, count * sizeof *steps);
  int code = approval_judge(c, steps, count, &err);
  for (uint32_t i = 0; i < count; i++) {
    choose(plan, of, i, steps[i].hazards);
  }
  int status = code == EMBARK_OK ? EXIT_DONE : approval_refuse(c, steps, count, &err);
  free(steps);
  return status;
}

/* Those that the run's plan has; both are in the bundle's order. */
static void take_steps(const cli *c, script_plan *plan, choice *of, const embark_run *run)
{
  const embark_step *steps;
  size_t count = embark_run_steps(run, &steps);
  for (uint32_t i = 0; i < c->bundle->migration_count && plan->step_count < count; i++) {
    const embark_step *step = &steps[plan->step_count];
    if (strcmp(c->bundle->migrations[i].tag, step->tag) == 0) {
      choose(plan, of, i, step->hazards);
    }
  }
}

static int choose_pending(cli *c, script_plan *plan, choice *of)
{
  embark_run *run = NULL;
  embark_error err;
  int status = EXIT_DONE;
  int code = drive(c, EMBARK_PLAN, cli_run_options(c), NULL, &run, &err);
  if (code == EMBARK_OK) {
    take_steps(c, plan, of, run);
  } else {
    status = code == EMBARK_E_FORBIDDEN ? approval_fail(c, run, &err) : cli_fail(c, &err);
  }
  embark_run_free(run);
  return status;
}

/* --- the script ------------------------------------------------------------------------------- */

static json_t *list_steps(const script_plan *plan)
{
  json_t *list = json_array();
  for (uint32_t i = 0; i < plan->bundle->migration_count; i++) {
    if (plan->is_step[i]) {
      json_array_append_new(list, document_text(plan->bundle->migrations[i].tag));
    }
  }
  return list;
}

static int print_script(cli *c, const script_plan *plan)
{
  text out = {0};
  int status = EXIT_DONE;
  if (script_put(&out, plan) != 0) {
    status = cli_refuse(c, EXIT_FAILED, NULL, "out of memory");
  } else if (c->flags.json) {
    document_set(&c->document, "offline", json_boolean(plan->is_offline));
    document_set(&c->document, "migrations", list_steps(plan));
    document_set(&c->document, "script", document_text(text_string(&out)));
  } else {
    status = cli_print(c, &out);
  }
  text_free(&out);
  return status;
}

static int write_script(cli *c)
{
  size_t count = c->bundle->migration_count;
  choice of = {alloc_bytes(count * sizeof *of.is_step), alloc_bytes(count * sizeof *of.hazards)};
  embark_options options = cli_run_options(c);
  script_plan plan = {.bundle = c->bundle,
                      .options = &options,
                      .is_step = of.is_step,
                      .hazards = of.hazards,
                      .is_offline = c->flags.offline,
                      .adopts = c->bundle->adopt == EMBARK_ADOPT_ASSUME};
  memset(of.is_step, 0, count * sizeof *of.is_step);
  memset(of.hazards, 0, count * sizeof *of.hazards);
  int status = plan.is_offline ? choose_all(c, &plan, &of) : choose_pending(c, &plan, &of);
  if (status == EXIT_DONE) {
    status = print_script(c, &plan);
  }
  free(of.is_step);
  free(of.hazards);
  return status;
}

int cmd_script(cli *c)
{
  int status = cli_open_bundle(c);
  if (status == 0 && !c->flags.offline) {
    status = cli_connect(c);
  }
  return status == 0 ? write_script(c) : status;
}
