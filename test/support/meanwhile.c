/* meanwhile.c - two runs, one inside the other's event hook: no chance decides who is first. */
#include "meanwhile.h"

#include "drive.h"
#include "record.h"

static embark_op other_op;
static const made_bundle *other_bundle;
static uint32_t other_steps;

void meanwhile_run(embark_op op, const made_bundle *made, uint32_t steps)
{
  embark_run *run = NULL;
  embark_options options = drive_options;
  options.on_event = NULL;
  options.steps = steps;
  ck_assert_int_eq(embark_run_start(&run, op, db_watch, &made->bundle, &options), EMBARK_OK);
  ck_assert_msg(drive_run(run) == EMBARK_OK, "%s", drive_error.message);
  embark_run_free(run);
}

static int be_first(const embark_event *event)
{
  if (event->type == EMBARK_EVENT_PLANNED) {
    record_react = NULL;
    meanwhile_run(other_op, other_bundle, other_steps);
  }
  return 0;
}

void meanwhile(embark_op op, const made_bundle *made, embark_op their_op, const made_bundle *theirs,
               uint32_t their_steps)
{
  other_op = their_op;
  other_bundle = theirs;
  other_steps = their_steps;
  record_react = be_first;
  embark_run *run = drive_start(op, made);
  ck_assert_msg(drive_run(run) == EMBARK_OK, "%s", drive_error.message);
  embark_run_free(run);
  ck_assert_msg(record_react == NULL, "it made no plan");
}
