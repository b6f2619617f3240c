/* api.c - the public calls that begin and end a run, and the blocking one: a loop over the pollable
 * run. Knows what a connection must be like to be taken. */
#include <string.h>

#include "bundle.h"
#include "error.h"
#include "mem.h"
#include "options.h"
#include "run.h"
#include "sys.h"
#include "thread_error.h"

#define STRINGIFY(x)    #x
#define VERSION_TEXT(x) STRINGIFY(x)

const char *embark_version(void)
{
  return VERSION_TEXT(EMBARK_VERSION_MAJOR) "." VERSION_TEXT(EMBARK_VERSION_MINOR) "." VERSION_TEXT(
      EMBARK_VERSION_PATCH);
}

/* --- beginning ------------------------------------------------------------------------------- */

/* Without libpq's own message: that of a connection that never opened may quote parts of its
 * password, when the connection string was malformed. */
static int refuse_closed(embark_error *err)
{
  embark__error_set(err, EMBARK_E_CONNECTION, "the connection is not open");
  embark__error_hint(err, "PQerrorMessage() says why. Connect, look at PQstatus(), and hand in the "
                          "connection when that is CONNECTION_OK.");
  return err->code;
}

static int check_transaction(const PGconn *conn, embark_error *err)
{
  switch (PQtransactionStatus(conn)) {
  case PQTRANS_IDLE:
    return EMBARK_OK;
  case PQTRANS_INTRANS:
  case PQTRANS_INERROR:
    embark__error_set(err, EMBARK_E_IN_TRANSACTION, "the connection is inside a transaction");
    embark__error_hint(err,
                       "Commit or roll back first, or hand in another connection: each migration "
                       "has a transaction of its own.");
    return err->code;
  case PQTRANS_ACTIVE:
    embark__error_set(err, EMBARK_E_BUSY, "a command is in progress on the connection");
    embark__error_hint(err,
                       "Read its results to the end (PQgetResult until NULL), or hand in another "
                       "connection.");
    return err->code;
  case PQTRANS_UNKNOWN:
    break;
  }
  return refuse_closed(err);
}

static int check_connection(const PGconn *conn, embark_error *err)
{
  if (PQstatus(conn) == CONNECTION_OK && PQpipelineStatus(conn) != PQ_PIPELINE_OFF) {
    embark__error_set(err, EMBARK_E_PIPELINE, "the connection is in pipeline mode");
    embark__error_hint(err,
                       "Leave it with PQexitPipelineMode() first, or hand in another connection.");
    return err->code;
  }
  if (PQstatus(conn) != CONNECTION_OK) {
    return refuse_closed(err);
  }
  return check_transaction(conn, err);
}

/* Fill a run in. What fails here leaves it safe to free. */
static int prepare(embark_run *run, embark_op op, PGconn *conn, const embark_bundle *bundle)
{
  const char *schema = run->opt.ledger_schema, *table = run->opt.ledger_table;
  run->op = op;
  run->conn = conn;
  run->bundle = bundle;
  run->has_ledger = 1;
  run->reach.steps = run->opt.steps;
  run->opt.forbid |= bundle->forbid;
  run->events = (embark__events){run->opt.on_event, run->opt.event_data, embark__sys_now_ms(), 0};
  embark__ledger_init(&run->ledger, bundle, schema, table, run->alloc);
  embark__session_init(&run->session, run->alloc);
  embark__progress_init(&run->progress, bundle, run->ledger.schema, run->ledger.table, run->alloc);
  run->outside.index.name.alloc = run->alloc;
  run->lock.limit_ms = run->opt.lock_wait_ms;
  run->lock.key =
      embark__lock_key_of(&run->opt, bundle->ledger, run->ledger.schema, run->ledger.table);
  if (run->opt.adopt == EMBARK_ADOPT_DEFAULT) {
    run->opt.adopt = bundle->adopt == EMBARK_ADOPT_ASSUME ? bundle->adopt : EMBARK_ADOPT_REFUSE;
  }
  int code = check_connection(conn, &run->error);
  if (code == EMBARK_OK && run->opt.keeper_conninfo != NULL) {
    code = embark__keeper_check(run->opt.keeper_conninfo, &run->error);
  }
  if (code != EMBARK_OK) {
    return code;
  }
  embark__copy_text(run->encoding, sizeof run->encoding,
                    PQparameterStatus(conn, "client_encoding"));
  run->cancel = embark__cancel_new(conn);
  if (run->cancel == NULL || embark__pipeline_attach(&run->pipe, conn) != 0) {
    return embark__error_memory(&run->error);
  }
  embark__notices_attach(&run->notices, conn, &run->events);
  run->state = RUN_START;
  return EMBARK_OK;
}

/* As embark_run_start(), with an error for the case that there is no run to keep it. */
static int start(embark_run **out, embark_op op, PGconn *conn, const embark_bundle *bundle,
                 const embark_options *opt, embark_error *err)
{
  embark_options filled;
  *out = NULL;
  embark__error_clear(err);
  int code = embark__options_fill(&filled, opt, err);
  if (code != EMBARK_OK) {
    return code;
  }
  embark_run *run = embark__mem_array(filled.allocator, 1, sizeof *run);
  if (run == NULL) {
    embark__error_memory(err);
    return EMBARK_E_MEMORY;
  }
  run->alloc = filled.allocator;
  run->opt = filled;
  run->state = RUN_FAILED;
  *out = run;
  if (conn == NULL || bundle == NULL) {
    code = embark__error_set(&run->error, EMBARK_E_ARGUMENT, "%s is NULL",
                             conn == NULL ? "the connection" : "the bundle");
  } else if ((code = embark__options_check_op(&run->opt, op, &run->error)) == EMBARK_OK &&
             (code = embark__bundle_check(bundle, &run->error)) == EMBARK_OK &&
             (code = embark__options_find_target(&run->opt, op, bundle, &run->reach.target,
                                                 &run->error)) == EMBARK_OK) {
    code = prepare(run, op, conn, bundle);
  }
  *err = run->error;
  return code;
}

int embark_run_start(embark_run **out, embark_op op, PGconn *conn, const embark_bundle *bundle,
                     const embark_options *opt)
{
  embark_error ignored; /* the run has its own; without a run the code says it all */
  return out != NULL ? start(out, op, conn, bundle, opt, &ignored) : EMBARK_E_ARGUMENT;
}

/* --- going and ending ------------------------------------------------------------------------ */

/* Poll a run to its end. */
static void drive(embark_run *run)
{
  for (;;) {
    embark_poll wants = embark_run_poll(run);
    if (wants == EMBARK_POLL_DONE || wants == EMBARK_POLL_FAILED) {
      return;
    }
    /* A wait that fails for want of kernel memory ends at once, and is tried again by polling on.
     */
    embark__sys_wait(wants == EMBARK_POLL_TIMER ? -1 : embark_run_socket(run),
                     wants == EMBARK_POLL_WRITE, embark_run_timeout_ms(run));
  }
}

void embark_run_free(embark_run *run)
{
  if (run == NULL) {
    return;
  }
  int before = embark__sys_hold_cancel();
  run->events.fn = NULL;
  if (run->state == RUN_START) {
    run->state = RUN_FAILED; /* nothing was sent */
  } else if (run->state != RUN_DONE && run->state != RUN_FAILED) {
    embark_run_cancel(run);
  }
  drive(run);
  embark__pipeline_detach(&run->pipe);
  embark__notices_detach(&run->notices);
  embark__cancel_free(run->cancel);
  embark__plan_free(&run->plan);
  embark__entries_free(&run->entries);
  embark__ledger_free(&run->ledger);
  embark__session_free(&run->session);
  embark__progress_free(&run->progress);
  embark__buf_free(&run->outside.index.name);
  embark__keeper_close(&run->keeper);
  embark__mem_release(run->alloc, run);
  embark__sys_allow_cancel(before);
}

const embark_error *embark_run_error(const embark_run *run)
{
  return &run->error;
}

size_t embark_run_steps(const embark_run *run, const embark_step **out)
{
  *out = run->plan.steps;
  return run->plan.step_count;
}

int embark_run_ahead(const embark_run *run)
{
  return run->ahead;
}

size_t embark_run_entries(const embark_run *run, const embark_entry **out)
{
  int is_there = run->state == RUN_DONE;
  *out = is_there ? run->entries.items : NULL;
  return is_there ? run->entries.count : 0;
}

int embark_migrate(PGconn *conn, const embark_bundle *bundle, const embark_options *opt,
                   embark_error *err)
{
  embark_run *run = NULL;
  embark_error *out = err != NULL ? err : embark__thread_error();
  int before = embark__sys_hold_cancel();
  if (start(&run, EMBARK_MIGRATE, conn, bundle, opt, out) == EMBARK_OK) {
    drive(run);
    *out = run->error;
  }
  embark_run_free(run);
  embark__sys_allow_cancel(before);
  return out->code;
}
