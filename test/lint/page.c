/* Compares pages with rows, word by word. Knows the form of a page; knows no server. */
#include "page.h"

#include <stdbool.h>
#include <string.h>

#include "diag.h"
#include "hazard_words.h"
#include "keep.h"

/* --- tables ----------------------------------------------------------------------------------- */

static const char *trim(const char *from, size_t size)
{
  while (size > 0 && from[0] == ' ') {
    from++;
    size--;
  }
  while (size > 0 && from[size - 1] == ' ') {
    size--;
  }
  return keep_printf("%.*s", (int)size, from);
}

/* The cell of a line "| a | b |", from 0; NULL when it has no such one. */
static const char *cell(const char *line, int index)
{
  for (int i = 0; i < index && line != NULL && line[0] == '|'; i++) {
    line = strpbrk(line + 1, "|\n");
  }
  if (line == NULL || line[0] != '|' || line[strcspn(line + 1, "|\n") + 1] != '|') {
    return NULL;
  }
  return trim(line + 1, strcspn(line + 1, "|"));
}

static const char *next_line(const char *line)
{
  const char *end = strchr(line, '\n');
  return end != NULL && end[1] != '\0' ? end + 1 : NULL;
}

/* The line whose first cell is `key`. */
static const char *row_of(const char *words, const char *key)
{
  for (const char *line = words; line != NULL; line = next_line(line)) {
    const char *first = cell(line, 0);
    if (first != NULL && strcmp(first, key) == 0) {
      return line;
    }
  }
  return NULL;
}

/* --- claims ----------------------------------------------------------------------------------- */

static bool is_hazards(uint32_t hazards, const char *words)
{
  uint32_t set = 0;
  diag said = {0};
  char *packed = keep_printf("%s", words), *to = packed;
  for (const char *at = words; *at != '\0'; at++) {
    *to = *at;
    to += *at != ' ';
  }
  *to = '\0';
  int status = hazards_read(&set, "hazards", packed, &said);
  diag_free(&said);
  return status == 0 && set == hazards;
}

static const char *hazards_of(const rule *r)
{
  text words = {0};
  hazards_put(&words, r->hazards);
  const char *kept = keep_printf("%s", text_string(&words));
  text_free(&words);
  return kept;
}

/* The cells of a row, in the order of a page. */
enum { SEVERITY, HAZARDS, LOCK, WORK, CLAIMS };

static const char *const keys[CLAIMS] = {"severity", "hazards", "lock", "work"};

static const char *claim_fault(const rule *r, int claim, const char *said)
{
  const char *const wanted[CLAIMS] = {severity_name(r->severity), hazards_of(r),
                                      lock_mode_name(r->lock), work_name(r->work)};
  if (said == NULL) {
    return keep_printf("%s: has no %s", r->name, keys[claim]);
  }
  bool is_right =
      claim == HAZARDS ? is_hazards(r->hazards, said) : strcmp(said, wanted[claim]) == 0;
  return is_right ? ""
                  : keep_printf("%s: says %s \"%s\", and the rule's row \"%s\"", r->name,
                                keys[claim], said, wanted[claim]);
}

/* --- sections --------------------------------------------------------------------------------- */

/* The page has this line behind *at, which is moved there. */
static bool find_line(const char **at, const char *line)
{
  const char *found = strstr(*at, keep_printf("\n%s\n", line));
  if (found != NULL) {
    *at = found + strlen(line) + 1;
  }
  return found != NULL;
}

static const char *form_fault(const rule *r, const char *words)
{
  static const char *const sections[] = {"## What happens", "## Write instead",
                                         "## When it is fine"};
  const char *title = keep_printf("# %s\n\n", r->name), *at = words;
  if (strncmp(words, title, strlen(title)) != 0) {
    return keep_printf("%s: does not begin with its title", r->name);
  }
  for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
    if (!find_line(&at, sections[i]) || strncmp(at + 1, "\n", 1) != 0 || strlen(at) < 20) {
      return keep_printf("%s: no section \"%s\", or nothing in it", r->name, sections[i]);
    }
  }
  if (strstr(at, keep_printf("-- embark: allow %s: ", r->name)) == NULL) {
    return keep_printf("%s: its last section does not say how to allow it", r->name);
  }
  return "";
}

const char *page_fault(const rule *r, const char *words)
{
  const char *fault = form_fault(r, words);
  for (int claim = 0; claim < CLAIMS && fault[0] == '\0'; claim++) {
    const char *row = row_of(words, keys[claim]);
    fault = claim_fault(r, claim, row != NULL ? cell(row, 1) : NULL);
  }
  return fault;
}

const char *overview_fault(const rule *r, const char *words)
{
  const char *row = row_of(words, keep_printf("[%s](%s.md)", r->name, r->name)), *fault = "";
  if (row == NULL) {
    return keep_printf("%s: is not in the overview", r->name);
  }
  for (int claim = 0; claim < CLAIMS && fault[0] == '\0'; claim++) {
    fault = claim_fault(r, claim, cell(row, claim + 1));
  }
  return fault;
}
