/* cmd_script.c - `embark script`. */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "drive.h"
#include "report.h"
#include "script.h"

/* --- which migrations ------------------------------------------------------------------------- */

/* All of them, up to --to. */
static int choose_all(cli *c, script_plan *plan, bool *is_step)
{
  const embark_bundle *b = c->bundle;
  const char *last = c->flags.to;
  bool is_found = last == NULL;
  for (uint32_t i = 0; i < b->migration_count; i++) {
    is_step[i] = true;
    plan->step_count = i + 1;
    if (last != NULL && strcmp(b->migrations[i].tag, last) == 0) {
      is_found = true;
      break;
    }
  }
  if (!is_found) {
    return cli_refuse(c, EXIT_USAGE, "embark bundle DIR --list shows the tags.",
                      "there is no migration \"%s\"", last);
  }
  return EXIT_DONE;
}

/* Those that the run's plan has; both are in the bundle's order. */
static void take_steps(const cli *c, script_plan *plan, bool *is_step, const embark_run *run)
{
  const embark_step *steps;
  size_t count = embark_run_steps(run, &steps);
  for (uint32_t i = 0; i < c->bundle->migration_count && plan->step_count < count; i++) {
    if (strcmp(c->bundle->migrations[i].tag, steps[plan->step_count].tag) == 0) {
      is_step[i] = true;
      plan->step_count++;
    }
  }
}

static int choose_pending(cli *c, script_plan *plan, bool *is_step)
{
  embark_run *run = NULL;
  embark_error err;
  int code = drive(c, EMBARK_PLAN, cli_run_options(c), NULL, &run, &err);
  if (code == EMBARK_OK) {
    take_steps(c, plan, is_step, run);
  }
  embark_run_free(run);
  return code == EMBARK_OK ? EXIT_DONE : cli_fail(c, &err);
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
    status = screen_flush(&c->out, &out) == 0
                 ? EXIT_DONE
                 : cli_refuse(c, EXIT_FAILED, NULL, "the script could not be written");
  }
  text_free(&out);
  return status;
}

static int write_script(cli *c)
{
  bool *is_step = alloc_bytes(c->bundle->migration_count * sizeof *is_step);
  embark_options options = cli_run_options(c);
  script_plan plan = {.bundle = c->bundle,
                      .options = &options,
                      .is_step = is_step,
                      .is_offline = c->flags.offline,
                      .adopts = c->bundle->adopt == EMBARK_ADOPT_ASSUME};
  memset(is_step, 0, c->bundle->migration_count * sizeof *is_step);
  int status = plan.is_offline ? choose_all(c, &plan, is_step) : choose_pending(c, &plan, is_step);
  if (status == EXIT_DONE) {
    status = print_script(c, &plan);
  }
  free(is_step);
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
