/* UTF-8 validation. Knows bytes only. */
#include "utf8.h"

/* The first byte decides the size and the range of the second (RFC 3629, section 4). */
typedef struct lead {
  unsigned char first, last;
  unsigned char second_min, second_max;
  unsigned char size;
} lead;

static const lead leads[] = {
    {0x00, 0x7f, 0,    0,    1},
    {0xc2, 0xdf, 0x80, 0xbf, 2},
    {0xe0, 0xe0, 0xa0, 0xbf, 3},
    {0xe1, 0xec, 0x80, 0xbf, 3},
    {0xed, 0xed, 0x80, 0x9f, 3},
    {0xee, 0xef, 0x80, 0xbf, 3},
    {0xf0, 0xf0, 0x90, 0xbf, 4},
    {0xf1, 0xf3, 0x80, 0xbf, 4},
    {0xf4, 0xf4, 0x80, 0x8f, 4},
};

bool utf8_is_continuation(char byte)
{
  return ((unsigned char)byte & 0xc0) == 0x80;
}

static const lead *lead_find(unsigned char byte)
{
  for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++) {
    if (byte >= leads[i].first && byte <= leads[i].last) {
      return &leads[i];
    }
  }
  return NULL;
}

size_t utf8_size(const char *p, size_t left)
{
  if (left == 0) {
    return 0;
  }
  const lead *l = lead_find((unsigned char)p[0]);
  if (l == NULL || l->size > left) {
    return 0;
  }
  for (size_t i = 1; i < l->size; i++) {
    unsigned char c = (unsigned char)p[i];
    unsigned char min = i == 1 ? l->second_min : 0x80;
    unsigned char max = i == 1 ? l->second_max : 0xbf;
    if (c < min || c > max) {
      return 0;
    }
  }
  return l->size;
}

size_t utf8_check(const char *bytes, size_t size)
{
  size_t at = 0;
  while (at < size) {
    if ((unsigned char)bytes[at] < 0x80) {
      at++;
      continue;
    }
    size_t step = utf8_size(bytes + at, size - at);
    if (step == 0) {
      return at;
    }
    at += step;
  }
  return size;
}
