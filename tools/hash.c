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

void hash_begin(hash_run *run)
{
  run->held = 0;
  run->context = EVP_MD_CTX_new();
  must(run->context != NULL && EVP_DigestInit_ex(run->context, EVP_sha256(), NULL) == 1);
}

static void flush(hash_run *run)
{
  must(EVP_DigestUpdate(run->context, run->buffer, run->held));
  run->held = 0;
}

void hash_put(hash_run *run, const char *bytes, size_t size)
{
  if (size > sizeof run->buffer - run->held) {
    flush(run);
  }
  if (size > sizeof run->buffer) {
    must(EVP_DigestUpdate(run->context, bytes, size));
  } else if (size > 0) {
    memcpy(run->buffer + run->held, bytes, size);
    run->held += size;
  }
}

hash hash_end(hash_run *run)
{
  static const char digits[] = "0123456789abcdef";
  unsigned char bytes[EVP_MAX_MD_SIZE];
  hash h = {{0}};
  flush(run);
  must(EVP_DigestFinal_ex(run->context, bytes, NULL));
  EVP_MD_CTX_free(run->context);
  run->context = NULL;
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
void hash_put_lines(hash_run *run, const char *bytes, size_t size, hash_lines lines)
{
  const char *end = bytes + size;
  while (bytes < end) {
    const char *stop = lines == HASH_AS_IS ? NULL : memchr(bytes, '\n', (size_t)(end - bytes));
    if (stop == NULL) {
      hash_put(run, bytes, (size_t)(end - bytes));
      return;
    }
    const char *line_end = stop > bytes && stop[-1] == '\r' ? stop - 1 : stop;
    hash_put(run, bytes, (size_t)(line_end - bytes));
    hash_put(run, lines == HASH_LF ? "\n" : "\r\n", lines == HASH_LF ? 1 : 2);
    bytes = stop + 1;
  }
}

hash hash_text(const char *bytes, size_t size, bool bom, hash_lines lines)
{
  hash_run run;
  hash_begin(&run);
  if (bom) {
    hash_put(&run, "\xef\xbb\xbf", 3);
  }
  hash_put_lines(&run, bytes, size, lines);
  return hash_end(&run);
}

bool hash_equal(const hash *a, const hash *b)
{
  return memcmp(a->hex, b->hex, sizeof a->hex) == 0;
}
