/* when.h - points in time as milliseconds since the epoch, UTC, without the C library's
 * calendar. */
#ifndef EMBARK_TOOLS_WHEN_H
#define EMBARK_TOOLS_WHEN_H

#include <stddef.h>
#include <stdint.h>

enum { WHEN_SIZE = 32 };

/* The time that the digits at the head of a file name say: YYYYMMDDHHMMSS, or 10 digits of
 * seconds or 13 of milliseconds since the epoch. 0 when they say none. */
int64_t when_from_digits(const char *digits, size_t count);

/* "2024-01-31T23:59:59Z"; "-" for 0 and for years beyond 9999. */
void when_format(char out[WHEN_SIZE], int64_t when_ms);

#endif
