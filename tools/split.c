/* Finds where statements begin and end: semicolons outside of parentheses and of BEGIN ATOMIC
 * bodies, Drizzle's breakpoints, COPY data. Knows psql's rules for that; leaves tokens to lex.c. */
#include "split.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "recovery.h"

typedef struct splitter {
  script *out;
  const source *src;
  diag *diag;
  lexer lx;
  outline outline;
  statement current; /* the statement that has begun, if `begun` */
  bool begun;
  head head;
  size_t paren_depth;
  size_t paren_at;    /* the parenthesis that took the depth from 0 to 1 */
  size_t begin_depth; /* BEGIN ATOMIC and the CASEs in it that still want their END */
  size_t begin_at;
  token before; /* the token before this one */
  size_t line;  /* of `line_at`, which only moves forward */
  size_t line_at;
} splitter;

static size_t line_of(splitter *s, size_t offset)
{
  for (; s->line_at < offset; s->line_at++) {
    s->line += s->src->bytes[s->line_at] == '\n';
  }
  return s->line;
}

static bool is(const splitter *s, token t, const char *word)
{
  return token_is(s->src->bytes, t, word);
}

/* --- COPY data -------------------------------------------------------------------------------- */

/* Where the next line begins; the rest of this one may be white space and a comment only. */
static int data_begin(splitter *s, size_t *start)
{
  const source *src = s->src;
  size_t at = s->lx.at;
  const char *line_feed = memchr(src->bytes + at, '\n', src->size - at);
  size_t end = line_feed != NULL ? (size_t)(line_feed - src->bytes) : src->size;
  while (at < end && (src->bytes[at] == ' ' || src->bytes[at] == '\t' || src->bytes[at] == '\r')) {
    at++;
  }
  if (at < end && strncmp(src->bytes + at, "--", 2) != 0) {
    diag_error_at(s->diag, src, at,
                  "Begin a new line: the lines after COPY ... FROM stdin are data.",
                  "text behind COPY ... FROM stdin on the same line");
    return -1;
  }
  *start = end < src->size ? end + 1 : end;
  return 0;
}

static bool is_data_end(const char *line, size_t size)
{
  return (size == 2 && memcmp(line, "\\.", 2) == 0) || (size == 3 && memcmp(line, "\\.\r", 3) == 0);
}

/* Take the lines up to \. or the end of the file as the data of `st`, and go on behind them. */
static int take_data(splitter *s, statement *st)
{
  const source *src = s->src;
  size_t at = 0;
  if (data_begin(s, &at) != 0) {
    return -1;
  }
  st->data_start = at;
  st->data_end = src->size;
  s->lx.at = src->size;
  while (at < src->size) {
    const char *line_feed = memchr(src->bytes + at, '\n', src->size - at);
    size_t end = line_feed != NULL ? (size_t)(line_feed - src->bytes) : src->size;
    if (is_data_end(src->bytes + at, end - at)) {
      st->data_end = at;
      s->lx.at = end;
      break;
    }
    at = end < src->size ? end + 1 : end;
  }
  outline_data(&s->outline, st->data_start, st->data_end);
  return 0;
}

/* --- statements ------------------------------------------------------------------------------- */

static void begin_statement(splitter *s, token t)
{
  s->begun = true;
  s->head = (head){.sql = s->src->bytes};
  directives *dir = &s->out->directives;
  s->current = (statement){.start = t.start,
                           .line = line_of(s, t.start),
                           .marked = dir->repeatable,
                           .marked_at = dir->repeatable_at};
  dir->repeatable = false;
  allow_bind(&dir->allows, s->src, t.start, s->out->count == 0);
}

/* End the statement, if one has begun: at the semicolon `stop`, or where its last token ended. */
static int end_statement(splitter *s, bool closed, size_t stop)
{
  script *out = s->out;
  if (!s->begun) {
    return 0;
  }
  s->begun = false;
  statement *st = &s->current;
  st->closed = closed;
  if (closed) {
    st->end = stop;
  }
  st->what = statement_classify(&s->head);
  st->settings = st->settings || statement_sets(&s->head);
  st->resume = recovery_flags(&s->head, st->what.kind, &st->names);
  s->lx.std_strings = statement_std_strings(&s->head, s->lx.std_strings);
  if (st->what.kind == STATEMENT_COPY_IN && take_data(s, st) != 0) {
    return -1; /* COPY has no names that could be lost here */
  }
  out->statements =
      alloc_one_more(out->statements, &out->capacity, out->count, sizeof out->statements[0]);
  out->statements[out->count++] = *st;
  return 0;
}

/* Semicolons in the body of CREATE FUNCTION ... BEGIN ATOMIC ... END end nothing. As psql does it,
 * but BEGIN counts only before ATOMIC, so that a function may be called "begin". */
static void track_body(splitter *s, token t)
{
  if (s->paren_depth > 0 || t.kind != TOKEN_WORD ||
      !head_matches(&s->head, "CREATE [OR] [REPLACE] FUNCTION|PROCEDURE", NULL)) {
    return;
  }
  if (s->begin_depth == 0 && is(s, t, "atomic") && is(s, s->before, "begin")) {
    s->begin_depth = 1;
    s->begin_at = s->before.start;
  } else if (s->begin_depth > 0 && is(s, t, "case")) {
    s->begin_depth++;
  } else if (s->begin_depth > 0 && is(s, t, "end")) {
    s->begin_depth--;
  }
}

/* set_config() anywhere outside of strings may change a setting; its name may be quoted. */
static bool names_set_config(const splitter *s, token t)
{
  if (t.kind == TOKEN_NAME && t.end - t.start > 2) {
    t = (token){TOKEN_WORD, t.start + 1, t.end - 1};
  }
  return t.kind == TOKEN_WORD && is(s, t, "set_config");
}

/* Any token that belongs to a statement. */
static int take_token(splitter *s, token t)
{
  bool nested = s->paren_depth > 0 || s->begin_depth > 0;
  if (!nested && t.kind == TOKEN_SYMBOL && is(s, t, ";")) {
    return end_statement(s, true, t.start);
  }
  if (!s->begun) {
    begin_statement(s, t);
  }
  if (is(s, t, ")") && s->paren_depth > 0) {
    s->paren_depth--;
  }
  head_add(&s->head, t, s->paren_depth);
  track_body(s, t);
  if (is(s, t, "(") && s->paren_depth++ == 0) {
    s->paren_at = t.start;
  }
  s->current.settings = s->current.settings || names_set_config(s, t);
  s->current.end = t.end;
  s->before = t;
  return 0;
}

/* --- what is no SQL --------------------------------------------------------------------------- */

/* pg_dump brackets its output with \restrict and \unrestrict, which mean nothing here. */
static int take_backslash(splitter *s, token t)
{
  const char *name = s->src->bytes + t.end;
  size_t size = strcspn(name, " \t\r\n\\");
  bool harmless = (size == 8 && memcmp(name, "restrict", 8) == 0) ||
                  (size == 10 && memcmp(name, "unrestrict", 10) == 0);
  if (harmless && !s->begun) {
    s->lx.at += strcspn(name, "\n");
    return 0;
  }
  if (size == 1 && name[0] == '.') {
    diag_error_at(s->diag, s->src, t.start, "Remove the line, or put its COPY ... FROM stdin back.",
                  "\\. ends COPY data, and there is none here");
  } else {
    diag_error_at(s->diag, s->src, t.start, "psql commands cannot run inside a program; remove it.",
                  "psql command \\%.*s%s", (int)size, name, harmless ? " inside a statement" : "");
  }
  return -1;
}

/* A comment is plain inside parentheses and bodies, even when it is spelled as a breakpoint. */
static int take_breakpoint(splitter *s, token t)
{
  if (s->paren_depth > 0 || s->begin_depth > 0) {
    s->lx.at += strcspn(s->src->bytes + s->lx.at, "\r\n");
    return 0;
  }
  outline_token(&s->outline, t);
  return end_statement(s, false, 0);
}

static int take_comment(splitter *s, token t)
{
  directive_place place = s->begun             ? DIRECTIVE_INSIDE
                          : s->out->count == 0 ? DIRECTIVE_HEAD
                                               : DIRECTIVE_BETWEEN;
  if (directive_is_code(s->src, t)) {
    outline_directive(&s->outline, t);
  }
  return directive_read(&s->out->directives, s->src, t, place, s->diag);
}

static int take_end(splitter *s)
{
  if (s->paren_depth > 0) {
    diag_error_at(s->diag, s->src, s->paren_at, "Close the parenthesis opened here.",
                  "unterminated parenthesis");
    return -1;
  }
  if (s->begin_depth > 0) {
    diag_error_at(s->diag, s->src, s->begin_at, "Close the body opened here with END.",
                  "unterminated BEGIN ATOMIC");
    return -1;
  }
  if (s->out->directives.repeatable) {
    diag_error_at(s->diag, s->src, s->out->directives.repeatable_at,
                  "Put it above the statement that may be repeated, or remove it.",
                  "repeatable has no statement below it");
    return -1;
  }
  if (allow_check(&s->out->directives.allows, s->src, s->diag) != 0) {
    return -1;
  }
  return end_statement(s, false, 0);
}

/* Take one token in. Returns -1 after an error, 1 at the end of the text, else 0. */
static int step(splitter *s)
{
  token t = lex_next(&s->lx);
  switch (t.kind) {
  case TOKEN_END:
    return take_end(s) == 0 ? 1 : -1;
  case TOKEN_OPEN:
    diag_error_at(s->diag, s->src, t.start, s->lx.open->hint, "%s", s->lx.open->what);
    return -1;
  case TOKEN_COMMENT:
    return take_comment(s, t);
  case TOKEN_BREAKPOINT:
    return take_breakpoint(s, t);
  case TOKEN_BACKSLASH:
    return take_backslash(s, t);
  case TOKEN_WORD:
  case TOKEN_NAME:
  case TOKEN_STRING:
  case TOKEN_NUMBER:
  case TOKEN_SYMBOL:
    break;
  }
  outline_token(&s->outline, t);
  return take_token(s, t);
}

int split(script *out, const source *src, bool breakpoints, diag *d)
{
  splitter s = {.out = out, .src = src, .diag = d, .line = 1};
  s.lx = (lexer){
      .text = src->bytes, .size = src->size, .std_strings = true, .breakpoints = breakpoints};
  int status = 0;
  *out = (script){0};
  outline_begin(&s.outline, src->bytes);
  while (status == 0) {
    status = step(&s);
  }
  outline_end(&s.outline, src->size, out->outline);
  return status == 1 ? 0 : -1;
}

void script_free(script *s)
{
  for (size_t i = 0; i < s->count; i++) {
    text_free(&s->statements[i].names);
  }
  free(s->statements);
  allow_list_free(&s->directives.allows);
  *s = (script){0};
}
