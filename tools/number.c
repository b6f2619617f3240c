/* Compares and continues the numbers of migrations. Knows counters of any width and the times that
 * tools put in their place. */
#include "number.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "when.h"

/* 2000-01-01: what says an earlier time is a counter with many zeros. */
#define FIRST_TIME_MS INT64_C(946684800000)

/* 10000-01-01: later years have no digits for it. */
#define END_OF_TIME_MS INT64_C(253402300800000)

enum { DIGITS_SECONDS = 10, DIGITS_MS = 13 };

size_t number_size(const char *name)
{
  return strspn(name, "0123456789");
}

int number_compare(const char *a, size_t a_size, const char *b, size_t b_size)
{
  for (; a_size > 0 && *a == '0'; a++) {
    a_size--;
  }
  for (; b_size > 0 && *b == '0'; b++) {
    b_size--;
  }
  if (a_size != b_size) {
    return a_size < b_size ? -1 : 1;
  }
  return strncmp(a, b, a_size);
}

/* 20240131235959: as many digits as `size` says a time has. */
static void put_time(text *out, int64_t ms, size_t size)
{
  if (size == DIGITS_SECONDS || size == DIGITS_MS) {
    text_printf(out, "%" PRId64, size == DIGITS_MS ? ms : ms / 1000);
    return;
  }
  char formatted[WHEN_SIZE];
  when_format(formatted, ms);
  for (const char *p = formatted; *p != '\0'; p++) {
    if (*p >= '0' && *p <= '9') {
      text_putc(out, *p);
    }
  }
}

static void put_plus_one(text *out, const char *last, size_t size)
{
  char *digits = alloc_string(last, size);
  size_t at = size;
  while (at > 0 && digits[at - 1] == '9') {
    digits[--at] = '0';
  }
  if (at > 0) {
    digits[at - 1]++;
  } else {
    text_putc(out, '1');
  }
  text_puts(out, digits);
  free(digits);
}

void number_put_next(text *out, const char *last, size_t size, int64_t now_ms)
{
  int64_t last_ms = when_from_digits(last, size);
  int64_t next_ms = last_ms + (size == DIGITS_MS ? 1 : 1000);
  next_ms = now_ms > next_ms ? now_ms : next_ms;
  if (last_ms < FIRST_TIME_MS || next_ms >= END_OF_TIME_MS) {
    put_plus_one(out, last, size);
  } else {
    put_time(out, next_ms, size);
  }
}
