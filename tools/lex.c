/* The rules of PostgreSQL's scanner (src/fe_utils/psqlscan.l and src/backend/parser/scan.l) by
 * hand. Knows tokens; knows nothing of statements. Where psql, which reads line by line, and the
 * server differ (an E'' string continued on the next line), it follows the server. */
#include "lex.h"

#include <string.h>

static const lexer_open open_string = {"unterminated quoted string",
                                       "Close the quote opened here."};
static const lexer_open open_name = {"unterminated quoted identifier",
                                     "Close the double quote opened here."};
static const lexer_open open_comment = {"unterminated comment",
                                        "Close it with */ (comments nest: each /* needs its own)."};
static const lexer_open open_dollar = {"unterminated dollar-quoted string",
                                       "Close it with the tag that opens it here."};

static const char breakpoint[] = "--> statement-breakpoint";

static bool is_space(char c)
{
  return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool is_digit(char c)
{
  return c >= '0' && c <= '9';
}

static bool is_word_start(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

/* What goes on in the tag of a dollar quote; an identifier may have $ besides. */
static bool is_tag_part(char c)
{
  return is_word_start(c) || is_digit(c);
}

static char lower(char c)
{
  return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* The byte `ahead` of the next one; NUL behind the end. */
static char peek(const lexer *lx, size_t ahead)
{
  return lx->size - lx->at > ahead ? lx->text[lx->at + ahead] : '\0';
}

static bool at_string(const lexer *lx, size_t at, const char *string, size_t size)
{
  return lx->size - at >= size && memcmp(lx->text + at, string, size) == 0;
}

static bool at_breakpoint(const lexer *lx, size_t at)
{
  return lx->breakpoints && at_string(lx, at, breakpoint, sizeof breakpoint - 1);
}

static size_t line_end(const lexer *lx, size_t at)
{
  while (at < lx->size && lx->text[at] != '\n' && lx->text[at] != '\r') {
    at++;
  }
  return at;
}

static token_kind open_token(lexer *lx, const lexer_open *open)
{
  lx->open = open;
  lx->at = lx->size;
  return TOKEN_OPEN;
}

/* --- each of these starts at the token's first byte and leaves `at` behind its last --- */

static token_kind line_comment(lexer *lx)
{
  if (at_breakpoint(lx, lx->at)) {
    lx->at += sizeof breakpoint - 1;
    return TOKEN_BREAKPOINT;
  }
  lx->at = line_end(lx, lx->at);
  return TOKEN_COMMENT;
}

/* Pass over a block comment; false when it is not closed. */
static bool block_comment(lexer *lx)
{
  size_t depth = 0;
  while (lx->at < lx->size) {
    if (peek(lx, 0) == '/' && peek(lx, 1) == '*') {
      depth++;
      lx->at += 2;
    } else if (peek(lx, 0) == '*' && peek(lx, 1) == '/') {
      depth--;
      lx->at += 2;
      if (depth == 0) {
        return true;
      }
    } else {
      lx->at++;
    }
  }
  return false;
}

/* Where the string that ended before `at` goes on: behind the next quote, if only white space with
 * a line break, and comments, lie between; 0 when it does not. */
static size_t continuation(const lexer *lx, size_t at)
{
  bool line_break = false;
  while (at < lx->size) {
    char c = lx->text[at];
    if (is_space(c)) {
      line_break = line_break || c == '\n' || c == '\r';
      at++;
    } else if (at_string(lx, at, "--", 2) && !at_breakpoint(lx, at)) {
      at = line_end(lx, at);
    } else {
      return c == '\'' && line_break ? at + 1 : 0;
    }
  }
  return 0;
}

/* `at` is behind the opening quote. A doubled quote does not end the string. */
static token_kind string(lexer *lx, bool escapes)
{
  while (lx->at < lx->size) {
    char c = lx->text[lx->at++];
    if (c == '\\' && escapes && lx->at < lx->size) {
      lx->at++;
    } else if (c == '\'' && peek(lx, 0) == '\'') {
      lx->at++;
    } else if (c == '\'') {
      size_t next = continuation(lx, lx->at);
      if (next == 0) {
        return TOKEN_STRING;
      }
      lx->at = next;
    }
  }
  return open_token(lx, &open_string);
}

static token_kind quoted_name(lexer *lx)
{
  while (lx->at < lx->size) {
    if (lx->text[lx->at++] != '"') {
      continue;
    }
    if (peek(lx, 0) != '"') {
      return TOKEN_NAME;
    }
    lx->at++;
  }
  return open_token(lx, &open_name);
}

/* Pass over what may go on in an identifier. */
static void word_rest(lexer *lx)
{
  while (is_tag_part(peek(lx, 0)) || peek(lx, 0) == '$') {
    lx->at++;
  }
}

/* 1, 1.5, .5, 1e9; a dot before another dot belongs to 1..10. Since version 15 PostgreSQL takes
 * letters that follow directly as part of a bad number, which matters for 1E'...' and 1x$$. */
static token_kind number(lexer *lx)
{
  while (is_digit(peek(lx, 0))) {
    lx->at++;
  }
  if (peek(lx, 0) == '.' && peek(lx, 1) != '.') {
    do {
      lx->at++;
    } while (is_digit(peek(lx, 0)));
  }
  bool sign = peek(lx, 1) == '+' || peek(lx, 1) == '-';
  if (lower(peek(lx, 0)) == 'e' && sign && is_digit(peek(lx, 2))) {
    lx->at += 2;
  }
  if (is_word_start(peek(lx, 0)) || is_digit(peek(lx, 0))) {
    word_rest(lx);
  }
  return TOKEN_NUMBER;
}

/* $tag$ ... $tag$, a parameter such as $1, or a lone dollar. */
static token_kind dollar(lexer *lx)
{
  size_t start = lx->at++;
  if (is_digit(peek(lx, 0))) {
    number(lx);
    return TOKEN_SYMBOL;
  }
  size_t end = lx->at;
  while (end < lx->size && is_tag_part(lx->text[end])) {
    end++;
  }
  if (end == lx->size || lx->text[end] != '$') {
    return TOKEN_SYMBOL;
  }
  size_t tag_size = end + 1 - start;
  lx->at = end + 1;
  while (lx->at < lx->size) {
    const char *next = memchr(lx->text + lx->at, '$', lx->size - lx->at);
    if (next == NULL) {
      break;
    }
    lx->at = (size_t)(next - lx->text);
    if (at_string(lx, lx->at, lx->text + start, tag_size)) {
      lx->at += tag_size;
      return TOKEN_STRING;
    }
    lx->at++;
  }
  return open_token(lx, &open_dollar);
}

static token_kind word(lexer *lx)
{
  char c = lower(peek(lx, 0));
  bool prefix = c == 'e' || c == 'b' || c == 'x' || c == 'n';
  if (prefix && peek(lx, 1) == '\'') {
    lx->at += 2;
    return string(lx, c == 'e' || (c == 'n' && !lx->std_strings));
  }
  if (c == 'u' && peek(lx, 1) == '&' && (peek(lx, 2) == '\'' || peek(lx, 2) == '"')) {
    lx->at += 3;
    return lx->text[lx->at - 1] == '"' ? quoted_name(lx) : string(lx, false);
  }
  word_rest(lx);
  return TOKEN_WORD;
}

/* Pass over white space and block comments; false when a comment is not closed. */
static bool skip(lexer *lx)
{
  while (lx->at < lx->size) {
    if (is_space(lx->text[lx->at])) {
      lx->at++;
    } else if (peek(lx, 0) == '/' && peek(lx, 1) == '*') {
      size_t start = lx->at;
      if (!block_comment(lx)) {
        lx->at = start;
        return false;
      }
    } else {
      return true;
    }
  }
  return true;
}

static token_kind scan(lexer *lx)
{
  char c = peek(lx, 0);
  if (c == '-' && peek(lx, 1) == '-') {
    return line_comment(lx);
  }
  if (is_word_start(c)) {
    return word(lx);
  }
  if (is_digit(c) || (c == '.' && is_digit(peek(lx, 1)))) {
    return number(lx);
  }
  if (c == '$') {
    return dollar(lx);
  }
  lx->at++;
  switch (c) {
  case '\'':
    return string(lx, !lx->std_strings);
  case '"':
    return quoted_name(lx);
  case '\\':
    return TOKEN_BACKSLASH;
  default:
    return TOKEN_SYMBOL;
  }
}

token lex_next(lexer *lx)
{
  bool closed = skip(lx);
  token t = {TOKEN_END, lx->at, lx->at};
  if (!closed) {
    t.kind = open_token(lx, &open_comment);
  } else if (lx->at < lx->size) {
    t.kind = scan(lx);
  }
  t.end = lx->at;
  return t;
}

bool token_is(const char *sql, token t, const char *word)
{
  if (t.kind != TOKEN_WORD && t.kind != TOKEN_SYMBOL && t.kind != TOKEN_NUMBER) {
    return false;
  }
  for (size_t i = t.start; i < t.end; i++, word++) {
    if (*word == '\0' || lower(sql[i]) != *word) {
      return false;
    }
  }
  return *word == '\0';
}
