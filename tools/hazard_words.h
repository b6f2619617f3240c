/* hazard_words.h - sets of hazards (EMBARK_HAZARD_*) in words: "destructive,blocks-reads". */
#ifndef EMBARK_TOOLS_HAZARD_WORDS_H
#define EMBARK_TOOLS_HAZARD_WORDS_H

#include <stdint.h>

#include <embark_bundle.h>
#include <jansson.h>

#include "diag.h"
#include "hazard_word.h"
#include "text.h"

/* Words with commas between them, or "none", or "all". Returns 0, or -1 with the error, which names
 * `option`, in `d`; *out is then as it was. */
int hazards_read(uint32_t *out, const char *option, const char *value, diag *d);

/* Add the set as hazards_read() takes it. */
void hazards_put(text *out, uint32_t set);

/* A new array of the words; NULL when memory is gone. */
json_t *hazards_json(uint32_t set);

#endif
