/* state_word.h - a migration's state in a word, and why a step of a plan is in it. */
#ifndef EMBARK_CLI_STATE_WORD_H
#define EMBARK_CLI_STATE_WORD_H

#include <embark.h>

#define STATE_WORDS 8 /* embark_state counts from 1 */

/* "pending", "applied" ... */
const char *state_word(embark_state state);

/* "pending", "late", "interrupted", "adopted". entry: NULL where it is not known. */
const char *step_word(const embark_step *step, const embark_entry *entry);

#endif
