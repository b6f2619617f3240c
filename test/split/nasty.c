/* Makes up SQL. Knows which tokens are awkward beside which others; knows nothing of who reads it.
 * */
#include "nasty.h"

#include <string.h>

#include "fuzz.h"
#include "protocol.h"

static const char *const tokens[] = {"select",
                                     "1",
                                     "a",
                                     "b1",
                                     "t\303\244b$1le",
                                     "\xe6\xbc\xa2",
                                     "_x$y$",
                                     "commit",
                                     "create",
                                     "or replace",
                                     "f()",
                                     "returns int",
                                     "table",
                                     "language sql",
                                     "as",
                                     "1..2",
                                     "1.5e3",
                                     ".5",
                                     "$1",
                                     "@--\n",
                                     "+-",
                                     "*",
                                     "/",
                                     "-",
                                     "->>",
                                     "<@",
                                     "!=",
                                     "::",
                                     ":x",
                                     ":'y'",
                                     ":\"z\"",
                                     "||",
                                     ",",
                                     ".",
                                     "[",
                                     "]",
                                     "#",
                                     "?",
                                     "~*",
                                     "@",
                                     "'it''s;'",
                                     "''",
                                     "';'",
                                     "'\\'",
                                     "E'\\';'",
                                     "e'a\\\\'",
                                     "E'\\\\\\';'",
                                     "U&'\\0041;'",
                                     "u&\"d;\\0061\"",
                                     "b'01;'",
                                     "X'1F'",
                                     "N'n;'",
                                     "\"a;b\"",
                                     "\"a\"\"b\"",
                                     "\"\\\"",
                                     "$$;$$",
                                     "$a$;$$;$a$",
                                     "$\xc3\xa4$;'$\xc3\xa4$",
                                     "$_1$ $_$ ; $_1$",
                                     "$$'\"/*--$$",
                                     "/* c; */",
                                     "/* a /* b; */ ' */",
                                     "/**/",
                                     "/*/ ; */",
                                     "-- c; ' \" /* $$\n",
                                     "--\n",
                                     "--;\r\n",
                                     "\n",
                                     "\r\n",
                                     "\t",
                                     "\f",
                                     "\v",
                                     "  ",
                                     "'a'\n'b;'",
                                     "'a' -- x\n ';'",
                                     "()",
                                     "(;)",
                                     "((a;b))",
                                     "(case)",
                                     "(begin)",
                                     "reset all",
                                     "set a = b"};

/* These may leave something open, or are no tokens at all. */
static const char *const rare[] = {
    "(",           ")",      "case",         "end",      "CASE",      "END",
    "begin",       "atomic", "BEGIN ATOMIC", "function", "procedure", "$",
    "1e",          "0x1F",   "1x",           "@--",      "$12",       "rule r as on insert to t do",
    "E'a'\n'\\';'"};

/* xorshift: the same numbers everywhere. */
static uint32_t next(uint32_t *state)
{
  uint32_t x = *state;
  x ^= x << 13;
  x ^= x >> 17;
  x ^= x << 5;
  return *state = x;
}

static void put(wire *w, const char *text)
{
  wire_put(w, text, strlen(text));
}

static void put_statement(wire *w, uint32_t *state)
{
  static const char *const begins[] = {
      "select ",
      "create table t (",
      "insert into t values (1, ",
      "create function f() returns int begin atomic select case when true then ",
      "create or replace procedure p() BEGIN ATOMIC ",
      "CREATE FUNCTION g() RETURNS int AS ",
      "create rule r as on insert to t do (select 1; ",
      "values ",
      "table ",
      "select ",
      "grant "};
  static const char *const ends[] = {
      "", ")", " 1)", " end; end", "; END", " $$ ; $$", "; select 2)", "", "", "", ""};
  static const size_t count = sizeof begins / sizeof begins[0];
  size_t kind = next(state) % count;
  put(w, begins[kind]);
  for (uint32_t length = next(state) % 9; length > 0; length--) {
    int is_rare = next(state) % 24 == 0;
    put(w, is_rare ? rare[next(state) % (sizeof rare / sizeof rare[0])]
                   : tokens[next(state) % (sizeof tokens / sizeof tokens[0])]);
    put(w, next(state) % 3 != 0 ? " " : "");
  }
  put(w, next(state) % 12 != 0 ? ends[kind] : "");
  put(w, next(state) % 15 != 0 ? ";" : "");
  put(w, next(state) % 3 != 0 ? "\n" : next(state) % 2 != 0 ? " " : "\r\n");
}

/* Not behind what reads on to the next line's end: what follows would be another statement's. */
static void put_copy(wire *w, uint32_t *state)
{
  put(w, "copy t (a, b) from stdin;\n");
  for (uint32_t lines = next(state) % 4; lines > 0; lines--) {
    put(w, next(state) % 2 != 0 ? "1\tit's; /* $$\n" : "\\N\t\\\\. -- x\n");
  }
  put(w, "\\.\n");
}

char *nasty_make(uint32_t seed, size_t *size)
{
  wire w = {0};
  uint32_t state = seed * 2654435761u + 1;
  for (uint32_t statements = 1 + next(&state) % 8; statements > 0; statements--) {
    put_statement(&w, &state);
  }
  if (next(&state) % 4 == 0) {
    put(&w, ";\n");
    put_copy(&w, &state);
    put_statement(&w, &state);
  }
  *size = w.size;
  wire_put(&w, "", 1);
  return (char *)w.bytes;
}
