/* stream.h - the run of a request as server-sent events. */
#ifndef EMBARK_ADMIN_STREAM_H
#define EMBARK_ADMIN_STREAM_H

#include <stddef.h>
#include <stdint.h>

typedef struct stream stream;

/* As embark_admin_read() says. */
int stream_read(stream *s, char *buffer, size_t size, int64_t wait_ms, size_t *got);

/* As embark_admin_response_free() says. */
void stream_free(stream *s);

#endif
