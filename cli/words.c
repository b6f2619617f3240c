/* words.c - few digits: what is looked at is whether it was milliseconds or minutes. */
#include "words.h"

#include <string.h>

#include "hazard_words.h"

void words_count(text *out, size_t count, const char *noun)
{
  text_printf(out, "%zu %s%s", count, noun, count == 1 ? "" : "s");
}

void words_duration(text *out, int64_t microseconds)
{
  double ms = (double)microseconds / 1000;
  if (ms < 0.95) {
    text_printf(out, "%.1f ms", ms);
  } else if (ms < 999.5) {
    text_printf(out, "%.0f ms", ms);
  } else if (ms < 60000) {
    text_printf(out, "%.1f s", ms / 1000);
  } else if (ms < 3600000) {
    text_printf(out, "%.1f min", ms / 60000);
  } else {
    text_printf(out, "%.1f h", ms / 3600000);
  }
}

void words_time(text *out, const char *iso)
{
  size_t size = strlen(iso);
  if (size < 20 || iso[10] != 'T' || iso[size - 1] != 'Z') {
    text_puts(out, iso);
    return;
  }
  text_printf(out, "%.10s %.8sZ", iso, iso + 11);
}

void words_hazards(text *out, uint32_t hazards, bool is_refused)
{
  if ((hazards & EMBARK_HAZARD_REWRITES) != 0) {
    hazards &= ~(EMBARK_HAZARD_BLOCKS_READS | EMBARK_HAZARD_BLOCKS_WRITES);
  } else if ((hazards & EMBARK_HAZARD_BLOCKS_READS) != 0) {
    hazards &= ~EMBARK_HAZARD_BLOCKS_WRITES;
  }
  if (hazards != 0) {
    text_puts(out, is_refused ? "refused: " : "");
    hazards_put(out, hazards);
  }
}
