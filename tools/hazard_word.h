/* hazard_word.h - hazards (EMBARK_HAZARD_*) as words, one by one. */
#ifndef EMBARK_TOOLS_HAZARD_WORD_H
#define EMBARK_TOOLS_HAZARD_WORD_H

#include <stdint.h>

#include <embark_bundle.h>

#define HAZARD_WORDS 6u

/* By bit, the gravest first. */
extern const char *const hazard_words[HAZARD_WORDS];

/* Take the first hazard out of the set, the gravest first. Returns its word, which is static; NULL
 * when the set is empty. */
const char *hazard_take(uint32_t *set);

#endif
