/* SHA-256 through libcrypto. Knows line endings and byte order marks; knows nothing of ledgers. */
#include "hash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

/* Digests fail only for want of memory or of SHA-256 itself; there is nothing to go on with
 * then. */
static void must(int ok)
{
  if (ok != 1) {
    fputs("embark: libcrypto cannot compute SHA-256\n", stderr);
    exit(2);
  }
}

static EVP_MD_CTX *hash_begin(void)
{
  EVP_MD_CTX *ctx = EVP_MD_CTX_new();
  must(ctx != NULL && EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1);
  return ctx;
}

static void hash_put(EVP_MD_CTX *ctx, const char *bytes, size_t size)
{
  must(EVP_DigestUpdate(ctx, bytes, size));
}

/* Ends and frees what hash_begin began. */
static hash hash_end(EVP_MD_CTX *ctx)
{
  static const char digits[] = "0123456789abcdef";
  unsigned char bytes[EVP_MAX_MD_SIZE];
  hash h = {{0}};
  must(EVP_DigestFinal_ex(ctx, bytes, NULL));
  EVP_MD_CTX_free(ctx);
  for (size_t i = 0; i < 32; i++) {
    h.hex[2 * i] = digits[bytes[i] >> 4];
    h.hex[2 * i + 1] = digits[bytes[i] & 15];
  }
  return h;
}

hash hash_bytes(const char *bytes, size_t size)
{
  return hash_text(bytes, size, false, HASH_AS_IS);
}

/* Line by line: \n and \r\n both count as the end of a line; a \r elsewhere is text. */
static void put_lines(EVP_MD_CTX *ctx, const char *bytes, size_t size, hash_lines lines)
{
  const char *end = bytes + size;
  while (bytes < end) {
    const char *stop = memchr(bytes, '\n', (size_t)(end - bytes));
    if (stop == NULL) {
      hash_put(ctx, bytes, (size_t)(end - bytes));
      return;
    }
    const char *line_end = stop > bytes && stop[-1] == '\r' ? stop - 1 : stop;
    hash_put(ctx, bytes, (size_t)(line_end - bytes));
    hash_put(ctx, lines == HASH_LF ? "\n" : "\r\n", lines == HASH_LF ? 1 : 2);
    bytes = stop + 1;
  }
}

hash hash_text(const char *bytes, size_t size, bool bom, hash_lines lines)
{
  EVP_MD_CTX *ctx = hash_begin();
  if (bom) {
    hash_put(ctx, "\xef\xbb\xbf", 3);
  }
  if (lines == HASH_AS_IS) {
    hash_put(ctx, bytes, size);
  } else {
    put_lines(ctx, bytes, size, lines);
  }
  return hash_end(ctx);
}

bool hash_equal(const hash *a, const hash *b)
{
  return memcmp(a->hex, b->hex, sizeof a->hex) == 0;
}
