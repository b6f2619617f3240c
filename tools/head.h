/* head.h - the first tokens of a statement, and patterns over them.
 *
 * What a statement is shows in its first words. The head keeps them, without what lies inside
 * parentheses (but for the few commands whose options stand there), so a column list of any length
 * does not push FROM STDIN out of sight.
 */
#ifndef EMBARK_TOOLS_HEAD_H
#define EMBARK_TOOLS_HEAD_H

#include <stdbool.h>
#include <stddef.h>

#include "lex.h"

enum { HEAD_MAX = 48 };

typedef struct head {
  const char *sql;
  token tokens[HEAD_MAX];
  size_t count;
} head;

/* Add the next token of the statement, which lies `depth` parentheses deep. */
void head_add(head *h, token t, size_t depth);

/* The head begins as `pattern` says. A pattern is upper-case words with spaces between:
 *   A|B    one of these           [A|B]  the same, or nothing
 *   *      any number of tokens   $      the statement ends here
 * *last, if not NULL, becomes the index of the last token that a plain word matched. */
bool head_matches(const head *h, const char *pattern, size_t *last);

/* Step by step: the tokens from *at on are these words (A|B, nothing more); *at moves behind them.
 * If they are not, it stays. */
bool head_take(const head *h, size_t *at, const char *words);

#endif
