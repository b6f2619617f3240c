/* attempt.h - a run that applies, and that several requests may share.
 *
 * Nobody's thread is the run's own. Whoever waits for it drives it when nobody else does, and else
 * waits until there is something to hear: so it goes on as long as one of its requests is waited
 * for, and no one of them is needed for it.
 */
#ifndef EMBARK_ADMIN_ATTEMPT_H
#define EMBARK_ADMIN_ATTEMPT_H

#include <stdbool.h>

#include "call.h"
#include "text.h"

typedef struct attempt attempt;

/* Join the run that is under way on the same database with the same bundle and ledger, or begin
 * one: then *is_owner, and it has the call's connection, options and hook. Returns NULL, with *err
 * filled, when there is no connection or no memory. attempt_leave() is due. */
attempt *attempt_enter(const call *c, bool *is_owner, embark_error *err);

/* Wait until the run is over; drive it if need be. */
void attempt_wait(attempt *a);

/* Of a run that is over: its document, a line, and its code. */
const text *attempt_document(const attempt *a, int *code);

/* What was told of the run (journal.h), from byte `at` on: waits until there is some, at most until
 * drive_now_ms() is `until_ms`. *has_ended: that was all there will be. Returns how many bytes. */
size_t attempt_read(attempt *a, size_t at, char *buffer, size_t size, int64_t until_ms,
                    bool *has_ended);

/* Once for each request. The run goes on for the others. Where there are none, or the owner's
 * connection is lent, it is driven to its end first. */
void attempt_leave(attempt *a, bool is_owner);

/* Whether there is a run that a POST on this connection would join. */
bool attempt_is_under_way(const call *c, const PGconn *conn);

#endif
