/* Hashes a text part by part. Knows where white space does not count; leaves tokens to others. */
#include "outline.h"

#include <string.h>

static bool is_space(char c)
{
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/* A part is its kind, its bytes, and a NUL, which no text holds: so no two lists of parts give the
 * same bytes. Lines end with \n here as in the canonical text. */
static void put_part(hash_run *run, char kind, const char *bytes, size_t size)
{
  hash_put(run, &kind, 1);
  hash_put_lines(run, bytes, size, HASH_LF);
  hash_put(run, "", 1);
}

/* Put the words of a comment: what white space lies between them is no matter. */
static void put_words(hash_run *run, char kind, const char *bytes, size_t size)
{
  size_t at = 0;
  while (at < size) {
    size_t start = at;
    while (at < size && !is_space(bytes[at])) {
      at++;
    }
    if (at > start) {
      put_part(run, kind, bytes + start, at - start);
    }
    at += at < size;
  }
}

static void put_both(outline *o, char kind, size_t start, size_t end)
{
  put_part(&o->all, kind, o->text + start, end - start);
  put_part(&o->code, kind, o->text + start, end - start);
}

/* Put the token that may have gone on, and what lies between it and `start`. */
static void catch_up(outline *o, size_t start)
{
  if (o->pending.end > o->pending.start) {
    put_both(o, 't', o->pending.start, o->pending.end);
    o->at = o->pending.end;
    o->pending = (token){0};
  }
  put_words(&o->all, 'c', o->text + o->at, start - o->at);
}

/* The bytes that operators are made of, and the colon of :: and :=. */
static bool is_operator(const outline *o, token t)
{
  return t.kind == TOKEN_SYMBOL && t.end == t.start + 1 &&
         memchr("+-*/<>=~!@#%^&|`?:", o->text[t.start], 18) != NULL;
}

void outline_begin(outline *o, const char *text)
{
  o->text = text;
  o->at = 0;
  o->pending = (token){0};
  hash_begin(&o->all);
  hash_begin(&o->code);
}

/* >= is another token than > with = behind it, and the lexer gives both byte by byte. */
void outline_token(outline *o, token t)
{
  bool is_part = is_operator(o, t);
  if (is_part && o->pending.kind == TOKEN_SYMBOL && o->pending.end == t.start) {
    o->pending.end = t.end;
    return;
  }
  catch_up(o, t.start);
  o->pending = t;
  o->pending.kind = is_part ? TOKEN_SYMBOL : TOKEN_WORD;
}

void outline_directive(outline *o, token comment)
{
  catch_up(o, comment.start);
  const char *words = o->text + comment.start + strlen("--");
  size_t size = comment.end - comment.start - strlen("--");
  put_words(&o->all, 'e', words, size);
  put_words(&o->code, 'e', words, size);
  o->at = comment.end;
}

void outline_data(outline *o, size_t start, size_t end)
{
  catch_up(o, start);
  put_both(o, 'd', start, end);
  o->at = end;
}

void outline_end(outline *o, size_t size, char digits[EMBARK_OUTLINE_LENGTH + 1])
{
  enum { HALF = EMBARK_OUTLINE_LENGTH / 2 };
  catch_up(o, size);
  hash all = hash_end(&o->all);
  hash code = hash_end(&o->code);
  memcpy(digits, all.hex, HALF);
  memcpy(digits + HALF, code.hex, HALF);
  digits[EMBARK_OUTLINE_LENGTH] = '\0';
}
