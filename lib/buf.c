/* buf.c - text in the making. Knows how to grow and quote; knows nothing of what is written. */
#include "buf.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"

void embark__buf_clear(embark__buf *b)
{
  b->length = 0;
  b->failed = 0;
}

void embark__buf_free(embark__buf *b)
{
  embark__mem_release(b->alloc, b->text);
  b->text = NULL;
  b->length = 0;
  b->capacity = 0;
  b->failed = 0;
}

static int reserve(embark__buf *b, size_t more)
{
  if (b->failed || more > SIZE_MAX / 2 - b->length - 1) {
    b->failed = 1;
    return -1;
  }
  size_t need = b->length + more + 1;
  if (need <= b->capacity) {
    return 0;
  }
  size_t capacity = need < 256 ? 256 : need + need / 2;
  char *text = embark__mem_resize(b->alloc, b->text, capacity);
  if (text == NULL) {
    b->failed = 1;
    return -1;
  }
  b->text = text;
  b->capacity = capacity;
  return 0;
}

void embark__buf_bytes(embark__buf *b, const char *bytes, size_t length)
{
  if (reserve(b, length) != 0) {
    return;
  }
  memcpy(b->text + b->length, bytes, length);
  b->length += length;
  b->text[b->length] = '\0';
}

void embark__buf_str(embark__buf *b, const char *text)
{
  embark__buf_bytes(b, text, strlen(text));
}

void embark__buf_identifier(embark__buf *b, const char *name)
{
  embark__buf_str(b, "\"");
  for (const char *c = name; *c != '\0'; c++) {
    embark__buf_bytes(b, c, 1);
    if (*c == '"') {
      embark__buf_str(b, "\"");
    }
  }
  embark__buf_str(b, "\"");
}

const char *embark__buf_text(embark__buf *b)
{
  if (reserve(b, 0) != 0) {
    return NULL;
  }
  b->text[b->length] = '\0';
  return b->text;
}
