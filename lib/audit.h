/* audit.h - the record of what somebody did to the ledger beside applying migrations: all SQL that
 * touches that table. L2. docs/ledger.md has the table itself. */
#ifndef EMBARK_AUDIT_H
#define EMBARK_AUDIT_H

#include "buf.h"
#include "pipeline.h"
#include "plan.h"

#define AUDIT_TABLE "audit"

/* Queue a statement, put together in `scratch`; both return 0, or -1 when memory or the connection
 * is gone. */

int embark__audit_send_table(embark__pipeline *p, embark__buf *scratch, const char *schema);

/* What the plan's op does to the row of migration `index`. ledger: the ledger's quoted, qualified
 * name; reason: may be NULL. */
int embark__audit_send(embark__pipeline *p, embark__buf *scratch, const char *schema,
                       const embark__plan *plan, uint32_t index, const char *ledger,
                       const char *reason);

#endif
