/* Percent-encoding. */
#include "percent.h"

static int digit(char c)
{
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int percent_decode(const char *p, size_t left)
{
  if (left < 3 || p[0] != '%' || digit(p[1]) < 0 || digit(p[2]) < 0) {
    return -1;
  }
  return digit(p[1]) * 16 + digit(p[2]);
}
