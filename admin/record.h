/* record.h - events as server-sent ones: a name, and an object on one line. */
#ifndef EMBARK_ADMIN_RECORD_H
#define EMBARK_ADMIN_RECORD_H

#include <embark.h>

#include "text.h"

#define RECORD_MESSAGE_MOST 4096u /* bytes of a message that are told */

/* Add the event of a run, `m` being the migration that it is about, or NULL. Nothing for DONE,
 * which the result is said by. duration_us: of APPLIED; -1: not known. */
void record_put(text *out, const embark_event *event, const embark_migration *m,
                int64_t duration_us);

/* Add a notice of our own. */
void record_put_warning(text *out, int64_t elapsed_ms, const char *message);

/* Add the end: the document of the run, which is one line. */
void record_put_result(text *out, const text *document);

#endif
