/* hazard_word.c - the words for hazards, and their order. Depends on nothing. */
#include "hazard_word.h"

#include <stddef.h>

const char *const hazard_words[HAZARD_WORDS] = {"destructive",  "rewrites",    "blocks-writes",
                                                "blocks-reads", "data-change", "unclassified"};

const char *hazard_take(uint32_t *set)
{
  for (unsigned bit = 0; bit < HAZARD_WORDS; bit++) {
    if ((*set & 1u << bit) != 0) {
      *set &= ~(1u << bit);
      return hazard_words[bit];
    }
  }
  return NULL;
}
