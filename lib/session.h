/* session.h - what a session was like before, and making it so again. L2.
 *
 * A migration may change any setting for good, and the role. What it changed is found by
 * comparison: the settings that were set in this session before are kept (none or a few, nearly
 * always), everything else goes back to what the session started with. Settings that PostgreSQL
 * lists nowhere, those with a prefix that no extension claims ("app.tenant"), are the limit: a
 * migration that sets one for good leaves it set.
 *
 * The send functions queue what they name and return 0, or -1 when memory or the connection is
 * gone.
 */
#ifndef EMBARK_SESSION_H
#define EMBARK_SESSION_H

#include "buf.h"
#include "pipeline.h"
#include "sql.h"

/* Of the settings `s`, those set in this session. Those of a transaction come and go with it; the
 * encoding is what every conversation of ours changes, and is kept apart. */
#define SESSION_SET_HERE                                                                           \
  " s.source%='session' AND s.name%!ALL ('{client_encoding,transaction_isolation,"                 \
  "transaction_read_only,transaction_deferrable}'%t[])"

/* Expressions that have a transaction note what the session is like at its start, in settings of
 * its own. Through a pooler it may be another session than the one that was asked before: what is
 * then put back must be what was there, not what somebody else had left in another one. */
#define SESSION_NOTE(what, value) "%c'embark." what "', " value ", true), "
#define SESSION_NOTE_ALL(what, column)                                                             \
  SESSION_NOTE(what, "(SELECT COALESCE(%.array_agg(s." column ")%t, '{}')"                         \
                     " FROM %.pg_settings AS s WHERE" SESSION_SET_HERE ")")
#define SESSION_NOTES                                                                              \
  SESSION_NOTE("user", "session_user%t")                                                           \
  SESSION_NOTE("role", "%.current_setting('role')")                                                \
  SESSION_NOTE_ALL("names", "name")                                                                \
  SESSION_NOTE_ALL("values", "setting")

typedef struct embark__session {
  embark__buf sql;   /* the statement in the making */
  embark__buf names; /* array literals: the settings set in this session, and their values */
  embark__buf values;
  embark__buf user; /* session_user and role as they were */
  embark__buf role;
  char backend[16];            /* whose they are: its pid */
  char encoding[32];           /* client_encoding as it was; "" when a RESET brings it */
  char synchronous_commit[16]; /* for commits that must last: as it was, but never "off" */
} embark__session;

void embark__session_init(embark__session *s, const embark_allocator *alloc);
void embark__session_free(embark__session *s);

/* Ask what is set; embark__session_saved() takes each row. anew: forget what was saved before. */
int embark__session_send_save(embark__session *s, embark__pipeline *p, int anew);
void embark__session_saved(embark__session *s, const PGresult *res, int row);

/* Keep what the survey read, and the connection's encoding. */
void embark__session_identity(embark__session *s, const PGresult *survey, const char *encoding);

/* For the transaction that is open alone: role and encoding as they were, and commits that last. */
int embark__session_send_borrow(embark__session *s, embark__pipeline *p);

/* Within a migration's transaction, before the ledger is written: role and encoding back. */
int embark__session_send_role(embark__session *s, embark__pipeline *p);

/* Within a migration's transaction, after that: every setting back, for the next migration. */
int embark__session_send_settings(embark__session *s, embark__pipeline *p);

/* After everything, outside of any transaction: role and settings back. */
int embark__session_send_restore(embark__session *s, embark__pipeline *p);

#endif
