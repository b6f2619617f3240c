/* hazard_words.c - sets of hazards, read and written. Has no opinion on statements. */
#include "hazard_words.h"

#include <stdbool.h>
#include <string.h>

/* The hazard that a word names; 0: none. */
static uint32_t hazard_of(const char *word, size_t size)
{
  for (unsigned bit = 0; bit < HAZARD_WORDS; bit++) {
    if (strlen(hazard_words[bit]) == size && memcmp(hazard_words[bit], word, size) == 0) {
      return 1u << bit;
    }
  }
  return 0;
}

static int refuse(const char *option, const char *word, size_t size, diag *d)
{
  text known = {0};
  hazards_put(&known, EMBARK_HAZARD_ALL);
  diag_usage(d, "%s knows none, all or a list of %s, not \"%.*s\"", option, text_string(&known),
             (int)size, word);
  text_free(&known);
  return -1;
}

int hazards_read(uint32_t *out, const char *option, const char *value, diag *d)
{
  bool is_all = strcmp(value, "all") == 0;
  uint32_t set = is_all ? EMBARK_HAZARD_ALL : 0;
  size_t size = 0;
  for (const char *at = value; !is_all && strcmp(value, "none") != 0; at += size + 1) {
    size = strcspn(at, ",");
    uint32_t hazard = hazard_of(at, size);
    if (hazard == 0) {
      return refuse(option, at, size, d);
    }
    set |= hazard;
    if (at[size] == '\0') {
      break;
    }
  }
  *out = set;
  return 0;
}

void hazards_put(text *out, uint32_t set)
{
  const char *separator = "";
  text_puts(out, set == 0 ? "none" : "");
  for (const char *word = hazard_take(&set); word != NULL; word = hazard_take(&set)) {
    text_printf(out, "%s%s", separator, word);
    separator = ",";
  }
}

json_t *hazards_json(uint32_t set)
{
  json_t *list = json_array();
  for (const char *word = hazard_take(&set); word != NULL; word = hazard_take(&set)) {
    if (json_array_append_new(list, json_string(word)) != 0) {
      json_decref(list);
      return NULL;
    }
  }
  return list;
}
