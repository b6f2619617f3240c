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

/* A hash over what is put piece by piece. Small pieces are gathered, so that many cost little. */
typedef struct hash_run {
  struct evp_md_ctx_st *context; /* libcrypto's */
  size_t held;
  char buffer[1024];
} hash_run;

void hash_begin(hash_run *run);
void hash_put(hash_run *run, const char *bytes, size_t size);

/* Put a part of a text, whose lines end as `lines` says. A \r\n must not lie across two parts. */
void hash_put_lines(hash_run *run, const char *bytes, size_t size, hash_lines lines);

/* The inverse of hash_begin: nothing is left to be freed. */
hash hash_end(hash_run *run);

hash hash_bytes(const char *bytes, size_t size);

/* The text's hash in one of its forms, with or without a byte order mark before it. */
hash hash_text(const char *bytes, size_t size, bool bom, hash_lines lines);

bool hash_equal(const hash *a, const hash *b);

#endif
