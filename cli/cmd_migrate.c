/* cmd_migrate.c - `embark migrate`. */
#include "approval.h"
#include "drive.h"
#include "meter.h"
#include "planned.h"
#include "report.h"
#include "words.h"

typedef struct outcome {
  uint32_t applied; /* by this run; or adopted */
  uint32_t pending; /* behind the target */
  bool adopted;
  bool ahead;
} outcome;

static uint32_t already(const cli *c, const outcome *o)
{
  uint32_t known = o->applied + o->pending;
  return c->bundle->migration_count > known ? c->bundle->migration_count - known : 0;
}

/* What is left behind the target, be it forbidden. A plan costs a round trip or two; where it fails
 * there was nothing the run minded, and nothing is said. */
static uint32_t count_pending(cli *c)
{
  embark_run *run = NULL;
  embark_error err;
  const embark_step *steps = NULL;
  embark_options options = cli_run_options(c);
  uint32_t count = 0;
  options.target = NULL;
  options.steps = 0;
  int code = drive(c, EMBARK_PLAN, options, NULL, &run, &err);
  if (code == EMBARK_OK || code == EMBARK_E_FORBIDDEN) {
    count = (uint32_t)embark_run_steps(run, &steps);
  }
  embark_run_free(run);
  return count;
}

static void put_summary(const cli *c, text *out, const outcome *o)
{
  uint32_t there = already(c, o);
  if (o->applied == 0 && o->pending == 0) {
    text_puts(out, "up to date: ");
    words_count(out, there, "migration");
  } else {
    words_count(out, o->applied, "migration");
    text_printf(out, " %s", o->adopted ? "adopted" : "applied");
    if (there > 0) {
      text_printf(out, ", %u %s there already", (unsigned)there, there == 1 ? "was" : "were");
    }
    if (o->pending > 0) {
      text_printf(out, ", %u %s pending", (unsigned)o->pending, o->pending == 1 ? "is" : "are");
    }
  }
  text_putc(out, '\n');
  if (o->ahead) {
    text_puts(out, "the database is ahead: it has migrations that are not here\n");
  }
}

static int tell(cli *c, const outcome *o)
{
  text out = {0};
  document_set(&c->document, "total", json_integer(c->bundle->migration_count));
  document_set(&c->document, "already", json_integer(already(c, o)));
  document_set(&c->document, "pending", json_integer(o->pending));
  document_set(&c->document, "ahead", json_boolean(o->ahead));
  if (c->document.root == NULL && !c->flags.quiet) {
    put_summary(c, &out, o);
  }
  return cli_print(c, &out);
}

static bool is_adoption(const embark_run *run)
{
  const embark_step *steps = NULL;
  return embark_run_steps(run, &steps) > 0 && steps[0].adopt;
}

/* As `plan` says it, so that what has to be read is seen at once. */
static int refuse(cli *c, const embark_run *run, const embark_error *err)
{
  int status = c->flags.quiet ? EXIT_DONE : planned_show(c, run);
  return status == EXIT_DONE ? approval_fail(c, run, err) : status;
}

static int fail(cli *c, const embark_run *run, const embark_error *err)
{
  return err->code == EMBARK_E_FORBIDDEN ? refuse(c, run, err) : cli_fail(c, err);
}

static int migrate(cli *c)
{
  meter m;
  embark_run *run = NULL;
  embark_error err;
  outcome o = {0};
  meter_open(&m, c, EMBARK_MIGRATE);
  int code = meter_drive(&m, cli_run_options(c), &run, &err);
  document_set(&c->document, "applied", meter_finished(&m));
  if (code == EMBARK_OK) {
    o = (outcome){m.done, 0, is_adoption(run), embark_run_ahead(run) != 0};
  }
  int status = code == EMBARK_OK ? EXIT_DONE : fail(c, run, &err);
  embark_run_free(run);
  meter_close(&m);
  if (status != EXIT_DONE) {
    return status;
  }
  if (c->flags.to != NULL || c->flags.single) {
    o.pending = count_pending(c);
  }
  return tell(c, &o);
}

int cmd_migrate(cli *c)
{
  if (c->flags.dry_run) {
    document_set(&c->document, "command", json_string("plan"));
    return cmd_plan(c);
  }
  int status = cli_open_bundle(c);
  if (status == 0) {
    status = cli_connect(c);
  }
  return status == 0 ? migrate(c) : status;
}
