/* options.c - defaults and limits of the options. */
#include "options.h"

#include <string.h>

#include "error.h"

#define DEFAULT_LOCK_WAIT_MS    60000
#define DEFAULT_LOCK_TIMEOUT_MS 5000
#define DEFAULT_RETRIES         10
#define LONGEST_MS              INT32_MAX /* of PostgreSQL's timeouts */

static int refuse(embark_error *err, const char *what)
{
  embark__error_set(err, EMBARK_E_ARGUMENT, "the options are not usable: %s", what);
  embark__error_hint(err, "Start from EMBARK_OPTIONS_INIT and set what shall differ.");
  return EMBARK_E_ARGUMENT;
}

static int is_timeout(int64_t ms)
{
  return ms >= EMBARK_NO_TIMEOUT && ms <= LONGEST_MS;
}

static int check(const embark_options *o, embark_error *err)
{
  if (o->lock_wait_ms < EMBARK_WAIT_FOREVER) {
    return refuse(err, "lock_wait_ms is negative");
  }
  if (!is_timeout(o->lock_timeout_ms) || !is_timeout(o->statement_timeout_ms) ||
      !is_timeout(o->answer_timeout_ms)) {
    return refuse(err, "a timeout is out of range");
  }
  if (o->allocator != NULL && (o->allocator->resize == NULL || o->allocator->release == NULL)) {
    return refuse(err, "the allocator lacks a function");
  }
  if ((o->flags & ~(EMBARK_OUT_OF_ORDER | EMBARK_DRY_RUN)) != 0) {
    return refuse(err, "an unknown flag is set");
  }
  if (o->forbid > EMBARK_HAZARD_ALL) {
    return refuse(err, "forbid has an unknown hazard");
  }
  if (o->adopt < EMBARK_ADOPT_DEFAULT || o->adopt > EMBARK_ADOPT_ASSUME) {
    return refuse(err, "adopt has no such value");
  }
  if ((o->ledger_schema != NULL && o->ledger_schema[0] == '\0') ||
      (o->ledger_table != NULL && o->ledger_table[0] == '\0')) {
    return refuse(err, "a name of the ledger is empty");
  }
  /* PostgreSQL would cut it: two ledgers could be one table, each with a lock of its own. */
  if ((o->ledger_schema != NULL && strlen(o->ledger_schema) > EMBARK_NAME_MOST) ||
      (o->ledger_table != NULL && strlen(o->ledger_table) > EMBARK_NAME_MOST)) {
    return refuse(err, "a name of the ledger is longer than 63 bytes");
  }
  return EMBARK_OK;
}

int embark__options_fill(embark_options *out, const embark_options *given, embark_error *err)
{
  *out = (embark_options)EMBARK_OPTIONS_INIT;
  if (given != NULL) {
    /* A caller built against an older header has fewer fields; of a newer one, those we know not
     * must not be relied on. */
    if (given->struct_size < sizeof given->struct_size || given->struct_size > sizeof *out) {
      return refuse(err, "struct_size is not that of this version or an older one");
    }
    memcpy(out, given, given->struct_size);
    out->struct_size = sizeof *out;
  }
  int code = check(out, err);
  if (code != EMBARK_OK) {
    return code;
  }
  if (out->lock_wait_ms == 0) {
    out->lock_wait_ms = DEFAULT_LOCK_WAIT_MS;
  }
  if (out->lock_timeout_ms == 0) {
    out->lock_timeout_ms = DEFAULT_LOCK_TIMEOUT_MS;
  }
  if (out->statement_timeout_ms == 0) {
    out->statement_timeout_ms = EMBARK_NO_TIMEOUT;
  }
  if (out->answer_timeout_ms == 0) {
    out->answer_timeout_ms = EMBARK_NO_TIMEOUT;
  }
  if (out->retries == 0) {
    out->retries = DEFAULT_RETRIES;
  }
  return EMBARK_OK;
}

static int refuse_op(embark_error *err, const char *message, const char *hint)
{
  embark__error_set(err, EMBARK_E_ARGUMENT, "%s", message);
  embark__error_hint(err, "%s", hint);
  return EMBARK_E_ARGUMENT;
}

int embark__options_check_op(const embark_options *opt, embark_op op, embark_error *err)
{
  if (op < EMBARK_MIGRATE || op > EMBARK_STATUS) {
    return embark__error_set(err, EMBARK_E_ARGUMENT, "there is no such operation");
  }
  if ((op == EMBARK_RESUME_DONE || op == EMBARK_RESUME_AGAIN) &&
      (opt->flags & EMBARK_DRY_RUN) != 0) {
    return refuse_op(err, "what became of a statement cannot be said in a dry run",
                     "Leave EMBARK_DRY_RUN out.");
  }
  if (op == EMBARK_REVERT && opt->target == NULL && opt->steps == 0) {
    return refuse_op(err, "it is not said what to revert",
                     "Set `target` to the migration that stays as the newest (\"\": none of them), "
                     "or `steps`.");
  }
  if (op == EMBARK_ACCEPT && (opt->reason == NULL || opt->reason[0] == '\0')) {
    return refuse_op(err, "there is no reason to accept a change",
                     "Set `reason`: it is kept in the audit table.");
  }
  return EMBARK_OK;
}

int embark__options_find_target(const embark_options *opt, embark_op op,
                                const embark_bundle *bundle, uint32_t *target, embark_error *err)
{
  if (opt->target == NULL || (op == EMBARK_REVERT && opt->target[0] == '\0')) {
    return EMBARK_OK;
  }
  for (uint32_t i = 0; i < bundle->migration_count; i++) {
    const char *tag = bundle->migrations[i].tag;
    if (tag != NULL && strcmp(tag, opt->target) == 0) {
      *target = i + 1;
      return EMBARK_OK;
    }
  }
  embark__error_set(err, EMBARK_E_TARGET, "the bundle has no migration \"%s\"", opt->target);
  embark__copy_text(err->tag, sizeof err->tag, opt->target);
  embark__error_hint(err, "\"embark-bundle --list\" shows the tags of a folder.");
  return EMBARK_E_TARGET;
}
