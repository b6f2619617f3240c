/* hash.h - SHA-256 in lower-case hex, over texts and over the forms in which one text may come. */
#ifndef EMBARK_TOOLS_HASH_H
#define EMBARK_TOOLS_HASH_H

#include <stdbool.h>
#include <stddef.h>

/* 64 digits and a NUL. */
typedef struct hash {
  char hex[65];
} hash;

/* How a text's lines end: as they do, or all the one way. */
typedef enum hash_lines { HASH_AS_IS, HASH_LF, HASH_CRLF } hash_lines;

hash hash_bytes(const char *bytes, size_t size);

/* The text's hash in one of its forms, with or without a byte order mark before it. */
hash hash_text(const char *bytes, size_t size, bool bom, hash_lines lines);

bool hash_equal(const hash *a, const hash *b);

#endif
