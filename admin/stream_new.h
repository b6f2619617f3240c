/* stream_new.h - how a stream is made. */
#ifndef EMBARK_ADMIN_STREAM_NEW_H
#define EMBARK_ADMIN_STREAM_NEW_H

#include <stdbool.h>

#include "attempt.h"
#include "stream.h"

/* One that has nothing to tell yet; NULL when memory is gone. */
stream *stream_new(void);

/* Have it tell of a run, which the stream leaves when it is freed. */
void stream_join(stream *s, attempt *a, bool is_owner);

#endif
