/* audit.c - who reverted, adopted or accepted what, when and why. Knows SQL; decides nothing. */
#include "audit.h"

#include "sql.h"

#define REQUIRED " %.text COLLATE %.\"C\" NOT NULL, "

/* clang-format off */
static const char table[] =
    "CREATE TABLE %T (at %.timestamptz NOT NULL, by %.text NOT NULL, op" REQUIRED
    "ledger" REQUIRED "component" REQUIRED "tag" REQUIRED
    "hash_before %.text, hash_after %.text, reason %.text)";

static const char row[] =
    "INSERT INTO %T (at, by, op, ledger, component, tag, hash_before, hash_after, reason)"
    " VALUES (%.clock_timestamp(), session_user, $1, $2, $3, $4, $5, $6, $7)";
/* clang-format on */

int embark__audit_send_table(embark__pipeline *p, embark__buf *scratch, const char *schema)
{
  return embark__sql_send_about(p, scratch, table, schema, AUDIT_TABLE, 0, NULL);
}

static const char *word(embark_op op)
{
  return op == EMBARK_REVERT ? "revert" : op == EMBARK_ADOPT ? "adopt" : "accept";
}

int embark__audit_send(embark__pipeline *p, embark__buf *scratch, const char *schema,
                       const embark__plan *plan, uint32_t index, const char *ledger,
                       const char *reason)
{
  const embark_bundle *b = plan->bundle;
  const embark_migration *m = &b->migrations[index];
  int has_hash = b->ledger != EMBARK_LEDGER_DRIZZLE_TAG;
  const char *values[] = {word(plan->op),
                          ledger,
                          b->component,
                          m->tag,
                          has_hash && plan->op != EMBARK_ADOPT ? embark__plan_hash(plan, index)
                                                               : NULL,
                          has_hash && plan->op != EMBARK_REVERT ? m->hash : NULL,
                          reason};
  return ledger == NULL ? -1
                        : embark__sql_send_about(p, scratch, row, schema, AUDIT_TABLE, 7, values);
}
