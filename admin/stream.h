/* stream.h - the run of a request as server-sent events. */
#ifndef EMBARK_ADMIN_STREAM_H
#define EMBARK_ADMIN_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "attempt.h"

typedef struct stream stream;

/* One that has nothing to tell yet; NULL when memory is gone. */
stream *stream_new(void);

/* Have it tell of a run, which the stream leaves when it is freed. */
void stream_join(stream *s, attempt *a, bool is_owner);

/* As embark_admin_read() says. */
int stream_read(stream *s, char *buffer, size_t size, int64_t wait_ms, size_t *got);

/* As embark_admin_response_free() says; one that tells of nothing, and NULL, too. */
void stream_free(stream *s);

#endif
