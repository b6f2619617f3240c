/* Puts words into a statement's text. Knows no statement. */
#include "better.h"

#include <ctype.h>
#include <string.h>

#include "alloc.h"
#include "text.h"

static void put_words(text *out, const char *words, bool is_upper)
{
  text_putc(out, ' ');
  for (; *words != '\0'; words++) {
    text_putc(out, is_upper ? (char)toupper((unsigned char)*words) : *words);
  }
}

char *better_with(const check *c, const char *behind, const char *words, bool outside)
{
  const statement *st = &c->of->script.statements[c->statement];
  const char *sql = c->of->source.bytes;
  size_t found = check_find_word(c, behind, 0);
  size_t at = st->start + found + strlen(behind);
  text out = {0};
  if (c->is_inner || found == 0) {
    return NULL;
  }
  text_puts(&out, outside && !c->of->outside ? "-- embark: no-transaction\n" : "");
  text_put(&out, sql + st->start, at - st->start);
  put_words(&out, words, isupper((unsigned char)sql[at - 1]) != 0);
  text_put(&out, sql + at, st->end - at);
  text_putc(&out, ';');
  char *better = alloc_string(text_string(&out), out.size);
  text_free(&out);
  return better;
}
