/* Reads single names out of the file's text. */
#include "spelling.h"

#include <ctype.h>
#include <string.h>

#include "alloc.h"
#include "lex.h"
#include "text.h"

static char *quoted(const char *name)
{
  text out = {0};
  name_put(&out, name);
  char *copy = alloc_string(text_string(&out), out.size);
  text_free(&out);
  return copy;
}

/* Quotes within a quoted name are written twice, which no name here is compared with. */
static bool is_written_so(const char *bytes, size_t size, const char *name)
{
  bool has_quotes = size >= 2 && bytes[0] == '"';
  bytes += has_quotes;
  size -= has_quotes ? 2 : 0;
  if (size != strlen(name)) {
    return false;
  }
  for (size_t i = 0; i < size; i++) {
    char folded = has_quotes ? bytes[i] : (char)tolower((unsigned char)bytes[i]);
    if (folded != name[i]) {
      return false;
    }
  }
  return true;
}

static bool is_dot(const lexer *lx)
{
  lexer ahead = *lx;
  token next = lex_next(&ahead);
  return token_is(lx->text, next, ".");
}

char *spelling_at(const check *c, size_t place, const char *name)
{
  const statement *st = &c->of->script.statements[c->statement];
  const char *bytes = c->of->source.bytes;
  lexer lx = {.text = bytes, .size = st->end, .at = c->base + place, .std_strings = true};
  if (c->is_elsewhere || lx.at >= st->end) {
    return quoted(name);
  }
  token t = lex_next(&lx);
  while (is_dot(&lx)) {
    lex_next(&lx);
    t = lex_next(&lx);
  }
  if (!is_written_so(bytes + t.start, t.end - t.start, name)) {
    return quoted(name);
  }
  return alloc_string(bytes + t.start, t.end - t.start);
}

bool spelling_is_mixed(const char *spelling)
{
  bool has_upper = false;
  bool has_lower = false;
  for (const char *at = spelling; *at != '\0'; at++) {
    has_upper |= isupper((unsigned char)*at) != 0;
    has_lower |= islower((unsigned char)*at) != 0;
  }
  return spelling[0] != '"' && has_upper && has_lower;
}
