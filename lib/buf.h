/* buf.h - text in the making. L0.
 *
 * A buf fails sticky: once memory is gone every further call does nothing, so that a text is built
 * in one go and checked once at its end with embark__buf_text(). An all-zero buf with `alloc` set
 * is empty and ready.
 */
#ifndef EMBARK_BUF_H
#define EMBARK_BUF_H

#include <stddef.h>
#include <stdint.h>

#include <embark.h>

typedef struct embark__buf {
  const embark_allocator *alloc;
  char *text; /* NUL-terminated whenever it is not NULL */
  size_t length;
  size_t capacity;
  int failed;
} embark__buf;

/* Back to the empty text; keeps the memory, forgives a failure. */
void embark__buf_clear(embark__buf *b);

/* Give the memory back; the buf is then empty and may be used again. */
void embark__buf_free(embark__buf *b);

void embark__buf_bytes(embark__buf *b, const char *bytes, size_t length);
void embark__buf_str(embark__buf *b, const char *text);

/* An SQL identifier in double quotes, quotes in it doubled. */
void embark__buf_identifier(embark__buf *b, const char *name);

/* The finished text, owned by the buf; NULL when memory ran out on the way. */
const char *embark__buf_text(embark__buf *b);

#endif
