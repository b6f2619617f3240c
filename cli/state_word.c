/* state_word.c - the words for states. Shared with the endpoint: depends on nothing. */
#include "state_word.h"

#include <stddef.h>

const char *state_word(embark_state state)
{
  static const char *const names[STATE_WORDS] = {
      [EMBARK_STATE_PENDING] = "pending", [EMBARK_STATE_APPLIED] = "applied",
      [EMBARK_STATE_ADOPTED] = "adopted", [EMBARK_STATE_CHANGED] = "changed",
      [EMBARK_STATE_MISSING] = "missing", [EMBARK_STATE_UNKNOWN] = "unknown",
      [EMBARK_STATE_RUNNING] = "running"};
  return names[state % STATE_WORDS] != NULL ? names[state % STATE_WORDS] : "?";
}

const char *step_word(const embark_step *step, const embark_entry *entry)
{
  if (step->adopt) {
    return "adopted";
  }
  if (entry != NULL && entry->state == EMBARK_STATE_RUNNING) {
    return "interrupted";
  }
  return entry != NULL && entry->is_late ? "late" : "pending";
}
