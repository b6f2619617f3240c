/* The proleptic Gregorian calendar in arithmetic. Knows no time zone and no clock. */
#include "when.h"

#include <stdbool.h>
#include <stdio.h>

typedef struct date {
  int64_t year;
  int64_t month;
  int64_t day;
} date;

/* Years are counted from March, so that the leap day is a year's last; 400 years are 146097
 * days, and 719468 days lie between 0000-03-01 and 1970-01-01. */
static int64_t days_from_date(date d)
{
  int64_t year = d.month <= 2 ? d.year - 1 : d.year;
  int64_t month = (d.month + 9) % 12;
  int64_t days_before_month = (153 * month + 2) / 5;
  return year * 365 + year / 4 - year / 100 + year / 400 + days_before_month + d.day - 1 - 719468;
}

static date date_from_days(int64_t days)
{
  int64_t shifted = days + 719468;
  int64_t era = shifted / 146097;
  int64_t of_era = shifted % 146097;
  int64_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  int64_t of_year = of_era - (365 * year + year / 4 - year / 100);
  int64_t month = (5 * of_year + 2) / 153;
  date d = {.year = year + era * 400, .month = month < 10 ? month + 3 : month - 9};
  d.day = of_year - (153 * month + 2) / 5 + 1;
  d.year += d.month <= 2;
  return d;
}

static bool is_leap(int64_t year)
{
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static bool is_date(date d)
{
  static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (d.month < 1 || d.month > 12 || d.day < 1) {
    return false;
  }
  return d.day <= lengths[d.month - 1] + (d.month == 2 && is_leap(d.year));
}

static int64_t number(const char *digits, size_t count)
{
  int64_t n = 0;
  for (size_t i = 0; i < count; i++) {
    n = n * 10 + (digits[i] - '0');
  }
  return n;
}

static int64_t when_from_calendar(const char *digits)
{
  date d = {number(digits, 4), number(digits + 4, 2), number(digits + 6, 2)};
  int64_t hour = number(digits + 8, 2);
  int64_t minute = number(digits + 10, 2);
  int64_t second = number(digits + 12, 2);
  if (d.year < 1 || !is_date(d) || hour > 23 || minute > 59 || second > 59) {
    return 0;
  }
  return (((days_from_date(d) * 24 + hour) * 60 + minute) * 60 + second) * 1000;
}

int64_t when_from_digits(const char *digits, size_t count)
{
  switch (count) {
  case 10:
    return number(digits, count) * 1000;
  case 13:
    return number(digits, count);
  case 14:
    return when_from_calendar(digits);
  default:
    return 0;
  }
}

void when_format(char out[WHEN_SIZE], int64_t when_ms)
{
  const int64_t year_10000 = INT64_C(253402300800000);
  if (when_ms <= 0 || when_ms >= year_10000) {
    snprintf(out, WHEN_SIZE, "-");
    return;
  }
  int64_t seconds = when_ms / 1000;
  date d = date_from_days(seconds / 86400);
  int of_day = (int)(seconds % 86400);
  snprintf(out, WHEN_SIZE, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)d.year, (int)d.month, (int)d.day,
           of_day / 3600, of_day / 60 % 60, of_day % 60);
}
