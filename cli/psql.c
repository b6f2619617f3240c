/* psql.c - psql reads line by line, takes :name for a variable and ; for an end wherever its own
 * scanner, which knows less of statements than ours, thinks that it is one. */
#include "psql.h"

#include <stdio.h>
#include <string.h>

#include "head.h"
#include "lex.h"

typedef struct writer {
  text *out;
  const char *sql;
  size_t size;
  size_t done; /* as far as the statement is written */
  head head;
  size_t depth;
  bool std_strings;
  bool is_forced; /* only \g ends it: psql may have lost its way */
  bool is_cast;   /* the symbol before was the second colon of :: */
} writer;

/* --- strings ---------------------------------------------------------------------------------- */

/* Behind the closing quote at `at`: where the string goes on, behind the quote that opens its next
 * part. Only blanks and comments lie between. */
static size_t next_part(const char *sql, size_t at)
{
  while (sql[at] != '\'') {
    if (sql[at] == '-') {
      at += strcspn(sql + at, "\r\n");
    } else {
      at++;
    }
  }
  return at + 1;
}

/* The parts of a string that has backslash escapes, as one: psql does not see that the next part
 * has them too, and would look for its end in the wrong place. */
static void put_parts(writer *w, size_t at, size_t end)
{
  text_puts(w->out, "E'");
  while (at < end) {
    char c = w->sql[at];
    size_t size = (c == '\\' || c == '\'') && at + 1 < end ? 2 : 1;
    if (c == '\'' && at + 1 < end && w->sql[at + 1] != '\'') {
      at = next_part(w->sql, at + 1);
      continue;
    }
    text_put(w->out, w->sql + at, size);
    at += size;
  }
}

/* A string without a prefix, or with N, where standard_conforming_strings is off: psql follows the
 * setting too, but not in a branch that it does not take. */
static bool is_old_style(const writer *w, token t)
{
  char c = w->sql[t.start];
  return !w->std_strings && (c == '\'' || c == 'n' || c == 'N') &&
         memchr(w->sql + t.start, '\\', t.end - t.start) != NULL;
}

static void put_string(writer *w, token t)
{
  char c = w->sql[t.start];
  if (is_old_style(w, t)) {
    text_puts(w->out, c == '\'' ? "" : "nchar ");
    put_parts(w, t.start + (c == '\'' ? 1 : 2), t.end);
  } else if (c == 'e' || c == 'E') {
    put_parts(w, t.start + 2, t.end);
  } else {
    text_put(w->out, w->sql + t.start, t.end - t.start);
  }
}

/* --- statements ------------------------------------------------------------------------------- */

/* What follows a colon that makes psql take it for the beginning of a variable's name. */
static bool begins_variable(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '\'' || c == '"' || c == '{' || (unsigned char)c >= 0x80;
}

static void put_symbol(writer *w, token t)
{
  char c = w->sql[t.start];
  char next = t.end < w->size ? w->sql[t.end] : '\0';
  w->is_cast = c == ':' && t.start > 0 && w->sql[t.start - 1] == ':' && !w->is_cast;
  if (c == ';') {
    w->is_forced = true;
  }
  if (c == ';' || (c == ':' && !w->is_cast && begins_variable(next))) {
    text_putc(w->out, '\\');
  }
  text_put(w->out, w->sql + t.start, t.end - t.start);
}

/* psql counts the BEGIN and END of function bodies, and not as the server does. */
static void watch_body(writer *w, token t)
{
  if (token_is(w->sql, t, "begin") && w->head.count > 0 &&
      token_is(w->sql, w->head.tokens[0], "create")) {
    w->is_forced = true;
  }
}

static void watch_depth(writer *w, token t)
{
  if (token_is(w->sql, t, ")") && w->depth > 0) {
    w->depth--;
  }
  head_add(&w->head, t, w->depth);
  if (token_is(w->sql, t, "(")) {
    w->depth++;
  }
}

static void put_token(writer *w, token t)
{
  text_put(w->out, w->sql + w->done, t.start - w->done);
  w->done = t.start;
  if (t.kind == TOKEN_STRING) {
    put_string(w, t);
  } else if (t.kind == TOKEN_SYMBOL) {
    put_symbol(w, t);
  } else {
    text_put(w->out, w->sql + t.start, t.end - t.start);
  }
  if (t.kind != TOKEN_COMMENT) {
    watch_body(w, t);
    watch_depth(w, t);
  }
  w->done = t.end;
}

/* All of it, and a line feed where it ends in a comment. */
static void put_text(writer *w, const char *sql, size_t size)
{
  lexer lx = {.text = sql, .size = size, .std_strings = w->std_strings};
  token last = {TOKEN_END, 0, 0};
  w->sql = sql;
  w->size = size;
  w->head.sql = sql;
  for (token t = lex_next(&lx); t.kind != TOKEN_END; t = lex_next(&lx)) {
    put_token(w, t);
    last = t;
  }
  text_put(w->out, sql + w->done, size - w->done);
  if (last.kind == TOKEN_COMMENT && last.end == size) {
    text_putc(w->out, '\n');
  }
  w->std_strings = statement_std_strings(&w->head, w->std_strings);
}

statement_kind psql_put_statement(text *out, const char *sql, size_t size, bool *std_strings)
{
  writer w = {.out = out, .std_strings = *std_strings};
  put_text(&w, sql, size);
  text_puts(out, w.is_forced ? " \\g\n" : ";\n");
  *std_strings = w.std_strings;
  return statement_classify(&w.head).kind;
}

/* --- COPY ------------------------------------------------------------------------------------- */

static bool has(const char *data, size_t size, const char *word)
{
  size_t length = strlen(word);
  for (size_t at = 0; size - at >= length; at++) {
    const char *next = memchr(data + at, word[0], size - at - length + 1);
    if (next == NULL) {
      return false;
    }
    at = (size_t)(next - data);
    if (memcmp(next, word, length) == 0) {
      return true;
    }
  }
  return false;
}

/* A dollar quote that is nowhere in the data. */
static void choose_quote(char *quote, size_t room, const char *data, size_t size)
{
  unsigned number = 0;
  do {
    snprintf(quote, room, "$embark_data_%u$", ++number);
  } while (has(data, size, quote));
}

void psql_put_copy(text *out, const char *sql, size_t size, const char *data, size_t data_size,
                   bool *std_strings)
{
  /* Where psql takes the branch, the data begins in the next line, and the string that was opened
   * on this one goes on behind it: it holds a line feed. Where it does not, the string is all the
   * data, in which psql then sees neither quotes nor commands. */
  writer w = {.out = out, .std_strings = *std_strings};
  char quote[40];
  choose_quote(quote, sizeof quote, data, data_size);
  put_text(&w, sql, size);
  text_printf(out, "; SELECT %s\n", quote);
  text_put(out, data, data_size);
  text_printf(out, "\\.\n%s AS embark_ignored \\gset\n", quote);
  *std_strings = w.std_strings;
}

/* --- words ------------------------------------------------------------------------------------ */

static void put_doubled(text *out, const char *value, const char *twice)
{
  for (; *value != '\0'; value++) {
    if (strchr(twice, *value) != NULL) {
      text_putc(out, *value);
    }
    text_putc(out, *value);
  }
}

void psql_put_literal(text *out, const char *value)
{
  if (value == NULL) {
    text_puts(out, "NULL");
    return;
  }
  bool escapes = strchr(value, '\\') != NULL;
  text_puts(out, escapes ? "E'" : "'");
  put_doubled(out, value, escapes ? "'\\" : "'");
  text_putc(out, '\'');
}

void psql_put_identifier(text *out, const char *name)
{
  text_putc(out, '"');
  put_doubled(out, name, "\"");
  text_putc(out, '"');
}

void psql_put_argument(text *out, const char *value)
{
  text_putc(out, '\'');
  put_doubled(out, value, "'\\");
  text_putc(out, '\'');
}
