/* words.h - numbers, durations, points of time and hazards as people read them. */
#ifndef EMBARK_CLI_WORDS_H
#define EMBARK_CLI_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"

/* "1 migration", "2 migrations": `noun` takes an s. */
void words_count(text *out, size_t count, const char *noun);

/* "0.4 ms", "12 ms", "1.2 s", "3.5 min", "2.0 h". */
void words_duration(text *out, int64_t microseconds);

/* "2025-11-22 05:09:33Z" of ISO 8601 in UTC, "2025-11-22T05:09:33.123456Z"; anything else as it
 * is. */
void words_time(text *out, const char *iso);

/* "destructive,rewrites", "refused: destructive"; nothing where there are none. What goes without
 * saying is left out: who rewrites a table holds up all, who holds up readers holds up writers. */
void words_hazards(text *out, uint32_t hazards, bool is_refused);

#endif
