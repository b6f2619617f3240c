/* lex.h - SQL text as tokens, cut where PostgreSQL's own scanner cuts.
 *
 * White space and block comments are passed over. Line comments are tokens, because directives and
 * Drizzle's marker live in them. Text is UTF-8 without NUL bytes; source.h saw to that.
 */
#ifndef EMBARK_TOOLS_LEX_H
#define EMBARK_TOOLS_LEX_H

#include <stdbool.h>
#include <stddef.h>

typedef enum token_kind {
  TOKEN_END,        /* of the text */
  TOKEN_WORD,       /* identifier or keyword, not quoted */
  TOKEN_NAME,       /* "quoted identifier" */
  TOKEN_STRING,     /* any kind of string constant, with what continues it on later lines */
  TOKEN_NUMBER,     /* 12, 1.5, 1e9 */
  TOKEN_SYMBOL,     /* one byte of anything else: ( ) ; , = and operators byte by byte; also $1 */
  TOKEN_COMMENT,    /* from -- to the end of the line */
  TOKEN_BREAKPOINT, /* Drizzle's --> statement-breakpoint */
  TOKEN_BACKSLASH,  /* start of a psql command */
  TOKEN_OPEN        /* something that is never closed; see lexer.open */
} token_kind;

typedef struct token {
  token_kind kind;
  size_t start;
  size_t end; /* the byte after the last */
} token;

/* Why a TOKEN_OPEN is open: what it is, and what would close it. */
typedef struct lexer_open {
  const char *what;
  const char *hint;
} lexer_open;

typedef struct lexer {
  const char *text;
  size_t size;
  size_t at;
  bool std_strings;       /* standard_conforming_strings: '' strings take no backslash escapes */
  bool breakpoints;       /* the folder is Drizzle's */
  const lexer_open *open; /* after a TOKEN_OPEN */
} lexer;

/* The token at `lx->at`, which moves behind it. */
token lex_next(lexer *lx);

/* The token is the word or symbol `word` (in lower case), whatever its case in `sql`. */
bool token_is(const char *sql, token t, const char *word);

#endif
